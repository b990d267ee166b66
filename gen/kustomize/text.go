package kustomize

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unwritable tells whether a character is lost in YAML, or refused by one of its readers.
func unwritable(c rune) bool {
	return unicode.IsControl(c) && c != '\t' && c != '\n' || c&0xFFFE == 0xFFFE
}

// writable tells whether a value holds nothing that findUnwritable would find, without
// the cost of saying where.
func writable(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if !writable(key) || !writable(value) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !writable(e) {
				return false
			}
		}
	case string:
		return utf8.ValidString(v) && strings.IndexFunc(v, unwritable) < 0
	}
	return true
}

// locate finds the first place in an object that cannot be written. Nearly every object can.
func locate(object map[string]any) (where string, c rune, found bool) {
	if writable(object) {
		return "", 0, false
	}
	return findUnwritable("", object)
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
		if i := strings.IndexFunc(v, unwritable); i >= 0 {
			c, _ := utf8.DecodeRuneInString(v[i:])
			return path, c, true
		}
	}
	return "", 0, false
}
