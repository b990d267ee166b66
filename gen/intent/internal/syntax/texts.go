package syntax

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// unended is a text without its closing quote.
func unended(v view) []change {
	i := v.column()
	if v.problem.line != v.n || !strings.Contains(v.problem.text, "not terminated") || i >= len(v.raw) || v.raw[i] != '"' && v.raw[i] != '\'' {
		return nil
	}
	said := Mistake{
		Message: "the text that begins here does not end on its line", Line: v.n, Column: i + 1, Length: len(strings.TrimRight(v.raw[i:], " \t\r")),
		Allowed: `a " at its end; for text of several lines """, the lines, and """`,
	}
	var out []change
	end := len(strings.TrimRight(v.raw, " \t\r"))
	for _, n := range []int{len(strings.TrimRight(v.raw[:end], ",]}) \t")), end} { // before what closes the line, or at its end
		out = append(out, change{line: v.n, from: n, to: n, with: v.raw[i : i+1], mistake: said})
	}
	return out
}

// unopened is a text without its opening quote.
func unopened(v view) []change {
	return v.all(regexp.MustCompile(`[:\[,]\s*([^\s"'{\[:,]+)"`), func(m []int, text string) (change, bool) {
		return change{line: v.n, from: m[2], to: m[2], with: `"`, mistake: Mistake{
			Message: "a text ends here that does not begin", Line: v.n, Column: m[2] + 1, Length: m[3] - m[2] + 1,
		}}, true
	})
}

// template is what Helm, shells and kustomize's forebears would fill in.
func template(v view) []change {
	var out []change
	for _, m := range regexp.MustCompile(`"?(\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\))[^"\s,]*"?`).FindAllStringSubmatchIndex(v.raw, -1) {
		with := "_"
		if rest := strings.TrimSpace(v.raw[m[1]:]); rest != "" && rest[0] == ':' {
			with = "_template" // for a key
		}
		if strings.TrimSpace(v.bare[:m[0]]) == "" && strings.TrimSpace(v.raw[m[1]:]) == "" {
			with = "" // a line of its own, such as {{- if }}
		}
		out = append(out, change{line: v.n, from: m[0], to: m[1], with: with, prose: true, mistake: Mistake{
			Message: fmt.Sprintf("%s is not filled in: an intent has no templates", v.raw[m[2]:m[3]]),
			Mend:    "the value itself; where environments differ, each says its own in overlays/<env>/intent.cue",
		}})
	}
	return out
}

// attribute stands in the place of a value, as if somebody else gave it.
func attribute(v view) []change {
	return v.all(regexp.MustCompile(`:\s*(@\w+\([^()]*\))`), func(m []int, text string) (change, bool) {
		c := v.replaced(m, 1, "_", Mistake{Message: text + " is no value, and natsyard takes none from outside", Mend: "the value itself"})
		c.prose = true
		return c, true
	})
}

// null is YAML's other word for nothing.
func null(v view) []change {
	return v.all(regexp.MustCompile(`:\s*(~)\s*(?:[,}\]]|$)`), func(m []int, _ string) (change, bool) {
		c := v.replaced(m, 1, "_", Mistake{Message: "~ is no value", Mend: "leave the field out, where nothing is to be said"})
		c.prose = true
		return c, true
	})
}

// anchor and alias are YAML's way to say a thing twice.
func anchor(v view) []change {
	said := Mistake{
		Message: "YAML's anchors and aliases are not CUE",
		Mend:    "a field of its own outside of intent, such as _shared: {...}, and _shared where it is to stand",
	}
	var out []change
	for _, form := range []string{`(?:^|:)\s*(&[\w-]+)`, `(<<\s*:\s*\*[\w-]+)`, `:\s*(\*[\w-]+)\s*$`} {
		out = append(out, v.all(regexp.MustCompile(form), func(m []int, text string) (change, bool) {
			with := "_"
			if text[0] == '&' {
				with = ""
			}
			c := v.replaced(m, 1, with, said)
			c.prose = true
			return c, true
		})...)
	}
	return out
}

