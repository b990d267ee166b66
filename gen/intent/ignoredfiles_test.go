package intent_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIgnoredFiles(t *testing.T) {
	t.Parallel()
	const said = "this file looks like a part of an intent, and natsyard does not read it"
	tls := "package prod\n\nintent: nats: tls: secretName: \"t\"\n"
	for name, c := range map[string]struct {
		env   string
		files map[string]string
		mend  string // "" for files of which there is nothing to say
	}{
		"with a _ before":        {"prod", map[string]string{"overlays/prod/_tls.cue": tls}, "another name, such as tls.cue"},
		"with a dot before":      {"prod", map[string]string{"overlays/prod/.tls.cue": tls}, "another name, such as tls.cue"},
		"as a test":              {"prod", map[string]string{"overlays/prod/load_test.cue": tls}, "another name, such as load.cue"},
		"as a tool":              {"prod", map[string]string{"overlays/prod/tls_tool.cue": tls}, "another name, such as tls.cue"},
		"of the base":            {"base", map[string]string{"base/_tls.cue": "package base\n\nnats: {}\n"}, "another name, such as tls.cue"},
		"in a folder":            {"prod", map[string]string{"overlays/prod/tls/tls.cue": tls}, "the file in overlays/prod, with package prod as its first line"},
		"in a folder, as fields": {"prod", map[string]string{"overlays/prod/tls/tls.cue": "package tls\n\nnats: {}\n"}, "the file in overlays/prod, with package prod as its first line"},
		"YAML":                   {"prod", map[string]string{"overlays/prod/values.yaml": "a: 1\n"}, "what it says, as fields of intent in intent.cue"},
		"JSON":                   {"prod", map[string]string{"overlays/prod/intent.json": "{}\n"}, "what it says, as fields of intent in intent.cue"},
		"no folder":              {"base", map[string]string{"overlays/dev.cue": "package dev\n\nintent: {}\n"}, "overlays/dev/intent.cue"},
		"a folder too deep":      {"base", map[string]string{"overlays/eu/dev/intent.cue": "package dev\n\nintent: {}\n"}, "overlays/eu-dev/intent.cue"},

		"a real tool":          {"prod", map[string]string{"overlays/prod/show_tool.cue": "package prod\n\ncommand: show: {}\n"}, ""},
		"a real test":          {"prod", map[string]string{"overlays/prod/show_test.cue": "package prod\n\ncases: {}\n"}, ""},
		"an editor's":          {"prod", map[string]string{"overlays/prod/.#intent.cue": tls, "overlays/prod/intent.cue~": tls}, ""},
		"a copy":               {"prod", map[string]string{"overlays/prod/intent.cue.bak": tls}, ""},
		"another's":            {"prod", map[string]string{"overlays/prod/policy/p.cue": "package policy\n\ndeny: []\n"}, ""},
		"imported":             {"prod", map[string]string{"overlays/prod/tls/tls.cue": "package tls\n\nnats: {}\n", "t/t.cue": "package t\n\nimport \"example.com/nats/overlays/prod/tls\"\n\nx: tls.nats\n"}, ""},
		"named in the intent":  {"prod", map[string]string{"overlays/prod/values.yaml": "a: 1\n", "overlays/prod/k.cue": "package prod\n\nintent: kustomize: resources: [\"values.yaml\"]\n"}, ""},
		"shared":               {"base", map[string]string{"overlays/all.cue": "package prod\n\nintent: {}\n"}, ""},
		"of no intent":         {"base", map[string]string{"overlays/notes.cue": "package notes\n\nx: 1\n", "overlays/docs/n/x.cue": "package x\n\nx: 1\n"}, ""},
		"not an environment's": {"prod", map[string]string{"_old/intent.cue": tls, "docs/values.yaml": "a: 1\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, found := load(t, repo("intent: base.intent\n", c.files), c.env)
			require.NotNil(t, in)
			require.Empty(t, in.Broken)
			if c.mend == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Equal(t, "file-unread: "+said+"; "+c.mend, found[0].Rule+": "+found[0].Message+"; "+found[0].Mend)
		})
	}
}

func TestBaseUnused(t *testing.T) {
	t.Parallel()
	const alone = "package prod\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {}\n"
	const shared = "package shared\n\nimport \"example.com/nats/base\"\n\n#Env: intent: base.intent & {cluster: name: \"a\"}\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"of the language alone": {map[string]string{"overlays/prod/intent.cue": alone}, []string{at + "5:1 base-unused: this environment does not use the intent of the base"}},
		"another value of the base": {
			map[string]string{"overlays/prod/intent.cue": prodHead + "import \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {cluster: name: base.#Name}\n", "base/name.cue": "package base\n\n#Name: \"a\"\n"},
			[]string{"overlays/prod/intent.cue:7:1 base-unused: this environment does not use the intent of the base"},
		},
		"a base that says nothing":  {map[string]string{"overlays/prod/intent.cue": alone, "base/intent.cue": "package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {}\n"}, nil},
		"by way of another package": {map[string]string{"overlays/prod/intent.cue": "package prod\n\nimport \"example.com/nats/shared\"\n\nintent: shared.#Env.intent\n", "shared/shared.cue": shared}, nil},
		"under another name":        {map[string]string{"overlays/prod/intent.cue": "package prod\n\nimport b \"example.com/nats/base\"\n\nintent: b[\"intent\"] & {}\n"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := load(t, repo("", c.files), "prod")
			require.Equal(t, c.want, lines(found))
		})
	}
}
