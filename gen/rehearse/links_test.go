package rehearse_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
	"github.com/natsyard/natsyard/gen/rule"
)

// Three clusters whose pods and Services have the same names, as in three regions. Their gateways
// verify each other, and want a password.
func TestSuperCluster(t *testing.T) {
	t.Parallel()
	const gateways = `gateways: {
		eu: urls: ["tls://gw.eu.example.com:443"]
		us: urls: ["tls://gw.us.example.com:7222"]
		ap: urls: ["tls://203.0.113.7:7222"]
	}`
	region := func(name, dnsNames string) string {
		return `{
			serverNamePrefix: "` + name + `-"
			cluster: {name: "` + name + `", replicas: 2}
			gateway: {
				authorization: {user: "gateway", password: {secretName: "gateway", key: "password"}}
				tls: {` + issued + `, certManager: ` + dnsNames + `}
				rejectUnknownCluster: true
				` + gateways + `
			}
			accounts: APP: users: alice: password: {secretName: "users", key: "alice"}
		}`
	}
	clusters := rehearsetest.Load(t, repo(map[string]string{
		"eu": region("eu", `dnsNames: ["gw.eu.example.com"]`),
		"us": region("us", `dnsNames: []`), // gateways has its name
		"ap": region("ap", `ipAddresses: ["203.0.113.7"]`),
	}), "eu", "us", "ap")
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: clusters, Hosts: map[string]string{"203.0.113.7": "ap"}})
	rehearsetest.Crosses(t, rehearsetest.As(t, r, "eu", "APP", "alice"), rehearsetest.As(t, r, "us", "APP", "alice"), "x")
	rehearsetest.Crosses(t, rehearsetest.As(t, r, "us", "APP", "alice"), rehearsetest.As(t, r, "ap", "APP", "alice"), "x")
	rehearsetest.Crosses(t, rehearsetest.As(t, r, "ap", "APP", "alice"), rehearsetest.As(t, r, "eu", "APP", "alice"), "x")

	seen, err := r.Observe()
	require.NoError(t, err)
	require.Empty(t, seen.Missing)
	for _, o := range seen.Servers {
		require.Equal(t, o.Environment+"-"+o.Pod, o.Name)
		require.Len(t, o.GatewaysOut, 2)
		require.NotContains(t, o.GatewaysOut, o.Environment)
		require.Len(t, o.Routes, 1)
	}
}

// What rule.Together refuses never works: a gateway does not take a server with the name of one of its own
// cluster, and of two leaf nodes of one name each throws the other out.
func TestServerNamesCollide(t *testing.T) {
	t.Parallel()
	plan := func(want string, intents map[string]string, envs ...string) rehearse.Plan {
		clusters := rehearsetest.Load(t, repo(intents), envs...)
		var all []*intent.Intent
		for _, c := range clusters {
			all = append(all, c.Intent)
		}
		found := slices.Concat(slices.Collect(maps.Values(rule.Together(all)))...)
		require.Len(t, found, 1)
		require.Equal(t, want, found[0].Rule)
		return rehearse.Plan{Clusters: clusters, Hosts: map[string]string{"hub.example.com": envs[0]}}
	}
	const gateways = `gateways: {east: urls: ["nats://east.example.com:7222"], west: urls: ["nats://west.example.com:7222"]}`
	regions := plan("server-names-collide", map[string]string{
		"east": `{cluster: {name: "east", enabled: true}, gateway: {` + gateways + `}}`,
		"west": `{cluster: {name: "west", enabled: true}, gateway: {` + gateways + `}}`,
	}, "east", "west")
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	_, err := rehearse.Start(ctx, regions)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, `Remote server has a duplicate name: "nats-0"`)

	const edge = `{leafnodes: {reconnectDelay: "10ms", remotes: hub: urls: ["nats://hub.example.com:7422"]}}`
	r := rehearsetest.Start(t, plan("leaf-names-collide", map[string]string{
		"hub": `{serverNamePrefix: "hub-", leafnodes: {}}`, "edge1": edge, "edge2": edge,
	}, "hub", "edge1", "edge2"))
	for _, env := range []string{"edge1", "edge2"} {
		rehearsetest.Logs(t, r.Find(env, "nats-0"), "Duplicate Remote LeafNode Connection")
	}
}

