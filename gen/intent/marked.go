package intent

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
)

// markedField is a field whose name has a mark by which it is no value: a ? after it, or a _ or # before.
type markedField struct {
	path  []string // without the mark
	field *ast.Field
	inst  *build.Instance
}

// marked finds the fields in intent that a mark makes a value for nobody, where that was hardly meant. The
// second result are the fields of the intent that they are in.
func (l *Loader) marked(env string, p *pkg) (found diag.List, fields []string) {
	dir := Dir(env)
	if !hasMarks(p.instance, dir) {
		return nil, nil
	}
	w := l.walk(p.instance)
	for _, m := range slices.Concat(w.conditional, w.hidden) {
		if file := m.field.Pos().Filename(); path.Dir(file) != dir {
			continue
		}
		d, ok := l.mark(env, w, m)
		if !ok {
			continue
		}
		if found = append(found, d); d.Severity == diag.Error {
			fields = append(fields, m.path[0])
		}
	}
	return found, fields
}

// hasMarks tells whether a file of the folder has a field with a mark inside of another.
func hasMarks(inst *build.Instance, dir string) bool {
	any := false
	for _, f := range inst.Files {
		if path.Dir(f.Filename) != dir {
			continue
		}
		for _, d := range f.Decls {
			ast.Walk(d, func(n ast.Node) bool {
				if f, ok := n.(*ast.Field); ok && n != d {
					_, plain := fieldName(f)
					any = any || !plain || f.Constraint == token.OPTION
				}
				return !any
			}, nil)
		}
	}
	return any
}

func (l *Loader) mark(env string, w *walker, m markedField) (diag.Diagnostic, bool) {
	name := m.path[len(m.path)-1]
	d := diag.Diagnostic{
		Rule: ruleFieldUnread, Severity: diag.Error, Span: l.spanOf(m.field.Label), Path: strings.Join(m.path, "."),
	}
	known, ok := language.Lookup(m.path...)
	if m.field.Constraint == token.ILLEGAL {
		written, _, _ := ast.LabelName(m.field.Label)
		if !ok || known.Name != name || l.mentioned(m.inst, written) {
			return d, false
		}
		mark := strings.TrimSuffix(written, name)
		d.Rule, d.Severity = ruleFieldHidden, diag.Warning // some take a field out so
		d.Message = fmt.Sprintf("%s is not %s, and nothing reads it", dotted(m.path[:len(m.path)-1], written), name)
		d.Why = "what begins with _ or # is for other fields to refer to, and no field of the language"
		d.Mend = pasted([]string{name}, valueText(m.field.Value)) + fmt.Sprintf(", without the %s; or leave it out", mark)
		return d, true
	}
	if w.given[key(m.path)] || ok && !known.Optional && known.Name == name || !givesValue(m.inst, m.field.Value, 0) {
		return d, false
	}
	if env == Base && l.givenBeyond(name) {
		return d, false // it says what the environments are to give
	}
	d.Message = fmt.Sprintf("%s? gives no value, and nothing else gives %s one", d.Path, d.Path)
	d.Why = "with a ? it only says what the value would have to be; the field is not there"
	d.Mend = pasted([]string{name}, valueText(m.field.Value)) + ", without the ?"
	return d, true
}

// valueText is an expression as a mend repeats it: on one line, where it is not too long for that.
func valueText(e ast.Expr) string {
	if text := syntax.OneLine(e); len(text) <= longest/2 && !secretKey.MatchString(text) {
		return text
	}
	return "{...}"
}

func dotted(path []string, name string) string {
	return strings.Join(append(path[:len(path):len(path)], name), ".")
}

// givesValue tells whether an expression says a value and not only what values may be.
func givesValue(inst *build.Instance, e ast.Expr, depth int) bool {
	if depth > maxDepth {
		return false
	}
	below := func(e ast.Expr) bool { return givesValue(inst, e, depth+1) }
	switch x := e.(type) {
	case *ast.BasicLit, *ast.Interpolation:
		return true
	case *ast.StructLit:
		return len(x.Elts) == 0 || slices.ContainsFunc(x.Elts, func(d ast.Decl) bool {
			f, ok := d.(*ast.Field)
			return ok && f.Constraint == token.ILLEGAL && below(f.Value)
		})
	case *ast.ListLit:
		return len(x.Elts) == 0 || slices.ContainsFunc(x.Elts, below)
	case *ast.BinaryExpr:
		return below(x.X) || x.Op != token.OR && below(x.Y)
	case *ast.UnaryExpr:
		return (x.Op == token.SUB || x.Op == token.ADD || x.Op == token.MUL) && below(x.X)
	case *ast.ParenExpr:
		return below(x.X)
	case *ast.Ident, *ast.SelectorExpr:
		return slices.ContainsFunc(resolve(inst, e, 0), func(t target) bool { return givesValue(t.inst, t.expr, depth+1) })
	}
	return false
}

// mentioned tells whether a file refers to a name: those of its package, and for a definition all others.
func (l *Loader) mentioned(inst *build.Instance, name string) bool {
	files := inst.Files
	if strings.HasPrefix(name, "#") {
		files = slices.Concat(files, l.readers())
	}
	any := false
	for _, f := range files {
		references(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.Ident:
				any = any || x.Name == name
			case *ast.SelectorExpr:
				selected, _, _ := ast.LabelName(x.Sel)
				any = any || selected == name
			}
			return !any
		})
	}
	return any
}

// givenBeyond tells whether a file outside of the base gives a field of this name.
func (l *Loader) givenBeyond(name string) bool {
	any := false
	for _, f := range l.readers() {
		if path.Dir(f.Filename) == Base {
			continue
		}
		ast.Walk(f, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Constraint == token.ILLEGAL {
				got, _ := fieldName(f)
				any = any || got == name
			}
			return !any
		}, nil)
	}
	return any
}
