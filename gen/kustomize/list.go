package kustomize

import (
	"fmt"
	"slices"
)

// identities are the fields by which the elements of a list are known, in the order of
// trust. The last is for the rules of a NetworkPolicy, which are known by their first port.
var identities = [][]string{
	{"mountPath"},
	{"name"},
	{"metadata", "name"},
	{"containerPort"},
	{"port"},
	{"key"},
	{"topologyKey"},
	{"podAffinityTerm", "topologyKey"},
	{"ports", "0", "port"},
}

// list compares two lists element by element.
type list struct {
	path     string
	from, to []any
	identity []string // where an element says who it is; nil: it is known by its whole value
	guarded  map[int]bool
}

// diffLists aligns the lists by the identity of their elements. Elements change in their
// places first. Then elements come and go, from the end to the beginning, so that the
// indices before them stay those of from.
func diffLists(path string, from, to []any) []op {
	l := list{path: path, from: from, to: to, identity: identity(from, to), guarded: map[int]bool{}}
	gaps := align(l.keys(from), l.keys(to))
	var ops []op
	for _, g := range gaps {
		for n := range min(g.gone, g.come) {
			ops = append(ops, l.guard(g.from+n)...)
			ops = append(ops, op{kind: "replace", path: at(path, g.from+n), value: to[g.to+n]})
		}
		if kept := g.from + g.gone; kept < len(from) {
			if within := diff(at(path, kept), from[kept], to[g.to+g.come]); len(within) > 0 {
				ops = append(ops, l.guard(kept)...)
				ops = append(ops, within...)
			}
		}
	}
	for _, g := range slices.Backward(gaps) {
		ops = append(ops, l.comeAndGo(g)...)
	}
	return ops
}

// comeAndGo removes or adds what a gap has beyond the pairs that were replaced in place.
func (l *list) comeAndGo(g gap) []op {
	var ops []op
	for n := g.gone - 1; n >= g.come; n-- {
		ops = append(ops, l.guard(g.from+n)...)
		ops = append(ops, op{kind: "remove", path: at(l.path, g.from+n)})
	}
	for n := g.gone; n < g.come; n++ {
		add := op{kind: "add", path: join(l.path, "-"), value: l.to[g.to+n]}
		if kept := g.from + g.gone; kept < len(l.from) {
			ops = append(ops, l.guard(kept)...)
			add.path = at(l.path, g.from+n)
		}
		ops = append(ops, add)
	}
	return ops
}

// guard tests that element i is the one that was compared; once is enough.
func (l *list) guard(i int) []op {
	if l.guarded[i] {
		return nil
	}
	l.guarded[i] = true
	value, _ := lookup(l.from[i], l.identity)
	return []op{{kind: "test", path: join(at(l.path, i), l.identity...), value: value}}
}

func (l *list) keys(elements []any) []string {
	keys := make([]string, len(elements))
	for i, e := range elements {
		value, _ := lookup(e, l.identity)
		keys[i] = key(value)
	}
	return keys
}

// identity returns the first of the identities that every element of both lists has and
// no two elements of one list share.
func identity(from, to []any) []string {
	unique := func(elements []any, path []string) bool {
		seen := map[string]bool{}
		for _, e := range elements {
			value, ok := lookup(e, path)
			if !ok || !isScalar(value) || seen[key(value)] {
				return false
			}
			seen[key(value)] = true
		}
		return true
	}
	for _, path := range identities {
		if unique(from, path) && unique(to, path) {
			return path
		}
	}
	return nil
}

// lookup follows a path of field names and of "0", the first element of a list.
func lookup(v any, path []string) (any, bool) {
	for _, token := range path {
		switch parent := v.(type) {
		case map[string]any:
			child, ok := parent[token]
			if !ok {
				return nil, false
			}
			v = child
		case []any:
			if token != "0" || len(parent) == 0 {
				return nil, false
			}
			v = parent[0]
		default:
			return nil, false
		}
	}
	return v, true
}

// key is a text that is equal for equal values only.
func key(v any) string {
	if s, ok := v.(string); ok {
		return `"` + s // nothing but a string begins with a quote
	}
	return fmt.Sprintf("%#v", v) // maps in the order of their keys
}

// gap is what lies between two elements that both lists keep, or before the first or after
// the last of them: from index from on, elements are gone; in their place, from index to on,
// elements have come.
type gap struct{ from, gone, to, come int }

// align returns the gaps between the elements of the longest common subsequence.
func align(from, to []string) []gap {
	// length[i][j] is the length of the longest common subsequence of from[i:] and to[j:].
	length := make([][]int, len(from)+1)
	for i := range length {
		length[i] = make([]int, len(to)+1)
	}
	for i := range slices.Backward(from) {
		for j := range slices.Backward(to) {
			if from[i] == to[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var gaps []gap
	var g gap
	for {
		i, j := g.from+g.gone, g.to+g.come
		switch {
		case i == len(from) || j == len(to):
			g.gone, g.come = len(from)-g.from, len(to)-g.to
			return append(gaps, g)
		case from[i] == to[j]:
			gaps = append(gaps, g)
			g = gap{from: i + 1, to: j + 1}
		case length[i+1][j] >= length[i][j+1]:
			g.gone++
		default:
			g.come++
		}
	}
}
