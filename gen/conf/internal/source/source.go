// Package source reads every option of nats-server.conf from the server's own source. It makes
// the table of gen/options, and proves it; no command needs it.
package source

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Option is one option of nats-server.conf.
type Option struct {
	// Block is the names of the blocks around it, each by its first name. Neither the elements of
	// lists nor the keys of maps count: "accounts", "users" is the block of a user of an account.
	Block []string
	Names []string // all spellings, in the order of the source
}

// entry is the function that reads the options at the top, one a call, of which the first
// parameter is the name.
const entry = "processConfigFileLine"

// reader follows the loader from function to function.
type reader struct {
	functions map[string]*ast.FuncDecl // of package server, without methods
	options   map[string]Option        // by block and first name
	within    []string                 // functions that are being read, against recursion
	accounted map[ast.Node]bool        // literals that name an option
	visited   map[string]*ast.FuncDecl // functions that were read
}

// Options reads the loader for every option that it knows, sorted by block and name.
//
// An option is a string that the key of a map is compared with: in a switch over the key of a
// `range`, in lower case or not, or as the index of a map. What stands in its case, and in the
// functions that are called there, is read as its block.
func Options() ([]Option, error) {
	pkg, err := build.Import("github.com/nats-io/nats-server/v2/server", ".", 0)
	if err != nil {
		return nil, fmt.Errorf("find the source of nats-server: %w", err)
	}
	return OptionsOf(pkg.Dir)
}

// OptionsOf is Options of another version, whose package server is in a directory.
func OptionsOf(dir string) ([]Option, error) {
	r, err := readFrom(dir)
	if err != nil {
		return nil, err
	}
	options := make([]Option, 0, len(r.options))
	for _, o := range r.options {
		options = append(options, o)
	}
	slices.SortFunc(options, func(a, b Option) int {
		return slices.Compare(append(slices.Clone(a.Block), a.Names[0]), append(slices.Clone(b.Block), b.Names[0]))
	})
	return options, nil
}

func readFrom(dir string) (*reader, error) {
	pkg, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil, fmt.Errorf("find the source of nats-server: %w", err)
	}
	r := &reader{
		functions: map[string]*ast.FuncDecl{}, options: map[string]Option{},
		accounted: map[ast.Node]bool{}, visited: map[string]*ast.FuncDecl{},
	}
	var top *ast.FuncDecl
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("read the source of nats-server: %w", err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			switch {
			case ok && f.Recv == nil && f.Body != nil:
				r.functions[f.Name.Name] = f
			case ok && f.Name.Name == entry:
				top = f
			}
		}
	}
	if top == nil {
		return nil, fmt.Errorf("nats-server has no function %s any more", entry)
	}
	r.visited[entry] = top
	r.node(top.Body, nil, []string{top.Type.Params.List[0].Names[0].Name})
	if len(r.options) == 0 {
		return nil, fmt.Errorf("function %s of nats-server has no switch over options any more", entry)
	}
	return r, nil
}

// node reads a part of a function that reads a block. The keys are the variables that hold
// names of options there.
func (r *reader) node(n ast.Node, block, keys []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name != "_" {
				r.node(n.Body, block, append(slices.Clone(keys), key.Name))
				return false
			}
		case *ast.SwitchStmt:
			if overKey(n.Tag, keys) {
				r.cases(n, block, keys)
				return false
			}
		case *ast.IndexExpr:
			if name, ok := literal(n.Index); ok {
				r.add(block, name, n.Index)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok {
				r.function(f.Name, block)
			}
		}
		return true
	})
}

// function reads the function of package server that is called, if it is one.
func (r *reader) function(name string, block []string) {
	f, ok := r.functions[name]
	if !ok || slices.Contains(r.within, name) {
		return
	}
	r.within = append(r.within, name)
	r.visited[name] = f
	r.node(f.Body, block, nil)
	r.within = r.within[:len(r.within)-1]
}

func (r *reader) cases(s *ast.SwitchStmt, block, keys []string) {
	for _, c := range s.Body.List {
		clause := c.(*ast.CaseClause)
		var names []string
		for _, e := range clause.List {
			if name, ok := literal(e); ok {
				names = append(names, name)
				r.accounted[e] = true
			}
		}
		inner := block
		if len(names) > 0 {
			inner = append(slices.Clone(block), names[0])
			r.options[strings.Join(inner, ".")] = Option{block, names}
		}
		for _, statement := range clause.Body {
			r.node(statement, inner, nil)
		}
	}
}

func (r *reader) add(block []string, name string, at ast.Node) {
	r.accounted[at] = true
	path := strings.Join(append(slices.Clone(block), name), ".")
	if _, twice := r.options[path]; !twice {
		r.options[path] = Option{block, []string{name}}
	}
}

// overKey tells whether a switch is over the name of an option, as it is or in lower case.
func overKey(tag ast.Expr, keys []string) bool {
	if call, ok := tag.(*ast.CallExpr); ok && len(call.Args) == 1 {
		if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "ToLower" {
			tag = call.Args[0]
		}
	}
	key, ok := tag.(*ast.Ident)
	return ok && slices.Contains(keys, key.Name)
}

func literal(e ast.Expr) (string, bool) {
	text, ok := e.(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return "", false
	}
	name, err := strconv.Unquote(text.Value)
	return name, err == nil
}
