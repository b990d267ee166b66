package gen

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// mend is what a finding proposes, taken apart.
type mend struct {
	fields []ast.Decl // to be pasted into the intent
	value  ast.Expr   // to be pasted in the place of what is underlined
	file   *ast.File  // a file, or the head of one
	words  string     // what is said of it, or instead of CUE
}

// readMend takes a mend apart: CUE as far as it goes, and words.
func readMend(text string) mend {
	for end := len(text); end > 0; end = max(strings.LastIndex(text[:end], ", "), strings.LastIndex(text[:end], "; ")) {
		cue, words := text[:end], strings.TrimLeft(text[end:], ",; ")
		if e, err := parser.ParseExpr("", cue); err == nil && !isWord(e) {
			return mend{value: e, words: words}
		}
		if f, err := parser.ParseFile("", cue); err == nil && len(f.Decls) > 0 {
			if onlyFields(f.Decls) {
				return mend{fields: f.Decls, words: words}
			}
			switch f.Decls[0].(type) {
			case *ast.Package, *ast.ImportDecl:
				return mend{file: f, words: words}
			}
		}
	}
	return mend{words: text}
}

// isWord tells whether an expression is a word of a sentence.
func isWord(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name != "true" && id.Name != "false"
}

// try does what a mend says, and tells whether it could.
func (e editor) try(d diag.Diagnostic) bool {
	if d.Rule == "syntax" {
		return e.trySyntax(d)
	}
	m := readMend(d.Mend)
	if strings.HasPrefix(d.Path, "kustomize.") && (strings.HasPrefix(d.Rule, "kubernetes-") || strings.HasPrefix(d.Rule, "pod-security-")) {
		return false // of an object in a file: YAML
	}
	own := d.Span.File
	if e.repo[own] == nil { // a folder
		own += "/intent.cue"
	}
	if d.Rule == "intent-missing" && m.file == nil {
		return e.line(d.Span, d.Mend)
	}
	if strings.HasPrefix(m.words, "in its place") && d.Path != "" {
		carry(m.fields, e.valueAt(d.Span.File, d.Path))
		if !e.drop(d.Span.File, d.Path) {
			return false
		}
	}
	if strings.HasPrefix(m.words, "in the base") || strings.HasPrefix(m.words, "in the place of the other") {
		own = d.Related[0].Span.File
	}
	if d.Rule == "unknown-field" || d.Rule == "key-not-allowed" || d.Rule == "value-closed" {
		if m.fields != nil && !isRoot(m.fields) {
			return e.put(d.Span, nil, m.fields[0].(*ast.Field))
		}
		carry(m.fields, e.valueAt(d.Span.File, d.Path))
		if m.fields != nil && !e.drop(d.Span.File, d.Path) {
			return false
		}
	}
	switch d.Rule {
	case "value-not-allowed", "reference-unknown", "value-missing": // the mend is of this very field
		if m.fields != nil && isRoot(m.fields) {
			e.drop(d.Span.File, d.Path)
		}
	case "field-hidden", "field-unread":
		if m.fields != nil && strings.HasPrefix(m.words, "without") {
			carry(m.fields, nil)
			return e.put(d.Span, nil, m.fields[0].(*ast.Field))
		}
		if m.fields != nil && d.Path == "" {
			e.dropBeside(d)
		}
	case "module-missing":
		e.repo[own] = &fstest.MapFile{Data: append([]byte(d.Mend+"\n"), e.repo[own].Data...)}
		return true
	}
	done := false
	switch {
	case m.file != nil:
		done = e.tryFile(d, m, own)
	case m.value != nil:
		done = e.put(d.Span, m.value, nil)
	case m.fields != nil && !isRoot(m.fields):
		done = e.put(d.Span, nil, m.fields[0].(*ast.Field))
	case m.fields != nil:
		done = e.paste(own, m.fields, d.Rule == "field-missing")
	default:
		return e.leaveOut(d)
	}
	// What else is to be pasted with it.
	if rest, ok := strings.CutPrefix(m.words, "and "); ok && done {
		if more := readMend(rest); more.fields != nil {
			return e.paste(own, more.fields, true)
		}
	}
	return done
}

// isRoot tells whether fields are those of an intent.
func isRoot(fields []ast.Decl) bool {
	name, _, err := ast.LabelName(fields[0].(*ast.Field).Label)
	_, known := language.Lookup(name)
	return err == nil && (known || strings.HasPrefix(name, "_") || name == "intent")
}

