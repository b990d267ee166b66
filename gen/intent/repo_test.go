package intent_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

const (
	moduleFile = "module: \"example.com/nats@v0\"\nlanguage: version: \"v0.17.0\"\n"
	baseFile   = "package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n\tglobal: labels: team: \"a\"\n}\n"
	prodHead   = "package prod\n\nimport \"example.com/nats/base\"\n\n"
)

// repo is a repository with a base and the environment prod; files add to it or replace.
func repo(prod string, files map[string]string) fstest.MapFS {
	out := fstest.MapFS{
		"cue.mod/module.cue":       {Data: []byte(moduleFile)},
		"base/intent.cue":          {Data: []byte(baseFile)},
		"overlays/prod/intent.cue": {Data: []byte(prodHead + prod)},
	}
	for name, text := range files {
		if text == "" {
			delete(out, name)
			continue
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func load(t testing.TB, fsys fstest.MapFS, env string) (*intent.Intent, diag.List) {
	t.Helper()
	loader, found := intent.NewLoader(fsys)
	if found.HasErrors() {
		return nil, found
	}
	return loader.Load(env)
}

func mustLoad(t testing.TB, prod string) *intent.Intent {
	t.Helper()
	in, found := load(t, repo(prod, nil), "prod")
	require.Empty(t, found)
	return in
}

// lines gives findings as place, rule and message, one a line.
func lines(found diag.List) (out []string) {
	for _, d := range found.Sorted() {
		out = append(out, d.Span.String()+" "+d.Rule+": "+d.Message)
	}
	return out
}

// requireBroken checks that an intent cannot be taken for a whole one.
func requireBroken(t testing.TB, in *intent.Intent) {
	t.Helper()
	if in != nil {
		require.NotEmpty(t, in.Broken)
	}
}
