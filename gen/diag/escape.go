package diag

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tab is what a tab becomes; tab stops would need the whole line.
const tab = "    "

// printable makes a text from a user's file safe for a terminal: control characters,
// invisible and direction-changing ones and broken UTF-8 become visible escapes, so that
// no file can move the cursor or show other than what it holds.
func printable(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i])|0x100, 16)[1:])
		case r == '\t':
			b.WriteString(tab)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
		i += size
	}
	return b.String()
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Line makes a text that may hold names of the user's one line that is safe for a terminal and a log.
func Line(s string) string { return printable(s) }

// Lines is Line for a text that has several lines of its own. A line that GitHub would take for a workflow command, which
// it looks for in all that is printed, is drawn to the line before it.
func Lines(s string) string {
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		start := strings.TrimLeftFunc(line, unicode.IsSpace)
		switch {
		case i == 0:
		case strings.HasPrefix(start, "::"), strings.HasPrefix(start, "##["):
			b.WriteString(`\n`)
		default:
			b.WriteByte('\n')
		}
		b.WriteString(printable(line))
	}
	return b.String()
}

// clip cuts a text after n bytes, between two runes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
