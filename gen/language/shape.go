package language

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"cuelang.org/go/cue/token"
)

// shape is what an expression lets through: one of some alternatives.
type shape struct {
	alts  []alt
	deflt string // as CUE, "" for none
}

// alt is one alternative. It is a value: what changes it makes a copy.
type alt struct {
	kind kind
	def  string // definition that it comes from, without '#'
	lit  string // as CUE, when it is this one value

	min, max string   // bounds of a number, both inclusive
	nonEmpty bool     // of a string
	patterns []string // of a string
	wording  string   // what the patterns let through, for people

	members   []*member // of a struct
	key, elem *shape    // of a map; a list has an elem alone
	open      bool      // of a struct that takes more fields
}

// member is a field of a struct.
type member struct {
	name       string
	constraint token.Token // OPTION for '?', NOT for '!'
	doc        string
	attrs      attributes
	shape      *shape
}

type kind int

const (
	anyKind kind = iota
	stringKind
	intKind
	numberKind // what a bound alone allows, and `number`
	boolKind
	nullKind
	structKind
	listKind
)

// or is the disjunction of two shapes. A value that another alternative lets through as
// well is dropped: `*4222 | int` is an int.
func or(a, b *shape) *shape {
	all := append(slices.Clone(a.alts), b.alts...)
	s := &shape{deflt: cmp.Or(a.deflt, b.deflt)}
	for _, x := range all {
		if !slices.ContainsFunc(all, func(y alt) bool { return y.takes(x) }) {
			s.alts = append(s.alts, x)
		}
	}
	return s
}

// takes tells whether an alternative lets through the one value of another.
func (a alt) takes(value alt) bool {
	if value.lit == "" || a.lit != "" {
		return false
	}
	if value.lit == `""` && a.nonEmpty || !a.matches(value.lit) {
		return false
	}
	return a.kind == value.kind || a.kind == numberKind && value.kind == intKind
}

// matches tells whether a literal is of the form that a string must have, if there is one. A
// pattern that Go cannot read lets nothing through.
func (a alt) matches(lit string) bool {
	text, err := strconv.Unquote(lit)
	return err != nil || !slices.ContainsFunc(a.patterns, func(pattern string) bool {
		form, err := regexp.Compile(pattern)
		return err != nil || !form.MatchString(text)
	})
}

// and is the conjunction of two shapes, of which the second is nearer to the place: its
// default goes before.
func and(a, b *shape) *shape {
	s := &shape{deflt: cmp.Or(b.deflt, a.deflt)}
	for _, x := range a.alts {
		for _, y := range b.alts {
			if both, ok := x.and(y); ok {
				s.alts = append(s.alts, both)
			}
		}
	}
	return s
}

func (a alt) and(b alt) (alt, bool) {
	kind, ok := meet(a.kind, b.kind)
	if !ok {
		return alt{}, false
	}
	return alt{
		kind:     kind,
		def:      cmp.Or(a.def, b.def),
		lit:      cmp.Or(a.lit, b.lit),
		min:      cmp.Or(b.min, a.min),
		max:      cmp.Or(b.max, a.max),
		nonEmpty: a.nonEmpty || b.nonEmpty,
		patterns: slices.Compact(append(slices.Clone(a.patterns), b.patterns...)),
		wording:  cmp.Or(b.wording, a.wording),
		members:  mergeMembers(a.members, b.members),
		key:      cmp.Or(a.key, b.key),
		elem:     cmp.Or(a.elem, b.elem),
		open:     a.open && b.open,
	}, true
}

// meet is the kind of the values that are of both kinds.
func meet(a, b kind) (kind, bool) {
	switch {
	case a == b, b == anyKind, b == numberKind && a == intKind:
		return a, true
	case a == anyKind, a == numberKind && b == intKind:
		return b, true
	}
	return 0, false
}

func mergeMembers(a, b []*member) []*member {
	out := slices.Clone(a)
	for _, m := range b {
		i := slices.IndexFunc(out, func(n *member) bool { return n.name == m.name })
		if i < 0 {
			out = append(out, m)
			continue
		}
		out[i] = &member{
			name:       m.name,
			constraint: stronger(out[i].constraint, m.constraint),
			doc:        cmp.Or(m.doc, out[i].doc),
			attrs:      out[i].attrs.merge(m.attrs),
			shape:      and(out[i].shape, m.shape),
		}
	}
	return out
}

// stronger is the constraint of a field that is declared twice: `!` before none before `?`.
func stronger(a, b token.Token) token.Token {
	for _, c := range []token.Token{token.NOT, token.ILLEGAL} {
		if a == c || b == c {
			return c
		}
	}
	return token.OPTION
}
