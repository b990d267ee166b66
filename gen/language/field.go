package language

import (
	"cmp"
	"fmt"

	"cuelang.org/go/cue/token"
)

// root builds the tree of fields under a definition.
func (g *grammar) root(def string) (*Field, error) {
	if g.defs[def] == nil {
		return nil, fmt.Errorf("read the schema: no definition #%s", def)
	}
	return g.field(nil, &member{shape: g.definition(def)}), nil
}

// field builds the field of a member, and all below it.
func (g *grammar) field(parent *Field, m *member) *Field {
	f := &Field{
		Name:     m.name,
		Doc:      m.doc,
		Type:     m.shape.typeName(),
		Default:  m.shape.deflt,
		Optional: m.constraint == token.OPTION,
		Nats:     m.attrs["nats"],
		Kube:     m.attrs["kube"],
		Enum:     m.shape.enum(),
		Allowed:  g.allowed(m.shape),
		parent:   parent,
	}
	if parent != nil {
		f.Path = parent.Path + "." + m.name
		if parent.Path == "" || m.name == Element {
			f.Path = parent.Path + m.name
		}
	}
	if f.Default == "" {
		f.Default = m.attrs.first("default")
		f.Derived = f.Default != ""
	}
	f.Options = optionsOf(f)
	for _, a := range m.shape.alts {
		f.kinds = append(f.kinds, a.kind)
		g.addChildren(f, a)
	}
	if f.def != "" {
		f.typeDoc = g.defs[f.def].doc
		f.Doc = cmp.Or(f.Doc, f.typeDoc)
	}
	named := m.name != "" && m.name != AnyKey && m.name != Element
	f.Required = m.constraint == token.NOT ||
		named && !f.Optional && f.Default == "" && len(f.Children) == 0
	return f
}

func (g *grammar) addChildren(f *Field, a alt) {
	switch {
	case a.kind == structKind && (len(a.members) > 0 || a.elem != nil):
		f.def = a.def
		for _, m := range a.members {
			f.Children = append(f.Children, g.field(f, m))
		}
		if a.elem != nil {
			f.Children = append(f.Children, g.field(f, &member{name: AnyKey, shape: a.elem}))
		}
	case a.kind == structKind && a.open:
		f.Children = append(f.Children, g.field(f, &member{name: AnyKey, shape: of(alt{})}))
	case a.kind == listKind:
		f.Children = append(f.Children, g.field(f, &member{name: Element, shape: a.elem}))
	case a.kind == anyKind:
		f.open = true
	}
}
