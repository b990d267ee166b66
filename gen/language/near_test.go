package language

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/schema"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		// another spelling
		"limits.max_payload": "maxPayload",
		"limits.MaxPayload":  "maxPayload",
		"natsbox":            "natsBox",
		"cluster.replica":    "replicas", // nats-io/k8s#240
		"toleration":         "tolerations",
		"securityContexts":   "securityContext",
		// letters
		"jetsream":             "jetstream",
		"limits.maxPaylaod":    "maxPayload",
		"cluster.compresion":   "compression",
		"tolerations[0].efect": "effect",
		"image.tagg":           "tag",
		// a chart's name for a field of the same struct
		"jetstream.memStorage": "memoryStore",
		"fullnameOverride":     "name",
		"namespaceOverride":    "namespace",
		"exporter":             "promExporter",
		// lives elsewhere
		"memStorage":       "",
		"resources.memory": "",
		"config":           "",
		// nothing near, or nothing to be near to
		"qwertz":                 "",
		"limits.x":               "",
		"cluster.enable_tls":     "",
		"extraConfig.maxPaylaod": "",
		"no.such.parent":         "",
	} {
		path := ParsePath(written)
		require.Equal(t, want, Nearest(path[:len(path)-1], path[len(path)-1]), written)
	}
}

func TestSpelling(t *testing.T) {
	t.Parallel()
	for theirs, want := range map[string]string{
		"config.jetstream": "jetstream",
		"config.jetstream.fileStore.pvc.storageClassName":    "jetstream.fileStore.pvc.storageClassName",
		"config.jetstream.fileStore.pvc.merge.spec.size":     "jetstream.fileStore.pvc.size",
		"config.cluster.replicas":                            "cluster.replicas",
		"config.merge":                                       "extraConfig",
		"config.merge.accounts":                              "extraConfig.accounts",
		"container.resources":                                "resources",
		"container.merge.resources":                          "resources",
		"container.ports.nats.hostPort":                      "nats.hostPort",
		"container.env.GOMEMLIMIT":                           "env.GOMEMLIMIT",
		"podTemplate.merge.spec.nodeSelector":                "nodeSelector",
		"podTemplate.merge.spec.securityContext":             "podSecurityContext",
		"podTemplate.merge.metadata.annotations":             "podTemplate.annotations",
		"podTemplate.topologySpreadConstraints":              "topologySpreadConstraints",
		"podTemplate.topologySpreadConstraints.zone.maxSkew": "topologySpreadConstraints.zone.maxSkew",
		"service.merge.spec.type":                            "service.type", // nats-io/k8s#1004
		"natsBox.container.image.resources":                  "natsBox.resources",
		"natsBox.container.image.tag":                        "natsBox.image.tag",
		"nats.jetstream.enabled":                             "jetstream.enabled", // nats-io/k8s#723
		"nats.jetstream.memStorage.size":                     "jetstream.memoryStore.maxSize",
		"nats.jetstream.fileStorage.storageDirectory":        "jetstream.fileStore.dir",
		"memStorage.size":                                    "jetstream.memoryStore.maxSize", // nats-io/k8s#888
		"fileStorage.size":                                   "jetstream.fileStore.pvc.size",
		"fileStorage.storageClassName":                       "jetstream.fileStore.pvc.storageClassName",
		"storageClassName":                                   "jetstream.fileStore.pvc.storageClassName",
		"memory":                                             "resources.limits.memory",
		"config":                                             "",
		"config.leafnodes.enabled":                           "leafnodes.enabled",
		"config.websocket.ingress.hosts":                     "websocket.ingress.hosts",
		"config.cluster.tls.secretName":                      "cluster.tls.secretName",
	} {
		got, ok := Spelling(ParsePath(theirs)...)
		require.True(t, ok, theirs)
		require.Equal(t, want, got, theirs)
	}
	for _, ours := range []string{"", "cluster.replicas", "config.nope", "nats.port", "qwertz"} {
		got, ok := Spelling(ParsePath(ours)...)
		require.False(t, ok, "%s: %s", ours, got)
	}
}

// Every spelling leads to a field that there is, and from a path that is no field.
func TestSpellingsTable(t *testing.T) {
	t.Parallel()
	for theirs, ours := range spellings {
		_, isField := Lookup(ParsePath(theirs)...)
		require.False(t, isField, "%s is a field of ours", theirs)
		_, isField = Lookup(ParsePath(ours)...)
		_, leadsOn := Spelling(ParsePath(ours)...)
		require.True(t, isField || leadsOn, "%s: no field %s", theirs, ours)
	}
}

