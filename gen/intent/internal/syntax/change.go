package syntax

import (
	"slices"
	"strings"
)

// change puts something else in the place of a part of one line, or of several whole lines.
type change struct {
	line     int // from 1
	from, to int // of a part of the line, in bytes from 0
	lines    int // of whole lines: how many
	with     string
	empty    []int // lines that go besides

	mistake Mistake // told where the change helps; without a place it is that of what is changed
	prose   bool    // the mend of the mistake is not the mended line
	loses   bool    // what stands there is not taken along
	closes  bool    // it adds a brace, or takes one away
}

// apply gives the text with the change. Whole lines become one, and the rest empty.
func (c change) apply(t lines) lines {
	next := slices.Clone(t)
	for _, n := range c.empty {
		next[n-1] = ""
	}
	if c.lines == 0 {
		old := t.line(c.line)
		next[c.line-1] = old[:c.from] + c.with + old[c.to:]
		return next
	}
	for n := range c.lines {
		next[c.line-1+n] = ""
	}
	next[c.line-1] = c.with
	return next
}

// told is the change with all that is said of it.
func (c change) told(next lines) change {
	m := &c.mistake
	if m.Line == 0 {
		m.Line, m.Column, m.Length = c.line, c.from+1, max(c.to-c.from, 1)
	}
	if m.Mend == "" && !c.prose {
		m.Mend = strings.TrimSpace(next.line(c.line))
	}
	return c
}

// edit is where the text as the user wrote it and the mended one differ.
type edit struct {
	line, lines    int // lines is 0 for a part of a line
	from, old, new int // bytes from 0; lengths
	at             Mistake
}

func (c change) edit() edit {
	return edit{line: c.line, lines: c.lines, from: c.from, old: c.to - c.from, new: len(c.with), at: c.mistake}
}

// Place is where the user wrote what stands at a place of AST. What stands in a mended part is at the
// place of its mistake.
func (f *File) Place(line, column, length int) (int, int, int) {
	for _, e := range slices.Backward(f.edits) {
		switch {
		case line < e.line || line >= e.line+max(e.lines, 1):
		case e.lines > 0:
			if e.at.Line > 0 {
				return e.at.Line, e.at.Column, e.at.Length
			}
			return line, 1, 0
		case column > e.from+e.new:
			column += e.old - e.new
		case column > e.from && e.at.Line > 0:
			return e.at.Line, e.at.Column, e.at.Length
		case column+length > e.from+e.new:
			length += e.old - e.new // it holds the mended part
		}
	}
	return line, column, length
}
