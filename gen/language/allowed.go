package language

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	anyString = "any string"
	objectOf  = "an object of "
)

// allowed says in a sentence what may be written.
func (g *grammar) allowed(s *shape) string {
	if values := s.enum(); len(values) > 0 {
		return choice(values)
	}
	named := s.named()
	if len(named) == 1 && len(s.alts) > 1 { // a definition of several kinds explains itself
		return g.defs[named[0].def].sentence
	}
	var parts []string
	for _, a := range named {
		parts = append(parts, g.allowedAlt(a))
	}
	return strings.Join(parts, ", or ")
}

func (g *grammar) allowedAlt(a alt) string {
	switch {
	case a.lit != "":
		return a.lit
	case a.kind == structKind && len(a.members) > 0:
		return objectOf + fieldNames(a.members)
	case a.kind == structKind && a.elem != nil:
		key := ""
		if k := g.allowed(a.key); k != anyString {
			key = ", each key " + k
		}
		return "a map" + key + ", each value " + g.allowed(a.elem)
	case a.kind == structKind:
		return article(a.typeName())
	case a.kind == listKind:
		return "a list, each element " + g.allowed(a.elem)
	case a.def != "":
		sentence, limit := g.defs[a.def].sentence, a.lengthLimit()
		if said := strings.TrimSuffix(strings.TrimPrefix(limit, ";"), " characters"); strings.Contains(sentence, said) {
			limit = ""
		}
		return sentence + limit
	}
	switch a.kind {
	case intKind, numberKind:
		return article(alt{kind: a.kind}.typeName()) + a.bounds(" from %s to %s", " of %s or more", " of at most %s")
	case stringKind:
		switch {
		case a.wording != "":
			return a.wording
		case len(a.patterns) > 0:
			return "a string that matches " + strings.Join(a.patterns, " and ") + a.lengthLimit()
		case a.nonEmpty:
			return "a string that is not empty"
		}
		return anyString
	}
	return a.typeName()
}

// worded puts a text in the place of the patterns of a shape: of a list, of those of its
// elements; of a map, of its keys.
func (s *shape) worded(text string) *shape {
	if text == "" {
		return s
	}
	out := &shape{alts: slices.Clone(s.alts), deflt: s.deflt}
	for i, a := range out.alts {
		switch {
		case a.kind == listKind:
			out.alts[i].elem = a.elem.worded(text)
		case a.kind == structKind && a.key != nil:
			out.alts[i].key = a.key.worded(text)
		case a.kind == stringKind:
			out.alts[i].wording = text
		}
	}
	return out
}

var lengthPattern = regexp.MustCompile(`^\^\.\{1,(\d+)\}\$$`)

// lengthLimit reads patterns such as ^.{1,63}$, which bound the length alone.
func (a alt) lengthLimit() string {
	for _, p := range a.patterns {
		if m := lengthPattern.FindStringSubmatch(p); m != nil {
			return "; at most " + m[1] + " characters"
		}
	}
	return ""
}

// manyFields is how many names of fields a sentence can carry.
const manyFields = 12

func fieldNames(members []*member) string {
	var names []string
	for _, m := range members {
		names = append(names, m.name)
	}
	if more := len(names) - manyFields; more > 1 {
		names = append(names[:manyFields], fmt.Sprintf("%d more", more))
	}
	if len(names) == 1 {
		return "the one field " + names[0]
	}
	return "the fields " + List(names, "and")
}

// choice joins values as in `"a", "b" or "c"`.
func choice(values []string) string { return List(values, "or") }

// List joins items for reading, with a word before the last: `a, b and c`. Of none it is "".
func List(items []string, word string) string {
	last := len(items) - 1
	if last < 1 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:last], ", ") + " " + word + " " + items[last]
}

func article(noun string) string {
	if strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
