package krm

import (
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
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: [a]}":             "spec is no map",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, status: {}}":            `there is no field "status"`,
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: .inf}":            "the functionConfig cannot be read",
		"{apiVersion: natsyard.io/v1alpha1, kind: NATS, spec: {.nan: &a [*a]}}": "the functionConfig cannot be read",
	} {
		_, found := Read(yaml.MustParse(config))
		require.Len(t, found, 1, config)
		require.Contains(t, found[0].Message, want)
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
