package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON prints the findings for scripts, as one object:
//
//	{
//	  "findings": [ ... ],  // each a Diagnostic, under the names of its JSON tags
//	  "errors": 1,          // how many have "severity": "error"
//	  "warnings": 0         // how many have "severity": "warning"
//	}
//
// The names are stable: fields may be added, none is renamed or removed. Empty texts and
// places are left out; "findings" is always a list.
func JSON(w io.Writer, l List) error {
	errors, warnings := l.count()
	return encode(w, struct {
		Findings List `json:"findings"`
		Errors   int  `json:"errors"`
		Warnings int  `json:"warnings"`
	}{append(List{}, l.Sorted()...), errors, warnings})
}

// count gives the number of errors and of warnings among the findings, each once.
func (l List) count() (errors, warnings int) {
	for _, d := range l.Sorted() {
		if d.Severity == Warning {
			warnings++
		} else {
			errors++
		}
	}
	return errors, warnings
}

// encode writes indented JSON that people can read too: "<" stays "<", and what drives a
// terminal is escaped, as in Text.
func encode(w io.Writer, v any) error {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(out.Bytes()))
	return err
}

// escapeJSON replaces what a terminal does not print. encoding/json leaves such runes only
// within strings, and only valid UTF-8.
func escapeJSON(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for _, r := range string(data) {
		if r == '\n' || unicode.IsPrint(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}
