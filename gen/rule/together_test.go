package rule

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
)

// region is a cluster of a super-cluster whose gateways have names of their own.
func region(name, more string) string {
	return fmt.Sprintf(`cluster: name: %q, gateway: gateways: {eu: urls: ["tls://gw.eu.example.com:7222"], us: urls: ["tls://gw.us.example.com:7222"]}
%s`, name, more)
}

func TestTogether(t *testing.T) {
	t.Parallel()
	const leaf = `leafnodes: remotes: hub: {urls: ["tls://hub.example.com:7422"], account: "SITE"}` + "\n"
	for name, c := range map[string]struct {
		a, b string
		want string // rule and place of the finding; "" for none
	}{
		"names of servers":                  {region("eu", ""), region("us", ""), "server-names-collide error overlays/b/intent.cue:6:22"},
		"the same prefix":                   {region("eu", `serverNamePrefix: "x-"`), region("us", `serverNamePrefix: "x-"`), "server-names-collide error overlays/b/intent.cue:7:19"},
		"prefixes":                          {region("eu", `serverNamePrefix: "eu-"`), region("us", `serverNamePrefix: "us-"`), ""},
		"one prefix":                        {region("eu", ""), region("us", `serverNamePrefix: "us-"`), ""},
		"StatefulSets":                      {region("eu", `statefulSet: name: "eu"`), region("us", `statefulSet: name: "us"`), ""},
		"names of clusters":                 {region("eu", ""), region("eu", `serverNamePrefix: "x-"`), "cluster-names-collide warning overlays/b/intent.cue:6:16"},
		"two super-clusters":                {region("eu", ""), `cluster: name: "us", gateway: gateways: eu: urls: ["tls://gw.eu.example.org:7222"]`, ""},
		"no gateway":                        {region("eu", ""), region("us", "gateway: enabled: false"), ""},
		"an advertised host":                {`cluster: name: "eu", gateway: gateways: us: urls: ["tls://gw.us.example.com:7222"]`, `cluster: name: "us", gateway: advertise: "gw.us.example.com:7222"`, "server-names-collide error overlays/b/intent.cue:6:22"},
		"a certificate":                     {`cluster: name: "eu", gateway: gateways: us: urls: ["tls://gw.us.example.com:7222"]`, `cluster: name: "us", gateway: tls: certManager: {issuerRef: name: "ca", dnsNames: ["*.us.example.com"]}`, "server-names-collide error overlays/b/intent.cue:6:22"},
		"a Service in its namespace":        {`cluster: name: "eu", gateway: gateways: us: urls: ["nats://nats-headless.us:7222"]`, `namespace: "us", cluster: name: "us", gateway: {}`, "server-names-collide error overlays/b/intent.cue:6:39"},
		"a Service of one's own":            {`cluster: name: "eu", gateway: gateways: us: urls: ["nats://nats-headless:7222"]`, `namespace: "us", cluster: name: "us", gateway: {}`, ""},
		"a pod of one's own":                {`cluster: name: "eu", gateway: gateways: us: urls: ["nats://nats-0.nats-headless:7222"]`, `namespace: "us", cluster: name: "us", gateway: {}`, ""},
		"a Service in the same":             {`cluster: name: "eu", gateway: gateways: us: urls: ["nats://nats-headless:7222"]`, `cluster: name: "us", gateway: {}`, "server-names-collide error overlays/b/intent.cue:6:22"},
		"leaf nodes":                        {leaf, leaf, "leaf-names-collide warning overlays/b/intent.cue:6:12"},
		"leaf nodes with a prefix":          {leaf, leaf + `serverNamePrefix: "b-"`, ""},
		"leaf nodes of other accounts":      {leaf, `leafnodes: remotes: hub: {urls: ["tls://hub.example.com:7422"], account: "OTHER"}`, ""},
		"leaf nodes of other hubs":          {leaf, `leafnodes: remotes: hub: {urls: ["tls://hub.example.org:7422"], account: "SITE"}`, ""},
		"leaf nodes that are clusters":      {leaf + `cluster: {replicas: 3, name: "a"}`, leaf + `cluster: {replicas: 3, name: "b"}`, ""},
		"leaf nodes of one cluster name":    {leaf + `cluster: {replicas: 3, name: "a"}`, leaf + `cluster: {replicas: 3, name: "a"}`, "leaf-names-collide warning overlays/b/intent.cue:6:12"},
		"a hub of one's own cluster's name": {three + leaf, three + `leafnodes: {advertise: "hub.example.com:7422", noAdvertise: false}`, "leaf-cluster-collides error overlays/b/intent.cue:7:1"},
		"a hub in front":                    {three + `leafnodes: tls: certManager: {issuerRef: name: "ca", dnsNames: ["hub.example.com"]}`, three + leaf, "leaf-cluster-collides error overlays/b/intent.cue:7:1"},
		"a hub of another name":             {three + leaf, three + `cluster: name: "hub", leafnodes: {advertise: "hub.example.com:7422"}`, ""},
		"blue and green":                    {region("eu", `gateway: advertise: "gw.eu.example.com:7222"`), region("eu", `serverNamePrefix: "x-", gateway: advertise: "gw.eu.example.com:7222"`), "cluster-names-collide warning overlays/b/intent.cue:6:16"},
		"another port":                      {region("eu", ""), `serverNamePrefix: "x-", gateway: advertise: "gw.us.example.com:7333"`, ""},
		"its own list":                      {region("eu", ""), region("nats", `serverNamePrefix: "x-", gateway: advertise: "gw.us.example.com"`), "gateway-remote-name error overlays/b/intent.cue:6:16"},
		"another hub":                       {three + leaf, three + `leafnodes: {advertise: "hub.example.org:7422"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := Together(append(environments(t, map[string]string{"a": c.a, "b": c.b}), nil))["b"]
			if c.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Equal(t, c.want, fmt.Sprint(found[0].Rule, " ", found[0].Severity, " ", found[0].Span))
			require.NotEmpty(t, found[0].Mend)
			require.NotEmpty(t, found[0].Why)
			require.Len(t, found[0].Related, 1)
			require.Equal(t, "environment a", found[0].Related[0].Message)
		})
	}
}

// pair are the intents of two environments.
type pair struct{ eu, us string }

func (p pair) text() string { return "// overlays/eu\n" + p.eu + "\n\n// overlays/us\n" + p.us }

const (
	site    = `leafnodes: remotes: hub: {urls: ["tls://hub.example.com:7422"], account: "SITE"}`
	theHub  = `leafnodes: advertise: "hub.example.com:7422"`
	gateway = `gateway: gateways: {eu: urls: ["tls://gw.eu.example.com:7222"], us: urls: ["tls://gw.us.example.com:7222"]}`
)

// pairs are what each rule of Together refuses, with the message, and what it lets through.
var pairs = map[string]struct {
	trips   pair
	message string
	passes  pair
}{
	"server-names-collide": {
		pair{region("eu", ""), region("us", "")}, "a server is named nats-0 here and in eu, and their gateways connect them",
		pair{region("eu", `serverNamePrefix: "eu-"`), region("us", `serverNamePrefix: "us-"`)},
	},
	"cluster-names-collide": {
		pair{gateway + "\n" + `serverNamePrefix: "eu-"`, gateway + "\n" + `serverNamePrefix: "us-"`},
		"this cluster is named nats, and so is that of eu, which joins the same super-cluster by eu",
		pair{region("eu", `serverNamePrefix: "eu-"`), region("us", `serverNamePrefix: "us-"`)},
	},
	"leaf-names-collide": {
		pair{site, site}, "a server is named nats-0 here and in eu, and both are leaf nodes of hub",
		pair{site, site + "\n" + `serverNamePrefix: "us-"`},
	},
	"gateway-remote-name": {
		pair{region("eu", ""), `serverNamePrefix: "us-", gateway: advertise: "gw.us.example.com:7222"`}, "this cluster is named nats, and eu lists it as us",
		pair{region("eu", ""), `serverNamePrefix: "us-", cluster: name: "us", gateway: advertise: "gw.us.example.com:7222"`},
	},
	"leaf-cluster-collides": {
		pair{three + site, three + theHub}, "this cluster is named nats, and so is that of eu, to which a leaf node connects it",
		pair{three + site, three + theHub + "\n" + `cluster: name: "hub"`},
	},
}

func TestPairs(t *testing.T) {
	t.Parallel()
	require.Len(t, pairs, len(together))
	for _, r := range together {
		c := pairs[r.name]
		require.True(t, IsTogether(r.name))
		found := Together(environments(t, map[string]string{"eu": c.trips.eu, "us": c.trips.us}))["us"]
		require.Len(t, found, 1, r.name)
		require.Equal(t, r.name, found[0].Rule)
		require.Equal(t, c.message, found[0].Message)
		require.Empty(t, Together(environments(t, map[string]string{"eu": c.passes.eu, "us": c.passes.us})), r.name)
	}
	require.False(t, IsTogether("ports-distinct"))
}

// A partial environment is left out, and of many that are alike each is told once.
func TestTogetherMany(t *testing.T) {
	t.Parallel()
	all := environments(t, map[string]string{"a": region("eu", ""), "b": region("us", ""), "c": region("us", "")})
	found := Together(all)
	rules := map[string][]string{}
	for env, list := range found {
		for _, d := range list {
			require.Equal(t, "overlays/"+env+"/intent.cue", d.Span.File)
			rules[env] = append(rules[env], d.Rule)
		}
	}
	require.Equal(t, map[string][]string{"b": {"server-names-collide"}, "c": {"cluster-names-collide", "server-names-collide"}}, rules)
	slices.Reverse(all)
	require.Equal(t, found, Together(all), "in any order")
	slices.Reverse(all)
	all[1].Broken = map[string]bool{"limits": true}
	require.Len(t, Together(all[:2]), 0)
}

// environments are those of one repository, by name.
func environments(t *testing.T, texts map[string]string) (all []*intent.Intent) {
	t.Helper()
	const begin = "\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n"
	repo := fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/nats@v0\"\n")},
		"base/intent.cue":    {Data: []byte("package base" + begin + "}\n")},
	}
	for env, text := range texts {
		repo["overlays/"+env+"/intent.cue"] = &fstest.MapFile{Data: []byte("package " + env + begin + text + "\n}\n")}
	}
	loader, found := intent.NewLoader(repo)
	require.Empty(t, found)
	for _, env := range slices.Sorted(maps.Keys(texts)) {
		in, found := loader.Load(env)
		require.Empty(t, found)
		all = append(all, in)
	}
	return all
}

// Two clusters that have the name of all who give none learn all that is wrong with it at once.
func TestUnnamedClusters(t *testing.T) {
	t.Parallel()
	listed := `gateway: gateways: {eu: urls: ["tls://gw.eu.example.com:7222"], us: urls: ["tls://gw.us.example.com:7222"]}` + "\n"
	found := Together(environments(t, map[string]string{
		"eu": listed + `gateway: advertise: "gw.eu.example.com:7222"`, "us": listed + `gateway: advertise: "gw.us.example.com:7222"`,
	}))
	var said []string
	for _, env := range slices.Sorted(maps.Keys(found)) {
		for _, d := range found[env] {
			said = append(said, d.Span.File+" "+d.Rule+": "+d.Mend)
		}
	}
	require.Equal(t, []string{
		`overlays/eu/intent.cue gateway-remote-name: cluster: name: "eu", before the first stream is made; or nats in place of eu in gateway.gateways`,
		`overlays/us/intent.cue gateway-remote-name: cluster: name: "us", before the first stream is made; or nats in place of us in gateway.gateways`,
		`overlays/us/intent.cue server-names-collide: serverNamePrefix: "us-"`,
	}, said)
}
