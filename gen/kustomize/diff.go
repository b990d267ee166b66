package kustomize

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// op is one operation of a JSON patch (RFC 6902).
type op struct {
	kind  string // "test", "add", "replace" or "remove"
	path  string // JSON pointer (RFC 6901)
	value any    // not for "remove"
}

// fields are the operation as a JSON value.
func (o op) fields() map[string]any {
	fields := map[string]any{"op": o.kind, "path": o.path}
	if o.kind != "remove" {
		fields["value"] = o.value
	}
	return fields
}

// diff returns the operations that turn from into to, two JSON values; none
// where they are equal.
//
// It says as little as it can: a value deep inside is replaced alone, unless the patch
// gets shorter by replacing what is around it. A map that is missing is added whole. All
// list indices are those of from, and each one that a path goes through, or that the
// list is changed at, is guarded by a test before it.
func diff(path string, from, to any) []op {
	whole := []op{{kind: "replace", path: path, value: to}}
	var narrow []op
	switch from := from.(type) {
	case map[string]any:
		to, ok := to.(map[string]any)
		if !ok {
			return whole
		}
		narrow = diffMaps(path, from, to)
	case []any:
		to, ok := to.([]any)
		if !ok {
			return whole
		}
		narrow = diffLists(path, from, to)
	default:
		if isScalar(to) && from == to {
			return nil
		}
		return whole
	}
	if path != "" && size(whole) < size(narrow) {
		return whole
	}
	return narrow
}

func diffMaps(path string, from, to map[string]any) []op {
	var ops []op
	both := maps.Clone(from)
	maps.Copy(both, to)
	for _, key := range slices.Sorted(maps.Keys(both)) {
		at := join(path, key)
		before, was := from[key]
		after, is := to[key]
		switch {
		case !is:
			ops = append(ops, op{kind: "remove", path: at})
		case !was:
			ops = append(ops, op{kind: "add", path: at, value: after})
		default:
			ops = append(ops, diff(at, before, after)...)
		}
	}
	return ops
}

// join appends reference tokens to a JSON pointer.
func join(path string, tokens ...string) string {
	for _, t := range tokens {
		path += "/" + pointerEscapes.Replace(t)
	}
	return path
}

func at(path string, index int) string { return path + "/" + strconv.Itoa(index) }

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func isScalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// size is the number of lines that operations take in a patch file.
func size(ops []op) int {
	n := 0
	for _, o := range ops {
		n += 2 // op, path
		if o.kind == "remove" {
			continue
		}
		n += lines(o.value)
		if !isScalar(o.value) {
			n++ // value:
		}
	}
	return n
}

// lines is the number of lines that a value takes in YAML, as the field of a map.
func lines(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += lines(e)
			if !isScalar(e) {
				n++
			}
		}
	case []any:
		for _, e := range v {
			n += lines(e)
		}
	case string:
		n = 1 + strings.Count(strings.TrimSuffix(v, "\n"), "\n")
	default:
		n = 1
	}
	return n
}
