package intent

import (
	"io/fs"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
)

// walk visits the nodes of the user's files, in their order, until visit has enough of what is below one.
func (r reporter) walk(visit func(ast.Node) bool) {
	if r.inst == nil {
		return
	}
	seen := map[*ast.File]bool{}
	for _, inst := range append(r.inst.Imports, r.inst) {
		for _, f := range inst.Files {
			if !seen[f] && !isLanguage(f.Filename) {
				seen[f] = true
				ast.Walk(f, visit, nil)
			}
		}
	}
}

// nodeAt is the longest expression that begins at a place; nil where none does.
func (r reporter) nodeAt(pos token.Pos) (found ast.Node) {
	at := pos.Position()
	r.walk(func(n ast.Node) bool {
		if found != nil {
			return false
		}
		p := n.Pos().Position()
		switch n.(type) {
		case *ast.Comprehension:
		case *ast.ImportSpec, ast.Expr:
			if p.Filename == at.Filename && p.Offset == at.Offset {
				found = n
			}
		}
		return found == nil
	})
	return found
}

// embedded is the value at a place that stands among the fields of a struct, where one does.
func (r reporter) embedded(pos token.Pos) (found ast.Expr) {
	at := pos.Position()
	r.walk(func(n ast.Node) bool {
		if e, ok := n.(*ast.EmbedDecl); ok {
			p, end := e.Expr.Pos().Position(), e.Expr.End().Position()
			_, isStruct := e.Expr.(*ast.StructLit)
			if p.Filename == at.Filename && p.Offset <= at.Offset && at.Offset < end.Offset && !isStruct {
				found = e.Expr
			}
		}
		return found == nil
	})
	return found
}

// span is the place of a node in a file as the user wrote it.
func (r reporter) span(n ast.Node) diag.Span {
	if r.original == nil {
		return spanOf(n)
	}
	return r.original(spanOf(n))
}

// textAt is the expression at a place, on one line; "" where that is long.
func (r reporter) textAt(pos token.Pos) string {
	e, ok := r.nodeAt(pos).(ast.Expr)
	if !ok {
		return ""
	}
	if text := syntax.OneLine(e); len(text) <= longest/2 {
		return text
	}
	return ""
}

// source is an expression as it stands in the file, where it is on one line.
func (r reporter) source(e ast.Expr) string {
	at := r.span(e)
	data, err := fs.ReadFile(r.repo, at.File)
	if err != nil || at.Length == 0 {
		return syntax.OneLine(e)
	}
	return cut(data, at)
}
