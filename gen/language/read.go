package language

import (
	"fmt"
	"io/fs"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
)

// grammar is the definitions of the language.
type grammar struct {
	defs   map[string]*definition // by name without '#'
	shapes map[string]*shape      // of definitions, once made
}

type definition struct {
	doc      string
	sentence string // what may be written, for a definition that is no struct
	value    ast.Expr
}

// read parses the definitions of all CUE files of a directory.
func read(fsys fs.FS) (*grammar, error) {
	names, err := fs.Glob(fsys, "*.cue")
	if err != nil {
		return nil, fmt.Errorf("list the schema: %w", err)
	}
	g := &grammar{defs: map[string]*definition{}, shapes: map[string]*shape{}}
	for _, name := range names {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
		file, err := parser.ParseFile(name, src, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parse the schema: %w", err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.Field); ok {
				if name, isDef := strings.CutPrefix(labelOf(f), "#"); isDef {
					doc := docOf(f)
					g.defs[name] = &definition{doc: doc, sentence: sentence(name, doc), value: f.Value}
				}
			}
		}
	}
	return g, nil
}

// labelOf is the name of a field, "" where the label is a pattern.
func labelOf(f *ast.Field) string {
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		return ""
	}
	return name
}

// docOf is the comment above a field, line by line.
func docOf(f *ast.Field) string {
	for _, group := range ast.Comments(f) {
		if group.Doc {
			return strings.TrimSpace(group.Text())
		}
	}
	return ""
}

// sentence is the comment of a definition without its first words and the full stop: "Port
// is a TCP port." says that a TCP port is allowed.
func sentence(def, doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	for _, verb := range []string{" is ", " are "} {
		doc = strings.TrimPrefix(doc, def+verb)
	}
	return strings.TrimSuffix(doc, ".")
}

// attributes are the texts of the attributes of a field, by name.
type attributes map[string][]string

func attributesOf(f *ast.Field) attributes {
	attrs := attributes{}
	for _, a := range f.Attrs {
		name, body := a.Split()
		if text, err := literal.Unquote(body); err == nil {
			body = text
		}
		attrs[name] = append(attrs[name], body)
	}
	return attrs
}

// merge lets the attributes of a place go before those of its definition, name by name.
func (a attributes) merge(place attributes) attributes {
	out := attributes{}
	for _, attrs := range []attributes{a, place} {
		for name, texts := range attrs {
			out[name] = texts
		}
	}
	return out
}

func (a attributes) first(name string) string {
	if texts := a[name]; len(texts) > 0 {
		return texts[0]
	}
	return ""
}
