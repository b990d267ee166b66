package rule

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// overlay is the file whose sixth line a text begins on.
const overlay = "overlays/prod/intent.cue"

func load(t *testing.T, text string) *intent.Intent {
	t.Helper()
	in, found := loadAll(t, text)
	require.Empty(t, found)
	return in
}

func loadAll(t *testing.T, text string) (*intent.Intent, diag.List) {
	t.Helper()
	loader, found := intent.NewLoader(fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/nats@v0\"\n")},
		"base/intent.cue":    {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent\n")},
		overlay:              {Data: []byte("package prod\n\nimport \"example.com/nats/base\"\n\nintent: base.intent & {\n" + text + "\n}\n")},
	})
	require.Empty(t, found)
	return loader.Load("prod")
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := named(Check(load(t, c.bad)), name)
			require.Len(t, found, 1)
			require.Equal(t, c.message, found[0].Message)
			require.Equal(t, overlay+":"+c.at, found[0].Span.String())
			require.NotEmpty(t, found[0].Why)
			require.NotEmpty(t, found[0].Mend+found[0].Allowed, "what to do about it")
			require.Empty(t, named(Check(load(t, c.good)), name))
		})
	}
}

// No spelling of an option that natsyard owns gets past.
func TestOwned(t *testing.T) {
	t.Parallel()
	for _, extra := range []string{"cluster: null", "jetstream: 5", "Port: 1", "cluster: routes: []", "pid_file: \"/x\"", "https_port: 8443", "logfile: \"/x\""} {
		require.Len(t, named(Check(load(t, "extraConfig: {"+extra+"}")), "extra-config-owned"), 1, extra)
	}
}

// Secrets are found wherever an intent can hold one, and what only looks like one is not.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for intent, want := range map[string]int{
		`env: NATS_PASSWORD: "p"`:                                                    1,
		`natsBox: env: NATS_TOKEN: "p"`:                                              1,
		`cluster: routes: ["nats://u:p@a:6222"]`:                                     1,
		`extraConfig: accounts: A: users: [{user: "u", password: "p"}]`:              1,
		`extraConfig: accounts: A: users: [{user: "u", password: "$2a$11$abcdefg"}]`: 0,
		`extraConfig: accounts: A: users: [{user: "password", password: ""}]`:        0,
		`env: TOKEN_FILE: "/etc/token"`:                                              0,
	} {
		require.Len(t, named(Check(load(t, intent)), "secret-in-the-clear"), want, intent)
	}
}

// Every rule is tried above, under its own name.
func TestEveryRuleHasACase(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range rules {
		names = append(names, r.name)
	}
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(cases)))
}

// A finding hangs on no top-level field but those that it speaks of: taking any other away
// from the intent leaves it as it is. Of a partial intent only such findings are given.
func TestPartial(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range append([]string{c.bad}, more[name].bad...) {
				requirePartial(t, load(t, text), name)
			}
		})
	}
}

func requirePartial(t *testing.T, in *intent.Intent, rule string) {
	t.Helper()
	want := named(Check(in), rule)
	fields := reflect.TypeOf(in.Intent)
	for n := range fields.NumField() {
		field, _, _ := strings.Cut(fields.Field(n).Tag.Get("json"), ",")
		without, broken := *in, *in
		reflect.ValueOf(&without.Intent).Elem().Field(n).SetZero()
		without.Broken = map[string]bool{field: true}
		if got := named(Check(&without), rule); len(got) > 0 {
			require.Equal(t, want, got, field)
			continue
		}
		broken.Broken = without.Broken
		require.Empty(t, named(Check(&broken), rule), "%s is not broken, but lost without it", field)
	}
}

// The mend of a finding, where it is CUE, passes.
func TestMendsPass(t *testing.T) {
	t.Parallel()
	in := load(t, `jetstream: memoryStore: maxSize: "2Gi"`+"\n"+`resources: limits: memory: "1Gi"`)
	found := Check(in)
	require.Len(t, found, 1)
	require.Equal(t, `resources: limits: memory: "4Gi"`, found[0].Mend)
	require.Equal(t, overlay+":7:28", found[0].Related[0].Span.String())
	require.Empty(t, Check(load(t, `jetstream: memoryStore: maxSize: "2Gi"`+"\n"+found[0].Mend)))
}

// What a mend says in CUE can be pasted: a field of the intent, up to where words begin.
func TestMendsAreCUE(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`, (and|or|of|which|before|with|to) `)
	fields := map[string]bool{}
	for n := range reflect.TypeFor[schema.Intent]().NumField() {
		field, _, _ := strings.Cut(reflect.TypeFor[schema.Intent]().Field(n).Tag.Get("json"), ",")
		fields[field] = true
	}
	pasted := 0
	for name, c := range cases {
		for _, d := range named(Check(load(t, c.bad)), name) {
			for _, part := range words.Split(d.Mend, -1) {
				if field, _, is := strings.Cut(part, ": "); is && fields[field] && part != "operator: with the JWT that `natsyard auth` makes" {
					_, found := loadAll(t, strings.ReplaceAll(part, "{...}", "_"))
					for _, d := range found { // fields that it needs beside it stand there already
						require.NotContains(t, []string{"unknown-field", "cue"}, d.Rule, part)
					}
					pasted++
				}
			}
		}
	}
	require.Greater(t, pasted, 50)
}

func named(found diag.List, name string) (out diag.List) {
	for _, d := range found {
		if d.Rule == name {
			out = append(out, d)
		}
	}
	return out
}
