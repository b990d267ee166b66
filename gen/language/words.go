package language

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// typeName is the kind of value in a few words.
func (s *shape) typeName() string {
	var parts []string
	for _, a := range s.named() {
		if text := a.typeName(); !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " | ")
}

// named gives the alternatives, but one alone for all that come from one definition and
// are not counted up by it: the struct if there is one, since it has the most to say.
func (s *shape) named() []alt {
	var out []alt
	for _, a := range s.alts {
		i := slices.IndexFunc(out, func(b alt) bool {
			return a.def != "" && a.def == b.def && a.lit == "" && b.lit == ""
		})
		switch {
		case i < 0:
			out = append(out, a)
		case a.kind == structKind:
			out[i] = a
		}
	}
	return out
}

func (a alt) typeName() string {
	switch {
	case a.lit != "":
		return a.lit
	case a.kind == structKind && len(a.members) > 0:
		if a.def != "" {
			return a.def
		}
		return "object"
	case a.kind == structKind && a.elem != nil:
		return "map of " + keyName(a.key) + " to " + a.elem.oneWord()
	case a.kind == structKind:
		return "object of any fields"
	case a.kind == listKind:
		return "list of " + a.elem.oneWord()
	case a.def != "":
		return words(a.def) + a.bounds(", %s to %s", ", %s or more", ", at most %s")
	}
	switch a.kind {
	case stringKind:
		return "string"
	case intKind:
		return "whole number" + a.bounds(", %s to %s", ", %s or more", ", at most %s")
	case numberKind:
		return "number" + a.bounds(", %s to %s", ", %s or more", ", at most %s")
	case boolKind:
		return "true | false"
	}
	return "anything"
}

// bounds fills in the form that fits the bounds that a number has.
func (a alt) bounds(both, atLeast, atMost string) string {
	switch {
	case a.min != "" && a.max != "":
		return fmt.Sprintf(both, a.min, a.max)
	case a.min != "":
		return fmt.Sprintf(atLeast, a.min)
	case a.max != "":
		return fmt.Sprintf(atMost, a.max)
	}
	return ""
}

// oneWord is typeName for use within another: alternatives stand in parentheses.
func (s *shape) oneWord() string {
	name := s.typeName()
	if strings.Contains(name, " | ") {
		return "(" + name + ")"
	}
	return name
}

// keyName is what the keys of a map are: a definition, or any string.
func keyName(s *shape) string {
	if len(s.alts) == 1 && s.alts[0].def != "" {
		return words(s.alts[0].def)
	}
	return "string"
}

// enum gives all values as CUE, or nothing where they cannot be counted.
func (s *shape) enum() []string {
	var values []string
	for _, a := range s.alts {
		switch {
		case a.lit != "":
			values = append(values, a.lit)
		case a.kind == boolKind:
			values = append(values, "true", "false")
		default:
			return nil
		}
	}
	return values
}

// words splits a name in camel case: "LabelValue" is "label value", "DNSName" is "DNS name".
func words(name string) string {
	var b strings.Builder
	letters := []rune(name)
	upper := func(i int) bool { return i >= 0 && i < len(letters) && unicode.IsUpper(letters[i]) }
	// An acronym is capitals in a row, less the one that begins the next word.
	acronym := func(i int) bool {
		ends := i+1 == len(letters) || upper(i+1)
		return upper(i) && ends && (upper(i-1) || upper(i+1))
	}
	for i, r := range letters {
		if i > 0 && upper(i) && !(acronym(i) && upper(i-1)) {
			b.WriteRune(' ')
		}
		if !acronym(i) {
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
