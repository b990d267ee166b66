package syntax

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// view is a line that may be at fault.
type view struct {
	lines   lines
	n       int    // from 1
	raw     string // the line
	bare    string // the line, as long, with nothing in its texts and without its comment
	problem *problem
}

// column is where on this line the parser stopped, in bytes from 0; the end of the line where it
// stopped on a later one.
func (v view) column() int {
	if v.problem.line != v.n {
		return len(v.raw)
	}
	return min(v.problem.column-1, len(v.raw))
}

// habit knows one thing that people write, and gives what they may mean by it, the likeliest first.
type habit func(v view) []change

// habits are tried in this order: what is plain to see goes before what is guessed.
var habits = []habit{
	conflict, document, invisible, quotes,
	dashes, block, template,
	octal, escape, comment, address, imports, packages, late,
	unended, unopened,
	equals, semicolon, commas, path, key, measure, bareWords, joined, brace, fields,
	anchor, attribute, null, gap, unclosed, comma, stray,
}

// last are tried where none of the habits helps.
var last = []habit{nothing, rest}

// replaced is a change of what a group of an expression matches.
func (v view) replaced(m []int, group int, with string, said Mistake) change {
	return change{line: v.n, from: m[2*group], to: m[2*group+1], with: with, mistake: said}
}

// all gives a change for each match of an expression in the bare line.
func (v view) all(form *regexp.Regexp, make func(m []int, text string) (change, bool)) []change {
	var out []change
	for _, m := range form.FindAllStringSubmatchIndex(v.bare, -1) {
		if c, ok := make(m, v.raw[m[2]:m[3]]); ok {
			out = append(out, c)
		}
	}
	return out
}

// bare is a line with its texts filled with blanks of another kind, and its comment with spaces. The
// columns stay.
func bare(line string) string {
	line = quoted.ReplaceAllStringFunc(line, func(s string) string {
		return s[:1] + strings.Repeat("x", len(s)-2) + s[len(s)-1:]
	})
	if before, comment, found := strings.Cut(line, "//"); found {
		line = before + strings.Repeat(" ", len(comment)+len("//"))
	}
	return line
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`)

// comments as YAML, shells and C have them.
func comment(v view) []change {
	said := Mistake{Message: "a comment begins with //, not with #"}
	out := v.all(regexp.MustCompile(`(?:^|[\w"'\]})\s,]\s|^)\s*(#)(?:\s|#|$|[^\s:]+\s+[^\s:&]+)`), func(m []int, _ string) (change, bool) {
		c := v.replaced(m, 1, "//", said)
		c.mistake.Line, c.mistake.Column, c.mistake.Length = v.n, c.from+1, len(strings.TrimRight(v.raw[c.from:], " \t"))
		return c, true
	})
	said.Message = "a comment begins with // and ends with the line, /* begins none"
	return append(out, v.all(regexp.MustCompile(`(/\*.*)$`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, "// "+strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, "/*"), "*/")), said), true
	})...)
}

// invisible characters come with text that is copied from a page.
func invisible(v view) []change {
	for _, r := range []rune{'\u00a0', '\u200b', '\ufeff', '\u2007', '\u202f', '\u2060', '\x00'} {
		if i := strings.IndexRune(v.raw, r); i >= 0 && i <= v.column() {
			return []change{{line: v.n, from: 0, to: len(v.raw), with: strings.ReplaceAll(v.raw, string(r), blankFor(r)), mistake: Mistake{
				Message: fmt.Sprintf("an invisible character, %U, stands here", r), Line: v.n, Column: i + 1, Length: len(string(r)),
			}}}
		}
	}
	return nil
}

func blankFor(r rune) string {
	if r == '\u00a0' || r == '\u2007' || r == '\u202f' {
		return " "
	}
	return ""
}

