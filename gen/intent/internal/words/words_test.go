package words

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sources are the packages of CUE that have something to say about a user's files.
var sources = []string{
	"cue/parser", "cue/scanner", "cue/literal", "cue/ast", "cue/build", "cue",
	"internal/core/compile", "internal/core/adt", "internal/core/runtime",
}

// marshals are the functions of package cue that look at a user's files: those that give a value as JSON.
var marshals = []string{"appendJSON", "unwrapJSONError"}

// wrapped are formats of an error around another, which errors.Wrapf puts together.
var wrapped = []string{"error in call to %s: %s", "@%s: %s"}

// formats gives the formats of all errors that a package makes, each with the function that does.
func formats(t *testing.T, name string) map[string]string {
	t.Helper()
	pkg, err := build.Import("cuelang.org/go/"+name, ".", 0)
	require.NoError(t, err)
	var files []*ast.File
	for _, n := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, n), nil, 0)
		require.NoError(t, err)
		files = append(files, file)
	}
	// Formats that have a name, and functions that take one.
	named, takes := map[string][]string{}, map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				for _, p := range n.Type.Params.List {
					for _, name := range p.Names {
						takes[n.Name.Name] = takes[n.Name.Name] || isError.MatchString(n.Name.Name) && isFormat.MatchString(name.Name)
					}
				}
			case *ast.ValueSpec:
				for i, v := range n.Values {
					if text, ok := literal(v); ok && i < len(n.Names) {
						named[n.Names[i].Name] = append(named[n.Names[i].Name], text)
					}
				}
			case *ast.AssignStmt:
				for i, v := range n.Rhs {
					if id, ok := n.Lhs[min(i, len(n.Lhs)-1)].(*ast.Ident); ok {
						if text, ok := literal(v); ok {
							named[id.Name] = append(named[id.Name], text)
						}
					}
				}
			}
			return true
		})
	}
	out := map[string]string{}
	for _, file := range files {
		for _, d := range file.Decls {
			within := "a declaration"
			if f, ok := d.(*ast.FuncDecl); ok {
				within = f.Name.Name
			}
			note := func(exprs []ast.Expr) {
				for _, e := range exprs {
					if text, ok := literal(e); ok && (len(exprs) == 1 || strings.Contains(text, " ")) { // other arguments are names
						out[text] = within
					} else if id, ok := e.(*ast.Ident); ok && isFormat.MatchString(id.Name) {
						for _, text := range named[id.Name] {
							out[text] = within
						}
					}
				}
			}
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ReturnStmt:
					if within == "Msg" {
						note(n.Results)
					}
				case *ast.CallExpr:
					switch name := calls(n); {
					case takes[name]:
						note(n.Args)
					case slices.Contains(makers, name):
						if first := slices.IndexFunc(n.Args, func(e ast.Expr) bool {
							_, text := literal(e)
							id, ok := e.(*ast.Ident)
							return text || ok && len(named[id.Name]) > 0
						}); first >= 0 {
							note(n.Args[first : first+1])
						}
					}
				}
				return true
			})
		}
	}
	return out
}

// Names of functions that make errors, and of those of their parameters that are formats.
var isError, isFormat = regexp.MustCompile(`[eE]rr|^New`), regexp.MustCompile(`(?i)msg|^format$`)

// makers are functions of other packages that make an error of a format.
var makers = []string{"Newf", "Wrapf", "Errorf", "New", "NewErrf", "AddErrf", "NewPosf", "Errf", "errorExpected"}

// calls is the name of the function that is called.
func calls(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// literal is a string, or several that are added.
func literal(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			text, err := strconv.Unquote(x.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		a, one := literal(x.X)
		b, two := literal(x.Y)
		return a + b, one && two
	}
	return "", false
}

// Everything that CUE can say is said in plain words, or never said.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	known := map[string]string{}
	for _, p := range slices.Concat(syntax, evaluation) {
		require.NotContains(t, known, p.cue)
		require.NotEmpty(t, p.said.Message, p.cue)
		known[p.cue] = p.said.Message
	}
	for f, why := range never {
		require.NotContains(t, known, f)
		known[f] = why
	}
	found := map[string]bool{}
	for _, name := range sources {
		for f, function := range formats(t, name) {
			f = strings.Join(strings.Fields(f), " ")
			found[f] = true
			if known[f] == "" && (name != "cue" || slices.Contains(marshals, function)) {
				t.Errorf("%s, %s: nobody says %q in plain words", name, function, f)
			}
		}
	}
	require.Greater(t, len(found), 250, "the source of CUE is read")
	for f := range known {
		require.True(t, found[f] || slices.Contains(wrapped, f), "CUE never says %q", f)
	}
}

// What people are told.
func TestPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"expected operand, found '}'":                                               "a value is missing before }",
		"expected operand, found newline":                                           "a value is missing before the end of the line",
		"expected label or ':', found 'IDENT' three":                                "a field with a colon is missing before three",
		`expected 'STRING', found '.'`:                                              "a text in quotes is missing before .",
		"expected '}', found 'EOF'":                                                 "the file ends before a }",
		"expected 'EOF', found '}'":                                                 "} stands here alone",
		"expected 'IDENT', found 'INT' 3":                                           "a name is missing before 3",
		"expected operand":                                                          "a value is missing here",
		`invalid operands "3" and 2 to '+' (type string and int)`:                   `"3" + 2 has no result: one is of type string, the other of type int`,
		"invalid string: unmatched quote":                                           "this text does not end with the quote that it began with",
		"failed arithmetic: division by zero":                                       "this has no result: division by zero",
		`error in call to strings.Repeat: cannot convert negative number to uint64`: "strings.Repeat gives no result here: this number is negative",
		"undefined field: replicas":                                                 "there is no field replicas in it",
		"something new":                                                             "CUE does not take this: something new",
	} {
		require.Equal(t, want, Plain(text).Message, text)
	}
	// No phrase is hidden by another.
	for _, p := range slices.Concat(syntax, evaluation) {
		text := verb.ReplaceAllString(strings.ReplaceAll(p.cue, "%q", `"x"`), "x")
		got := strings.ReplaceAll(Plain(text).Message, `"x"`, "x")
		want := regexp.MustCompile(`[$@]\d`).ReplaceAllString(p.said.Message, "x")
		if !strings.Contains(p.said.Message, "@") {
			require.Equal(t, want, got, p.cue)
		}
	}
}
