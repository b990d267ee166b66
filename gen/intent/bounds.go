package intent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/natsyard/natsyard/gen/diag"
)

// Bounds of what a file may say. No intent comes near them; past them CUE, which is recursive
// and in places quadratic, takes for ever.
const (
	maxNesting = 1000 // of expressions in expressions; the operands of a + b + c nest too
	maxDigits  = 1000 // of a number
	maxLevels  = 100  // of fields and lists in a value, however it was made
)

const tooDeepRule = "nesting-too-deep"

// beyond finds the first place of each kind in a file where it goes beyond the bounds.
func beyond(file *ast.File) (found diag.List) {
	var deep, long bool
	depth := 0
	ast.Walk(file, func(n ast.Node) bool {
		depth++
		switch lit, isLiteral := n.(*ast.BasicLit); {
		case depth > maxNesting:
			if !deep {
				found = append(found, tooDeep(pointOf(n)))
			}
			deep = true
			depth-- // what is refused is not left either
			return false
		case isLiteral && len(lit.Value) > maxDigits && !long && '0' <= lit.Value[0] && lit.Value[0] <= '9':
			long = true
			found = append(found, diag.Diagnostic{
				Rule: "number-too-long", Severity: diag.Error, Span: pointOf(n),
				Message: fmt.Sprintf("this number has %d digits", len(lit.Value)),
				Allowed: fmt.Sprintf("numbers of at most %d digits", maxDigits),
			})
		}
		return true
	}, func(ast.Node) { depth-- })
	return found
}

func tooDeep(at diag.Span) diag.Diagnostic {
	return diag.Diagnostic{
		Rule: tooDeepRule, Severity: diag.Error, Span: at,
		Message: fmt.Sprintf("this is nested more than %d deep", maxNesting),
		Allowed: fmt.Sprintf("at most %d expressions in each other; the parts of a + b + c count too", maxNesting),
		Mend:    "fields of their own for the parts, or a list and a comprehension",
	}
}

// tooManyLevels finds the field of an intent's JSON that nests too deep to be of use to anyone.
func (r reporter) tooManyLevels(data []byte) diag.List {
	path := levels(data)
	if path == nil {
		return nil
	}
	// Where it is deep nobody can see in a list of names: the beginning tells more.
	path = path[:2]
	r.note(path)
	d := diag.Diagnostic{
		Rule: tooDeepRule, Severity: diag.Error, Span: r.places.find(path), Path: strings.Join(path, "."),
		Allowed: fmt.Sprintf("at most %d fields and lists in each other", maxLevels),
	}
	d.Message = fmt.Sprintf("%s is nested more than %d deep", d.Path, maxLevels)
	return diag.List{d}
}

// pointOf is where a node begins.
func pointOf(n ast.Node) diag.Span {
	at := n.Pos().Position()
	return diag.Span{File: at.Filename, Line: at.Line, Column: at.Column}
}

// levels gives a field in JSON that is more than maxLevels deep, nil where none is.
func levels(data []byte) (path []string) {
	if nesting(data) <= maxLevels {
		return nil
	}
	type level struct {
		name  string
		index int
		list  bool
		key   bool // a key comes next
	}
	var open []level
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil // the decoder of the intent says it better
		}
		top := len(open) - 1
		if name, isText := token.(string); isText && top >= 0 && open[top].key {
			open[top].name, open[top].key = name, false
			continue
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if len(open) == maxLevels {
				for _, l := range open {
					if l.list {
						l.name = strconv.Itoa(l.index)
					}
					path = append(path, l.name)
				}
				return path
			}
			open = append(open, level{list: token == json.Delim('['), key: token == json.Delim('{')})
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:top]
			top--
		}
		if top >= 0 {
			open[top].index++
			open[top].key = !open[top].list
		}
	}
}

// nesting is how deep JSON nests.
func nesting(data []byte) (most int) {
	depth, text := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			depth++
			most = max(most, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return most
}
