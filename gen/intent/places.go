package intent

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/schema"
)

// places knows where the user wrote what. It reads the syntax tree, and only when first asked:
// a render without findings never pays for it.
type places struct {
	index func() map[string]place
}

// place is where a field stands: its label, and its value, which is the label again
// where the value is a struct.
type place struct {
	label, value diag.Span
	expr         ast.Expr
	others       []place // the same field elsewhere
}

const separator = "\x00"

func key(path []string) string { return strings.Join(path, separator) }

// find is the place of the field's value, or the label of the nearest field above it.
func (p places) find(path []string) diag.Span {
	if p.index == nil {
		return diag.Span{}
	}
	index := p.index()
	if at, ok := index[key(path)]; ok {
		return at.value
	}
	for n := len(path) - 1; n >= 0; n-- {
		if at, ok := index[key(path[:n])]; ok {
			return at.label
		}
	}
	return diag.Span{}
}

// label is the place of the field's name, and whether the user wrote it.
func (p places) label(path []string) (diag.Span, bool) {
	if p.index == nil {
		return diag.Span{}, false
	}
	at, ok := p.index()[key(path)]
	return at.label, ok
}

// expr is the field's value as the user wrote it first; nil where nobody wrote it.
func (p places) expr(path []string) ast.Expr {
	if p.index == nil {
		return nil
	}
	return p.index()[key(path)].expr
}

// others are the places where else the field stands.
func (p places) others(path []string) []place {
	if p.index == nil {
		return nil
	}
	return p.index()[key(path)].others
}

// nearest is the field itself, or the nearest above it, that the user wrote; the root does
// not count.
func (p places) nearest(path []string) (brokenField, bool) {
	for n := len(path); n > 0; n-- {
		if label, ok := p.label(path[:n]); ok {
			return brokenField{path[:n], label}, true
		}
	}
	return brokenField{}, false
}

// written gives every path that the user wrote, in the order of the files.
func (p places) written() [][]string {
	if p.index == nil {
		return nil
	}
	index := p.index()
	keys := slices.SortedFunc(maps.Keys(index), func(a, b string) int {
		x, y := index[a].label, index[b].label
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column), cmp.Compare(a, b))
	})
	paths := make([][]string, 0, len(keys))
	for _, k := range keys {
		if k != "" {
			paths = append(paths, strings.Split(k, separator))
		}
	}
	return paths
}

func (l *Loader) placesOf(inst *build.Instance) places {
	return places{index: sync.OnceValue(func() map[string]place { return l.walk(inst).out })}
}

func (l *Loader) walk(inst *build.Instance) *walker {
	w := walker{out: map[string]place{}, given: map[string]bool{}, visits: maxVisits, spanOf: l.spanOf}
	fields := topLevel(inst, field)
	slices.SortStableFunc(fields, func(a, b *ast.Field) int { return l.rank(a) - l.rank(b) })
	for _, f := range fields {
		w.field(inst, nil, f)
	}
	// What is written in place goes before what is referred to: the environment before the base.
	for len(w.later) > 0 {
		next := w.later[0]
		w.later = w.later[1:]
		next()
	}
	return &w
}

// rank puts what comes with the run before the repository's own.
func (l *Loader) rank(f *ast.Field) int {
	if l.given != "" && f.Pos().Filename() == l.given {
		return 0
	}
	return 1
}

// Bounds of the walk: references may form a cycle.
const (
	maxVisits = 20_000
	maxDepth  = 40 // the language is not half as deep
)

type walker struct {
	out    map[string]place
	later  []func()
	visits int
	spanOf func(ast.Node) diag.Span

	given               map[string]bool // what has a value and not only a condition
	conditional, hidden []markedField
}

func (w *walker) field(inst *build.Instance, path []string, f *ast.Field) {
	label := w.spanOf(f.Label)
	value := w.spanOf(f.Value)
	if _, isStruct := f.Value.(*ast.StructLit); isStruct || value.Length == 0 {
		value = label
	}
	at, written := w.out[key(path)]
	if !written {
		at = place{label: label, value: value, expr: f.Value}
	} else if value != at.value {
		at.others = append(at.others, place{label: label, value: value, expr: f.Value})
	}
	w.out[key(path)] = at
	switch f.Constraint {
	case token.ILLEGAL:
		w.given[key(path)] = true
	case token.OPTION: // CUE itself tells when what has a ! is missing
		w.conditional = append(w.conditional, markedField{path, f, inst})
	}
	w.expr(inst, path, f.Value)
}

