package intent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Values as nats.conf, the chart and Kubernetes have them are led to ours, one finding each.
func TestMendsOfValues(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`limits: pingInterval: 20`:                                       `"20s"`,
		`lameDuckDuration: "20"`:                                         `"20s"`,
		`limits: maxPayload: "8MB"`:                                      `"8Mi"`,
		`limits: maxPayload: 1048576`:                                    `"1048576" in quotes`,
		`resources: limits: memory: "1GB"`:                               `"1Gi"`,
		`jetstream: fileStore: pvc: size: '10Gi'`:                        `"10Gi", in double quotes`,
		`cluster: replicas: "3"`:                                         `3, without quotes`,
		`logging: debug: "true"`:                                         `true, without quotes`,
		`logging: trace: True`:                                           `true`,
		`cluster: name: foo`:                                             `"foo" in quotes, if it is text`,
		`jetstream: "enabled"`:                                           `jetstream: enabled: true`,
		`accounts: A: jetstream: true`:                                   `jetstream: enabled: true`,
		`monitor: false`:                                                 `monitor: enabled: false`,
		`image: "nats:2.12"`:                                             `image: fullImageName: "nats:2.12"`,
		`serverTags: "ssd"`:                                              `["ssd"], a list`,
		`tolerations: key: "a"`:                                          `tolerations: [{...}], a list`,
		`accounts: A: users: a: permissions: publish: ">"`:               `publish: allow: [">"]`,
		`accounts: A: users: a: permissions: publish: ["x", "y"]`:        `publish: allow: ["x", "y"]`,
		`authorization: users: [{user: "a", password: "b"}]`:             `users: a: password: {secretName: "nats-users", key: "a"}`,
		`accounts: A: users: [{nkey: "U"}]`:                              `users: <name>: {...}, a map by name instead of a list`,
		`gateway: gateways: [{name: "us", urls: []}]`:                    `gateways: us: urls: []`,
		`extraVolumeMounts: [{name: "ca", mountPath: "/x"}]`:             `extraVolumeMounts: "/x": name: "ca"`,
		`topologySpreadConstraints: [{maxSkew: 1, topologyKey: "zone"}]`: `topologySpreadConstraints: zone: maxSkew: 1`,
		`config: merge: max_payload: 8`:                                  `what the Helm chart has under config stands at the top level here: config.merge as extraConfig`,
		`container: {image: tag: "1", nope: 1}`:                          `what the Helm chart has under container stands at the top level here: container.image as image`,
		`nats: tls: true`:                                                `tls: secretName: "nats-tls"`,
		`nodeSelector: ssd: true`:                                        `"true" in quotes`,
		`env: GOMAXPROCS: 2`:                                             `"2" in quotes`,
		`env: [{name: "A", value: 2}, {name: "B", valueFrom: fieldRef: fieldPath: "status.podIP"}]`: "env: A: \"2\"\nenv: B: valueFrom: {fieldRef: {fieldPath: \"status.podIP\"}}",
		`env: [{name: "APP_TOKEN", value: "hush"}]`:                                                 `env: APP_TOKEN: valueFrom: secretKeyRef: {name: "nats-auth", key: "token"}`,
		`env: ["a"]`:                                                           `env: <name>: {...}, a map by name instead of a list`,
		`terminationGracePeriodSeconds: "90s"`:                                 `90, a number of seconds`,
		`terminationGracePeriodSeconds: "1m30s"`:                               `90, a number of seconds`,
		`terminationGracePeriodSeconds: "long"`:                                ``,
		`websocket: allowedOrigins: ["a.example.com"]`:                         `"https://a.example.com", as browsers send it`,
		`nats: clientAdvertise: "nats://a.example.com:4222"`:                   `"a.example.com:4222"`,
		`leafnodes: remotes: hub: urls: ["hub.example.com:7422"]`:              `"tls://hub.example.com:7422"`,
		`leafnodes: remotes: hub: urls: ["http://hub.example.com"]`:            ``,
		`service: loadBalancerSourceRanges: ["203.0.113.7"]`:                   `"203.0.113.7/32"`,
		`service: loadBalancerSourceRanges: ["203.0.113.0"]`:                   ``,
		`websocket: ingress: hosts: ["https://ws.example.com/"]`:               `"ws.example.com"`,
		`jetstream: fileStore: pvc: size: "10 Gi"`:                             `"10Gi"`,
		`resources: limits: {cpu: "500 m"}`:                                    `"500m"`,
		`nats: tls: pinnedCerts: ["AB:CD"]`:                                    ``,
		`nats: tls: pinnedCerts: ["` + strings.Repeat("AB:", 31) + `CD"]`:      `"` + strings.Repeat("ab", 31) + `cd", if it is the hash of the public key and not of the certificate, which openssl calls its fingerprint`,
		`jetstream: domain: null`:                                              `leave it out`,
		`config: {cluster: replicas: 3, jetstream: domain: "a"}`:               "what the Helm chart has under config stands at the top level here:\nconfig.cluster as cluster\nconfig.jetstream as jetstream",
		`container: merge: resources: {}`:                                      `what the Helm chart has under container stands at the top level here: container.merge.resources as resources`,
		`env: A: value: "x"`:                                                   `the text itself, as in NAME: "text"`,
		`accounts: A: users: a: password: secretKeyRef: {name: "n", key: "k"}`: `its two parts stand here themselves: {secretName: "nats-users", key: "alice"}`,
	} {
		t.Run(written, func(t *testing.T) {
			t.Parallel()
			in, found := load(t, repo("intent: base.intent & {"+written+"}\n", nil), "prod")
			requireBroken(t, in)
			found = found.Sorted() // which says each once
			require.Len(t, found, 1)
			require.Equal(t, want, found[0].Mend)
		})
	}
}

