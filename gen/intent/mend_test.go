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
		`limits: pingInterval: 20`:                                       `limits: pingInterval: "20s"`,
		`lameDuckDuration: "20"`:                                         `lameDuckDuration: "20s"`,
		`limits: maxPayload: "8MB"`:                                      `limits: maxPayload: "8Mi"`,
		`limits: maxPayload: 1048576`:                                    `limits: maxPayload: "1048576"`,
		`resources: limits: memory: "1GB"`:                               `resources: limits: memory: "1Gi"`,
		`jetstream: fileStore: pvc: size: '10Gi'`:                        `jetstream: fileStore: pvc: size: "10Gi"`,
		`cluster: replicas: "3"`:                                         `cluster: replicas: 3`,
		`logging: debug: "true"`:                                         `logging: debug: true`,
		`logging: trace: True`:                                           `logging: trace: true`,
		`cluster: name: foo`:                                             `cluster: name: "foo"`,
		`jetstream: "enabled"`:                                           `jetstream: enabled: true`,
		`accounts: A: jetstream: true`:                                   `accounts: A: jetstream: enabled: true`,
		`monitor: false`:                                                 `monitor: enabled: false`,
		`image: "nats:2.12"`:                                             `image: fullImageName: "nats:2.12"`,
		`image: fullImageName: "nats@sha256:abc"`:                        ``,
		`image: fullImageName: "nats:2.15.2@sha256:xyz"`:                 ``,
		`image: fullImageName: "nats:"`:                                  ``,
		`image: fullImageName: "NATS:2 15"`:                              ``,
		`image: fullImageName: "NATS:2.15"`:                              `image: fullImageName: "nats:2.15"`,
		`image: fullImageName: "https://r.example.com/nats:2"`:           `image: fullImageName: "r.example.com/nats:2"`,
		`limits: maxConnections: "20k"`:                                  `limits: maxConnections: 20000`,
		`limits: maxConnections: "many"`:                                 ``,
		`serverTags: "ssd"`:                                              `serverTags: ["ssd"]`,
		`tolerations: key: "a"`:                                          `tolerations: [{key: "a"}]`,
		`accounts: A: users: a: permissions: publish: ">"`:               `accounts: A: users: a: permissions: publish: allow: [">"]`,
		`accounts: A: users: a: permissions: publish: ["x", "y"]`:        `accounts: A: users: a: permissions: publish: allow: ["x", "y"]`,
		`authorization: users: [{user: "a", password: "b"}]`:             `authorization: users: a: password: {secretName: "nats-auth", key: "a"}`,
		`accounts: A: users: [{nkey: "U"}]`:                              `accounts: A: users: app: password: {secretName: "nats-auth", key: "app"}`,
		`gateway: gateways: [{name: "us", urls: []}]`:                    `gateway: gateways: us: urls: []`,
		`extraVolumeMounts: [{name: "ca", mountPath: "/x"}]`:             `extraVolumeMounts: "/x": name: "ca"`,
		`topologySpreadConstraints: [{maxSkew: 1, topologyKey: "zone"}]`: `topologySpreadConstraints: zone: maxSkew: 1`,
		`config: merge: max_payload: 8`:                                  `extraConfig: max_payload: 8`,
		`container: {image: tag: "1", nope: 1}`:                          `what the Helm chart has under container stands at the top level here, container.image as image`,
		`websocket: noTLS: true`:                                         `websocket: tls: enabled: false`,
		`nats: tls: true`:                                                `nats: tls: secretName: "nats-tls"`,
		`nodeSelector: ssd: true`:                                        `nodeSelector: ssd: "true"`,
		`env: GOMAXPROCS: 2`:                                             `env: GOMAXPROCS: "2"`,
		`env: [{name: "A", value: 2}, {name: "B", valueFrom: fieldRef: fieldPath: "status.podIP"}]`: `env: {A: "2", B: valueFrom: fieldRef: fieldPath: "status.podIP"}`,
		`env: [{name: "APP_TOKEN", value: "hush"}]`:                                                 `env: APP_TOKEN: valueFrom: secretKeyRef: {name: "nats-auth", key: "token"}`,
		`env: ["a"]`:                                                           `env: TZ: "UTC"`,
		`terminationGracePeriodSeconds: "90s"`:                                 `terminationGracePeriodSeconds: 90`,
		`terminationGracePeriodSeconds: "1m30s"`:                               `terminationGracePeriodSeconds: 90`,
		`terminationGracePeriodSeconds: "long"`:                                `terminationGracePeriodSeconds: 60`,
		`websocket: allowedOrigins: ["a.example.com"]`:                         `"https://a.example.com", as browsers send it`,
		`nats: clientAdvertise: "nats://a.example.com:4222"`:                   `nats: clientAdvertise: "a.example.com:4222"`,
		`leafnodes: remotes: hub: urls: ["hub.example.com:7422"]`:              `"tls://hub.example.com:7422"`,
		`leafnodes: remotes: hub: urls: ["http://hub.example.com"]`:            `"tls://hub.example.com:7422"`,
		`service: loadBalancerSourceRanges: ["203.0.113.7"]`:                   `"203.0.113.7/32"`,
		`service: loadBalancerSourceRanges: ["203.0.113.0"]`:                   `"203.0.113.0/24"`,
		`websocket: ingress: hosts: ["https://ws.example.com/"]`:               `"ws.example.com"`,
		`jetstream: fileStore: pvc: size: "10 Gi"`:                             `jetstream: fileStore: pvc: size: "10Gi"`,
		`resources: limits: {cpu: "500 m"}`:                                    `resources: limits: cpu: "500m"`,
		`nats: tls: pinnedCerts: ["AB:CD"]`:                                    ``,
		`nats: tls: pinnedCerts: ["` + strings.Repeat("AB:", 31) + `CD"]`:      `"` + strings.Repeat("ab", 31) + `cd", if it is the hash of the public key and not of the certificate, which openssl calls its fingerprint`,
		`jetstream: domain: null`:                                              `leave it out`,
		`config: {cluster: replicas: 3, jetstream: domain: "a"}`:               "cluster: replicas: 3\njetstream: domain: \"a\"",
		`container: merge: resources: {}`:                                      `what the Helm chart has under container stands at the top level here, container.merge.resources as resources`,
		`env: A: value: "x"`:                                                   `env: A: "x"`,
		`accounts: A: users: a: password: secretKeyRef: {name: "n", key: "k"}`: `accounts: A: users: a: password: {secretName: "n", key: "k"}`,
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
		`overlays/prod/intent.cue:5:39 reference-unknown: foo is text, and text stands in quotes`,
		`overlays/prod/intent.cue:5:52 unknown-field: env.A has no field value`,
		`overlays/prod/intent.cue:5:86 value-not-allowed: authorization.users cannot be [{user: "a"}]`,
	}, lines(found))
	require.Equal(t, `authorization: users: a: {}`, found[2].Mend)
}

