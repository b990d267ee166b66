package kustomize

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUnwritable: text that YAML would lose is refused with its place; all other text comes
// back from kustomize as it was.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	base, err := NewBase("base", load(t, "base"))
	require.NoError(t, err)
	service := func(key, text string) []Object {
		o := parse(t, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{}]}")[0]
		o.Object["spec"].(map[string]any)["ports"].([]any)[0] = map[string]any{key: text}
		return []Object{o}
	}
	for text, character := range map[string]string{
		"x\x00": "U+0000", "\x1b[0m": "U+001B", "a\rb": "U+000D", "x\u007f": "U+007F", "\u0085": "U+0085", "\u009f": "U+009F",
		"\ufffe": "U+FFFE", "\uffff": "U+FFFF", "\U0010ffff": "U+10FFFF", "\xff": "U+FFFD",
	} {
		_, err := base.Overlay(Environment{Dir: "overlays/env", Objects: service("b", text)})
		require.EqualError(t, err, "write Service/a: /spec/ports/0/b holds the character "+character)
		_, err = NewBase("base", service(text, "b"))
		require.ErrorContains(t, err, "holds the character "+character)
	}
	for _, text := range []string{"a\tb\nc", "\u00a0", "\u2028", "\ufeff", "\ufffd", "\ue000", "\u200b", "é", "😀"} {
		e := Environment{Dir: "overlays/env", Objects: service("b", text)}
		files, err := base.Overlay(e)
		require.NoError(t, err)
		require.NoError(t, base.Prove(files, e), "%q", text)
	}
}

// TestNamesOfDirectories: what kustomize builds does not hang on the name of the directory.
func TestNamesOfDirectories(t *testing.T) {
	t.Parallel()
	base, e, files := environment(t, "prod")
	want, err := Build(append(files, base.Files...), e.Dir)
	require.NoError(t, err)
	for _, name := range []string{"a b", "Über", "a'b", "#x", "a,b", "a@b", "-", "日本", `a"b`, "a\nb", "a\u0085b", "a\u2028b", "\ufffe", "%"} {
		e.Dir = "overlays/" + name
		files, err := base.Overlay(e)
		require.NoError(t, err)
		require.NoError(t, base.Prove(files, e), name)
		got, err := Build(append(files, base.Files...), e.Dir)
		require.NoError(t, err, name)
		require.Equal(t, string(want), string(got), name)
		_, err = Build(files, e.Dir)
		require.ErrorContains(t, err, "kustomize build overlays/"+name+": ")
		require.NotContains(t, err.Error(), "/built")
	}
}
