package gen

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
)

// editor changes the files of a repository as their user would.
type editor struct{ repo fstest.MapFS }

// edit changes a file, and tells whether there was something to change.
func (e editor) edit(name string, change func(f *ast.File) bool) bool {
	if e.repo[name] == nil {
		return false
	}
	f, err := parser.ParseFile(name, e.repo[name].Data, parser.ParseComments)
	if err != nil || !change(f) {
		return false
	}
	text, err := format.Node(f)
	if err != nil {
		return false
	}
	e.repo[name] = &fstest.MapFile{Data: text}
	return true
}

// named gives the field of a name among declarations.
func named(decls []ast.Decl, name string) *ast.Field {
	for _, d := range decls {
		if f, ok := d.(*ast.Field); ok {
			if got, _, err := ast.LabelName(f.Label); err == nil && got == name {
				return f
			}
		}
	}
	return nil
}

// intentIn is the struct that says an intent in a file, made where it is only a reference.
func intentIn(f *ast.File) *ast.StructLit {
	field := named(f.Decls, "intent")
	if field == nil {
		return nil
	}
	s := structIn(field.Value)
	if s == nil {
		s = ast.NewStruct()
		field.Value = ast.NewBinExpr(token.AND, field.Value, s)
	}
	return s
}

func structIn(e ast.Expr) *ast.StructLit {
	switch x := e.(type) {
	case *ast.StructLit:
		return x
	case *ast.BinaryExpr:
		if s := structIn(x.Y); s != nil {
			return s
		}
		return structIn(x.X)
	}
	return nil
}

// set gives a field a value in the place of the one that it has, and tells whether it has one.
func set(s *ast.StructLit, path []string, value ast.Expr) bool {
	for _, d := range s.Elts {
		f, ok := d.(*ast.Field)
		if !ok || named([]ast.Decl{f}, path[0]) == nil {
			continue
		}
		if len(path) == 1 {
			f.Value = value
			return true
		}
		if inner := structIn(f.Value); inner != nil && set(inner, path[1:], value) {
			return true
		}
	}
	return false
}

// add gives a field that is not there, inside of those that are.
func add(s *ast.StructLit, path []string, value ast.Expr) {
	f := named(s.Elts, path[0])
	if f != nil && len(path) > 1 {
		if inner := structIn(f.Value); inner != nil {
			add(inner, path[1:], value)
			return
		}
	}
	for n := len(path) - 1; n > 0; n-- {
		value = ast.NewStruct(&ast.Field{Label: ast.NewStringLabel(path[n]), Value: value})
	}
	s.Elts = append(s.Elts, &ast.Field{Label: ast.NewStringLabel(path[0]), Value: value})
}

// drop takes away what stands at a path, and the fields that hold nothing without it.
func drop(e ast.Expr, path []string) (gone bool) {
	switch x := e.(type) {
	case *ast.StructLit:
		x.Elts = slices.DeleteFunc(x.Elts, func(d ast.Decl) bool {
			f, ok := d.(*ast.Field)
			if !ok || named([]ast.Decl{f}, path[0]) == nil {
				return false
			}
			if len(path) == 1 {
				gone = true
				return true
			}
			if !drop(f.Value, path[1:]) {
				return false
			}
			gone = true
			s, isStruct := f.Value.(*ast.StructLit)
			return isStruct && len(s.Elts) == 0
		})
	case *ast.ListLit:
		n, err := strconv.Atoi(path[0])
		switch {
		case err != nil || n >= len(x.Elts):
		case len(path) == 1:
			x.Elts = slices.Delete(x.Elts, n, n+1)
			return true
		default:
			return drop(x.Elts[n], path[1:])
		}
	case *ast.BinaryExpr:
		return drop(x.X, path) || drop(x.Y, path)
	}
	return gone
}

// leaves visits the fields of a mend that hold no others.
func leaves(decls []ast.Decl, path []string, visit func(path []string, value ast.Expr)) {
	for _, d := range decls {
		f := d.(*ast.Field)
		name, _, _ := ast.LabelName(f.Label)
		at := append(slices.Clone(path), name)
		if s, ok := f.Value.(*ast.StructLit); ok && len(s.Elts) > 0 && onlyFields(s.Elts) && !isSecret(s) {
			leaves(s.Elts, at, visit)
			continue
		}
		visit(at, f.Value)
	}
}

// isSecret tells whether a struct names the key of a Secret, which stands in the place of a text as a whole.
func isSecret(s *ast.StructLit) bool {
	return named(s.Elts, "secretName") != nil && named(s.Elts, "key") != nil
}

func onlyFields(decls []ast.Decl) bool {
	return len(decls) > 0 && !slices.ContainsFunc(decls, func(d ast.Decl) bool { _, ok := d.(*ast.Field); return !ok })
}

// intents are the files with intents, that of a finding before the others.
func (e editor) intents(own string) []string {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(e.repo)), func(n string) bool {
		return n == own || filepath.Ext(n) != ".cue" || strings.HasPrefix(n, "cue.mod")
	})
	return append([]string{own}, names...)
}

