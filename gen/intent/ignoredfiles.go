package intent

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"github.com/natsyard/natsyard/gen/diag"
)

// values are the names of files in which other tools have what an intent has.
var values = []string{"intent.yaml", "intent.yml", "intent.json", "values.yaml", "values.yml", "values.json"}

// files finds the files in and below the folder of an environment that look like a part of its intent, and
// are none.
func (l *Loader) files(env string, inst *build.Instance) (found diag.List) {
	dir := Dir(env)
	entries, _ := fs.ReadDir(l.repo, dir) // they have been read
	for _, e := range entries {
		switch name := path.Join(dir, e.Name()); {
		case e.IsDir():
			found = append(found, l.subfolder(dir, name, inst.PkgName)...)
		case slices.Contains(values, e.Name()) && !isNamed(inst, e.Name()):
			found = append(found, unreadFile(name, "natsyard reads CUE, and nothing else", "what it says, as fields of intent in intent.cue"))
		case strings.HasSuffix(name, ".cue") && !isSource(e.Name()):
			// Files of tools and tests stand here by right; and editors leave files behind.
			forOthers := strings.HasSuffix(name, "_tool.cue") || strings.HasSuffix(name, "_test.cue")
			left := strings.HasPrefix(e.Name(), ".#") || strings.HasPrefix(e.Name(), "._")
			if f := l.readers().file(name); f != nil && !left && (hasIntent(f) || !forOthers && speaks(f, inst.PkgName)) {
				found = append(found, unreadFile(name, "CUE passes over a file whose name begins with _ or a dot, or ends in _test.cue or _tool.cue",
					"another name, such as "+plainName(e.Name())))
			}
		}
	}
	if env == Base {
		found = append(found, l.misplaced()...)
	}
	return found
}

// subfolder finds the CUE files of a folder below that of an environment, where nobody imports them.
func (l *Loader) subfolder(dir, sub, pkg string) (found diag.List) {
	for _, name := range l.sourcesBelow(sub) {
		f, importPath := l.readers().file(name), l.importPath(path.Dir(name))
		if f != nil && speaks(f, pkg) && !l.readers().importing(importPath) {
			found = append(found, unreadFile(name, "CUE takes this folder for a package of its own, and nothing imports "+importPath,
				fmt.Sprintf("the file in %s, with package %s as its first line", dir, pkg)))
		}
	}
	return found
}

// misplaced finds the intents below overlays that are of no environment.
func (l *Loader) misplaced() (found diag.List) {
	loose, _ := fs.Glob(l.repo, "overlays/*.cue")
	for _, name := range loose {
		if f := l.readers().file(name); f != nil && isSource(path.Base(name)) && hasIntent(f) && !l.readers().shares(f) {
			found = append(found, unreadFile(name, "an environment is a folder in overlays", strings.TrimSuffix(name, ".cue")+"/intent.cue"))
		}
	}
	folders, _ := fs.ReadDir(l.repo, "overlays")
	for _, d := range folders {
		dir := path.Join("overlays", d.Name())
		if own, _ := fs.Glob(l.repo, dir+"/*.cue"); !d.IsDir() || len(own) > 0 {
			continue
		}
		for _, name := range l.sourcesBelow(dir) {
			f := l.readers().file(name)
			if f == nil || !hasIntent(f) || l.readers().importing(l.importPath(path.Dir(name))) {
				continue
			}
			env := strings.ReplaceAll(strings.TrimPrefix(path.Dir(name), "overlays/"), "/", "-")
			found = append(found, unreadFile(name, "environments are the folders in overlays, and not what is below them", "overlays/"+env+"/intent.cue"))
		}
	}
	return found
}

// sourcesBelow are the CUE files in a folder and below it.
func (l *Loader) sourcesBelow(dir string) (names []string) {
	_ = fs.WalkDir(l.repo, dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && isSource(d.Name()):
			names = append(names, name)
		}
		return nil
	})
	return names
}

func unreadFile(name, why, mend string) diag.Diagnostic {
	return diag.Diagnostic{
		Rule: ruleFileUnread, Severity: diag.Warning, Span: diag.Span{File: name, Line: 1, Column: 1},
		Message: "this file looks like a part of an intent, and natsyard does not read it", Why: why, Mend: mend,
	}
}

// speaks tells whether a file was meant as a part of the intent of a package: by its package, or by what
// it says.
func speaks(f *ast.File, pkg string) bool {
	return f.PackageName() == pkg || hasIntent(f) || slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		field, ok := d.(*ast.Field)
		if !ok {
			return false
		}
		name, ok := fieldName(field)
		return ok && isKnown([]string{name})
	})
}

func hasIntent(f *ast.File) bool { return len(fieldsNamed(f.Decls, field)) > 0 }

// plainName is the name of a file without what makes CUE pass over it.
func plainName(name string) string {
	name = strings.TrimLeft(strings.TrimSuffix(name, ".cue"), "._")
	return strings.TrimSuffix(strings.TrimSuffix(name, "_test"), "_tool") + ".cue"
}

// isNamed tells whether a package has a text, such as the name of a file.
func isNamed(inst *build.Instance, name string) bool {
	named := false
	for _, f := range inst.Files {
		ast.Walk(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && strings.HasSuffix(strings.Trim(lit.Value, `"`), name) {
				named = true
			}
			return !named
		}, nil)
	}
	return named
}
