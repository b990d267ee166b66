package diag

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// An excerpt shows at most excerptBytes of a line, excerptBefore of them before the
// place, so that a line of a megabyte does not flood the terminal.
const (
	excerptBytes  = 120
	excerptBefore = 40
)

// excerpt is a part of a line made fit for a terminal, and the cells that a mark under it
// has to leave out and to cover.
type excerpt struct {
	text         string
	skip, carets int
}

// excerptOf cuts the surroundings of a place out of its line. Column and length count
// bytes; what lies beyond the line is drawn in to its end.
func excerptOf(line string, column, length int) excerpt {
	from := min(max(column-1, 0), len(line))
	to := min(from+max(length, 0), len(line))
	if to < from { // the sum has overflowed
		to = len(line)
	}

	start, end := 0, len(line)
	if len(line) > excerptBytes {
		start = min(max(from-excerptBefore, 0), len(line)-excerptBytes)
		end = start + excerptBytes
		for start < from && !utf8.RuneStart(line[start]) {
			start++
		}
		for end < len(line) && end > from && !utf8.RuneStart(line[end]) {
			end--
		}
	}
	before, under, after := printable(line[start:from]), printable(line[from:min(to, end)]), printable(line[max(from, min(to, end)):end])
	if start > 0 {
		before = "…" + before
	}
	if end < len(line) {
		after += "…"
	}
	return excerpt{
		text:   strings.TrimRight(before+under+after, " "),
		skip:   cells(before),
		carets: max(cells(under), 1),
	}
}

// nthLine is the n-th line of a text, counted from 1, without its line end.
func nthLine(src []byte, n int) (string, bool) {
	for ; n > 1; n-- {
		i := bytes.IndexByte(src, '\n')
		if i < 0 {
			return "", false
		}
		src = src[i+1:]
	}
	if i := bytes.IndexByte(src, '\n'); i >= 0 {
		src = src[:i]
	}
	src = bytes.TrimSuffix(src, []byte("\r"))
	return string(src), src != nil
}

// cells is how many cells of a terminal a printable text takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me): // drawn over the rune before
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}
