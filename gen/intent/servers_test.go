package intent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServerSets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fields, want string }{
		"one":                   {`cluster: replicas: 3`, "nats:3"},
		"named":                 {`cluster: replicas: 3, statefulSet: name: "bus"`, "bus:3"},
		"zones without names":   {`cluster: replicas: 3, zones: {}`, "nats:3"},
		"zones that are off":    {`cluster: replicas: 3, zones: {enabled: false, names: ["a", "b"]}`, "nats:3"},
		"one each":              {`cluster: replicas: 3, zones: names: ["b", "a", "c"]`, "nats-b@b:1 nats-a@a:1 nats-c@c:1"},
		"more in the first":     {`cluster: replicas: 5, zones: names: ["a", "b", "c"]`, "nats-a@a:2 nats-b@b:2 nats-c@c:1"},
		"fewer than zones":      {`cluster: replicas: 1, zones: names: ["a", "b"]`, "nats-a@a:1 nats-b@b:0"},
		"one zone":              {`cluster: replicas: 3, zones: names: ["a"]`, "nats-a@a:3"},
		"named and with a zone": {`cluster: replicas: 1, statefulSet: name: "bus", zones: names: ["a"]`, "bus-a@a:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := mustLoad(t, "intent: base.intent & {"+c.fields+"}\n")
			var sets, pods []string
			var servers int32
			for _, s := range in.ServerSets() {
				text := s.Name
				if s.Zone != "" {
					text += "@" + s.Zone
				}
				sets = append(sets, fmt.Sprintf("%s:%d", text, s.Replicas))
				pods = append(pods, s.PodNames()...)
				servers += s.Replicas
			}
			require.Equal(t, c.want, strings.Join(sets, " "))
			require.Equal(t, in.Cluster.Replicas, servers)
			require.Equal(t, pods, in.PodNames())
		})
	}
}

func TestUniqueTag(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		`zones: {}`:                                                             "",
		`zones: {}, jetstream: memoryStore: {}`:                                 "az:",
		`zones: tag: "rack", jetstream: memoryStore: {}`:                        "rack:",
		`zones: {}, jetstream: {memoryStore: {}, uniqueTag: "host:"}`:           "host:",
		`zones: enabled: false, jetstream: memoryStore: {}`:                     "",
		`jetstream: {enabled: false, memoryStore: {}, uniqueTag: "a:"}`:         "",
		`zones: names: ["a"], jetstream: {memoryStore: {}}`:                     "az:",
		`zones: {enabled: false}, jetstream: {memoryStore: {}, uniqueTag: "x"}`: "x",
	} {
		require.Equal(t, want, mustLoad(t, "intent: base.intent & {"+fields+"}\n").UniqueTag(), fields)
	}
}
