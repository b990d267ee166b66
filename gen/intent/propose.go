package intent

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// trials bounds how many values are tried for the mends of one load.
const trials = 150

// takes tells whether the language takes a value, given as CUE, at a path. Only what proves so is
// proposed to anybody.
func (l *Loader) takes(path []string, value string) bool {
	if l.trials++; l.trials > trials {
		return false
	}
	p := l.packages[schema.ImportPath]
	if p == nil {
		p = l.language()
	}
	whole := value
	for n := len(path) - 1; n >= 0; n-- {
		if isElement(path[:n+1]) {
			whole = "[" + whole + "]"
		} else {
			whole = "{" + strconv.Quote(path[n]) + ": " + whole + "}"
		}
	}
	tried := l.cue.CompileString(whole)
	if tried.Err() != nil {
		return false
	}
	intent := l.cue.BuildInstance(p.instance).LookupPath(cue.MakePath(cue.Def("Intent")))
	return intent.Unify(tried).Validate() == nil
}

// isElement tells whether the last step of a path is an element of a list.
func isElement(path []string) bool {
	if _, err := strconv.ParseUint(path[len(path)-1], 10, 0); err != nil {
		return false
	}
	parent, ok := language.Lookup(path[:len(path)-1]...)
	return ok && slices.ContainsFunc(parent.Children, func(c *language.Field) bool { return c.Name == language.Element })
}

// inList tells whether a path leads through a list.
func inList(path []string) bool {
	for n := range path {
		if isElement(path[:n+1]) {
			return true
		}
	}
	return false
}

// propose is the first of some values that the language takes at a path, as it is pasted: the path from
// the intent and the value, or within a list the value alone. It is "" where there is none.
func (r reporter) propose(path []string, values ...string) string {
	return r.proposeWith(path, nil, values...)
}

// proposeWith is propose for a value that must be something else besides.
func (r reporter) proposeWith(path []string, and []string, values ...string) string {
	if r.takes == nil || len(path) == 0 {
		return ""
	}
	for _, v := range values {
		if v == "" {
			continue
		}
		whole := "(" + v + ")"
		for _, a := range and {
			if _, err := parser.ParseExpr("", a); err == nil && r.takes(path, a) {
				whole += " & (" + a + ")"
			}
		}
		if r.takes(path, whole) {
			return pasted(path, v)
		}
	}
	return ""
}

// pasted is a value at a path as it is pasted into the intent, or within a list in its place.
func pasted(path []string, value string) string {
	fields := ""
	if e, err := parser.ParseExpr("", value); err == nil {
		value = syntax.OneLine(e)
		if s, ok := e.(*ast.StructLit); ok && onlyField(s) {
			fields = strings.TrimSuffix(strings.TrimPrefix(value, "{"), "}")
		}
	}
	var b strings.Builder
	if inList(path) {
		return value
	}
	for _, step := range path {
		b.WriteString(quotedLabel(step) + ": ")
	}
	if fields != "" {
		value = fields
	}
	return b.String() + value
}

// onlyField tells whether a struct is one field.
func onlyField(s *ast.StructLit) bool {
	if len(s.Elts) != 1 {
		return false
	}
	_, ok := s.Elts[0].(*ast.Field)
	return ok
}

// quotedLabel is a name as CUE takes it before a colon.
func quotedLabel(name string) string {
	if ast.StringLabelNeedsQuoting(name) {
		return strconv.Quote(name)
	}
	return name
}
