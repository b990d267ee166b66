package diag

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a file and a finding hold, the text is bounded, ends in a count and has no
// rune that drives a terminal; the SARIF is JSON whose columns stand in order.
func FuzzPrinters(f *testing.F) {
	f.Add("a: 1\nb: 2", "message", "mend", 2, 4, 1)
	f.Add("\t\"\x1b[2J\u202e\xff東\"", "two\nlines", "a: {\n\tb: 1\n}", 1, 3, 99)
	f.Add(strings.Repeat("x\u0301", 500), strings.Repeat("m", 5000), strings.Repeat("\n", 5000), 1, 700, 1<<62)
	f.Fuzz(func(t *testing.T, src, message, mend string, line, column, length int) {
		place := Span{File: "intent.cue", Line: line, Column: column, Length: length}
		list := List{{
			Rule: "r", Severity: Error, Message: message, Mend: mend, Span: place,
			Related: []Related{{Span: place, Message: message}},
		}}
		opt := Options{Source: func(string) ([]byte, error) { return []byte(src), nil }}

		var text bytes.Buffer
		if err := Text(&text, list, opt); err != nil {
			t.Fatal(err)
		}
		out := text.String()
		checkRunes(t, out)
		if lines, most := strings.Count(out, "\n"), 8+strings.Count(clip(mend, maxText), "\n"); lines > most {
			t.Errorf("%d lines, want at most %d", lines, most)
		}
		for _, l := range strings.Split(out, "\n") {
			if len(l) > 12*maxText {
				t.Errorf("a line of %d bytes", len(l))
			}
		}
		if !strings.HasSuffix(out, "\n1 error in 1 file\n") {
			t.Errorf("no count at the end: %q", out)
		}

		var github bytes.Buffer
		if err := GitHub(&github, list, opt); err != nil {
			t.Fatal(err)
		}
		checkRunes(t, github.String())
		if commands := github.String(); strings.Count(commands, "\n") != 1 || !strings.HasPrefix(commands, "::error title=r,file=intent.cue") {
			t.Errorf("not one command: %q", commands)
		}

		var sarif bytes.Buffer
		if err := SARIF(&sarif, list, opt); err != nil {
			t.Fatal(err)
		}
		checkRunes(t, sarif.String())
		var log sarifLog
		if err := json.Unmarshal(sarif.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(message) && !strings.HasPrefix(log.Runs[0].Results[0].Message.Text, strings.TrimSpace(message)) {
			t.Errorf("message %q became %q", message, log.Runs[0].Results[0].Message.Text)
		}
		r := log.Runs[0].Results[0].Locations[0].Physical.Region
		if r.StartLine < 1 || r.StartColumn < 0 || r.EndColumn < r.StartColumn {
			t.Errorf("region %+v", r)
		}
	})
}

func checkRunes(t *testing.T, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("invalid UTF-8: %q", out)
	}
	for _, r := range out {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("%U in %q", r, out)
		}
	}
}