func TestElsewhereAndHint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		written   string
		elsewhere []string
		hint      string
	}{
		{"replicas", []string{"cluster.replicas"}, "write it as cluster.replicas"},
		{"fileStore", []string{"jetstream.fileStore"}, "write it as jetstream.fileStore"},
		{"max_payload", []string{"limits.maxPayload"}, "write it as limits.maxPayload"},
		{"store_dir", []string{"jetstream.fileStore.dir"}, "leave it out: jetstream.fileStore.dir sets jetstream.store_dir, which is the same"},
		{"memory", []string{"resources.limits.memory"}, "write it as resources.limits.memory"},
		{"storageClass", []string{"jetstream.fileStore.pvc.storageClassName"}, "write it as jetstream.fileStore.pvc.storageClassName"},
		{"size", []string{"jetstream.fileStore.pvc.size"}, "write it as jetstream.fileStore.pvc.size"},
		{"cluster.replica", []string{"cluster.replicas"}, `did you mean "replicas"?`},
		{"config", nil, "what the Helm chart has under config stands at the top level here"},
		{"podMonitor", []string{"promExporter.podMonitor"}, "write it as promExporter.podMonitor"},
		{"podTemplate.merge", []string{"extraConfig"}, noPatch},
		{"config.mqtt", []string{"mqtt", "service.ports.mqtt", "networkPolicy.ingress.mqtt"}, "write it as mqtt"},
		{"volumes", []string{"extraVolumes"}, `did you mean "extraVolumes"?`},
		{"qwertz", nil, ""},
	} {
		path := ParsePath(c.written)
		last := len(path) - 1
		require.Equal(t, c.elsewhere, Elsewhere(path[last]), c.written)
		require.Equal(t, c.hint, Hint(path[:last], path[last]), c.written)
	}
	many := Elsewhere("enabled")
	require.Greater(t, len(many), 10)
	require.Empty(t, Hint(nil, "enabled"), "too many to be a hint")
}

// What nats.conf calls so, in any of its spellings and at its own place.
func TestOptionHints(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"port":                            "write it as nats.port",
		"http_port":                       "write it as monitor.port",
		"max_conn":                        "write it as limits.maxConnections",
		"listen":                          "leave it out: the servers listen on every address of their pod; a field sets the port",
		"logging.log_file":                "",
		"log_file":                        "leave it out: the image's file system is read-only; the servers log to standard error",
		"no_header_support":               "write it as extraConfig.no_header_support",
		"jetstream.maxFileStore":          "write it as jetstream.fileStore.maxSize",
		"jetstream.max_mem":               "write it as jetstream.memoryStore.maxSize",
		"jetstream.store_dir":             "write it as jetstream.fileStore.dir",
		"jetstream.key":                   "write it as jetstream.encryptionKey",
		"nats.tls.cert_file":              "write it as nats.tls.secretName, nats.tls.cert or nats.tls.certManager",
		"cluster.tls.ca_file":             "write it as cluster.tls.ca or cluster.tls.certManager",
		"websocket.listen":                "leave it out: the servers listen on every address of their pod; a field sets the port",
		"accounts.APP.jetstream.max_mem":  "write it as accounts.APP.jetstream.maxMemory",
		"accounts.APP.jetstream.max_file": `did you mean "maxFile"?`,
		"accounts.APP.users.a.pass":       "write it as accounts.APP.users.a.password",
		"leafnodes.remotes.hub.websocket_compress": "write it as leafnodes.remotes.hub.wsCompression",

		"nats.tls.merge":                        "write it as extraConfig.tls",
		"gateway.merge":                         "write it as extraConfig.gateway",
		"merge":                                 `did you mean "extraConfig"?`,
		"statefulSet.merge":                     noPatch,
		"nats.tls.dir":                          "leave it out: natsyard mounts the Secret and writes the paths",
		"natsBox.contexts.default.user":         boxUser,
		"env.A.value":                           `the text itself, as in NAME: "text"`,
		"accounts.A.users.a.password.valueFrom": secretHere,
		"pprof":                                 `did you mean "profiling"?`,
	} {
		path := ParsePath(written)
		last := len(path) - 1
		require.Equal(t, want, Hint(path[:last], path[last]), written)
	}
}

func TestClosest(t *testing.T) {
	t.Parallel()
	require.Equal(t, "max_payload", Closest("Max_Paylod", []string{"max_pending", "max_payload"}))
	require.Equal(t, "port", Closest("prot", []string{"name", "port"}))
	require.Empty(t, Closest("APP_PASS", []string{"SYS_PASS"}), "as long as it is, it is another")
	require.Equal(t, "東", Closest("東京", []string{"東"}), "letters are counted, not bytes")
	require.Empty(t, Closest(strings.Repeat("a", 4<<20), []string{"name"}), "and no megabytes compared")
}

// Whatever is asked for, an answer is a field that there is.
func FuzzPaths(f *testing.F) {
	for _, path := range []string{
		"cluster.replicas", "config.jetstream.fileStore.pvc.merge.spec", `a."b.c"[0].d`, "container.container.memory",
		"extraConfig.a.b", "[[", `"`, "nats.nats.nats", "tolerations[].", "intent.intent",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		elements := ParsePath(path)
		if len(elements) == 0 {
			return
		}
		parent, name := elements[:len(elements)-1], elements[len(elements)-1]
		before := slices.Clone(elements)
		if near := Nearest(parent, name); near != "" {
			if _, ok := Lookup(append(slices.Clone(parent), near)...); !ok {
				t.Errorf("nearest to %q is %q, which is no field", path, near)
			}
		}
		if ours, ok := Spelling(elements...); ok {
			if _, found := Lookup(ParsePath(ours)...); !found {
				t.Errorf("%q is spelt %q, which is no field", path, ours)
			}
		}
		if strings.Contains(Hint(parent, name), "\n\n") {
			t.Errorf("a hint of several paragraphs for %q", path)
		}
		if !slices.Equal(before, elements) {
			t.Errorf("the path was changed: %q, now %q", before, elements)
		}
		if f, ok := Lookup(elements...); ok {
			if !strings.HasPrefix(Explain(f), "FIELD ") {
				t.Errorf("no explanation of %q", path)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		g, err := read(schema.Files)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := g.root("Intent"); err != nil {
			b.Fatal(err)
		}
	}
}