// JetStream has one leader over all clusters, and a stream is placed in one of them.
func TestSuperClusterJetStream(t *testing.T) {
	t.Parallel()
	const gateways = `gateways: {east: urls: ["nats://east.example.com:7222"], west: urls: ["nats://west.example.com:7222"]}`
	region := func(name string, replicas string) string {
		return `{
			serverNamePrefix: "` + name + `-", cluster: {name: "` + name + `", replicas: ` + replicas + `}
			gateway: {` + gateways + `}, jetstream: memoryStore: maxSize: "64Mi"
		}`
	}
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: rehearsetest.Load(t, repo(map[string]string{"east": region("east", "3"), "west": region("west", "1") + " & {cluster: enabled: true}"}), "east", "west")})
	require.NotNil(t, r.Leader("west"))
	require.Equal(t, r.Leader("east"), r.Leader("west"))
	ctx, cancel := context.WithTimeout(context.Background(), rehearsetest.Limit)
	defer cancel()
	js, err := jetstream.New(rehearsetest.Connect(t, r, "west"))
	require.NoError(t, err)
	s, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name: "S", Subjects: []string{"s"}, Replicas: 3, Storage: jetstream.MemoryStorage, Placement: &jetstream.Placement{Cluster: "east"},
	})
	require.NoError(t, err)
	info, err := s.Info(ctx)
	require.NoError(t, err)
	require.Equal(t, "east", info.Cluster.Name)
}

// An edge connects to its hub by name, with the password that the hub's Secret has. What it denies
// does not cross.
func TestLeafNodes(t *testing.T) {
	t.Parallel()
	clusters := rehearsetest.Load(t, repo(map[string]string{
		"hub": `{
			cluster: replicas: 2
			leafnodes: {
				tls: {secretName: "leaf-tls"}
				authorization: users: edge: {password: {secretName: "leaf", key: "edge"}, account: "APP"}
			}
			accounts: APP: users: app: password: {secretName: "users", key: "app"}
		}`,
		"edge": `{
			leafnodes: remotes: hub: {
				urls: ["tls://hub.example.com:443"], account: "EDGE"
				user: "edge", password: {secretName: "hub", key: "password"}
				denyImports: ["hub.only"], denyExports: ["edge.only"]
			}
			accounts: EDGE: users: device: password: {secretName: "users", key: "device"}
		}`,
	}), "hub", "edge")
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: clusters, Hosts: map[string]string{"hub.example.com": "hub"}})
	app, device := rehearsetest.As(t, r, "hub", "APP", "app"), rehearsetest.As(t, r, "edge", "EDGE", "device")
	rehearsetest.Crosses(t, app, device, "x")
	rehearsetest.Crosses(t, device, app, "x")
	rehearsetest.Stays(t, app, device, "hub.only")
	rehearsetest.Stays(t, device, app, "edge.only")

	edge, err := r.Find("edge", "nats-0").Observe()
	require.NoError(t, err)
	require.Len(t, edge.Leafs, 1)
	require.True(t, edge.Leafs[0].Spoke)
	require.Equal(t, "EDGE", edge.Leafs[0].Account)
	seen, err := r.Observe()
	require.NoError(t, err)
	require.Len(t, seen.Changes, 1)
	require.Equal(t, "tls://edge:xxxxx@hub.example.com:7422", seen.Changes[0].Is)
}

