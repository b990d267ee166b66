package intent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const at = "overlays/prod/intent.cue:"

// What stands beside intent and is for nobody is told; the intent begins on line 5.
func TestFieldsBesideIntent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prod  string
		files map[string]string
		want  []string
	}{
		"of the language": {
			prod: "intent: base.intent\nnats: tls: secretName: \"t\"\n",
			want: []string{at + "6:1 field-unread: nats stands beside intent, not in it, and nothing reads it"},
		},
		"several are one mistake": {
			prod: "intent: base.intent\nnats: port: 1\nmqtt: {}\nnats: tls: secretName: \"t\"\n",
			want: []string{at + "6:1 field-unread: nats and mqtt stand beside intent, not in it, and nothing reads them"},
		},
		"of nobody": {
			prod: "intent: base.intent\nzone: \"a\"\n",
			want: []string{at + "6:1 field-unread: zone stands beside intent, not in it, and nothing reads it"},
		},
		"for each other alone": {
			prod: "intent: base.intent\nnats: port: zone\nzone: 1\n",
			want: []string{
				at + "6:1 field-unread: nats stands beside intent, not in it, and nothing reads it",
				at + "7:1 field-unread: zone stands beside intent, not in it, and nothing reads it",
			},
		},
		"another of the same name is meant": {
			prod: "intent: base.intent & {nats: port: port}\nport: 4223\n", // CUE takes the nearest: itself
			want: []string{at + "6:1 field-unread: port stands beside intent, not in it, and nothing reads it"},
		},
		"the name of a field behind a dot": {
			prod: "_x: nats: port: 4223\nintent: base.intent & {nats: port: _x.nats.port}\nnats: port: 1\n",
			want: []string{at + "7:1 field-unread: nats stands beside intent, not in it, and nothing reads it"},
		},
		"in a second file": {
			prod:  "intent: base.intent\n",
			files: map[string]string{"overlays/prod/tls.cue": "package prod\n\nnats: tls: secretName: \"t\"\n"},
			want:  []string{"overlays/prod/tls.cue:3:1 field-unread: nats stands beside intent, not in it, and nothing reads it"},
		},
		"beside what is wrong": {
			prod: "intent: base.intent & {clster: {}}\nnats: port: 1\n",
			want: []string{at + "5:24 unknown-field: intent has no field clster; did you mean cluster?", at + "6:1 field-unread: nats stands beside intent, not in it, and nothing reads it"},
		},
		"a reference":                {prod: "intent: base.intent & {nats: port: number}\nnumber: 4223\n"},
		"by way of another":          {prod: "intent: base.intent & {nats: ports}\nports: port: number\nnumber: 4223\n"},
		"in a text":                  {prod: "intent: base.intent & {cluster: name: \"c-\\(zone)\"}\nzone: \"a\"\n"},
		"in a comprehension":         {prod: "intent: base.intent & {env: {for k, v in vars {(k): v}}}\nvars: A: \"b\"\n"},
		"in a condition":             {prod: "intent: base.intent & {if big {cluster: name: \"a\"}}\nbig: true\n"},
		"in a let":                   {prod: "let p = ports.nats\nintent: base.intent & {nats: port: p}\nports: nats: 4223\n"},
		"in a hidden field":          {prod: "_p: ports.nats\nintent: base.intent & {nats: port: _p}\nports: nats: 4223\n"},
		"hidden, and a definition":   {prod: "intent: base.intent\n_nats: port: 1\n#nats: port: 1\n"},
		"by another name":            {prod: "intent: base.intent & {nats: port: P}\nP=port: 4223\n"},
		"from another file":          {prod: "intent: base.intent & {nats: port: number}\n", files: map[string]string{"overlays/prod/port.cue": "package prod\n\nnumber: 4223\n"}},
		"by a tool":                  {prod: "intent: base.intent\nport: 4223\n", files: map[string]string{"overlays/prod/show_tool.cue": "package prod\n\ncommand: show: port\n"}},
		"by who imports it":          {prod: "intent: base.intent\nport: 4223\n", files: map[string]string{"tests/t.cue": "package tests\n\nimport p \"example.com/nats/overlays/prod\"\n\nx: p.port\n"}},
		"by who imports it as whole": {prod: "intent: base.intent\nport: 4223\n", files: map[string]string{"tests/t.cue": "package tests\n\nimport \"example.com/nats/overlays/prod\"\n\nx: {prod}\n"}},
		"by a folder below":          {prod: "intent: base.intent\nport: 4223\n", files: map[string]string{"overlays/prod/x/t.cue": "package prod\n\n_x: port\n", "t/t.cue": "package t\n\nimport \"example.com/nats/overlays/prod/x:prod\"\n\nx: prod.intent\n"}},
		"of all environments":        {prod: "intent: base.intent\n", files: map[string]string{"overlays/all.cue": "package prod\n\nport: 4223\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, found := load(t, repo(c.prod, c.files), "prod")
			require.Equal(t, c.want, lines(found))
			require.NotNil(t, in)
			require.Equal(t, strings.Contains(strings.Join(c.want, ""), " nats "), in.Broken["nats"])
		})
	}
}