// paste puts fields into the intent: in the place of those that are there already, in a file of the same
// environment before another, or else in the file of the finding. What is fresh goes there alone.
func (e editor) paste(own string, fields []ast.Decl, fresh bool) bool {
	done := true
	leaves(fields, nil, func(path []string, value ast.Expr) {
		if strings.HasPrefix(path[0], "_") || path[0] == "intent" {
			done = e.edit(own, func(f *ast.File) bool {
				f.Decls = append(f.Decls, &ast.Field{Label: ast.NewIdent(path[0]), Value: value})
				return true
			}) && done
			return
		}
		for _, name := range e.intents(own) {
			if name == own || strings.HasPrefix(own, "base/") && !fresh || filepath.Dir(name) == filepath.Dir(own) || strings.HasPrefix(name, "base/") {
				if e.edit(name, func(f *ast.File) bool { s := intentIn(f); return s != nil && set(s, path, value) }) {
					return
				}
			}
		}
		done = e.edit(own, func(f *ast.File) bool {
			s := intentIn(f)
			if s != nil {
				add(s, path, value)
			}
			return s != nil
		}) && done
	})
	return done
}

// drop takes a field or an element away where a file has it.
func (e editor) drop(file, path string) bool {
	return e.edit(file, func(f *ast.File) bool {
		field := named(f.Decls, "intent")
		if field == nil {
			return false
		}
		for _, steps := range splits(path) {
			if drop(field.Value, steps) {
				return true
			}
		}
		return false
	})
}

// valueAt is the value of a field in the intent of a file; nil where there is none.
func (e editor) valueAt(file, path string) (value ast.Expr) {
	e.edit(file, func(f *ast.File) bool {
		field := named(f.Decls, "intent")
		for _, steps := range splits(path) {
			if field == nil || value != nil {
				break
			}
			at := field.Value
			for _, step := range steps {
				s := structIn(at)
				if s == nil || named(s.Elts, step) == nil {
					at = nil
					break
				}
				at = named(s.Elts, step).Value
			}
			value = at
		}
		return false
	})
	return value
}

// carry puts a value in the place of {...}, which stands for what was there.
func carry(fields []ast.Decl, value ast.Expr) {
	for _, d := range fields {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		s, ok := f.Value.(*ast.StructLit)
		if !ok {
			continue
		}
		if _, isRest := first(s.Elts).(*ast.Ellipsis); isRest && value != nil {
			f.Value = value
			continue
		}
		carry(s.Elts, value)
	}
}

func first(decls []ast.Decl) ast.Decl {
	if len(decls) == 0 {
		return nil
	}
	return decls[0]
}

// dropBeside takes away the fields beside the intent that a finding is about.
func (e editor) dropBeside(d diag.Diagnostic) {
	lines := []int{d.Span.Line}
	for _, r := range d.Related {
		lines = append(lines, r.Span.Line)
	}
	e.edit(d.Span.File, func(f *ast.File) bool {
		f.Decls = slices.DeleteFunc(f.Decls, func(decl ast.Decl) bool {
			_, ok := decl.(*ast.Field)
			return ok && slices.Contains(lines, decl.Pos().Line())
		})
		return true
	})
}

// splits are the ways to read a path with dots: a step may hold some itself.
func splits(path string) (out [][]string) {
	before, after, found := strings.Cut(path, ".")
	if !found {
		return [][]string{{path}}
	}
	for _, rest := range splits(after) {
		out = append(out, append([]string{before}, rest...))
		if len(rest) > 0 {
			out = append(out, append([]string{before + "." + rest[0]}, rest[1:]...))
		}
	}
	return out
}

// put puts a value, or a whole field, in the place of what is underlined.
func (e editor) put(at diag.Span, value ast.Expr, field *ast.Field) bool {
	return e.edit(at.File, func(f *ast.File) bool {
		begins := func(n ast.Node) bool {
			p := n.Pos().Position()
			return p.Line == at.Line && p.Column == at.Column
		}
		done := false
		astutil.Apply(f, func(c astutil.Cursor) bool {
			if done {
				return false
			}
			switch n := c.Node().(type) {
			case *ast.Field:
				if begins(n.Label) {
					if field != nil {
						n.Label, n.Value, n.Constraint = field.Label, field.Value, token.ILLEGAL
					} else {
						n.Value = value
					}
					done = true
				}
			case *ast.ImportSpec:
				if lit, ok := value.(*ast.BasicLit); ok && begins(n) {
					n.Path, n.Name, done = lit, nil, true
				}
			case ast.Expr:
				if value != nil && begins(n) {
					c.Replace(value)
					done = true
				}
			}
			return !done
		}, nil)
		return done
	})
}

// line puts a text in the place of a whole line, and of the lines below that YAML would take with it.
func (e editor) line(at diag.Span, text string) bool {
	lines := strings.Split(string(e.repo[at.File].Data), "\n")
	n := at.Line - 1
	if n < 0 || n >= len(lines) {
		return false
	}
	isDash := func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "- ") }
	if isDash(lines[n]) && n > 0 {
		n--
	}
	last := n
	if head := strings.TrimSpace(lines[n]); strings.HasSuffix(head, ":") || strings.HasSuffix(head, "|") || strings.HasSuffix(head, ">-") {
		for last+1 < len(lines) && (isDash(lines[last+1]) || indentOf(lines[last+1]) > indentOf(lines[n])) {
			last++
		}
	}
	lines = slices.Replace(lines, n, last+1, text)
	e.repo[at.File] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
	return true
}

func indentOf(line string) int {
	return len(strings.ReplaceAll(line, "\t", "    ")) - len(strings.TrimLeft(strings.ReplaceAll(line, "\t", "    "), " "))
}