// quotes of word processors and of other languages, and texts between three quotes on one line.
func quotes(v view) []change {
	var out []change
	for _, m := range regexp.MustCompile("[“”„‘’`]([^“”„‘’`\"]*)[“”„‘’`]").FindAllStringSubmatchIndex(v.raw, -1) {
		out = append(out, change{line: v.n, from: m[0], to: m[1], with: strconv.Quote(v.raw[m[2]:m[3]]), mistake: Mistake{
			Message: "text stands between plain quotes, as in \"text\"",
		}})
	}
	for _, m := range regexp.MustCompile(`"""(.*)"""`).FindAllStringSubmatchIndex(v.raw, -1) {
		out = append(out, change{line: v.n, from: m[0], to: m[1], with: strconv.Quote(v.raw[m[2]:m[3]]), mistake: Mistake{
			Message: "text on one line stands between single \", and \"\"\" is for text of several lines",
		}})
	}
	return out
}

// octal numbers, as YAML has them for the modes of files.
func octal(v view) []change {
	return v.all(regexp.MustCompile(`[:\[,]\s*(0[0-7]+)(?:\W|$)`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, "0o"+strings.TrimLeft(text, "0"), Mistake{
			Message: text + " is no number: one to the base of 8 begins with 0o",
		}), strings.Trim(text, "0") != ""
	})
}

// escape sequences that are none, as in paths of Windows and in regular expressions.
func escape(v view) []change {
	i := v.column()
	if !strings.Contains(v.problem.text, "escape") || i == 0 || i >= len(v.raw) || v.raw[i-1] != '\\' {
		return nil
	}
	return []change{{line: v.n, from: i - 1, to: i + 1, with: `\\` + v.raw[i:i+1], mistake: Mistake{
		Message: fmt.Sprintf(`\%c stands for nothing in a text`, v.raw[i]),
		Allowed: `\\ for a backslash, \n, \t, \" and \u0041`,
	}}}
}

const (
	unquotedValue = "numbers, true, false and null without quotes; all other text in quotes"
	unquotedKey   = "letters, digits, _ and $ without quotes, no digit first; any other key in quotes"
)

func inQuotes(text string) Mistake {
	return Mistake{Message: fmt.Sprintf("%s is text, and text stands in quotes", text), Allowed: unquotedValue}
}

// address is one without quotes, whose // begins a comment.
func address(v view) []change {
	var out []change
	for _, m := range regexp.MustCompile(`[:\[,]\s*([a-z][a-z0-9+.-]*://[^\s"',\]}]+)`).FindAllStringSubmatchIndex(v.raw, -1) {
		if strings.Count(v.raw[:m[2]], `"`)%2 == 0 {
			out = append(out, v.replaced(m, 1, strconv.Quote(v.raw[m[2]:m[3]]), inQuotes(v.raw[m[2]:m[3]])))
		}
	}
	return out
}

// measure is a value that begins as a number and goes on as none, or that has a colon in it: a size, a
// duration, a version, an address, the name of an image.
func measure(v view) []change {
	return append(v.all(regexp.MustCompile(`[:\[,]\s*([0-9][\w.+/%-]*(?::[0-9]+)?)\s*(?:[,\]}]|$)`), func(m []int, text string) (change, bool) {
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return change{}, false
		}
		return v.replaced(m, 1, strconv.Quote(Binary(text)), inQuotes(text)), true
	}), v.all(regexp.MustCompile(`[:\[,]\s+([A-Za-z_][\w./-]*:[0-9][\w.-]*)\s*(?:[,\]}]|$)`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, strconv.Quote(text), inQuotes(text)), true
	})...)
}

// bareWords are text without quotes.
func bareWords(v view) []change {
	return v.all(regexp.MustCompile(`[:\[,]\s*(>|[$A-Za-z_/.*][\w./*@+>$-]*(?:[ \t]+[A-Za-z_][\w./*@+-]*)*)\s*(?:[,\]}]|$)`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, strconv.Quote(text), inQuotes(text)), text != "true" && text != "false" && text != "null" && text != "_"
	})
}

// sizeInConf is a size as nats.conf has them and Kubernetes has not.
var sizeInConf = regexp.MustCompile(`^([0-9]+) ?([kKmMgGtTpPeE])[iI]?[bB]$`)

// Binary is a size of nats.conf in the suffixes that Kubernetes has too: nats.conf's MB are Mi. Other
// text it gives back.
func Binary(text string) string {
	if m := sizeInConf.FindStringSubmatch(text); m != nil {
		return m[1] + strings.ToUpper(m[2]) + "i"
	}
	return text
}
