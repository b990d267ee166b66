package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// maxText bounds each text of a finding, in bytes: a message may hold what the user wrote,
// and that may be anything.
const maxText = 2000

// Text prints the findings for people: the place and the message as compilers write
// them, the user's line with the place marked, then what is allowed, why, how to mend it,
// where else to look and the rule's name. At the end it counts. No finding, no text.
func Text(w io.Writer, l List, opt Options) error {
	l = l.Sorted()
	if len(l) == 0 {
		return nil
	}
	t := &text{src: newSources(opt), color: opt.Color}
	for _, d := range l {
		t.finding(d)
		t.out.WriteByte('\n')
	}
	t.out.WriteString(t.summary(l) + "\n")
	_, err := w.Write(t.out.Bytes())
	return err
}

type text struct {
	out   bytes.Buffer
	src   *sources
	color bool
}

// ANSI attributes.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	cyan   = "36"
)

func (t *text) paint(attribute, s string) string {
	if !t.color || s == "" {
		return s
	}
	return "\x1b[" + attribute + "m" + s + "\x1b[0m"
}

func (t *text) finding(d Diagnostic) {
	tone, word := red, ""
	if d.Severity == Warning {
		tone, word = yellow, t.paint(yellow, "warning:")+" "
	}
	place := ""
	if at := clean(t.src.place(d.Span)); at != "" {
		place = t.paint(bold, at+":") + " "
	}
	fmt.Fprintf(&t.out, "%s%s%s\n", place, word, t.paint(bold, clean(d.Message)))
	t.excerpt(d, tone)
	t.labels(d)
}

// excerpt prints the user's line with carets under the place. Of a secret it prints what stands
// before it.
func (t *text) excerpt(d Diagnostic, tone string) {
	at := d.Span
	line, ok := t.src.line(at)
	if !ok {
		return
	}
	if d.Secret {
		line, at.Length = line[:min(max(at.Column-1, 0), len(line))]+"…", len("…")
	}
	e, gutter := excerptOf(line, at.Column, at.Length), "      |"
	if t.src.inFile(at) {
		gutter = fmt.Sprintf("%5d |", at.Line)
	}
	fmt.Fprintf(&t.out, "%s %s\n", t.paint(cyan, gutter), e.text)
	fmt.Fprintf(&t.out, "%s %s%s\n", t.paint(cyan, "      |"), strings.Repeat(" ", e.skip), t.paint(tone, strings.Repeat("^", e.carets)))
}

// labels prints the rest of a finding as aligned pairs of a label and a text.
func (t *text) labels(d Diagnostic) {
	type pair struct{ label, text string }
	pairs := []pair{{"allowed", clean(d.Allowed)}, {"why", clean(d.Why)}}
	for i, line := range strings.Split(Lines(clip(d.Mend, maxText)), "\n") { // CUE may take several lines
		label := "mend"
		if i > 0 {
			label = ""
		}
		pairs = append(pairs, pair{label, line})
	}
	for _, r := range d.Related {
		see := clean(r.Message)
		if at := clean(t.src.place(r.Span)); at != "" {
			see = at + ": " + see
		}
		pairs = append(pairs, pair{"see", see})
	}
	pairs = append(pairs, pair{"rule", clean(d.Rule)})

	column := 0
	for _, p := range pairs {
		if p.text != "" {
			column = max(column, len(p.label))
		}
	}
	for _, p := range pairs {
		if p.text != "" {
			pad := strings.Repeat(" ", column-len(p.label)+2)
			fmt.Fprintf(&t.out, "  %s%s%s\n", t.paint(cyan, p.label), pad, p.text)
		}
	}
}

// clean makes any text of a finding one safe line of bounded length.
func clean(s string) string { return printable(clip(s, maxText)) }

// summary counts the findings, such as "2 errors, 1 warning in 3 files".
func (t *text) summary(l List) string {
	files := map[string]bool{}
	for _, d := range l {
		if t.src.inFile(d.Span) {
			files[d.Span.File] = true
		}
	}
	errors, warnings := l.count()
	var parts []string
	if errors > 0 {
		parts = append(parts, plural(errors, "error"))
	}
	if warnings > 0 {
		parts = append(parts, plural(warnings, "warning"))
	}
	out := strings.Join(parts, ", ")
	if len(files) > 0 {
		out += " in " + plural(len(files), "file")
	}
	return out
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
