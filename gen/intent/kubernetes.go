package intent

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// What is Kubernetes' own in an intent is typed in Go alone.

// typeAt is the Go type at a path of an intent; nil where there is none.
func typeAt(path []string) reflect.Type {
	t := reflect.TypeFor[schema.Intent]()
	for _, step := range path {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch t.Kind() {
		case reflect.Map, reflect.Slice:
			t = t.Elem()
		case reflect.Struct:
			f, ok := fieldsOf(t)[step]
			if !ok {
				return nil
			}
			t = f
		default:
			return nil
		}
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// fieldsOf are the types of a struct's fields by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for n := range t.NumField() {
		f := t.Field(n)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch inner := f.Type; {
		case name == "-" || !f.IsExported():
		case name == "" && (f.Anonymous || strings.Contains(options, "inline")):
			for inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				maps.Copy(out, fieldsOf(inner))
			}
		default:
			out[name] = inner
		}
	}
	return out
}

// namesOf are the names of a struct's fields, sorted.
func namesOf(t reflect.Type) []string {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	return slices.Sorted(maps.Keys(fieldsOf(t)))
}

// manyNames is how many names of fields a sentence can carry.
const manyNames = 14

// strangeKubernetes is the finding for a field that Kubernetes does not have.
func (r reporter) strangeKubernetes(path []string) diag.Diagnostic {
	d := r.strange(path)
	parent, name := path[:len(path)-1], path[len(path)-1]
	names := namesOf(typeAt(parent))
	if len(names) <= manyNames {
		d.Allowed = allOf(names)
	}
	near := language.Closest(name, names)
	to := append(slices.Clone(parent), near)
	if near == "" { // of what stands beside or below
		if to = below(typeAt(parent), name); to == nil {
			return d
		}
		d.Message += "; it stands under " + strings.Join(to[:len(to)-1], ".")
		to = append(slices.Clone(parent), to...)
	} else {
		d.Message += "; did you mean " + near + "?"
	}
	if e := r.places.expr(path); e != nil {
		d.Mend = proposeKubernetes(to, syntax.OneLine(e))
		if d.Mend != "" && inKubernetesList(to) {
			d.Mend = pasted(to[len(parent):], d.Mend)
		}
	}
	return d
}

// allOf says which fields there are.
func allOf(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "the one field " + names[0]
	}
	return "the fields " + language.List(names, "and")
}

// below finds a field of this very name in the structs of a struct, or in those of these.
func below(t reflect.Type, name string) []string {
	level := map[string]reflect.Type{}
	if t != nil && t.Kind() == reflect.Struct {
		level = fieldsOf(t)
	}
	paths := map[string][]string{}
	for range 2 {
		next := map[string]reflect.Type{}
		nextPaths := map[string][]string{}
		for _, k := range slices.Sorted(maps.Keys(level)) {
			inner := level[k]
			for inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() != reflect.Struct {
				continue
			}
			path := append(slices.Clone(paths[k]), k[strings.LastIndexByte(k, '.')+1:])
			fields := fieldsOf(inner)
			if _, ok := fields[name]; ok {
				return append(path, name)
			}
			for f, ft := range fields {
				next[k+"."+f], nextPaths[k+"."+f] = ft, path
			}
		}
		level, paths = next, nextPaths
	}
	return nil
}

// proposeKubernetes is the first of some values that Kubernetes has at a path, as it is pasted.
func proposeKubernetes(path []string, values ...string) string {
	for _, v := range values {
		data, ok := asJSON(v)
		if !ok {
			continue
		}
		if strict, err := tryIntent(wrapped(path, data)); err == nil && len(strict) == 0 {
			if inKubernetesList(path) {
				if e, err := parser.ParseExpr("", v); err == nil {
					return syntax.OneLine(e)
				}
			}
			return pasted(path, v)
		}
	}
	return ""
}

// inKubernetesList tells whether a path leads through a list.
func inKubernetesList(path []string) bool {
	for n := range path {
		if t := typeAt(path[:n]); t != nil && t.Kind() == reflect.Slice {
			return true
		}
	}
	return false
}

// wrapped makes a whole intent of what stands at a path.
func wrapped(path []string, value any) any {
	for n := len(path) - 1; n >= 0; n-- {
		if t := typeAt(path[:n]); t != nil && t.Kind() == reflect.Slice {
			value = []any{value}
		} else {
			value = map[string]any{path[n]: value}
		}
	}
	return value
}

// asJSON is the value of a literal in CUE.
func asJSON(text string) (any, bool) {
	e, err := parser.ParseExpr("", text)
	if err != nil {
		return nil, false
	}
	return valueOf(e)
}

func valueOf(e ast.Expr) (any, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if text, ok := literalText(x); ok {
			return text, true
		}
		var v any
		err := json.Unmarshal([]byte(x.Value), &v)
		return v, err == nil
	case *ast.ListLit:
		out := []any{}
		for _, elem := range x.Elts {
			v, ok := valueOf(elem)
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
		return out, true
	case *ast.StructLit:
		out := map[string]any{}
		for _, d := range x.Elts {
			f, ok := d.(*ast.Field)
			if !ok {
				return nil, false
			}
			name, _, err := ast.LabelName(f.Label)
			v, ok := valueOf(f.Value)
			if err != nil || !ok {
				return nil, false
			}
			out[name] = v
		}
		return out, true
	}
	return nil, false
}

// listed is the list of Kubernetes that somebody meant who wrote a map by name.
func listed(e ast.Expr) string {
	s, ok := e.(*ast.StructLit)
	if !ok {
		return ""
	}
	var out []string
	for _, d := range s.Elts {
		f, ok := d.(*ast.Field)
		if !ok {
			return ""
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil {
			return ""
		}
		entry := "{name: " + strconv.Quote(name) + ", value: " + syntax.OneLine(f.Value) + "}"
		if inner, ok := f.Value.(*ast.StructLit); ok {
			entry = "{name: " + strconv.Quote(name) + ", " + strings.TrimPrefix(syntax.OneLine(inner), "{")
		}
		out = append(out, entry)
	}
	return fmt.Sprintf("[%s]", strings.Join(out, ", "))
}
