package intent

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

const (
	ruleFieldUnread = "field-unread"
	ruleFieldHidden = "field-hidden"
	ruleFileUnread  = "file-unread"
	ruleBaseUnused  = "base-unused"
)

// ignored says what does nothing, in silence, in the files of an environment. The second result are the
// fields of the intent that it speaks of.
func (l *Loader) ignored(env string, p *pkg) (found diag.List, fields []string) {
	found, fields = l.beside(Dir(env), p.instance)
	marked, more := l.marked(env, p)
	templated, full := l.templated(env, p.instance)
	return slices.Concat(found, marked, templated, l.files(env, p.instance)), slices.Concat(fields, more, full)
}

// beside finds the fields that stand beside intent and that nothing refers to: natsyard reads the field
// intent and no other. One of the same name in a folder above is shared, and may be for others.
func (l *Loader) beside(dir string, inst *build.Instance) (found diag.List, moved []string) {
	if len(topLevel(inst, field)) == 0 {
		return nil, nil // that is the finding
	}
	candidates := regularFields(inst, dir)
	if len(candidates) == 0 {
		return nil, nil
	}
	for name := range reachable(inst, candidates) {
		delete(candidates, name)
	}
	if len(candidates) == 0 {
		return nil, nil
	}
	elsewhere := l.readers().of(l.importPath(dir), inst.PkgName, dir)
	for _, f := range inst.Files {
		var ours []*ast.Field // those that are fields of the language
		for _, d := range f.Decls {
			d, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			name, _ := fieldName(d)
			switch known := isKnown([]string{name}); {
			case !slices.Contains(candidates[name], d), elsewhere.all, elsewhere.names[name]:
			case known:
				ours, moved = append(ours, d), append(moved, name)
			default:
				found = append(found, l.besideIntent([]*ast.Field{d}))
			}
		}
		if len(ours) > 0 {
			found = append(found, l.besideIntent(ours))
		}
	}
	return found, moved
}

// besideIntent is the finding about fields of one file, which belong together where they are several.
func (l *Loader) besideIntent(fields []*ast.Field) diag.Diagnostic {
	var names []string
	d := diag.Diagnostic{
		Rule: ruleFieldUnread, Severity: diag.Error, Span: l.spanOf(fields[0].Label),
		Why: "natsyard reads the field intent alone; CUE passes over what nothing refers to, so that what it says is not there",
	}
	for n, f := range fields {
		name, _ := fieldName(f)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if n > 0 {
			d.Related = append(d.Related, diag.Related{Span: l.spanOf(f.Label), Message: "so does this"})
		}
	}
	verb, them := "stands", "it"
	if len(names) > 1 {
		verb, them = "stand", "them"
	}
	d.Message = fmt.Sprintf("%s %s beside intent, not in it, and nothing reads %s", language.List(names, "and"), verb, them)
	name := names[0]
	switch hint := language.Hint(nil, name); {
	case isKnown(names[:1]):
		var lines []string
		for _, f := range fields {
			name, _ := fieldName(f)
			lines = append(lines, pasted([]string{"intent", name}, valueText(f.Value)))
		}
		d.Mend = strings.Join(lines, "\n")
	case spelt(name) != nil:
		d.Mend = pasted(append([]string{"intent"}, spelt(name)...), valueText(fields[0].Value)) + ", in its place"
	case hint != "":
		d.Mend = fmt.Sprintf("inside of the braces of intent (%s); as a value for other fields: _%s", hint, name)
	default:
		d.Mend = fmt.Sprintf("leave it out; as a value for other fields: %s", "_"+name+": "+valueText(fields[0].Value))
	}
	return d
}

// spelt is the path of the one field that others call so; nil where there is none.
func spelt(name string) []string {
	if ours, ok := language.Spelling(name); ok && ours != "" {
		return language.ParsePath(ours)
	}
	if near := language.Nearest(nil, name); near != "" {
		return []string{near}
	}
	return nil
}

// regularFields are those beside intent that a package declares in one folder and nowhere else, by name.
func regularFields(inst *build.Instance, dir string) map[string][]*ast.Field {
	out := map[string][]*ast.Field{}
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.Field); ok && path.Dir(f.Filename) == dir {
				if name, ok := fieldName(d); ok && name != field {
					out[name] = append(out[name], d)
				}
			}
		}
	}
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.Field); ok && path.Dir(f.Filename) != dir {
				name, _ := fieldName(d)
				delete(out, name)
			}
		}
	}
	return out
}

// reachable are the names of the candidates that what else the package has at its top level refers to, by
// way of other candidates too.
func reachable(inst *build.Instance, candidates map[string][]*ast.Field) map[string]bool {
	own := topNodes(inst)
	seen := map[string]bool{}
	var visit func(n ast.Node)
	visit = func(n ast.Node) {
		references(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			name, ok := own[id.Node]
			if id.Node == nil {
				name, ok = id.Name, true
			}
			if ok && !seen[name] {
				seen[name] = true
				for _, f := range candidates[name] {
					visit(f.Value)
				}
			}
			return true
		})
	}
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.Field); ok {
				if name, ok := fieldName(d); ok && slices.Contains(candidates[name], d) {
					continue
				}
			}
			visit(d)
		}
	}
	return seen
}

// topNodes are the nodes by which CUE resolves a reference to a field at the top level, with its name.
func topNodes(inst *build.Instance) map[ast.Node]string {
	out := map[ast.Node]string{}
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.Field); ok {
				if name, ok := fieldName(d); ok {
					out[d], out[d.Value] = name, name
					if a, ok := d.Value.(*ast.Alias); ok {
						out[a.Expr] = name
					}
				}
			}
		}
	}
	return out
}

// references visits a node and what is in it but for plain labels and what stands behind a dot: each
// name that it meets refers to something. Where visit gives false it goes no deeper.
func references(n ast.Node, visit func(ast.Node) bool) {
	ast.Walk(n, func(n ast.Node) bool {
		if !visit(n) {
			return false
		}
		switch x := n.(type) {
		case *ast.Field:
			switch x.Label.(type) {
			case *ast.Ident, *ast.BasicLit, *ast.Alias:
				references(x.Value, visit)
				return false
			}
		case *ast.SelectorExpr:
			references(x.X, visit)
			return false
		}
		return true
	}, nil)
}
