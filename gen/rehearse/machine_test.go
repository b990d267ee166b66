package rehearse_test

import (
	"context"
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
)

// Two rehearsals at once, with the same names and ports, do not meet.
func TestRehearsalsDoNotMeet(t *testing.T) {
	t.Parallel()
	const text = `{cluster: replicas: 2}`
	a, b := one(t, text), one(t, text)
	from, to := rehearsetest.Connect(t, a, "prod"), rehearsetest.Connect(t, b, "prod")
	rehearsetest.Crosses(t, from, rehearsetest.Connect(t, a, "prod"), "x")
	rehearsetest.Stays(t, from, to, "x")
	require.NotEqual(t, a.Servers[0].Addr(intent.ListenerNats), b.Servers[0].Addr(intent.ListenerNats))
}

// A port that another program has on all addresses is said at once.
func TestPortIsTaken(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp4", "0.0.0.0:0")
	require.NoError(t, err)
	defer busy.Close()
	port := busy.Addr().(*net.TCPAddr).Port
	_, err = rehearse.Start(context.Background(), rehearse.Plan{Clusters: rehearsetest.Load(t, repo(map[string]string{
		"prod": fmt.Sprintf(`{nats: port: %d}`, port),
	}), "prod")})
	require.ErrorContains(t, err, fmt.Sprintf("port %d is taken on this machine", port))
}

// What a rehearsal does not have, it leaves out and says so.
func TestChanges(t *testing.T) {
	t.Parallel()
	const pin = "a8f407340dcc719864214b85ed96f98d16cbffa8f509d9fa4ca237b7bb3f9c32"
	clusters := rehearsetest.Load(t, repo(map[string]string{
		"hub": `{
			ocsp: {mode: "must", url: "http://ocsp.example.com"}
			monitor: enabled: false
			profiling: {}
			nats: {
				proxyProtocol: true, clientAdvertise: "203.0.113.9:4222"
				tls: {` + issued + `, certManager: privateKey: algorithm: "Ed25519", pinnedCerts: ["` + pin + `"]}
			}
			cluster: {enabled: true, routes: ["nats://203.0.113.8:6222"]}
			leafnodes: tls: {` + issued + `, certManager: privateKey: algorithm: "RSA"}
			extraServices: lb: ports: leafnodes: {}
		}`,
		"edge": `{
			serverNamePrefix: "edge-"
			leafnodes: remotes: hub: {urls: ["nats-leaf://nats-lb.nats.svc:7000"], proxy: url: "http://proxy.example.com:3128"}
		}`,
	}), "hub", "edge")
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: clusters, Hosts: map[string]string{"nats-lb.nats.svc": "hub"}})
	rehearsetest.Crosses(t, rehearsetest.Connect(t, r, "edge"), rehearsetest.Connect(t, r, "hub"), "x")
	seen, err := r.Observe()
	require.NoError(t, err)
	var options []string
	for _, c := range seen.Changes {
		options = append(options, c.Environment+" "+c.Option)
	}
	require.Equal(t, []string{
		"edge leafnodes.remotes[0].proxy", "edge leafnodes.remotes[0].urls[0]",
		"hub client_advertise", "hub cluster.routes[1]", "hub ocsp.mode", "hub tls.pinned_certs",
	}, options)
	require.Equal(t, []string{"hub: cluster.routes[1] leads to 203.0.113.8"}, seen.Missing)
	require.Equal(t, r.Servers[0].Addr(intent.ListenerNats).String(), seen.Changes[2].Is)
	require.Contains(t, seen.Servers[0].Listeners, intent.ListenerProfiling)
}
