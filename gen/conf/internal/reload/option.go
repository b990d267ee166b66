// Package reload asks nats-server which of its options a running server takes over. It makes
// the table that gen/conf hashes by, and proves it; no command needs it.
package reload

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
	Path  string   // such as "cluster.port"
	Names []string // its last element, in all spellings; the first is that of Path
}

// loaders are the functions of the server's loader that read a block of options, by the path
// of the block.
var loaders = map[string]string{
	"":                       "processConfigFileLine",
	"authorization":          "parseAuthorization",
	"cluster":                "parseCluster",
	"gateway":                "parseGateway",
	"jetstream":              "parseJetStream",
	"jetstream.limits":       "parseJetStreamLimits",
	"jetstream.limits.batch": "parseJetStreamLimitsBatch",
	"jetstream.tpm":          "parseJetStreamTPM",
	"leafnodes":              "parseLeafNodes",
	"mqtt":                   "parseMQTT",
	"websocket":              "parseWebsocket",
}

// preferred are the spellings that the documentation of NATS uses, where the loader has
// another one first.
var preferred = []string{
	"advertise", "default_permissions", "leafnodes", "log_file", "log_max_num", "log_size_limit",
	"password", "pid_file", "store_dir", "sync_interval", "trusted_keys",
}

// Options reads the loader's source for every option that it knows, sorted by path.
func Options() ([]Option, error) {
	pkg, err := build.Import("github.com/nats-io/nats-server/v2/server", ".", build.FindOnly)
	if err != nil {
		return nil, fmt.Errorf("find the source of nats-server: %w", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, "opts.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read the source of nats-server: %w", err)
	}
	functions := map[string]*ast.FuncDecl{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			functions[f.Name.Name] = f
		}
	}
	var options []Option
	for path, name := range loaders {
		f, ok := functions[name]
		if !ok {
			return nil, fmt.Errorf("nats-server has no function %s any more", name)
		}
		found := optionsIn(f)
		if len(found) == 0 {
			return nil, fmt.Errorf("function %s of nats-server has no switch over options any more", name)
		}
		for _, names := range found {
			options = append(options, newOption(path, names))
		}
	}
	slices.SortFunc(options, func(a, b Option) int { return strings.Compare(a.Path, b.Path) })
	return options, nil
}

// optionsIn is the names of each case of a function's `switch strings.ToLower(key)`.
func optionsIn(f *ast.FuncDecl) (found [][]string) {
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SwitchStmt)
		if !ok || !overKey(s.Tag) {
			return true
		}
		for _, c := range s.Body.List {
			var names []string
			for _, e := range c.(*ast.CaseClause).List {
				if text, ok := e.(*ast.BasicLit); ok {
					name, _ := strconv.Unquote(text.Value)
					names = append(names, name)
				}
			}
			if len(names) > 0 {
				found = append(found, names)
			}
		}
		return false // what is inside is not an option of this block
	})
	return found
}

// overKey tells whether a switch is over strings.ToLower(k) or strings.ToLower(mk), the
// loader's names for a key.
func overKey(tag ast.Expr) bool {
	call, ok := tag.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "ToLower" {
		return false
	}
	key, ok := call.Args[0].(*ast.Ident)
	return ok && (key.Name == "k" || key.Name == "mk")
}

func newOption(path string, names []string) Option {
	for i, n := range names {
		if slices.Contains(preferred, n) {
			names[0], names[i] = names[i], names[0]
		}
	}
	if path != "" {
		path += "."
	}
	return Option{path + names[0], names}
}
