package intent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
)

func TestWild(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		"intent: base.intent & {cluster: replicas: 3}":                               false,
		"intent: base.intent & {cluster: replicas: 1 + 2 * (3 - 2)}":                 false,
		"intent: base.intent & {for k, v in {a: 1} {env: (k): \"b\"}}":               false,
		"intent: base.intent & {name: *\"a\" | =~\"^a\"}":                            false,
		"intent: base.intent & {name: \"\\(base.intent.name)-eu\"}":                  true,
		"intent: base.intent & {env: \"\\(x)\": \"a\"}\nx: \"A\"":                    true,
		"x: 2\nintent: base.intent & {cluster: replicas: x * x}":                     true,
		"intent: base.intent & {name: \"x\" * 1000000 * 1000000}":                    true,
		"intent: base.intent & {name: \"a\" + base.intent.name}":                     true,
		"intent: base.intent & {serverTags: [for i in list.Range(0, 9, 1) {\"a\"}]}": true,
		"intent: base.intent &":                                                      true, // it may be mended to anything
	} {
		loader, found := intent.NewLoader(repo(source+"\n", nil))
		require.Empty(t, found)
		require.Equal(t, want, loader.Wild("prod"), source)
		require.False(t, loader.Wild(intent.Base))
		require.Equal(t, want, loader.Wild("prod"), "asked again")
	}
}

// What an environment imports is evaluated with it, wherever it lies.
func TestWildImports(t *testing.T) {
	t.Parallel()
	wild := "package a\n\nx: \"a\\(y)\"\ny: \"b\"\n"
	for name, files := range map[string]map[string]string{
		"module":   {"lib/a/a.cue": wild, "overlays/prod/b.cue": "package prod\n\nimport \"example.com/nats/lib/a\"\n"},
		"one of":   {"lib/a.cue": wild, "lib/b.cue": "package b\n", "overlays/prod/b.cue": "package prod\n\nimport \"example.com/nats/lib:a\"\n"},
		"vendored": {"cue.mod/pkg/example.org/a/a.cue": wild, "overlays/prod/b.cue": "package prod\n\nimport \"example.org/a\"\n"},
		"through":  {"lib/a/a.cue": wild, "lib/c/c.cue": "package c\n\nimport \"example.com/nats/lib/a\"\n", "overlays/prod/b.cue": "package prod\n\nimport \"example.com/nats/lib/c\"\n"},
		"above":    {"overlays/c.cue": "package prod\n\nx: \"a\\(y)\"\ny: \"b\"\n"},
	} {
		loader, _ := intent.NewLoader(repo("intent: base.intent\n", files))
		require.True(t, loader.Wild("prod"), name)
	}
	loader, _ := intent.NewLoader(repo("intent: base.intent\n", map[string]string{
		"lib/a/a.cue": "package a\n\nimport \"example.com/nats/lib/c\"\n", "lib/c/c.cue": "package c\n\nimport \"example.com/nats/lib/a\"\n",
		"overlays/prod/b.cue": "package prod\n\nimport (\n\t\"strings\"\n\t\"example.com/nats/lib/c\"\n\t\"../x\"\n\t\"example.com/nats/../../x\"\n)\n",
	}))
	require.False(t, loader.Wild("prod"), "imports that form a cycle, and such as are not there")
}