func (w *walker) expr(inst *build.Instance, path []string, e ast.Expr) {
	if w.visits--; w.visits < 0 || len(path) > maxDepth {
		return
	}
	switch x := e.(type) {
	case *ast.StructLit:
		for _, d := range x.Elts {
			switch d := d.(type) {
			case *ast.Field:
				if name, ok := fieldName(d); ok {
					w.field(inst, append(path[:len(path):len(path)], name), d)
				} else if name, _, err := ast.LabelName(d.Label); err == nil {
					w.hidden = append(w.hidden, markedField{append(path[:len(path):len(path)], strings.TrimLeft(name, "_#")), d, inst})
				}
			case *ast.EmbedDecl:
				if _, isList := d.Expr.(*ast.ListLit); !isList {
					w.expr(inst, path, d.Expr)
				}
			case *ast.Comprehension:
				w.expr(inst, path, d.Value)
			}
		}
	case *ast.ListLit:
		for i, elem := range x.Elts {
			at := append(path[:len(path):len(path)], strconv.Itoa(i))
			if _, written := w.out[key(at)]; !written {
				w.out[key(at)] = place{label: w.spanOf(elem), value: w.spanOf(elem), expr: elem}
			}
			w.expr(inst, at, elem)
		}
	case *ast.BinaryExpr:
		if x.Op == token.AND || x.Op == token.OR {
			w.expr(inst, path, x.X)
			w.expr(inst, path, x.Y)
		}
	case *ast.UnaryExpr:
		if x.Op == token.MUL {
			w.expr(inst, path, x.X)
		}
	case *ast.ParenExpr:
		w.expr(inst, path, x.X)
	case *ast.Ident, *ast.SelectorExpr:
		w.later = append(w.later, func() {
			for _, t := range resolve(inst, e, 0) {
				w.expr(t.inst, path, t.expr)
			}
		})
	}
}

// target is an expression that a reference leads to, and the package that it stands in.
type target struct {
	inst *build.Instance
	expr ast.Expr
}

// resolve follows a reference, through imports too.
func resolve(inst *build.Instance, e ast.Expr, depth int) (out []target) {
	if depth > 50 {
		return nil
	}
	switch x := e.(type) {
	case *ast.Ident:
		switch n := x.Node.(type) {
		case *ast.Field:
			return []target{{inst, n.Value}}
		case *ast.LetClause:
			return []target{{inst, n.Expr}}
		case ast.Expr: // the value of a field of the same file
			return []target{{inst, n}}
		case nil:
			for _, f := range topLevel(inst, x.Name) {
				out = append(out, target{inst, f.Value})
			}
		}
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(x.Sel)
		if err != nil {
			return nil
		}
		if spec := importSpec(x.X); spec != nil {
			imported, _ := strconv.Unquote(spec.Path.Value)
			for _, dep := range inst.Imports {
				if dep.ImportPath != imported || imported == schema.ImportPath {
					continue // the language is not the user's own
				}
				for _, f := range topLevel(dep, name) {
					out = append(out, target{dep, f.Value})
				}
			}
			return out
		}
		for _, t := range resolve(inst, x.X, depth+1) {
			if s, ok := t.expr.(*ast.StructLit); ok {
				for _, f := range fieldsNamed(s.Elts, name) {
					out = append(out, target{t.inst, f.Value})
				}
			}
		}
	}
	return out
}

func importSpec(e ast.Expr) *ast.ImportSpec {
	if id, ok := e.(*ast.Ident); ok {
		spec, _ := id.Node.(*ast.ImportSpec)
		return spec
	}
	return nil
}

func topLevel(inst *build.Instance, name string) (out []*ast.Field) {
	for _, f := range inst.Files {
		out = append(out, fieldsNamed(f.Decls, name)...)
	}
	return out
}

func fieldsNamed(decls []ast.Decl, name string) (out []*ast.Field) {
	for _, d := range decls {
		if f, ok := d.(*ast.Field); ok {
			if got, _, err := ast.LabelName(f.Label); err == nil && got == name {
				out = append(out, f)
			}
		}
	}
	return out
}

// fieldName is the name of a regular field; definitions and hidden fields have none.
func fieldName(f *ast.Field) (string, bool) {
	name, isIdent, err := ast.LabelName(f.Label)
	if err != nil || isIdent && (strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#")) {
		return "", false
	}
	return name, true
}

// spanOf is the place of a node; one of several lines has the length of none.
func spanOf(n ast.Node) diag.Span {
	start, end := n.Pos().Position(), n.End().Position()
	s := diag.Span{File: start.Filename, Line: start.Line, Column: start.Column}
	if start.Line == end.Line && end.Column > start.Column {
		s.Length = end.Column - start.Column
	}
	return s
}
