// Package given makes CUE of values that come with a run and not with the repository: the
// parameters of a GitOps controller, a configuration that is written in YAML. They become one more
// file of an environment, and are proven as the user's own files are.
package given

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"

	"github.com/natsyard/natsyard/gen/language"
)

// Value is the value of one field of an intent.
type Value struct {
	Path []string // names of fields and keys of maps
	CUE  string   // on one line
	From string   // where it was given, such as `parameter set: cluster.replicas`; "" for nothing to say
}

// Plain is the value of a field that takes a text, a number, or true and false, from a text
// without CUE's quotes. The path is as people type it: cluster.replicas,
// podTemplate.annotations."example.com/team".
func Plain(path, text string) (Value, error) {
	elements := language.ParsePath(path)
	if len(elements) == 0 {
		return Value{}, fmt.Errorf("%q names no field", path)
	}
	for i, name := range elements {
		parent, _ := language.Lookup(elements[:i]...)
		if _, ok := language.Lookup(elements[:i+1]...); ok {
			if len(parent.Children) > 0 && parent.Children[0].Name == language.Element {
				return Value{}, fmt.Errorf("%s: %s is a list, whose elements cannot be given one by one", path, parent.Path)
			}
			continue
		}
		if i > 0 && parent.Name == language.AnyKey && len(parent.Children) == 0 { // the dots of a key
			return Value{}, fmt.Errorf("%s: a key with a dot in it stands in quotes: %s.%q", path, strings.Join(elements[:i-1], "."), strings.Join(elements[i-1:], "."))
		}
		hint := cmp.Or(language.Hint(elements[:i], name), "natsyard explain lists all")
		return Value{}, fmt.Errorf("%s: there is no field %q; %s", path, name, hint)
	}
	field, _ := language.Lookup(elements...)
	cue, ok := field.Plain(text)
	if !ok {
		holds := "other fields"
		if len(field.Children) > 0 && field.Children[0].Name == language.Element {
			holds = "a list"
		}
		return Value{}, fmt.Errorf("%s holds %s: only a text, a number, or true and false can be given", path, holds)
	}
	return Value{Path: elements, CUE: cue}, nil
}

// Tree is the values of a decoded JSON object, a Value for each that holds no others, in the
// order of their paths. Numbers are json.Number.
func Tree(object map[string]any) ([]Value, error) {
	return leaves(nil, nil, object)
}

func leaves(values []Value, path []string, v any) ([]Value, error) {
	if object, ok := v.(map[string]any); ok && len(object) > 0 {
		names := make([]string, 0, len(object))
		for name := range object {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			var err error
			if values, err = leaves(values, append(slices.Clone(path), name), object[name]); err != nil {
				return nil, err
			}
		}
		return values, nil
	}
	// JSON is CUE. HTML is not escaped, for people read it in findings.
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(path, "."), err)
	}
	return append(values, Value{Path: path, CUE: strings.TrimSuffix(text.String(), "\n")}), nil
}

// File is a file of a CUE package that holds the values, each on a line of its own.
func File(pkg string, values []Value) []byte {
	var b strings.Builder
	b.WriteString("package " + pkg + "\n\n")
	for _, v := range values {
		b.WriteString(v.head() + v.CUE + "\n")
	}
	return []byte(b.String())
}

// head is the line of File's before the value.
func (v Value) head() string {
	var b strings.Builder
	b.WriteString("intent: ")
	for _, name := range v.Path {
		if ast.StringLabelNeedsQuoting(name) {
			name = literal.String.Quote(name)
		}
		b.WriteString(name + ": ")
	}
	return b.String()
}

// At is the value that stands on a line of File's, which counts from 1.
func At(values []Value, line int) (Value, bool) {
	const first = 3
	if line < first || line-first >= len(values) {
		return Value{}, false
	}
	return values[line-first], true
}
