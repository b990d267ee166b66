package language

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// small reads a language of one file.
func small(t *testing.T, src string) *Field {
	t.Helper()
	g, err := read(fstest.MapFS{"a.cue": {Data: []byte(src)}})
	require.NoError(t, err)
	f, err := g.root("A")
	require.NoError(t, err)
	return f
}

func TestTypesAndAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, typ, allowed, deflt string }{
		{`string`, "string", "any string", ""},
		{`*"x" | string`, "string", "any string", `"x"`},
		{`string & !=""`, "string", "a string that is not empty", ""},
		{`=~"^a$"`, "string", "a string that matches ^a$", ""},
		{`=~"^a$" @allowed("an a")`, "string", "an a", ""},
		{`[...=~"^a$"] @allowed("an a")`, "list of string", "a list, each element an a", ""},
		{`{[=~"^a$"]: int} @allowed("an a")`, "map of string to whole number", "a map, each key an a, each value a whole number", ""},
		{`int`, "whole number", "a whole number", ""},
		{`int & >=1`, "whole number, 1 or more", "a whole number of 1 or more", ""},
		{`int & <=9`, "whole number, at most 9", "a whole number of at most 9", ""},
		{`#P & >=1024`, "p, 1024 to 65535", "a port", ""},
		{`*7 | #P`, "p, 1 to 65535", "a port", "7"},
		{`#P & (*7 | #P)`, "p, 1 to 65535", "a port", "7"},
		{`number`, "number", "a number", ""},
		{`*false | bool`, "true | false", "true or false", "false"},
		{`*1 | int | null`, "whole number | null", "a whole number, or null", "1"},
		{`"a" | *"b" | ""`, `"a" | "b" | ""`, `"a", "b" or ""`, `"b"`},
		{`string & !="" | ""`, `string | ""`, `a string that is not empty, or ""`, ""},
		{`["x"]`, "anything", "anything", ""},
		{`*["x"] | [..."x" | "y"]`, `list of ("x" | "y")`, `a list, each element "x" or "y"`, `["x"]`},
		{`{b: int}`, "object", "an object of the one field b", ""},
		{`{...}`, "object of any fields", "an object of any fields", ""},
		{`#S`, "S", "an object of the fields b and c", ""},
		{`#S & {c: *2 | int}`, "S", "an object of the fields b and c", ""},
		{`#Either`, "Either", "a string or an object", ""},
		{`_`, "anything", "anything", ""},
		{`#Gone`, "anything", "anything", ""},
	} {
		f := small(t, `
			// P is a port.
			#P: int & >=1 & <=65535
			#S: {b: string, c: int}
			// Either is a string or an object.
			#Either: string | {x: int}
			#A: f: `+c.value)
		require.Len(t, f.Children, 1, c.value)
		f = f.Children[0]
		require.Equal(t, []string{c.typ, c.allowed, c.deflt}, []string{f.Type, f.Allowed, f.Default}, c.value)
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	f := small(t, `#A: #B & {b!: int, d: *1 | int}, #B: {a!: int, b?: int, c: int, d: int, e?: int}`)
	got := map[string][2]bool{}
	for _, c := range f.Children {
		got[c.Name] = [2]bool{c.Required, c.Optional}
	}
	require.Equal(t, map[string][2]bool{
		"a": {true, false}, "b": {true, false}, "c": {true, false}, "d": {false, false}, "e": {false, true},
	}, got)
}

func TestDefinitionWithinItself(t *testing.T) {
	t.Parallel()
	f := small(t, `#A: {next?: #A, n: int}`)
	require.Equal(t, "next", f.Children[0].Path)
	require.NotNil(t, f.child("next").child("anything").child("below"))
	require.Nil(t, f.child("n").child("below"))
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	_, err := read(fstest.MapFS{"a.cue": {Data: []byte("#A: {")}})
	require.ErrorContains(t, err, "parse the schema: ")

	g, err := read(fstest.MapFS{"a.cue": {Data: []byte("#B: {}")}})
	require.NoError(t, err)
	_, err = g.root("A")
	require.EqualError(t, err, "read the schema: no definition #A")
}
