package intent

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/errors"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// omissions are the fields that a partial load leaves out, by the place of their label.
type omissions map[string]bool

// apply takes the fields out of a parsed file.
func (o omissions) apply(file *ast.File, spanOf func(ast.Node) diag.Span) {
	if len(o) == 0 {
		return
	}
	astutil.Apply(file, func(c astutil.Cursor) bool {
		f, ok := c.Node().(*ast.Field)
		if ok && o[spanOf(f.Label).String()] {
			c.Delete()
			return false
		}
		return true
	}, nil)
	tidy(file)
}

// tidy takes out the let clauses and imports that nothing uses any more: CUE would refuse them, and say nothing else.
func tidy(file *ast.File) {
	for gone := true; gone; {
		used := map[string]bool{}
		references(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
		lets := map[string]int{} // a clause names itself
		ast.Walk(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				lets[id.Name]++
			}
			return true
		}, nil)
		gone = false
		astutil.Apply(file, func(c astutil.Cursor) bool {
			switch n := c.Node().(type) {
			case *ast.LetClause:
				if _, inStruct := c.Parent().Node().(*ast.Comprehension); !inStruct && lets[n.Ident.Name] == 1 {
					c.Delete()
					gone = true
					return false
				}
			case *ast.ImportDecl:
				n.Specs = slices.DeleteFunc(n.Specs, func(s *ast.ImportSpec) bool { return !used[importName(s)] })
				if len(n.Specs) == 0 {
					c.Delete()
					return false
				}
			}
			return true
		}, nil)
	}
}

// importName is the name by which a file knows a package that it imports.
func importName(s *ast.ImportSpec) string {
	if s.Name != nil {
		return s.Name.Name
	}
	path, _ := textOfLiteral(s.Path.Value)
	return ast.ParseImportPath(path).Qualifier
}

// lessUnused is what CUE says of references, less that imports are not used: the field that used one
// may have been left out.
func lessUnused(err errors.Error) (left errors.Error) {
	for _, e := range errors.Errors(err) {
		if format, _ := e.Msg(); !strings.HasPrefix(format, "imported and not used") {
			left = errors.Append(left, e)
		}
	}
	return left
}

// rounds bounds how often a load is tried again: CUE may name the mistakes of one kind only
// when those of another are gone.
const rounds = 4

// partial loads an environment without the fields that are wrong, and finds what else is.
// The intent is nil where that is not enough to make it valid.
func (l *Loader) partial(env string, broken []brokenField) (*Intent, diag.List) {
	var more diag.List
	again := &Loader{repo: l.repo, module: l.module, given: l.given, omit: omissions{}}
	seen := map[string]bool{}
	for range rounds {
		fresh := false
		for _, b := range broken {
			label := b.label.String()
			fresh = fresh || !again.omit[label]
			again.omit[label], seen[b.path[0]] = true, true
			again.omitted = append(again.omitted, b)
		}
		if !fresh {
			break // leaving out what was named did not help
		}
		again.reset()
		p := again.load(Dir(env), again.importPath(Dir(env)), "")
		if p.found.HasErrors() || p.imported.HasErrors() {
			break
		}
		broken = nil
		in, found := again.evaluate(env, p.instance, again.reporter(env, p, &broken))
		if !found.HasErrors() {
			in.Broken = seen
			return in, more
		}
		more = append(more, slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
			return d.Rule == unusedRule || again.lacksOmitted(d) // what was left out may have used it
		})...)
	}
	return nil, more
}

// lacksOmitted tells whether a finding is that something lacks a field, or the value of one, where that was
// left out, or another whose name nobody knows or is nearly the same: it was most likely meant by that.
func (l *Loader) lacksOmitted(d diag.Diagnostic) bool {
	return slices.ContainsFunc(l.omitted, func(b brokenField) bool {
		if d.Path == strings.Join(b.path, ".") {
			return d.Rule == "field-missing" || d.Rule == "value-missing"
		}
		last := len(b.path) - 1
		name, inside := strings.CutPrefix(d.Path, strings.Join(b.path[:last], ".")+".")
		if !inside || strings.Contains(name, ".") {
			return false
		}
		_, known := language.Lookup(b.path...)
		return d.Rule == "field-missing" && !known || d.Rule == "value-missing" && language.Closest(b.path[last], []string{name}) != ""
	})
}

// brokenField is a field that a finding is about: the nearest to it that the user wrote.
type brokenField struct {
	path  []string
	label diag.Span
}
