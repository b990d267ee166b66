package intent

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"github.com/natsyard/natsyard/gen/diag"
)

// baseUnused tells when nothing of an environment refers to the intent of the base, which says something.
func (l *Loader) baseUnused(env string, inst *build.Instance) diag.List {
	if env == Base || len(topLevel(inst, field)) == 0 {
		return nil
	}
	base := l.load(Base, l.importPath(Base), "")
	if base.instance == nil || base.found.HasErrors() || l.usesBase(inst, base.instance.PkgName, map[string]bool{}) {
		return nil
	}
	says := l.placesOf(base.instance) // which costs, and mostly need not be known
	if len(says.written()) == 0 {
		return nil
	}
	here, _ := l.placesOf(inst).label(nil)
	there, _ := says.label(nil)
	return diag.List{{
		Rule: ruleBaseUnused, Severity: diag.Warning, Span: here, Path: field,
		Message: "this environment does not use the intent of the base",
		Why:     "what the base says for all environments, its TLS and its users too, does not hold here",
		Mend:    mendIntent(env, l.module),
		Related: []diag.Related{{Span: there, Message: "what the base says"}},
	}}
}

// usesBase tells whether a package refers to the intent of the base, or one that it imports does.
func (l *Loader) usesBase(inst *build.Instance, name string, seen map[string]bool) bool {
	if seen[inst.ImportPath] {
		return false
	}
	seen[inst.ImportPath] = true
	for _, f := range inst.Files {
		if local := localName(f, l.importPath(Base), name); local != "" {
			u := used{names: map[string]bool{}}
			if u.by(f, local); u.names[field] || u.all {
				return true
			}
		}
	}
	for _, dep := range inst.Imports {
		if _, ours := l.relative(ast.ParseImportPath(dep.ImportPath).Path); ours && l.usesBase(dep, name, seen) {
			return true
		}
	}
	return false
}