// A value of the base is for those who import the base.
func TestFieldsBesideIntentOfBase(t *testing.T) {
	t.Parallel()
	base := baseFile + "nats: port: 1\nzones: [\"a\"]\n"
	_, found := load(t, repo("intent: base.intent\n", map[string]string{"base/intent.cue": base}), "base")
	require.Equal(t, []string{
		"base/intent.cue:8:1 field-unread: nats and zones stand beside intent, not in it, and nothing reads them",
	}, lines(found))
	_, found = load(t, repo("intent: base.intent & {nats: base.nats, zones: names: base[\"zones\"]}\n", map[string]string{"base/intent.cue": base}), "base")
	require.Empty(t, found)
}

// A mark makes a field a value for nobody.
func TestMarkedFields(t *testing.T) {
	t.Parallel()
	for prod, want := range map[string][]string{
		`nats: tls?: secretName: "t"`:                     {at + "5:30 field-unread: nats.tls? gives no value, and nothing else gives nats.tls one"},
		`priorityClassName?: "high"`:                      {at + "5:24 field-unread: priorityClassName? gives no value, and nothing else gives priorityClassName one"},
		`mqtt?: {}`:                                       {at + "5:24 field-unread: mqtt? gives no value, and nothing else gives mqtt one"},
		`accounts: A?: {}`:                                {at + "5:34 field-unread: accounts.A? gives no value, and nothing else gives accounts.A one"},
		`extraConfig: max_traces?: 5`:                     {at + "5:37 field-unread: extraConfig.max_traces? gives no value, and nothing else gives extraConfig.max_traces one"},
		`tsl?: secretName: "t"`:                           {at + "5:24 field-unread: tsl? gives no value, and nothing else gives tsl one"},
		`_mqtt: {}`:                                       {at + "5:24 field-hidden: _mqtt is not mqtt, and nothing reads it"},
		`nats: #tls: secretName: "t"`:                     {at + "5:30 field-hidden: nats.#tls is not tls, and nothing reads it"},
		`cluster: replicas?: 3`:                           nil, // the language gives it always
		`nats: tls?: secretName: string`:                  nil, // a condition
		`nats: {tls?: secretName: "t", tls: {}}`:          nil, // another gives it
		`_mqtt: {}, mqtt: _mqtt`:                          nil,
		`accounts: {_A: jetstream: {}, A: _A}`:            nil,
		`_helper: 3, cluster: replicas: _helper`:          nil,
		`accounts: {_old: {}}`:                            nil, // no name of the language
		`nats: {#tls: {secretName: "t", ...}, tls: #tls}`: nil,
	} {
		in, found := load(t, repo("intent: base.intent & {"+prod+"}\n", nil), "prod")
		require.Equal(t, want, lines(found), prod)
		require.NotNil(t, in, prod)
		require.Equal(t, found.HasErrors(), len(in.Broken) > 0, prod)
	}
}

// What the base says with a mark may be for those environments that have the field.
func TestMarkedFieldsOfBase(t *testing.T) {
	t.Parallel()
	base := map[string]string{"base/intent.cue": "package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {nats: tls?: secretName: \"t\"}\n"}
	_, found := load(t, repo("intent: base.intent\n", base), "base")
	require.Equal(t, []string{"base/intent.cue:5:33 field-unread: nats.tls? gives no value, and nothing else gives nats.tls one"}, lines(found))
	_, found = load(t, repo("intent: base.intent\n", base), "prod")
	require.Empty(t, found, "the base has it")
	_, found = load(t, repo("intent: base.intent & {nats: tls: {}}\n", base), "base")
	require.Empty(t, found)
}
