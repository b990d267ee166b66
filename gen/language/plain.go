package language

import (
	"slices"
	"strconv"

	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
)

// Plain gives the CUE of a text that somebody wrote for the field without CUE's own quotes, as in
// `--set` or a parameter: a number or true and false where the field takes one, else a string. It
// is not ok for a field that holds fields or a list; what the value must be beyond its kind is
// for the schema to say.
func (f *Field) Plain(text string) (cue string, ok bool) {
	for _, k := range []kind{boolKind, intKind, numberKind} {
		if slices.Contains(f.kinds, k) && literalOf(text, k) {
			return text, true
		}
	}
	switch {
	case slices.Contains(f.kinds, stringKind) || f.open:
		return literal.String.Quote(text), true
	case slices.ContainsFunc(f.kinds, func(k kind) bool { return k == boolKind || k == intKind || k == numberKind }):
		return literal.String.Quote(text), true // the schema says what is wrong with it
	}
	return "", false
}

// literalOf tells whether a text is a value of the kind as it stands.
func literalOf(text string, k kind) bool {
	switch k {
	case boolKind:
		return text == "true" || text == "false"
	case intKind:
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil && text[0] != '+' && plainNumber(text)
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && plainNumber(text)
}

// plainNumber tells whether CUE reads the text as a number: it takes no 007, .5e and the like.
func plainNumber(text string) bool {
	_, err := parser.ParseExpr("", text)
	return err == nil && text[len(text)-1] >= '0' && text[len(text)-1] <= '9'
}