// Beside a mistake of another kind, which hides those, the findings are the same.
func TestMendsBesideOthers(t *testing.T) {
	t.Parallel()
	_, found := load(t, repo("intent: base.intent & {cluster: name: foo, env: A: value: \"x\", authorization: users: [{user: \"a\"}]}\n", nil), "prod")
	require.Equal(t, []string{
		`overlays/prod/intent.cue:5:39 reference-unknown: reference "foo" not found`,
		`overlays/prod/intent.cue:5:52 unknown-field: env.A has no field value`,
		`overlays/prod/intent.cue:5:86 value-not-allowed: authorization.users cannot be [{user: "a"}]`,
	}, lines(found))
	require.Equal(t, "users: a: {}", found[2].Mend)
}

// What CUE cannot parse is one finding, with what to write instead.
func TestMendsOfSyntax(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`max_payload: 8MB`:                       `"8Mi", in quotes`,
		`limits: writeDeadline: 10s`:             `"10s", in quotes`,
		`cluster {name: "foo"}`:                  `cluster: {...}, with a colon`,
		`cluster {`:                              `cluster: {...}, with a colon`,
		`accounts: A: users: my-user: nkey: "U"`: `"my-user": ..., in quotes`,
		`topologySpreadConstraints: kubernetes.io/hostname: maxSkew: 1`: `"kubernetes.io/hostname": ..., in quotes`,
		`- user: a`:            `a list is [a, b], and what has a name is a map: name: {...}`,
		`# a comment`:          `// before a comment`,
		`cluster.replicas: 3`:  `cluster: replicas: ...`,
		`store_dir = "/data"`:  `store_dir: and the value, with a colon`,
		`max_payload 8`:        `max_payload: and the value, with a colon`,
		`cluster: name: "a" 3`: `keys with other characters than letters, digits and _ in quotes; lists as [a, b]`,
	} {
		t.Run(written, func(t *testing.T) {
			t.Parallel()
			in, found := load(t, repo("intent: base.intent & {\n"+written+"\n}\n", nil), "prod")
			requireBroken(t, in)
			require.Len(t, found, 1)
			require.Equal(t, want, found[0].Mend)
		})
	}
}
