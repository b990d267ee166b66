package syntax

import (
	"fmt"
	"strings"
)

// unclosed is a brace or bracket that nothing closes. Which one it is, the indentation tells.
func unclosed(v view) []change {
	if !strings.Contains(v.problem.text, "EOF") && !strings.Contains(v.problem.text, "list literal") && !strings.Contains(v.problem.text, "found newline") {
		return nil
	}
	type opened struct {
		line, column int
		char         byte
		holds        bool // what stands in it is on its line, or set in further
	}
	var stack []opened
	missing := func(o opened, last int) []change {
		for last > o.line && strings.TrimSpace(bare(v.lines.line(last))) == "" {
			last--
		}
		closing := "}"
		switch o.char {
		case '[':
			closing = "]"
		case '(':
			closing = ")"
		}
		line := bare(v.lines.line(last))
		end := len(strings.TrimRight(line, " \t\r"))
		with := closing
		if last > o.line && o.char == '[' && !strings.HasSuffix(line[:end], ",") {
			with = "," + closing
		}
		mend := fmt.Sprintf("a %s on a line of its own below line %d", closing, last)
		if last == o.line {
			mend = "" // the line as it is mended
		}
		return []change{{line: last, from: end, to: end, with: with, prose: mend != "", closes: true, mistake: Mistake{
			Message: fmt.Sprintf("this %c is never closed", o.char), Mend: mend,
			Line: o.line, Column: o.column + 1, Length: 1,
		}}}
	}
	for n := 1; n <= len(v.lines); n++ {
		line := bare(v.lines.line(n))
		trimmed := strings.TrimSpace(line)
		// A line that is set in no further than the one with the brace, and does not close it.
		if len(stack) > 0 && trimmed != "" {
			top := &stack[len(stack)-1]
			in, own := indent(v.lines.line(n)), indent(v.lines.line(top.line))
			if n > top.line && (in < own || in == own && top.holds && !strings.ContainsAny(trimmed[:1], "}])")) {
				return missing(*top, n-1)
			}
			top.holds = top.holds || in > own
		}
		for i := range len(line) {
			switch c := line[i]; c {
			case '{', '[', '(':
				stack = append(stack, opened{line: n, column: i, char: c, holds: strings.TrimSpace(line[i+1:]) != ""})
			case '}', ']', ')':
				if len(stack) == 0 {
					return nil
				}
				if top := stack[len(stack)-1]; c-top.char > 2 { // another kind: } is { and two
					c := missing(top, n)
					c[0].from, c[0].to = i, i
					return c
				}
				stack = stack[:len(stack)-1]
			}
		}
	}
	if len(stack) == 0 {
		return nil
	}
	return missing(stack[len(stack)-1], len(v.lines))
}

// stray is a brace that closes nothing.
func stray(v view) []change {
	i := v.column()
	if v.problem.line != v.n || !strings.Contains(v.problem.text, "'EOF'") || i >= len(v.raw) || !strings.ContainsRune("}])", rune(v.raw[i])) {
		return nil
	}
	return []change{{line: v.n, from: i, to: i + 1, prose: true, closes: true, mistake: Mistake{
		Message: fmt.Sprintf("this %c closes nothing", v.raw[i]), Mend: "leave it out",
	}}}
}

// nothing is a character that means nothing at the place.
func nothing(v view) []change {
	i := v.column()
	if v.problem.line != v.n || i >= len(v.raw) || !strings.ContainsRune(`!%^\@`, rune(v.raw[i])) {
		return nil
	}
	return []change{{line: v.n, from: i, to: i + 1, mistake: Mistake{
		Message: fmt.Sprintf("%c means nothing here", v.raw[i]),
	}}}
}
