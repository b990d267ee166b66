package language

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Nearest gives the field under path that somebody who wrote name there most likely meant:
// the same name in another spelling (max_payload, MaxPayload, replica), the name that a
// Helm chart gives to it, or one that is a few letters away. "" when nothing is near, or
// when what was meant lives elsewhere.
func Nearest(path []string, name string) string {
	parent, ok := Lookup(path...)
	if !ok || parent.open {
		return ""
	}
	names := parent.fieldNames()
	if n := respelt(name, names); n != "" {
		return n
	}
	if ours, ok := Spelling(append(slices.Clone(path), name)...); ok {
		elements := ParsePath(ours)
		last := len(elements) - 1
		if last >= 0 && slices.Equal(elements[:last], path) {
			return elements[last]
		}
		return ""
	}
	if near := Closest(name, names); near != "" {
		return near
	}
	return begun(name, names)
}

// begun gives the one name that begins with another, if there is only one: mem is memory.
func begun(name string, names []string) (one string) {
	for _, n := range names {
		if len(name) > 2 && strings.HasPrefix(strings.ToLower(n), strings.ToLower(name)) {
			if one != "" {
				return ""
			}
			one = n
		}
	}
	return one
}

// respelt gives the one of some names that differs in nothing but case, '_', '-' or a plural's s.
func respelt(name string, names []string) string {
	wanted := normal(name)
	for _, n := range names {
		if normal(n) == wanted {
			return n
		}
	}
	return ""
}

// Closest gives the name with the fewest edits, the first in the schema of several, when
// they are no more than a third of the letters.
func Closest(name string, names []string) string {
	best, bound, letters := "", max(1, len(name)/3), utf8.RuneCountInString(name)
	for _, n := range names {
		if other := utf8.RuneCountInString(n); max(letters-other, other-letters) > bound {
			continue // so many letters come or go at least; what was written may be megabytes
		}
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(n))
		if d == 2 && sortedLetters(name) == sortedLetters(n) {
			d = 1 // two letters that changed places are one slip
		}
		if d <= bound {
			best, bound = n, d-1
		}
	}
	return best
}

func sortedLetters(s string) string {
	letters := []rune(strings.ToLower(s))
	slices.Sort(letters)
	return string(letters)
}

// Elsewhere gives the paths of the fields that have this name in any spelling or that
// others call so (see Spelling); where there is none, of those that become the
// nats-server.conf option of this name. The shortest path comes first.
func Elsewhere(name string) []string {
	root, err := Root()
	if err != nil {
		return nil
	}
	if ours := spellings[name]; ours != "" {
		return []string{ours}
	}
	wanted := normal(name)
	var same, options []string
	root.walk(func(f *Field) {
		if normal(f.Name) == wanted && f.Name != "" {
			same = append(same, f.Path)
		}
		if slices.ContainsFunc(f.Options, func(o string) bool { return lastElement(o) == name }) {
			options = append(options, f.Path)
		}
	})
	for _, theirs := range slices.Sorted(maps.Keys(spellings)) {
		ours := spellings[theirs]
		if lastElement(theirs) == name && ours != "" && !slices.Contains(same, ours) {
			same = append(same, ours)
		}
	}
	if len(same) == 0 {
		same = options
	}
	// What stands in a map or a list is one of many; what does not is more likely meant.
	single := slices.DeleteFunc(slices.Clone(same), func(path string) bool { return strings.ContainsAny(path, "<[") })
	if len(single) > 0 {
		same = single
	}
	slices.SortStableFunc(same, func(a, b string) int {
		return cmp.Compare(len(ParsePath(a)), len(ParsePath(b)))
	})
	return same
}

// Hint says in a few words what somebody who wrote name under path most likely meant; ""
// when nobody can tell. It is the Mend of a finding about an unknown field.
func Hint(path []string, name string) string {
	const several = 3
	if words := absence(path, name); words != "" {
		if _, theirs := Spelling(append(slices.Clone(path), name)...); !theirs {
			return cmp.Or(mergeHint(path, name), words)
		}
	}
	if words := optionHint(path, name); words != "" {
		return words
	}
	if near := Nearest(path, name); near != "" {
		return `did you mean "` + near + `"?`
	}
	if ours, ok := Spelling(append(slices.Clone(path), name)...); ok {
		if ours == "" {
			return "what the Helm chart has under " + name + " stands at the top level here"
		}
		return "write it as " + ours
	}
	if others := Elsewhere(name); len(others) > 0 && len(others) <= several {
		return "write it as " + List(others, "or")
	}
	return ""
}

// fieldNames are the names of the fields that may stand directly under a field.
func (f *Field) fieldNames() []string {
	var names []string
	for _, c := range f.Children {
		switch c.Name {
		case AnyKey:
		case Element:
			names = append(names, c.fieldNames()...)
		default:
			names = append(names, c.Name)
		}
	}
	return names
}

func (f *Field) walk(visit func(*Field)) {
	visit(f)
	for _, c := range f.Children {
		c.walk(visit)
	}
}

var joiners = strings.NewReplacer("_", "", "-", "")

// normal takes from a name what people vary: case, '_', '-' and a plural's s.
func normal(name string) string {
	return strings.TrimSuffix(joiners.Replace(strings.ToLower(name)), "s")
}

func lastElement(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
