package rehearse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/intent"
)

// interval is how often servers are asked whether they are ready.
const interval = 20 * time.Millisecond

// shownLines is how many complaints of each server an error shows.
const shownLines = 6

// Ready waits until all servers that run are ready: routes, gateways and leaf nodes are connected as the
// intents mean, JetStream has a leader that all others follow, and the startup probe passes. It waits for at most
// a minute where ctx sets no other time; the error says what is missing, and what the servers logged.
func (r *Rehearsal) Ready(ctx context.Context) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		missing, err := r.unready(ctx)
		if err != nil {
			return errors.Join(err, r.logs())
		}
		if len(missing) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("not ready: %s: %w", strings.Join(missing, "; "), ctx.Err()), r.logs())
		case <-ticker.C:
		}
	}
}

// unready says what is missing. An error is that a server has given up.
func (r *Rehearsal) unready(ctx context.Context) (missing []string, err error) {
	for _, s := range r.Servers {
		running, stopped := s.current()
		if stopped != nil {
			continue
		}
		if fatal := s.fatal(); fatal != "" {
			return nil, fmt.Errorf("%s gave up: %s", s, fatal)
		}
		add := func(what string) { missing = append(missing, s.String()+": "+what) }
		if !running.ReadyForConnections(time.Millisecond) {
			add("listens not yet on every port")
			continue
		}
		for _, ask := range []func(*Server, *server.Server) (string, error){
			(*Server).unrouted, (*Server).unbridged, (*Server).unleafed, (*Server).leaderless,
		} {
			what, err := ask(s, running)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s, err)
			}
			if what != "" {
				add(what)
			}
		}
	}
	if len(missing) > 0 {
		return missing, nil
	}
	for _, s := range r.Servers { // these are dear, and come last
		if _, stopped := s.current(); stopped == nil {
			if err := s.Probe(ctx, s.intent().StartupProbe.Path); err != nil {
				missing = append(missing, err.Error())
			}
		}
	}
	return missing, nil
}

// peers are the other servers that run, of those that pick takes.
func (s *Server) peers(pick func(*Server) bool) (peers []*Server) {
	for _, other := range s.r.Servers {
		if _, stopped := other.current(); other != s && stopped == nil && pick(other) {
			peers = append(peers, other)
		}
	}
	return peers
}

func (s *Server) serverName() string { return s.intent().ServerNamePrefix + s.Name }

// unrouted names the servers of the cluster to which there is no route.
func (s *Server) unrouted(running *server.Server) (string, error) {
	if !s.intent().Clustered() {
		return "", nil
	}
	routes, err := running.Routez(nil)
	if err != nil {
		return "", fmt.Errorf("ask for routes: %w", err)
	}
	for _, other := range s.peers(func(o *Server) bool { return o.cluster == s.cluster }) {
		if !slices.ContainsFunc(routes.Routes, func(r *server.RouteInfo) bool { return r.RemoteName == other.serverName() }) {
			return "no route to " + other.Name, nil
		}
	}
	return "", nil
}

// unbridged names the clusters to which there is no gateway.
func (s *Server) unbridged(running *server.Server) (string, error) {
	if !s.intent().GatewayEnabled() {
		return "", nil
	}
	gateways, err := running.Gatewayz(nil)
	if err != nil {
		return "", fmt.Errorf("ask for gateways: %w", err)
	}
	for _, other := range s.peers(func(o *Server) bool { return s.meets(o) }) {
		name := other.intent().GatewayName()
		if to := gateways.OutboundGateways[name]; to == nil || to.Connection == nil {
			return "no gateway to " + name, nil
		}
	}
	return "", nil
}

// meets tells whether a gateway connects the servers, as one of the two intents says.
func (s *Server) meets(other *Server) bool {
	a, b := s.intent(), other.intent()
	if other.cluster == s.cluster || !a.GatewayEnabled() || !b.GatewayEnabled() {
		return false
	}
	_, there := a.Gateway.Gateways[b.GatewayName()]
	_, back := b.Gateway.Gateways[a.GatewayName()]
	return there || back
}

