package krm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/given"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ config, want string }{
		{"{apiVersion: natsyard.io/v1alpha1, kind: NATS, metadata: {name: a, namespace: b}}", "intent: name: \"a\"\nintent: namespace: \"b\"\n"},
		{"{apiVersion: natsyard.io/v1alpha1, kind: NATS, metadata: {name: a}, spec: {name: c, limits: {maxPayload: 1.50}}}", "intent: limits: maxPayload: 1.5\nintent: name: \"c\"\n"},
		{"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {a: 12345678901234567890}}", "intent: a: 12345678901234567890\n"},
		{"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {}}", "intent: {}\n"},
		{"{apiVersion: v1, kind: ConfigMap, metadata: {name: function-input}, data: {cluster.replicas: \"3\"}}", "intent: cluster: replicas: 3\n"},
	} {
		config, found := Read(yaml.MustParse(c.config))
		require.Empty(t, found, c.config)
		require.Equal(t, "package p\n\n"+c.want, string(given.File("p", config.Values)))
	}
	for config, want := range map[string]string{
		"{}":                           "there is no functionConfig",
		"{apiVersion: v1, kind: NATS}": "a functionConfig of v1 NATS is none of natsyard's",
		"x":                            "the functionConfig is a text, not a map",
		"[a]":                          "the functionConfig is a list, not a map",
		"7":                            "the functionConfig is a number, not a map",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: [a]}":                  "spec is a list, not a map",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: x}":                    "spec is a text, not a map",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, status: {}}":                 `there is no field "status"`,
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: .inf}":                 ".inf is no number that an intent can hold",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {.nan: 1}}":            "the name of the field .nan is a number, not a text",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {a: &a [*a]}}":         "this is nested more than 100 deep",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {3: x}}":               "the name of the field 3 is a number, not a text",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {[a]: x}}":             "the name of a field is a list, not a text",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {a: {b: 1, b: 2}}}":    "b is there twice",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, metadata: x}":                "metadata is a text, not a map",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, metadata: {annotations: x}}": "metadata.annotations is a text, not a map",
		"{apiVersion: natsyard.io/v1alpha1, kind: [NATS]}":                           "kind is a list, not a text",
		"{kind: NATS}": "a functionConfig of NATS is none of natsyard's",
		"{spec: {}}":   "a functionConfig of no kind is none of natsyard's",
		"{apiVersion: v1, kind: ConfigMap, data: x}":                                                        "data is a text, not a map",
		"{apiVersion: v1, kind: ConfigMap, data: {cluster: {replicas: 3}}}":                                 "data holds texts: cluster is a map",
		"{apiVersion: v1, kind: ConfigMap, dta: {}}":                                                        `there is no field "dta"`,
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {a: " + strings.Repeat("x", MaxConfig) + "}}": "the functionConfig is larger than 1 MiB",
		// A text of which there is one, and many who stand for it.
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {a: &a " + strings.Repeat("x", 1<<18) + ", b: [*a, *a, *a, *a]}}": "the functionConfig is larger than 1 MiB",
	} {
		_, found := Read(yaml.MustParse(config))
		require.Len(t, found, 1, config)
		require.Contains(t, found[0].Message, want)
	}
}

// An alias may stand for a map, and a merged one for its fields.
func TestReadAliases(t *testing.T) {
	t.Parallel()
	config, found := Read(yaml.MustParse("{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {limits: &a {maxPayload: 1}, b: {<<: *a, c: *a}}, metadata: {name: a}}"))
	require.Empty(t, found)
	require.Contains(t, string(given.File("p", config.Values)), "intent: b: c: maxPayload: 1\n")
	require.Contains(t, string(given.File("p", config.Values)), "intent: b: maxPayload: 1\n")
}

