package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Prose prints the findings as sentences, for pages that fold lines and spaces into one paragraph
// (Argo CD's) and logs of one line an entry. It has all that Text has but the user's line. It begins with
// the count, and numbers the findings. No finding, no text.
func Prose(w io.Writer, l List, opt Options) error {
	l = l.Sorted()
	if len(l) == 0 {
		return nil
	}
	t := &text{src: newSources(opt)}
	t.out.WriteString(t.summary(l) + ":\n")
	for i, d := range l {
		t.out.WriteByte('\n')
		sentences(&t.out, t.src, i+1, d)
	}
	_, err := w.Write(t.out.Bytes())
	return err
}

// sentences prints one finding. What can be pasted is the last before the rule, so that no full stop
// follows it.
func sentences(out *bytes.Buffer, src *sources, n int, d Diagnostic) {
	place := clean(src.place(d.Span))
	if place != "" {
		place += ": "
	}
	if d.Severity == Warning {
		place += "warning: "
	}
	fmt.Fprintf(out, "%d. %s%s\n", n, place, sentence(d.Message))
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(out, "   %s%s\n", label, sentence(text))
		}
	}
	line("Allowed: ", d.Allowed)
	line("Why: ", d.Why)
	for _, r := range d.Related {
		at := src.place(r.Span)
		if at != "" && r.Message != "" {
			at += ": "
		}
		line("See ", at+r.Message)
	}
	var last []string
	if d.Mend != "" {
		lines := Lines(clip(strings.TrimSuffix(d.Mend, "\n"), maxText))
		last = append(last, "Mend: "+strings.ReplaceAll(lines, "\n", "\n         "))
	}
	if d.Rule != "" {
		last = append(last, "["+clean(d.Rule)+"]")
	}
	if len(last) > 0 {
		out.WriteString("   " + strings.Join(last, " ") + "\n")
	}
}

// sentence ends a text, which may be a question.
func sentence(text string) string {
	text = clean(text)
	if strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
