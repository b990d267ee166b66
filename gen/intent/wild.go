package intent

import (
	"io/fs"
	"path"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/schema"
)

// Wild tells whether an environment, or a package that it imports, calls functions or makes texts
// and numbers of others. One such line can ask for any amount of memory at once, where all else
// that CUE does takes it little by little. Of what cannot be parsed nobody knows.
func (l *Loader) Wild(env string) bool { return l.wild(Dir(env)) }

// wild looks at all files that may belong to a package of a folder.
func (l *Loader) wild(dir string) bool {
	if l.tame[dir] {
		return false
	}
	if l.tame == nil {
		l.tame = map[string]bool{}
	}
	l.tame[dir] = true // so far; imports may form a cycle
	wild := l.wildIn(dir)
	if up := path.Dir(dir); !wild && dir != "." && up != "cue.mod" && !strings.HasPrefix(up, "cue.mod/") {
		wild = l.wild(up)
	}
	if wild {
		delete(l.tame, dir)
	}
	return wild
}

func (l *Loader) wildIn(dir string) bool {
	entries, _ := fs.ReadDir(l.repo, dir)
	for _, e := range entries {
		if e.IsDir() || !isSource(e.Name()) {
			continue
		}
		name := path.Join(dir, e.Name())
		data, err := fs.ReadFile(l.repo, name)
		if err != nil {
			continue // nor is it evaluated
		}
		f, err := parser.ParseFile(name, data)
		if err != nil || calls(f) {
			return true
		}
		for spec := range f.ImportSpecs() {
			if at, ok := l.own(spec); ok && l.wild(at) {
				return true
			}
		}
	}
	return false
}

// own is the folder of an imported package that is the user's own.
func (l *Loader) own(spec *ast.ImportSpec) (dir string, ok bool) {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil || name == schema.ImportPath {
		return "", false
	}
	parsed := ast.ParseImportPath(name)
	if dir, ok = l.relative(parsed.Path); !ok {
		if first, _, _ := strings.Cut(parsed.Path, "/"); !strings.Contains(first, ".") {
			return "", false // the standard library
		}
		dir = path.Join("cue.mod/pkg", parsed.Path)
	}
	return dir, fs.ValidPath(dir)
}

// calls tells whether a file calls functions or makes texts and numbers of others.
func calls(f *ast.File) (found bool) {
	ast.Walk(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr, *ast.Interpolation:
			found = true
		case *ast.BinaryExpr:
			found = found || (x.Op == token.ADD || x.Op == token.MUL) && !isNumber(x)
		}
		return !found
	}, nil)
	return found
}

// isNumber tells whether an expression is made of nothing but numbers that are written there.
func isNumber(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.BasicLit:
		return x.Kind == token.INT || x.Kind == token.FLOAT
	case *ast.ParenExpr:
		return isNumber(x.X)
	case *ast.BinaryExpr:
		return isNumber(x.X) && isNumber(x.Y)
	}
	return false
}
