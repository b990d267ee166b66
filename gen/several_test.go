package gen

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// several are intents with mistakes of several kinds, each on a line that ends with the mark. What follows
// from a mistake has none.
var several = map[string]string{
	"spelling, type and bound": `
	cluster: {
		replica: 3 //!
		port: "6222" //!
	}
	nats: port: 70000 //!`,
	"YAML in many ways": `
	# three servers //!
	cluster: replicas = 3 //!
	global: labels: team-a: "x" //!
	serverTags:
	- ssd //!
	resources: limits: memory: 1GB //!`,
	"quotes and commas": `
	namespace: "nats-prod //!
	cluster: {replicas: 3 port: 6222} //!
	image: tag: 2.15.2-alpine //!`,
	"a template and a typo": `
	namespace: {{ .Values.namespace }} //!
	clster: replicas: 3 //!`,
	"text without quotes": `
	podAntiAffinityPreset: soft //!
	cluster: name: eu-west //!
	promExporter: enabled: yes //!
	image: repository: docker.io/library/nats //!`,
	"nats.conf": `
	max_payload: "8MB" //!
	http_port: 8222 //!
	jetstream: {
		max_mem: "1G" //!
		store_dir: "/data" //!
	}`,
	"the chart": `
	config: cluster: {enabled: true, replicas: 3} //!
	replicaCount: 3 //!
	service: annotation: {} //!`,
	"lists that are maps": `
	env: [{name: "TZ", value: "UTC"}] //!
	topologySpreadConstraints: [{topologyKey: "zone", maxSkew: 1}] //!
	accounts: APP: users: [{user: "a", nkey: "U"}] //!`,
	"what is missing": `
	accounts: APP: users: app: password: secretName: "nats-auth" //!
	mappings: "orders.new": [{destination: "orders.v2"}] //!
	nats: tls: certManager: dnsNames: ["nats.example.com"] //!`,
	"null": `
	promExporter: null //!
	tolerations: [{key: "a", operator: "Exists"}, null] //!
	extraContainers: c: {image: "i", env: [null]} //!`,
	"Kubernetes' own": `
	extraContainers: c: {
		image: "registry.example.com/c:1.0"
		readOnlyRootFilesystem: true //!
		env: MODE: "all" //!
	}
	extraVolumes: v: emptydir: {} //!
	affinity: nodeAffinity: 3 //!`,
	"values that do not go together": `
	monitor: port: 8222 //!
	monitor: port: 8223
	cluster: replicas: 3 //!
	cluster: replicas: 5`,
	"names that stand for nothing": `
	let n = 3
	cluster: replicas: m //!
	name: base.nme //!
	cluster: port: n + "1" //!`,
	"a circle, and what hangs on it": `
	_a: _b + 1 //!
	_b: _a - 1
	cluster: replicas: _a
	nats: prt: 4222 //!`,
	"rules of one kind": `
	service: ports: nats: nodePort: 30422 //!
	zones: topologyKey: "a..b/c" //!
	kubernetes: version: "1.35"`,
	"rules and the language": `
	jetstream: memoryStore: maxSize: "2Gi" //!
	resources: limits: memory: "1Gi"
	websocket: port: 0 //!
	lameDuckDuration: "60" //!`,
	"users": `
	accounts: {
		A: users: u: {}
		B: users: v: {password: {secretName: "nats-auth", key: "v"}, permissions: publish: "x"} //!
	}
	natsBox: contexts: default: url: 5 //!`,
	"ports": `
	monitor: port: 4222 //!
	promExporter: {enabled: true, port: 99999} //!
	service: type: "Loadbalancer" //!`,
	"one brace too few": `
	cluster: { //!
		replicas: 3
	natz: port: 4222 //!`,
	"a definition of one's own": `
	#t: {team: string, costCentre: string}
	global: labels: #t & {team: "a", costCenter: "4711"} //!
	natsBox: enabled: "no" //!`,
	"wrong in every element": `
	tolerations: [
		{ky: "a"}, //!
		{key: 3}, //!
		{key: "c", effect: "NoScheduling"}, //!
	]`,
	"extraConfig": `
	extraConfig: {
		max_paylod: "8MB" //!
		ping_max: "two" //!
		port: 4222 //!
	}`,
}

// As many mistakes as there are, so many findings, each on its line.
func TestSeveralMistakes(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(several), 20)
	const head = "package prod\n\nimport \"example.com/messaging/base\"\n\nintent: base.intent & {"
	for name, body := range several {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := head + body + "\n}\n"
			var want []string
			for n, line := range strings.Split(text, "\n") {
				if strings.HasSuffix(line, "//!") {
					want = append(want, fmt.Sprint(n+1))
				}
			}
			repo := fstest.MapFS{"overlays/prod/intent.cue": {Data: []byte(strings.ReplaceAll(text, " //!", ""))}}
			for file, data := range implied {
				repo[file] = &fstest.MapFile{Data: []byte(data)}
			}
			_, found, err := Render(context.Background(), repo, []string{"prod"})
			require.NoError(t, err)
			var got, said []string
			for _, d := range found {
				got, said = append(got, fmt.Sprint(d.Span.Line)), append(said, d.Span.String()+" "+d.Message)
			}
			require.Equal(t, want, got, strings.Join(said, "\n"))
		})
	}
}
