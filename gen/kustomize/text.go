package kustomize

import (
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"
)

// unwritable tells whether a character is lost in YAML, or refused by one of its readers.
func unwritable(c rune) bool {
	return unicode.IsControl(c) && c != '\t' && c != '\n' || c&0xFFFE == 0xFFFE
}

// findUnwritable finds the first place in a value, as a JSON pointer, whose key or text holds
// what is unwritable, or is not UTF-8.
func findUnwritable(path string, v any) (where string, c rune, found bool) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			for _, part := range []any{key, v[key]} {
				if where, c, found = findUnwritable(join(path, key), part); found {
					return where, c, true
				}
			}
		}
	case []any:
		for i, e := range v {
			if where, c, found = findUnwritable(at(path, i), e); found {
				return where, c, true
			}
		}
	case string:
		if !utf8.ValidString(v) {
			return path, utf8.RuneError, true
		}
		for _, c := range v {
			if unwritable(c) {
				return path, c, true
			}
		}
	}
	return "", 0, false
}