func (e editor) tryFile(d diag.Diagnostic, m mend, own string) bool {
	if m.file.PackageName() != "" && named(m.file.Decls, "intent") != nil { // a whole file
		e.repo[own] = &fstest.MapFile{Data: []byte(d.Mend)}
		return true
	}
	done := false
	for _, decl := range m.file.Decls {
		switch decl := decl.(type) {
		case *ast.Package:
			done = e.edit(own, func(f *ast.File) bool {
				f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool { _, is := d.(*ast.Package); return is })
				f.Decls = append([]ast.Decl{decl}, f.Decls...)
				return true
			})
		case *ast.ImportDecl:
			done = e.put(d.Span, decl.Specs[0].Path, nil) && d.Rule == "import-unknown" || e.edit(own, func(f *ast.File) bool {
				for spec := range f.ImportSpecs() {
					if spec.Path.Value == decl.Specs[0].Path.Value {
						return true
					}
				}
				f.Decls = slices.Insert(f.Decls, 1, ast.Decl(decl))
				return true
			})
		case *ast.Field: // the intent, with what the file says
			done = e.edit(own, func(f *ast.File) bool {
				s := intentIn(f)
				if s == nil {
					f.Decls = append(f.Decls, decl)
					return true
				}
				whole, ok := decl.Value.(*ast.BinaryExpr)
				if ok {
					named(f.Decls, "intent").Value = &ast.BinaryExpr{X: whole.X, Op: whole.Op, Y: s}
				}
				return ok
			})
		}
	}
	return done
}

// leaveOut does what words say of something that is to go.
func (e editor) leaveOut(d diag.Diagnostic) bool {
	switch {
	case strings.HasPrefix(d.Mend, "leave the import out"):
		return e.edit(d.Span.File, func(f *ast.File) bool {
			f.Decls = slices.DeleteFunc(f.Decls, func(decl ast.Decl) bool {
				i, ok := decl.(*ast.ImportDecl)
				if ok {
					i.Specs = slices.DeleteFunc(i.Specs, func(s *ast.ImportSpec) bool { return s.Pos().Line() == d.Span.Line })
				}
				return ok && len(i.Specs) == 0
			})
			return true
		})
	case strings.HasPrefix(d.Mend, "leave it out"), strings.HasPrefix(d.Mend, "leave one of"):
		return e.drop(d.Span.File, d.Path)
	case strings.HasPrefix(d.Mend, "leave the other out"):
		return len(d.Related) > 0 && e.drop(d.Related[0].Span.File, d.Path)
	case strings.HasPrefix(d.Mend, "leave both out"):
		return e.drop(d.Span.File, d.Path) && e.drop(d.Related[0].Span.File, d.Path)
	}
	return false
}

// trySyntax puts the user's line as it is mended in its place.
func (e editor) trySyntax(d diag.Diagnostic) bool {
	if d.Mend == "leave it out" {
		return e.line(d.Span, "")
	}
	text, _, _ := strings.Cut(d.Mend, "\n")
	if _, err := parser.ParseFile("", "x: {"+strings.TrimRight(text, "{[(\"")); err == nil {
		return false
	}
	return !strings.HasPrefix(d.Mend, "a ") && !strings.HasPrefix(d.Mend, "the value itself") && e.line(d.Span, d.Mend)
}

// TestMends does what every finding of the suite proposes, each alone in the repository that it is about:
// the finding is gone, and none of its rule comes instead.
func TestMends(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	count := map[string]int{}
	words := map[string]string{}
	t.Run("suite", func(t *testing.T) {
		each(t, mistakes, func(t *testing.T, file string, a *txtar.Archive) {
			repo, envs := repository(a)
			_, found, err := Render(context.Background(), repo, envs)
			require.NoError(t, err)
			for n, d := range found {
				outcome := "done"
				e := editor{maps.Clone(repo)}
				switch {
				case d.Mend == "" && d.Allowed == "":
					outcome = "nothing"
				case d.Mend == "":
					outcome = "only what is allowed"
				case !e.try(d):
					outcome = "words"
				default:
					_, after, err := Render(context.Background(), e.repo, envs)
					require.NoError(t, err, d.Mend)
					for _, o := range after {
						elsewhere := o.Span != d.Span && strings.Contains(d.Mend, "{...}") // the same name, in another file
						if o.Rule == d.Rule && o.Path == d.Path && o.Message == d.Message && !elsewhere {
							t.Errorf("%s %s\n  %s\n  is not mended by: %s\n%s", d.Span, d.Rule, d.Message, d.Mend, e.repo[d.Span.File])
						}
					}
					if ofRule(after, d.Rule) >= ofRule(found, d.Rule) && !strings.Contains(d.Mend, "{...}") { // what it stands for has mistakes of its own
						t.Errorf("%s %s\n  %s\n  another comes with: %s\n  %v", d.Span, d.Rule, d.Message, d.Mend, messagesOf(after, d.Rule))
					}
				}
				mu.Lock()
				count[outcome]++
				if outcome == "words" {
					words[fmt.Sprintf("%s.%d", filepath.Base(file), n)] = d.Rule + ": " + d.Mend
				}
				mu.Unlock()
			}
		})
	})
	for _, k := range slices.Sorted(maps.Keys(words)) {
		t.Log(k, words[k])
	}
	t.Log(count)
	all := 0
	for _, n := range count {
		all += n
	}
	require.Greater(t, all, 800)
	require.Greater(t, count["done"], all*5/6, "most of what is proposed is CUE that can be pasted; the rest is of files in YAML, of keys and of commands")
	require.Less(t, count["only what is allowed"], all/20)
	require.Less(t, count["nothing"], all/50)
}

func ofRule(found diag.List, rule string) int { return len(messagesOf(found, rule)) }

func messagesOf(found diag.List, rule string) (out []string) {
	for _, d := range found {
		if d.Rule == rule {
			out = append(out, d.Message)
		}
	}
	return out
}
