package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// goTypes are the types of the module k8s.io/api: they say what OpenAPI does not, which values
// a string may have and which feature a field belongs to.
type goTypes struct {
	structs map[string]*ast.StructType // by name, such as "core/v1.Pod"
	files   map[string]*ast.File       // of the struct
	enums   map[string][]value         // of the types that have only these values
}

// value is one value of a type.
type value struct {
	text  string
	gates []string
}

var gateMarker = regexp.MustCompile(`(?m)^\s*\+featureGate=(\w+)`)

func markers(groups ...*ast.CommentGroup) (gates []string) {
	for _, g := range groups {
		if g == nil {
			continue
		}
		for _, line := range g.List { // Text would leave out what looks like a directive
			if m := gateMarker.FindStringSubmatch(strings.TrimPrefix(line.Text, "//")); m != nil {
				gates = append(gates, m[1])
			}
		}
	}
	return gates
}

func readGoTypes(dir string) (*goTypes, error) {
	t := &goTypes{map[string]*ast.StructType{}, map[string]*ast.File{}, map[string][]value{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != "types.go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(dir, filepath.Dir(path))
		t.file(filepath.ToSlash(pkg), file)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the Go types of Kubernetes: %w", err)
	}
	return t, nil
}

func (t *goTypes) file(pkg string, file *ast.File) {
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range decl.Specs {
			s, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			name := pkg + "." + s.Name.Name
			if st, ok := s.Type.(*ast.StructType); ok {
				t.structs[name], t.files[name] = st, file
			}
			doc := decl.Doc
			if s.Doc != nil {
				doc = s.Doc
			}
			if doc != nil && strings.Contains(doc.Text()+"\n", "+enum\n") {
				t.enums[name] = []value{}
			}
		}
	}
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.CONST {
			continue
		}
		for _, s := range decl.Specs {
			s := s.(*ast.ValueSpec)
			for _, v := range s.Values {
				if name, text, ok := constant(s.Type, v); ok && t.enums[pkg+"."+name] != nil {
					t.enums[pkg+"."+name] = append(t.enums[pkg+"."+name], value{text, markers(s.Doc, s.Comment)})
				}
			}
		}
	}
}

// constant is the type and the text of a constant: `A T = "a"` or `A = T("a")`.
func constant(typ, v ast.Expr) (name, text string, ok bool) {
	if call, is := v.(*ast.CallExpr); is && len(call.Args) == 1 {
		typ, v = call.Fun, call.Args[0]
	}
	id, named := typ.(*ast.Ident)
	lit, literal := v.(*ast.BasicLit)
	if !named || !literal || lit.Kind != token.STRING {
		return "", "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return id.Name, text, err == nil
}

// field finds the field of a struct by its name in JSON, through those that are written in place.
func (t *goTypes) field(name, key string) (f *ast.Field, file *ast.File, pkg string) {
	s := t.structs[name]
	if s == nil {
		return nil, nil, ""
	}
	pkg, _, _ = strings.Cut(name, ".")
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		got, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if got == key {
			return f, t.files[name], pkg
		}
		if got == "" && strings.Contains(options, "inline") {
			if inner, file, pkg := t.field(t.typeName(f.Type, t.files[name], pkg), key); inner != nil {
				return inner, file, pkg
			}
		}
	}
	return nil, nil, ""
}

// typeName is the named type that a field has, points to or is a list of.
func (t *goTypes) typeName(e ast.Expr, file *ast.File, pkg string) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return t.typeName(e.X, file, pkg)
	case *ast.ArrayType:
		return t.typeName(e.Elt, file, pkg)
	case *ast.Ident:
		return pkg + "." + e.Name
	case *ast.SelectorExpr:
		from, _ := e.X.(*ast.Ident)
		for _, i := range file.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if inner, ok := strings.CutPrefix(path, "k8s.io/api/"); ok && from != nil && i.Name != nil && i.Name.Name == from.Name {
				return inner + "." + e.Sel.Name
			}
		}
	}
	return ""
}

// about gives the values that a field may have, nil for all, the gates of its feature, and whether it is a
// pointer, so that an empty value is not the same as none.
func (t *goTypes) about(name, key string) (values []value, gates []string, pointer bool) {
	f, file, pkg := t.field(name, key)
	if f == nil {
		return nil, nil, false
	}
	_, pointer = f.Type.(*ast.StarExpr)
	return t.enums[t.typeName(f.Type, file, pkg)], markers(f.Doc, f.Comment), pointer
}
