package given

import (
	"encoding/json"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"github.com/stretchr/testify/require"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, text, want string }{
		{"cluster.replicas", "5", `intent: cluster: replicas: 5`},
		{"intent.cluster.replicas", "5", `intent: cluster: replicas: 5`},
		{"namespace", "7", `intent: namespace: "7"`},
		{`podTemplate.annotations."example.com/team"`, "a", `intent: podTemplate: annotations: "example.com/team": "a"`},
		{"extraConfig.max_traced_msg_len", "5", `intent: extraConfig: max_traced_msg_len: "5"`},
	} {
		v, err := Plain(c.path, c.text)
		require.NoError(t, err)
		require.Equal(t, "package prod\n\n"+c.want+"\n", string(File("prod", []Value{v})))
	}
	for path, want := range map[string]string{
		"":                  `"" names no field`,
		"intent":            `"intent" names no field`,
		"cluster":           "cluster holds other fields: only a text, a number, or true and false can be given",
		"serverTags":        "serverTags holds a list: only a text, a number, or true and false can be given",
		"serverTags[0]":     "serverTags[0]: serverTags is a list, whose elements cannot be given one by one",
		"cluster.replica":   `cluster.replica: there is no field "replica"; did you mean "replicas"?`,
		"replicas":          `replicas: there is no field "replicas"; write it as cluster.replicas`,
		"cluster.nonesuch":  `cluster.nonesuch: there is no field "nonesuch"; natsyard explain lists all`,
		"a..b":              `a..b: there is no field "a"; natsyard explain lists all`,
		"cluster.replicas.": "",
	} {
		_, err := Plain(path, "5")
		if want == "" {
			require.NoError(t, err, path)
			continue
		}
		require.EqualError(t, err, want, path)
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	values := tree(t, `{"name": "n", "cluster": {"replicas": 3}, "serverTags": ["a<b", {"x": null}], "jetstream": {}, "podTemplate": {"labels": {"a.b/c": "\u0000\"\n"}}}`)
	text := File("prod", values)
	require.Equal(t, `package prod

intent: cluster: replicas: 3
intent: jetstream: {}
intent: name: "n"
intent: podTemplate: labels: "a.b/c": "\u0000\"\n"
intent: serverTags: ["a<b",{"x":null}]
`, string(text))
	for i, v := range values {
		got, ok := At(values, 3+i)
		require.True(t, ok)
		require.Equal(t, v, got)
	}
	for _, line := range []int{0, 1, 2, 3 + len(values)} {
		_, ok := At(values, line)
		require.False(t, ok, line)
	}
}

func tree(t *testing.T, text string) []Value {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var object map[string]any
	require.NoError(t, dec.Decode(&object))
	values, err := Tree(object)
	require.NoError(t, err)
	return values
}

// FuzzFile: whatever the names and texts are, CUE reads from the file just what was given, and
// each value stands on its line.
func FuzzFile(f *testing.F) {
	f.Add("a", "b", "c")
	f.Add("for", "_x", "\n")
	f.Add("#d", "a.b/c", "\\(x)")
	f.Add("", "\x00", "\u2028\"")
	f.Fuzz(func(t *testing.T, key, under, text string) {
		in := map[string]any{key: map[string]any{under: text, under + "2": []any{text, json.Number("7")}}}
		values, err := Tree(in)
		require.NoError(t, err)
		want, err := json.Marshal(in)
		require.NoError(t, err)
		source := File("prod", values)
		require.Equal(t, 2+len(values), strings.Count(string(source), "\n"))
		v := cuecontext.New().CompileBytes(source).LookupPath(cue.ParsePath("intent"))
		got, err := v.MarshalJSON()
		require.NoError(t, err, string(source))
		require.JSONEq(t, string(want), string(got))
	})
}
