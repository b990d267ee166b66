package intent

import (
	"reflect"
	"strings"

	sigsjson "sigs.k8s.io/json"
)

// unmarshal decodes JSON and names every field that the Go types do not have.
func unmarshal(data []byte, into any) (strict []error, err error) {
	return sigsjson.UnmarshalStrict(data, into)
}

// unknownField gives the path of a field that unmarshal did not know.
func unknownField(err error) ([]string, bool) {
	named, ok := strings.CutPrefix(err.Error(), `unknown field "`)
	if !ok {
		return nil, false
	}
	named = strings.TrimSuffix(named, `"`)
	// Indices stand as name[0].
	named = strings.ReplaceAll(strings.ReplaceAll(named, "[", "."), "]", "")
	return strings.Split(named, "."), true
}

// kindOf is what Kubernetes has at a place, in a few words; "" where that says nothing.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a struct"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "a whole number"
	}
	return ""
}

// article puts JSON's word for a kind of value into a sentence.
func article(kind string) string {
	switch kind {
	case "array":
		return "a list"
	case "object":
		return "a struct"
	case "bool":
		return "true or false"
	case "null":
		return "null"
	}
	return "a " + kind
}
