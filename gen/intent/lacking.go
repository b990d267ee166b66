package intent

import (
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
)

// lacking is a field that is to be added, as it is pasted: from the intent, or within a list what is
// underlined with the field in it.
func (r reporter) lacking(path []string, f *language.Field) string {
	values := examples(path, f)
	last := -1 // element of a list
	for n := range path {
		if isElement(path[:n+1]) {
			last = n
		}
	}
	name := quotedLabel(path[len(path)-1]) + ": ..."
	if last < 0 {
		if mend := r.propose(path, values...); mend != "" {
			return mend
		}
		return name
	}
	written, ok := r.places.nearest(path)
	if !ok || len(written.path) <= last || r.takes == nil {
		return name
	}
	e, ok := r.places.expr(written.path).(*ast.StructLit)
	if !ok || maySecret(path, syntax.OneLine(e)) {
		return name
	}
	for _, v := range values {
		whole := syntax.OneLine(with(e, path[len(written.path):], v))
		if v == "" || !r.takes(written.path, whole) {
			continue
		}
		if len(written.path)-1 == last { // the element is underlined
			return whole
		}
		return pasted(written.path[len(written.path)-1:], whole) // the field is
	}
	return name
}

// with is a struct with one more field in it, at the end.
func with(s *ast.StructLit, path []string, value string) *ast.StructLit {
	out := &ast.StructLit{Elts: slices.Clone(s.Elts)}
	for i, d := range out.Elts {
		f, ok := d.(*ast.Field)
		if !ok || len(path) == 1 {
			continue
		}
		if inner, ok := f.Value.(*ast.StructLit); ok {
			if name, _, err := ast.LabelName(f.Label); err == nil && name == path[0] {
				out.Elts[i] = &ast.Field{Label: f.Label, Value: with(inner, path[1:], value)}
				return out
			}
		}
	}
	e, err := parser.ParseExpr("", value)
	if err != nil {
		return out
	}
	for n := len(path) - 1; n >= 0; n-- {
		field := &ast.Field{Label: ast.NewStringLabel(path[n]), Value: e}
		if n == 0 {
			out.Elts = append(out.Elts, field)
			break
		}
		e = &ast.StructLit{Elts: []ast.Decl{field}}
	}
	return out
}
