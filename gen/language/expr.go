package language

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// The schema keeps to a small part of CUE (no imports, no comprehensions, no references
// but to definitions). What is beyond it is taken for anything, and a test that compares
// the result with CUE's own evaluation fails.

var basicTypes = map[string]kind{
	"_": anyKind, "string": stringKind, "int": intKind, "number": numberKind, "bool": boolKind,
}

var literalKinds = map[token.Token]kind{
	token.STRING: stringKind, token.INT: intKind, token.FLOAT: numberKind,
	token.TRUE: boolKind, token.FALSE: boolKind, token.NULL: nullKind,
}

// shape gives what an expression lets through.
func (g *grammar) shape(e ast.Expr) *shape {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return g.shape(e.X)
	case *ast.Ident:
		if name, isDef := strings.CutPrefix(e.Name, "#"); isDef {
			return g.definition(name)
		}
		return of(alt{kind: basicTypes[e.Name]})
	case *ast.BasicLit:
		return of(alt{kind: literalKinds[e.Kind], lit: e.Value})
	case *ast.UnaryExpr:
		return g.unary(e)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.AND:
			return and(g.shape(e.X), g.shape(e.Y))
		case token.OR:
			return or(g.shape(e.X), g.shape(e.Y))
		}
	case *ast.StructLit:
		return of(g.structure(e))
	case *ast.ListLit:
		for _, elem := range e.Elts {
			if more, ok := elem.(*ast.Ellipsis); ok && more.Type != nil {
				return of(alt{kind: listKind, elem: g.shape(more.Type)})
			}
		}
	}
	return of(alt{})
}

func of(a alt) *shape { return &shape{alts: []alt{a}} }

// unary gives the shape of a bound, or of a default in a disjunction. A struct or a list
// that is a default says nothing of the type; the other alternatives do.
func (g *grammar) unary(e *ast.UnaryExpr) *shape {
	switch e.Op {
	case token.MUL:
		s := &shape{deflt: source(e.X)}
		if lit, ok := e.X.(*ast.BasicLit); ok {
			s.alts = g.shape(lit).alts
		}
		return s
	case token.GEQ:
		return of(alt{kind: numberKind, min: source(e.X)})
	case token.LEQ:
		return of(alt{kind: numberKind, max: source(e.X)})
	case token.NEQ:
		return of(alt{kind: stringKind, nonEmpty: source(e.X) == `""`})
	case token.MAT:
		pattern, err := literal.Unquote(source(e.X))
		if err == nil {
			return of(alt{kind: stringKind, patterns: []string{pattern}})
		}
	}
	return of(alt{})
}

func (g *grammar) structure(e *ast.StructLit) alt {
	s := alt{kind: structKind}
	for _, decl := range e.Elts {
		switch d := decl.(type) {
		case *ast.Ellipsis:
			s.open = true
		case *ast.EmbedDecl:
			for _, a := range g.shape(d.Expr).alts {
				s.members = mergeMembers(s.members, a.members)
			}
		case *ast.Field:
			name := labelOf(d)
			if pattern, ok := d.Label.(*ast.ListLit); ok && len(pattern.Elts) == 1 {
				s.key, s.elem = g.shape(pattern.Elts[0]), g.shape(d.Value)
			}
			if name == "" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#") {
				continue
			}
			attrs := attributesOf(d)
			s.members = append(s.members, &member{
				name:       name,
				constraint: d.Constraint,
				doc:        docOf(d),
				attrs:      attrs,
				shape:      g.shape(d.Value).worded(attrs.first("allowed")),
			})
		}
	}
	return s
}

// definition gives the shape of a definition, each alternative marked with its name. A
// definition within itself is not followed.
func (g *grammar) definition(name string) *shape {
	if s, made := g.shapes[name]; made {
		return s
	}
	def, ok := g.defs[name]
	if !ok {
		return of(alt{})
	}
	g.shapes[name] = of(alt{def: name})
	body := g.shape(def.value)
	s := &shape{deflt: body.deflt}
	for _, a := range body.alts {
		a.def = name
		s.alts = append(s.alts, a)
	}
	g.shapes[name] = s
	return s
}

// source is an expression as the schema writes it.
func source(e ast.Expr) string {
	text, err := format.Node(e)
	if err != nil {
		return ""
	}
	return string(text)
}
