package argocd

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	cueparser "cuelang.org/go/cue/parser"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/given"
)

// Mended is findings whose mends are parameters, where they are about one and its value is what is to be mended.
func (r Request) Mended(found diag.List) diag.List {
	found = slices.Clone(found)
	for i, d := range found {
		n := slices.IndexFunc(r.Values, func(v given.Value) bool { return v.From == d.Span.File })
		if n < 0 {
			continue
		}
		path, text, note, ok := plainMend(d.Mend)
		parameter, key, named := strings.Cut(strings.TrimPrefix(d.Span.File, parameterPrefix), ": ")
		if ok && named && slices.Equal(path, r.Values[n].Path) {
			found[i].Mend = fmt.Sprintf("%s: {%s: %q}%s", parameter, key, text, note)
		}
	}
	return found
}

// plainMend takes a mend apart that is one field with a text, a number, true or false, and perhaps more words.
func plainMend(mend string) (path []string, text, note string, ok bool) {
	if at := strings.Index(mend, ", "); at >= 0 && !strings.Contains(mend[:at], "{") {
		mend, note = mend[:at], mend[at:]
	}
	file, err := cueparser.ParseFile("", mend)
	if err != nil || len(file.Decls) != 1 {
		return nil, "", "", false
	}
	field, ok := file.Decls[0].(*ast.Field)
	for ok {
		name, _, err := ast.LabelName(field.Label)
		if err != nil {
			return nil, "", "", false
		}
		path = append(path, name)
		switch value := field.Value.(type) {
		case *ast.BasicLit:
			if text, err = literal.Unquote(value.Value); err != nil { // no text
				text = value.Value
			}
			return path, text, note, true
		case *ast.StructLit:
			if len(value.Elts) != 1 {
				return nil, "", "", false
			}
			field, ok = value.Elts[0].(*ast.Field)
		default:
			return nil, "", "", false
		}
	}
	return nil, "", "", false
}
