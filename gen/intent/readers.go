package intent

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// readers are all CUE files of the repository that parse, those of tools too. They are read when it is to
// be known who else uses something, which is seldom.
type readers []*ast.File

// readers gives them, from the second time on without reading.
func (l *Loader) readers() readers {
	if l.repository != nil {
		return l.repository
	}
	l.repository = readers{}
	_ = fs.WalkDir(l.repo, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // what cannot be read has a finding where it counts
		case d.IsDir():
			if name == "cue.mod" || name == "node_modules" || strings.HasPrefix(d.Name(), ".") && name != "." {
				return fs.SkipDir
			}
		case strings.HasSuffix(name, ".cue"):
			data, err := fs.ReadFile(l.repo, name)
			if err != nil {
				return nil
			}
			if file, err := parser.ParseFile(name, data); err == nil {
				l.repository = append(l.repository, file)
			}
		}
		return nil
	})
	return l.repository
}

// used is what somebody uses of a package.
type used struct {
	names map[string]bool
	all   bool // it is used as a whole
}

// file gives one of them; nil where it is none.
func (files readers) file(name string) *ast.File {
	for _, f := range files {
		if f.Filename == name {
			return f
		}
	}
	return nil
}

// importing tells whether one of them imports a package.
func (files readers) importing(importPath string) bool {
	return slices.ContainsFunc(files, func(f *ast.File) bool {
		for spec := range f.ImportSpecs() {
			if text, _ := strconv.Unquote(spec.Path.Value); ast.ParseImportPath(text).Path == importPath {
				return true
			}
		}
		return false
	})
}

// shares tells whether a file is of the same package as one in a folder below its own.
func (files readers) shares(f *ast.File) bool {
	return slices.ContainsFunc(files, func(o *ast.File) bool {
		return o.PackageName() == f.PackageName() && path.Dir(path.Dir(o.Filename)) == path.Dir(f.Filename)
	})
}

// of gives what is used of a package by those who import it, and by files of its name in its folder and
// below that are not built with it: those of tools, and of packages of subfolders.
func (files readers) of(importPath, name, dir string) used {
	u := used{names: map[string]bool{}}
	for _, f := range files {
		if local := localName(f, importPath, name); local != "" {
			u.by(f, local)
		}
		if f.PackageName() == name && strings.HasPrefix(f.Filename, dir+"/") &&
			(path.Dir(f.Filename) != dir || !isSource(path.Base(f.Filename))) {
			for _, id := range f.Unresolved {
				u.names[id.Name] = true
			}
		}
	}
	return u
}

// by adds what a file uses of a package that it imports under a name.
func (u *used) by(f *ast.File, local string) {
	references(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ImportDecl:
			return false
		case *ast.Ident: // neither before a dot nor before brackets
			u.all = u.all || x.Name == local
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok && id.Name == local {
				selected, _, err := ast.LabelName(x.Sel)
				u.names[selected], u.all = true, u.all || err != nil
				return false
			}
		case *ast.IndexExpr:
			id, ok := x.X.(*ast.Ident)
			if lit, isText := x.Index.(*ast.BasicLit); ok && isText && id.Name == local {
				selected, _ := strconv.Unquote(lit.Value)
				u.names[selected] = true
				return false
			}
		}
		return true
	})
}

// localName is the name under which a file imports a package; "" where it does not.
func localName(f *ast.File, importPath, name string) string {
	for spec := range f.ImportSpecs() {
		text, _ := strconv.Unquote(spec.Path.Value)
		imported := ast.ParseImportPath(text)
		if imported.Path != importPath || imported.ExplicitQualifier && imported.Qualifier != name {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return name
	}
	return ""
}