// unleafed names a remote in the rehearsal to which the server is not connected.
func (s *Server) unleafed(running *server.Server) (string, error) {
	if !s.intent().LeafNodesEnabled() {
		return "", nil
	}
	leafs, err := running.Leafz(nil)
	if err != nil {
		return "", fmt.Errorf("ask for leaf nodes: %w", err)
	}
	remotes := s.intent().Leafnodes.Remotes
	for _, name := range sorted(remotes) {
		remote := remotes[name]
		hubs := s.hubs(name)
		if remote.Disabled != nil && *remote.Disabled || len(hubs) == 0 {
			continue
		}
		if !slices.ContainsFunc(leafs.Leafs, func(l *server.LeafInfo) bool {
			at := net.JoinHostPort(l.IP, fmt.Sprint(l.Port))
			account := remote.Account == "" || remote.Account == l.Account
			return account && slices.ContainsFunc(hubs, func(h *Server) bool {
				return at == h.Addr(intent.ListenerLeafNodes).String() || at == h.Addr(intent.ListenerWebSocket).String()
			})
		}) {
			return "no connection to leaf remote " + name, nil
		}
	}
	return "", nil
}

// hubs are the running servers that a remote leads to.
func (s *Server) hubs(remote string) []*Server {
	return s.peers(func(o *Server) bool {
		return slices.ContainsFunc(s.intent().Leafnodes.Remotes[remote].Urls, func(u string) bool {
			owner, _, ok := target(s.r.names, s.cluster, u)
			return ok && owner == o.cluster
		})
	})
}

// leaderless says what JetStream's servers lack to be one.
func (s *Server) leaderless(running *server.Server) (string, error) {
	if !s.intent().JetStreamEnabled() {
		return "", nil
	}
	if !running.JetStreamEnabled() {
		return "JetStream is not on", nil
	}
	js, err := running.Jsz(nil)
	switch {
	case err != nil:
		return "", fmt.Errorf("ask for JetStream: %w", err)
	case !running.JetStreamIsClustered():
		return "", nil
	case js.Meta == nil || js.Meta.Leader == "":
		return "JetStream has no leader", nil
	case js.Meta.Leader != s.serverName():
		return "", nil // the leader knows who follows
	}
	for _, other := range s.peers(func(o *Server) bool {
		return o.intent().JetStreamEnabled() && (o.cluster == s.cluster || s.meets(o))
	}) {
		if !slices.ContainsFunc(js.Meta.Replicas, func(p *server.PeerInfo) bool {
			return p.Name == other.serverName() && p.Current && !p.Offline
		}) {
			return "JetStream's leader waits for " + other.String(), nil
		}
	}
	return "", nil
}

// Probe asks the server what Kubernetes asks it: a path below that of its monitoring, or without monitoring whether the
// port for clients is open.
func (s *Server) Probe(ctx context.Context, path string) error {
	monitor := s.intent().Monitor
	if !monitor.Enabled {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr(intent.ListenerNats).String())
		if err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
		return conn.Close()
	}
	scheme := "http"
	if monitor.Tls.Enabled {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+s.Addr(intent.ListenerMonitor).String()+monitor.HttpBasePath+path, nil)
	if err != nil {
		return fmt.Errorf("%s: probe %s: %w", s, path, err)
	}
	// The kubelet verifies no certificate either.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true} //nolint:gosec // see above
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("%s: probe %s: %w", s, path, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: probe %s: %s", s, path, answer.Status)
	}
	return nil
}

// logs is an error with what the servers complained of last; nil where they did not.
func (r *Rehearsal) logs() error {
	var lines []string
	for _, s := range r.Servers {
		complaints := slices.DeleteFunc(s.Log(), func(line string) bool { return strings.HasPrefix(line, "[INF]") })
		for _, line := range complaints[max(0, len(complaints)-shownLines):] {
			lines = append(lines, s.String()+" "+line)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New("the servers logged:\n" + strings.Join(lines, "\n"))
}