// What CUE cannot parse is told with the line mended, and what else is wrong in it besides.
func TestMendsOfSyntax(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`max_payload: 8MB`:                       `max_payload: "8Mi"`,
		`cluster: replicas: 2x`:                  `cluster: replicas: 2`,
		`limits: maxConnections: 20k`:            `limits: maxConnections: 20000`,
		`limits: writeDeadline: 10s`:             `limits: writeDeadline: "10s"`,
		`cluster {name: "foo"}`:                  `cluster: {name: "foo"}`,
		`cluster {`:                              `a } on a line of its own below line 7`,
		`accounts: A: users: my-user: nkey: "U"`: `accounts: A: users: "my-user": nkey: "U"`,
		`topologySpreadConstraints: kubernetes.io/hostname: maxSkew: 1`: `topologySpreadConstraints: "kubernetes.io/hostname": maxSkew: 1`,
		`- user: a`:            `name: [a, b] for a list, name: {...} for what has a name`,
		`# a comment`:          `// a comment`,
		`cluster.replicas: 3`:  `cluster: replicas: 3`,
		`store_dir = "/data"`:  `store_dir: "/data"`,
		`max_payload 8`:        `max_payload: 8`,
		`cluster: name: "a" 3`: `cluster: name: "a" // 3`,
	} {
		t.Run(written, func(t *testing.T) {
			t.Parallel()
			in, found := load(t, repo("intent: base.intent & {\n"+written+"\n}\n", nil), "prod")
			requireBroken(t, in)
			require.Equal(t, "syntax", found[0].Rule)
			require.Equal(t, want, found[0].Mend)
		})
	}
}
