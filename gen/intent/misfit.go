package intent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/schema"
)

// misfits finds the fields of a value that the Go types refuse, all of them. The decoder stops at the
// first, and does not say in which entry of a map or list it is: so each is tried alone.
func (r reporter) misfits(data []byte) diag.List {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var whole any
	if err := decoder.Decode(&whole); err != nil {
		return nil // it is CUE's own JSON
	}
	return r.misfit(nil, whole, func(part any) any { return part })
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
		for _, k := range slices.Sorted(maps.Keys(f)) {
			found = append(found, r.misfit(step(k), f[k], func(part any) any { return alone(map[string]any{k: part}) })...)
		}
	case []any:
		for n, item := range f {
			found = append(found, r.misfit(step(strconv.Itoa(n)), item, func(part any) any { return alone([]any{part}) })...)
		}
	}
	if len(found) > 0 {
		return found
	}
	d := diag.Diagnostic{
		Rule: "value-not-allowed", Severity: diag.Error, Span: r.places.find(path), Path: strings.Join(path, "."),
		Message: fmt.Sprintf("%s cannot be %s", strings.Join(path, "."), described(field)),
	}
	var wrong *json.UnmarshalTypeError
	switch text, isText := field.(string); {
	case errors.As(err, &wrong) && strings.HasPrefix(wrong.Value, "number "): // of the right kind, and too large or broken
		d.Message = fmt.Sprintf("%s cannot be %s", d.Path, strings.TrimPrefix(wrong.Value, "number "))
		d.Allowed = "a whole number that is not so large"
	case wrong != nil:
		d.Allowed = kindOf(wrong.Type)
	case isText && errors.Is(err, resource.ErrFormatWrong):
		d.Message, d.Allowed = fmt.Sprintf("%s cannot be %q", d.Path, text), `an amount, such as "500m" or "4Gi"`
	}
	return diag.List{d}
}

// decodes tells why the Go types refuse an intent; nil where they do not.
func decodes(part any) error {
	data, err := json.Marshal(part)
	if err == nil {
		_, err = unmarshal(data, new(schema.Intent))
	}
	return err
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