// gap is a field without a value.
func gap(v view) []change {
	return v.all(regexp.MustCompile(`(?:^|[{,:]|let\s)\s*([\w$"-]+\s*[:=])\s*-?\s*(?:[}\],]|$)`), func(m []int, text string) (change, bool) {
		name := strings.TrimSpace(text[:len(text)-1])
		rest := v.bare[m[3]:]
		c := change{line: v.n, from: m[3], to: m[3] + len(rest) - len(strings.TrimLeft(rest, " \t-")), with: " _", prose: true, mistake: Mistake{
			Message: fmt.Sprintf("%s has no value", name), Line: v.n, Column: m[2] + 1, Length: len(name),
			Mend: fmt.Sprintf("%s: and the value, or no %s", name, name),
		}}
		return c, true
	})
}

// comma is missing between two things on one line, or after an element of a list.
func comma(v view) []change {
	i := v.column()
	if !strings.Contains(v.problem.text, "missing ','") && !strings.Contains(v.problem.text, "','") {
		return nil
	}
	before := len(strings.TrimRight(v.bare[:i], " \t\r"))
	if before == 0 {
		return nil
	}
	said := Mistake{Message: "a comma is missing here", Allowed: "fields and elements on one line have commas between them, elements of a list on lines of their own too"}
	said.Line, said.Column, said.Length = v.n, before+1, max(i-before, 1)
	with := ","
	if i == before && i < len(v.raw) {
		with = ", "
	}
	rest := strings.TrimSpace(v.bare[i:])
	if v.problem.line == v.n && rest != "" && !regexp.MustCompile(`^["'\w$#({\[-]`).MatchString(rest) {
		return nil
	}
	if v.problem.line == v.n && strings.Contains(v.problem.text, "struct") && !strings.Contains(rest, ":") {
		return nil // what follows is no field
	}
	return []change{{line: v.n, from: before, to: before, with: with, mistake: said}}
}

// commas are one too many.
func commas(v view) []change {
	return v.all(regexp.MustCompile(`,\s*(,)`), func(m []int, _ string) (change, bool) {
		return v.replaced(m, 1, "", Mistake{Message: "this comma is one too many"}), true
	})
}

// semicolon ends a line of nats.conf and of many languages. All of a line are one mistake.
func semicolon(v view) []change {
	first, last := strings.IndexByte(v.bare, ';'), strings.LastIndexByte(v.bare, ';')
	if first < 0 {
		return nil
	}
	with := []byte(v.raw[first : last+1])
	for i := range with {
		if v.bare[first+i] == ';' {
			with[i] = ','
		}
	}
	if rest := strings.TrimSpace(v.bare[last+1:]); rest == "" || rest[0] == '}' {
		with = with[:len(with)-1]
	}
	return []change{{line: v.n, from: first, to: last + 1, with: string(with), mistake: Mistake{
		Message: "a field ends with its line or with a comma, not with ;", Line: v.n, Column: first + 1, Length: 1,
	}}}
}

// rest is what stands behind a value, where it cannot be anything else. It becomes a comment, or within
// braces goes.
func rest(v view) []change {
	i := v.column()
	before := len(strings.TrimRight(v.bare[:i], " \t"))
	end := len(strings.TrimRight(v.bare, " \t\r"))
	closers := len(strings.TrimRight(v.bare[:end], "}]) \t"))
	if v.problem.line != v.n || before == 0 || closers <= i || strings.Contains(v.problem.text, "illegal") || strings.Contains(v.raw, `"""`) || strings.ContainsAny(v.bare[i:closers], "{}[]()") {
		return nil
	}
	text := strings.TrimSpace(v.raw[i:closers])
	c := change{line: v.n, from: before, to: closers, with: " // " + text, mistake: Mistake{
		Message: fmt.Sprintf("the value ends before %s", strconv.Quote(text)), Line: v.n, Column: i + 1, Length: len(text),
		Allowed: "one value after a colon; a comment begins with //",
	}}
	if closers < end {
		c.with = ""
	}
	return []change{c}
}
