package intent

import (
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// reference is about a name that stands for nothing, or for something without the field that is asked of it.
func (r reporter) reference(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "reference-unknown"
	text := plain(m.err)
	r.say(d, text)
	d.Rule = "reference-unknown"
	if len(m.own) > 0 {
		d.Span = r.point(m.own[0])
	}
	if of, isField := strings.CutPrefix(text, "undefined field: "); isField {
		r.fieldOf(d, m, strings.Trim(of, `"`))
		return
	}
	match := regexp.MustCompile(`"([^"]*)"`).FindStringSubmatch(text)
	if match == nil {
		return
	}
	name := match[1]
	switch {
	case name == Base:
		d.Mend = mendImport(r.module+"/"+Base) + ", below the package"
	case name == "schema":
		d.Mend = mendImport(schema.ImportPath) + ", below the package"
	case slices.Contains(builtin, name) && r.selected(m.own, name):
		d.Mend = mendImport(name) + ", below the package"
	case len(m.path) == 0 && len(m.own) > 0 && r.embedded(m.own[0]) != nil:
		d.Message = name + " stands alone: no field and no name for a value"
		if near, ok := language.Lookup(name); ok && near != nil {
			d.Mend = name + ": and its value, with a colon"
		}
	default:
		r.bare(d, m, known, name)
	}
}

// bare is about text without quotes, or the name of a value with a slip.
func (r reporter) bare(d *diag.Diagnostic, m mistake, known *language.Field, name string) {
	if near := language.Closest(name, r.names()); near != "" && near != name {
		d.Message += "; did you mean " + near + "?"
		if len(m.path) > 0 && syntax.OneLine(r.places.expr(m.path)) == name {
			d.Mend = pasted(m.path, near)
		}
		return
	}
	text := name
	if len(m.own) > 0 {
		if n, ok := r.nodeAt(m.own[0]).(ast.Expr); ok {
			text = r.source(n)
		}
	}
	if known != nil && len(m.path) > 0 && strings.HasPrefix(name, "_") && text == name {
		for _, v := range examples(m.path, known) {
			if v != "" && r.takes != nil && r.takes(m.path, v) {
				d.Mend = name + ": " + v + ", outside of intent"
				return
			}
		}
	}
	if known == nil || len(m.path) == 0 || !bareText.MatchString(text) || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#") {
		return
	}
	if strings.HasPrefix(text, "$") {
		d.Mend = "the value itself: an intent knows no variables of a shell"
		return
	}
	d.Message = text + " is text, and text stands in quotes"
	d.Allowed = known.Allowed
	d.Mend = r.propose(m.path, append(instead(m.path, known, nil, text), others(m.path, known)...)...)
	if r.places.expr(m.path) != nil && r.source(r.places.expr(m.path)) != text { // a part of the value
		d.Mend = literal.String.Quote(text)
	}
	if lower := strings.ToLower(text); known.Allowed == "true or false" {
		if on, ok := switches[lower]; ok {
			d.Message = text + " is no value"
			d.Mend = pasted(m.path, map[bool]string{true: "true", false: "false"}[on])
		}
	}
}

// bareText is what was most likely meant as text.
var bareText = regexp.MustCompile(`^[\w$./:@*+ -]+$`)

// fieldOf is about a field that a value lacks which is referred to.
func (r reporter) fieldOf(d *diag.Diagnostic, m mistake, name string) {
	if len(m.own) == 0 || r.inst == nil {
		return
	}
	r.walk(func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || sel.Sel.Pos() != m.own[0] {
			return true
		}
		of := syntax.OneLine(sel.X)
		d.Message = of + " has no " + name
		names := r.namesIn(sel.X)
		near := language.Closest(name, names)
		if len(m.path) == 0 && slices.Contains(names, "#Intent") { // of the intent itself
			near = "#Intent"
		}
		if near != "" {
			d.Message += "; did you mean " + near + "?"
			d.Mend = of + "." + near
			d.Span = r.span(sel)
		} else if len(names) > 0 && len(names) < 12 {
			d.Allowed = strings.Join(names, ", ")
		}
		return false
	})
}

// namesIn are the fields of what an expression refers to.
func (r reporter) namesIn(e ast.Expr) (out []string) {
	add := func(decls []ast.Decl) {
		for _, d := range decls {
			if f, ok := d.(*ast.Field); ok {
				if name, _, err := ast.LabelName(f.Label); err == nil && !strings.HasPrefix(name, "_") && !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	if spec := importSpec(e); spec != nil {
		imported, _ := textOfLiteral(spec.Path.Value)
		for _, by := range append(slices.Clone(r.inst.Imports), r.inst) { // the base has imports of its own
			for _, dep := range by.Imports {
				if dep.ImportPath == imported {
					for _, f := range dep.Files {
						add(f.Decls)
					}
				}
			}
		}
	}
	for _, t := range resolve(r.inst, e, 0) {
		if s, ok := t.expr.(*ast.StructLit); ok {
			add(s.Elts)
		}
	}
	return out
}

// names are the names that can be used in the user's files: hidden fields, definitions, let clauses and
// imports.
func (r reporter) names() (out []string) {
	r.walk(func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if id, ok := n.Label.(*ast.Ident); ok && (strings.HasPrefix(id.Name, "_") || strings.HasPrefix(id.Name, "#")) {
				out = append(out, id.Name)
			}
		case *ast.LetClause:
			out = append(out, n.Ident.Name)
		case *ast.ImportSpec:
			if path, ok := textOfLiteral(n.Path.Value); ok {
				out = append(out, path[strings.LastIndexByte(path, '/')+1:])
			}
		}
		return true
	})
	return out
}

// selected tells whether a name stands before a dot at one of some places.
func (r reporter) selected(at []token.Pos, name string) (found bool) {
	r.walk(func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == name && slices.Contains(at, id.Pos()) {
				found = true
			}
		}
		return true
	})
	return found
}

// textOfLiteral is the text of a literal in CUE.
func textOfLiteral(quoted string) (string, bool) {
	text, err := literal.Unquote(quoted)
	return text, err == nil
}