// An edge that reaches its hub through a websocket, and one with an nkey.
func TestLeafNodesOtherwise(t *testing.T) {
	t.Parallel()
	clusters := rehearsetest.Load(t, repo(map[string]string{
		"hub": `{
			websocket: ingress: hosts: ["ws.example.com"]
			leafnodes: authorization: {nkey: "` + public + `", account: "APP"}
			accounts: APP: users: app: password: {secretName: "users", key: "app"}
		}`,
		"edge": `{
			namespace: "edge", serverNamePrefix: "edge-"
			leafnodes: remotes: hub: {urls: ["wss://ws.example.com"], nkey: {secretName: "hub", key: "seed"}}
			leafnodes: remotes: gone: urls: ["nats://198.51.100.1:7422", "nats://gone.example.com:7422"]
		}`,
		"near": `{
			namespace: "near", serverNamePrefix: "near-"
			leafnodes: remotes: hub: {urls: ["nats://nats.nats:7422"], nkey: {secretName: "hub", key: "seed"}}
		}`,
	}), "hub", "edge", "near")
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: clusters})
	app := rehearsetest.As(t, r, "hub", "APP", "app")
	rehearsetest.Crosses(t, app, rehearsetest.Connect(t, r, "edge"), "x")
	rehearsetest.Crosses(t, rehearsetest.Connect(t, r, "near"), app, "y")
	seen, err := r.Observe()
	require.NoError(t, err)
	require.Equal(t, []string{
		"edge: leafnodes.remotes[0].urls[0] leads to 198.51.100.1",
		"edge: leafnodes.remotes[0].urls[1] leads to gone.example.com",
	}, seen.Missing)
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	const hub = `{leafnodes: authorization: {user: "a", password: {secretName: "s", key: "a"}}}`
	both := func(edge string) []rehearse.Cluster {
		return rehearsetest.Load(t, repo(map[string]string{"hub": hub, "edge": edge}), "hub", "edge")
	}
	for name, test := range map[string]struct {
		plan rehearse.Plan
		want string
	}{
		"nothing":    {rehearse.Plan{}, "at least one environment"},
		"half":       {rehearse.Plan{Clusters: []rehearse.Cluster{{}}}, "needs both an intent and a configuration"},
		"twice":      {rehearse.Plan{Clusters: append(both(`{}`), both(`{}`)...)}, "environment hub is there twice"},
		"wrong host": {rehearse.Plan{Clusters: both(`{}`), Hosts: map[string]string{"a.example": "b"}}, "a.example leads to b, which is no environment"},
		"no listener": {rehearse.Plan{Clusters: both(`{leafnodes: remotes: hub: urls: ["wss://h.example"]}`), Hosts: map[string]string{"h.example": "hub"}},
			"leafnodes.remotes[0].urls[0] of environment edge leads to hub, which has no such listener"},
		"no credentials": {rehearse.Plan{Clusters: both(`{leafnodes: remotes: hub: {urls: ["nats://h.example"], credentials: secretName: "c"}}`), Hosts: map[string]string{"h.example": "hub"}},
			"leaf remote hub needs the credentials in Secret c, key nats.creds"},
		"two behind one name": {rehearse.Plan{Clusters: rehearsetest.Load(t, repo(map[string]string{
			"a": `{nats: clientAdvertise: "x.example"}`, "b": `{nats: clientAdvertise: "x.example"}`,
		}), "a", "b")}, "the name x.example leads to both a and b"},
		"value that only a cluster knows": {rehearse.Plan{Clusters: rehearsetest.Load(t, repo(map[string]string{
			"a": `{env: T: valueFrom: configMapKeyRef: {name: "c", key: "k"}, extraConfig: authorization: token: "<< $T >>"}`,
		}), "a")}, "overlays/a/intent.cue:5:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rehearse.Start(context.Background(), test.plan)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// A websocket client, with TLS and behind what ends it.
func TestWebSocket(t *testing.T) {
	t.Parallel()
	for name, tls := range map[string]string{"ws": "", "wss": "tls: {" + issued + "}"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := one(t, `{
				websocket: {`+tls+`}
				accounts: A: users: {
					browser: {password: {secretName: "u", key: "browser"}, allowedConnectionTypes: ["WEBSOCKET"]}
					service: password: {secretName: "u", key: "service"}
				}
			}`)
			address := r.URL("prod", intent.ListenerWebSocket)
			require.Equal(t, name+"://nats.nats:8080", address)
			login, err := r.Login("prod", "A", "browser")
			require.NoError(t, err)
			browser, err := r.ConnectTo("prod", address, login)
			require.NoError(t, err)
			defer browser.Close()
			rehearsetest.Crosses(t, browser, rehearsetest.As(t, r, "prod", "A", "service"), "x")
			_, err = r.Connect("prod", login)
			require.ErrorIs(t, err, nats.ErrAuthorization, "only by websocket")
		})
	}
}