func TestReadList(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	for text, want := range map[string]string{
		"items: x":                                     "standard input:3:8: items is a text: want a list of objects",
		"items: {a: b}":                                "standard input:3:8: items is a map: want a list of objects",
		"items: [a]":                                   "standard input:3:9: items[0] is a text: want an object",
		"items: [{}, null]":                            "standard input:3:13: items[1] is null: want an object",
		"items: [[]]":                                  "standard input:3:9: items[0] is a list: want an object",
		"items: [{metadata: x}]":                       "standard input:3:20: items[0].metadata is a text: want a map",
		"items: [{kind: {}}]":                          "standard input:3:16: items[0].kind is a map: want a text",
		"items: [{metadata: {name: [a]}}]":             "standard input:3:27: items[0].metadata.name is a list: want a text",
		"items: [{metadata: {labels: [x]}}]":           "standard input:3:29: items[0].metadata.labels is a list: want a map of texts",
		"items: [{metadata: {annotations: 3}}]":        "standard input:3:34: items[0].metadata.annotations is a number: want a map of texts",
		"items: [{metadata: {annotations: {a: [b]}}}]": "standard input:3:38: items[0].metadata.annotations.a is a list: want a text",
		"items: []\nitems: []":                         "standard input:4:1: items is there twice: want it once",
		"results: x":                                   "standard input:3:10: results is a text: want a list",
		"metadata: x":                                  "standard input:3:11: metadata is a text: want a map",
	} {
		_, err := ReadList(strings.NewReader(head + text))
		require.EqualError(t, err, want)
	}
	for text, want := range map[string]string{
		"apiVersion: v1\nkind: ResourceList\n": "standard input:1:13: apiVersion is not that of a ResourceList: want config.kubernetes.io/v1",
		"kind: ResourceList\n":                 "standard input:1:1: apiVersion is not that of a ResourceList: want config.kubernetes.io/v1",
		"a: [":                                 "standard input:1:1: this is not YAML: a value is missing, or a list or braces do not end: want the value, or the closing bracket",
		"\"x":                                  "standard input: this is not YAML: a text, a list or braces do not end: want the closing quote or bracket",
		"a: \"\x1b\"":                          "standard input: this is not YAML: it holds a control character: want \\n, \\t or \\u001b between double quotes",
		strings.Repeat(" ", MaxList+1):         "standard input is larger than 8 MiB: give natsyard the NATS with fewer items beside it",
	} {
		_, err := ReadList(strings.NewReader(text))
		require.EqualError(t, err, want)
	}
	for _, text := range []string{"", "x", "[]", "# a", "kind: List", "kind: [ResourceList]", head + "---\n" + head, "a: 1\na: 2"} {
		_, err := ReadList(strings.NewReader(text))
		require.ErrorIs(t, err, ErrNoList, text)
	}
	for _, text := range []string{"", "items:", "items: []\nfunctionConfig: x\nresults: []", "items: [{}]", "items: [{metadata: {labels: null, annotations: {a: 1}}, spec: {3: &a [*a]}}]"} {
		got, err := ReadList(strings.NewReader(head + text))
		require.NoError(t, err, text)
		require.Equal(t, head+text, string(got))
	}
}

func TestYAMLOf(t *testing.T) {
	t.Parallel()
	for mend, want := range map[string]string{
		`resources: limits: memory: "2Gi"`:                    "resources: {limits: {memory: 2Gi}}",
		`accounts: APP: users: app: password: {a: "<", m: 3}`: "accounts: {APP: {users: {app: {password: {a: <, m: 3}}}}}",
		`"yes" in quotes`:                                     `"yes" in quotes`,
		`did you mean "replicas"?`:                            `did you mean "replicas"?`,
		`tls: ...`:                                            `tls: ...`,
		`name: string`:                                        `name: string`,
		`tags: ["a", "yes"]`:                                  `tags: [a, "yes"]`,
		"":                                                    "",
	} {
		require.Equal(t, want, yamlOf(mend))
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	config, found := Read(yaml.MustParse("{apiVersion: natsyard.io/v1alpha1, kind: NATS, metadata: {name: a, annotations: {config.kubernetes.io/path: x.yaml}}, spec: {b: 1}}"))
	require.Empty(t, found)
	got := config.Findings(diag.List{
		{Message: "by place", Span: diag.Span{File: "f", Line: 3, Column: 9}, Related: []diag.Related{{Span: diag.Span{File: "f", Line: 4}, Message: "the other"}}},
		{Message: "by path", Path: "c.d", Span: diag.Span{File: "elsewhere", Line: 3}},
		{Message: "nowhere"},
	}, "f")
	at := diag.Span{File: "x.yaml"}
	require.Equal(t, diag.List{
		{Message: "by place", Path: "spec.b", Span: at, Related: []diag.Related{{Span: at, Message: "the other (metadata.name)"}}},
		{Message: "by path", Path: "spec.c.d", Span: at},
		{Message: "nowhere", Span: at},
	}, got)
}

// FuzzRead: whatever a functionConfig is, there is an answer, and nothing is lost on the way.
func FuzzRead(f *testing.F) {
	f.Add("{apiVersion: natsyard.io/v1alpha1, kind: NATS, metadata: {name: a}, spec: {b: [1, {c: d}]}}")
	f.Add("{apiVersion: v1, kind: ConfigMap, data: {cluster.replicas: \"3\", \"a..b\": \"\", namespace: 7}}")
	f.Add("{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {1: &a {<<: *a}}}")
	f.Add("{metadata: [], spec: 0x7, kind: {}}")
	f.Fuzz(func(t *testing.T, text string) {
		node, err := yaml.Parse(text)
		if err != nil {
			t.Skip("no YAML")
		}
		config, found := Read(node)
		require.Equal(t, config == nil, config == nil && found.HasErrors())
		if config == nil {
			return
		}
		for _, r := range Results(config.Findings(found, "f")) {
			require.NotEmpty(t, r.Message)
		}
	})
}
