package syntax

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// OneLine is an expression as it is written on one line, where it can be.
func OneLine(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.ListLit:
		elements := make([]string, 0, len(x.Elts))
		for _, elem := range x.Elts {
			elements = append(elements, OneLine(elem))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case *ast.StructLit:
		fields := make([]string, 0, len(x.Elts))
		for _, d := range x.Elts {
			f, ok := d.(*ast.Field)
			if !ok || f.Alias != nil || len(f.Attrs) > 0 {
				return source(e)
			}
			text := source(f.Label) + ": "
			if f.Constraint != token.ILLEGAL {
				return source(e)
			}
			if s, ok := f.Value.(*ast.StructLit); ok && len(s.Elts) == 1 && isField(s.Elts[0]) {
				text += strings.TrimSuffix(strings.TrimPrefix(OneLine(s), "{"), "}")
			} else {
				text += OneLine(f.Value)
			}
			fields = append(fields, text)
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case *ast.BasicLit:
		if text, err := literal.Unquote(x.Value); x.Kind == token.STRING && strings.Contains(x.Value, "\n") && err == nil {
			return literal.String.Quote(text)
		}
	}
	return source(e)
}

func isField(d ast.Decl) bool { _, ok := d.(*ast.Field); return ok }

// source is a node as CUE's own formatter writes it.
func source(n ast.Node) string {
	text, err := format.Node(n)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
