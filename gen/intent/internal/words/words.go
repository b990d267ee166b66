// Package words puts what CUE's parser, compiler and evaluator say into words for people who do not
// know CUE. Its test walks the source of CUE for everything that they can say.
package words

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Said is what a finding says instead of CUE.
type Said struct {
	Message, Allowed, Mend string
}

// phrase is one format of CUE's errors, and what is said for it. $1 is what the first verb of the format
// stands for, and so on.
type phrase struct {
	cue  string
	said Said
}

// Format is a text of CUE's on one line.
func Format(format string, args []any) string {
	return strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
}

// Plain gives a text of CUE's in plain words. One that nobody has foreseen is said to be CUE's.
func Plain(text string) Said {
	if said, ok := wanted(text); ok {
		return said
	}
	for _, c := range compiled() {
		m := c.form.FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		expand := func(template string) string { return string(c.form.ExpandString(nil, template, text, m)) }
		in := func(template string) string {
			for n := 1; 2*n < len(m); n++ {
				if before, after, ok := strings.Cut(template, "@"+strconv.Itoa(n)); ok {
					return expand(before) + Plain(text[m[2*n]:m[2*n+1]]).Message + expand(after)
				}
			}
			return expand(template)
		}
		return Said{in(c.said.Message), in(c.said.Allowed), in(c.said.Mend)}
	}
	return Said{Message: "CUE does not take this: " + text}
}

type compiledPhrase struct {
	form *regexp.Regexp
	said Said
}

// compiled are the phrases as expressions, those with the most text of their own first.
var compiled = sync.OnceValue(func() (out []compiledPhrase) {
	sorted := slices.Concat(syntax, evaluation)
	slices.SortStableFunc(sorted, func(a, b phrase) int {
		return cmp.Compare(len(verb.ReplaceAllString(b.cue, "")), len(verb.ReplaceAllString(a.cue, "")))
	})
	for _, p := range sorted {
		out = append(out, compiledPhrase{pattern(p.cue), p.said})
	}
	return out
})

var verb = regexp.MustCompile(`%(?:\[\d+\])?[#+]?[a-zA-Z]`)

// pattern is the expression that matches what a format gives.
func pattern(format string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("^")
	last := 0
	for _, at := range verb.FindAllStringIndex(format, -1) {
		group := `(.*?)`
		if format[at[1]-1] == 'q' {
			group = `("(?:[^"\\]|\\.)*")`
		}
		b.WriteString(regexp.QuoteMeta(format[last:at[0]]) + group)
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(format[last:]) + "$")
	return regexp.MustCompile(b.String())
}

var expectedFound = regexp.MustCompile(`^expected (.+), found (newline|'[^']*'|''')(?: (.*))?$`)

// wanted is about what the parser wanted and what it found.
func wanted(text string) (Said, bool) {
	m := expectedFound.FindStringSubmatch(text)
	if m == nil {
		what, ok := strings.CutPrefix(text, "expected ")
		if !ok || strings.HasPrefix(what, "newline after") {
			return Said{}, false
		}
		m = []string{text, what, "", ""}
	}
	want, known := wants[m[1]]
	if !known {
		want = tokenName(m[1], "")
	}
	if m[2] == "" {
		return Said{Message: want + " is missing here"}, true
	}
	found := tokenName(m[2], m[3])
	switch m[1] {
	case "'EOF'":
		return Said{Message: found + " stands here alone", Mend: "leave it out"}, true
	case "'}'", "']'", "')'":
		if m[2] == "'EOF'" {
			return Said{Message: "the file ends before a " + want, Mend: want}, true
		}
	}
	return Said{Message: fmt.Sprintf("%s is missing before %s", want, found)}, true
}

// wants are the parser's names for what may stand at a place.
var wants = map[string]string{
	"operand": "a value", "expression": "a value", "selector": "the name of a field",
	"label or ':'": "a field with a colon", "','": "a comma or the end of the line",
	"'EOF'": "the end of the file", "')' for string interpolation": `the ) of \(...)`,
	"identifier for alias": "a name", "identifier for label alias": "a name", "identifier for field alias": "a name",
	"identifier or '('": "a name",
}

// tokenName is how a token of the parser's looks in a file.
func tokenName(token, text string) string {
	switch name := strings.Trim(token, "'"); name {
	case "newline":
		return "the end of the line"
	case "EOF":
		return "the end of the file"
	case "IDENT":
		return cmp.Or(text, "a name")
	case "STRING":
		return cmp.Or(text, "a text in quotes")
	case "INT", "FLOAT":
		return cmp.Or(text, "a number")
	case "INTERPOLATION":
		return cmp.Or(text, "a text")
	case "ATTRIBUTE":
		return cmp.Or(text, "@")
	case "ILLEGAL":
		return cmp.Or(text, "this")
	case "COMMENT":
		return "a comment"
	case "":
		return "'"
	default:
		return name
	}
}
