package intent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// misfits finds the fields of a value that the Go types refuse, all of them. The decoder stops at the
// first, and does not say in which entry of a map or list it is: so each is tried alone.
func (r reporter) misfits(data []byte) diag.List {
	return r.misfit(nil, whole(data), func(part any) any { return part })
}

// nulls finds what is null and may not be. Kubernetes' own types take null for a field that is not there,
// and for an element of a list that is empty. In extraConfig null takes an option away.
func (r reporter) nulls(path []string, value any) (found diag.List) {
	step := func(name string) []string { return append(path[:len(path):len(path)], name) }
	if len(path) > 0 && path[0] == "extraConfig" {
		return nil
	}
	switch v := value.(type) {
	case nil:
		if f, ok := language.Lookup(path...); ok && slices.Contains(strings.Split(f.Type, " | "), "null") {
			return nil
		}
		return diag.List{{
			Rule: "value-not-allowed", Severity: diag.Error, Span: r.places.find(path), Path: strings.Join(path, "."),
			Message: strings.Join(path, ".") + " cannot be null", Allowed: kindOfField(path),
			Why: "null says nothing: it is dropped, or becomes something empty", Mend: "leave it out",
		}}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			found = append(found, r.nulls(step(k), v[k])...)
		}
	case []any:
		for n, elem := range v {
			found = append(found, r.nulls(step(strconv.Itoa(n)), elem)...)
		}
	}
	return found
}

// kindOfField is what Kubernetes has at a path, in a few words.
func kindOfField(path []string) string {
	if t := typeAt(path); t != nil {
		return kindOf(t)
	}
	return ""
}

// whole is a value as JSON has it; its numbers keep all their digits.
func whole(data []byte) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	_ = decoder.Decode(&value) // it is CUE's own JSON
	return value
}

// misfit looks at one field; alone makes a whole intent of a part that stands in its place.
func (r reporter) misfit(path []string, field any, alone func(part any) any) (found diag.List) {
	err := decodes(alone(field))
	if err == nil {
		return nil
	}
	step := func(name string) []string { return append(path[:len(path):len(path)], name) }
	switch f := field.(type) {
	case map[string]any:
		if decodes(alone(map[string]any{})) != nil {
			break // no struct can stand here
		}
		for _, k := range slices.Sorted(maps.Keys(f)) {
			found = append(found, r.misfit(step(k), f[k], func(part any) any { return alone(map[string]any{k: part}) })...)
		}
	case []any:
		if decodes(alone([]any{})) != nil {
			break
		}
		for n, item := range f {
			found = append(found, r.misfit(step(strconv.Itoa(n)), item, func(part any) any { return alone([]any{part}) })...)
		}
	}
	if len(found) > 0 {
		return found
	}
	e := r.places.expr(path)
	written := described(field)
	if e != nil {
		if text := syntax.OneLine(e); len(text) <= longest/2 && !maySecret(path, text) {
			written = text
		}
	}
	d := diag.Diagnostic{
		Rule: "value-not-allowed", Severity: diag.Error, Span: r.places.find(path), Path: strings.Join(path, "."),
	}
	d.Message = fmt.Sprintf("%s cannot be %s", d.Path, written)
	text, isText := field.(string)
	if d.Secret = isText && maySecret(path, text); d.Secret {
		d.Message = d.Path + " cannot be this"
	}
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && strings.HasPrefix(wrong.Value, "number "): // of the right kind, and too large or broken
		d.Message = fmt.Sprintf("%s cannot be %s", d.Path, strings.TrimPrefix(wrong.Value, "number "))
		d.Allowed = "a whole number that is not so large"
	case wrong != nil:
		d.Allowed = kindOf(wrong.Type)
		if names := namesOf(typeAt(append(slices.Clone(path), "0"))); wrong.Type.Kind() == reflect.Slice && len(names) > 0 && len(names) <= manyNames {
			d.Allowed += ", each element of " + allOf(names)
		}
	case isText && errors.Is(err, resource.ErrFormatWrong):
		d.Allowed = `an amount, such as "500m" or "4Gi"`
	}
	if e != nil && !d.Secret {
		values := []string{listed(e), "[" + syntax.OneLine(e) + "]"}
		if lit, ok := e.(*ast.BasicLit); ok {
			plain := strings.Trim(lit.Value, `"`)
			values = slices.Concat([]string{plain, strconv.Quote(plain)}, values, amount(plain))
			if on, ok := switches[strings.ToLower(plain)]; ok {
				values = append(values, strconv.FormatBool(on))
			}
		}
		d.Mend = proposeKubernetes(path, values...)
	}
	if d.Mend == "" {
		d.Mend = "leave it out"
	}
	return diag.List{d}
}

// decodes tells why the Go types refuse an intent; nil where they do not.
func decodes(part any) error {
	_, err := tryIntent(part)
	return err
}

// tryIntent tells what the Go types have against an intent.
func tryIntent(part any) (strict []error, err error) {
	data, err := json.Marshal(part)
	if err != nil {
		return nil, err
	}
	return unmarshal(data, new(schema.Intent))
}

// described is what a value is.
func described(field any) string {
	switch field.(type) {
	case nil:
		return "null"
	case map[string]any:
		return article("object")
	case []any:
		return article("array")
	case bool:
		return article("bool")
	case string:
		return article("string")
	}
	return article("number")
}
