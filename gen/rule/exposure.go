package rule

import (
	"fmt"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// exposure is a listener that can be reached from outside of the Kubernetes cluster.
type exposure struct {
	listener string
	by       string   // what leads to it, as a message gives it
	path     []string // of what leads to it
	public   bool     // to all who reach the load balancer, and not only to those who reach a node
	proxied  bool     // something stands between that can have TLS of its own
}

// exposures are the listeners that are on and that nothing in the intent keeps outsiders from.
func exposures(in *intent.Intent) (out []exposure) {
	on := listening(in)
	for _, s := range services(in) {
		if s.kind == "ClusterIP" || len(s.traffic.LoadBalancerSourceRanges) > 0 {
			continue
		}
		for _, p := range s.ports {
			if _, listens := on[p.listener]; !listens || !reachable(in, p.listener) {
				continue
			}
			path := p.path
			if s.path[0] == "service" { // most ports are shown by default
				path = at("service.type")
			}
			out = append(out, exposure{p.listener, "a Service of type " + s.kind, path, s.kind == "LoadBalancer" && !internal(s.annotations), endsTLS(s.annotations)})
		}
	}
	for _, l := range in.Listeners() {
		if l.HostPort != nil && reachable(in, l.Name) {
			out = append(out, exposure{l.Name, fmt.Sprintf("host port %d", *l.HostPort), []string{l.Name, "hostPort"}, false, false})
		}
	}
	if w := in.Websocket; in.WebSocketEnabled() { // whoever may reach the pods, it is a proxy that does
		if w.Ingress != nil && w.Ingress.Enabled {
			out = append(out, exposure{intent.ListenerWebSocket, "an Ingress", at("websocket.ingress"), true, true})
		}
		if w.HttpRoute != nil && w.HttpRoute.Enabled {
			out = append(out, exposure{intent.ListenerWebSocket, "an HTTPRoute", at("websocket.httpRoute"), true, true})
		}
	}
	return out
}

// internal tells whether annotations ask for a load balancer inside of the cloud's own network, in
// the words of one of the clouds.
func internal(annotations map[string]string) bool {
	for k, v := range annotations {
		if strings.EqualFold(v, "internal") || strings.HasSuffix(k, "-internal") && v != "false" {
			return true
		}
	}
	return false
}

// endsTLS tells whether annotations give the load balancer a certificate, in the words of one of the clouds.
func endsTLS(annotations map[string]string) bool {
	for k := range annotations {
		if k := strings.ToLower(k); strings.Contains(k, "ssl") || strings.Contains(k, "tls") || strings.Contains(k, "certificate") {
			return true
		}
	}
	return false
}

// reachable tells whether the NetworkPolicy lets everyone reach a listener.
func reachable(in *intent.Intent, listener string) bool {
	if !in.NetworkPolicy.Enabled {
		return true
	}
	given := peers(in)[listener]
	if len(given) == 0 {
		return given == nil && !closedToAll(listener) // an empty list is nobody
	}
	return slices.ContainsFunc(given, func(p networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil && admitsAll(p) })
}

// closedToAll tells whether the NetworkPolicy lets nobody through to a listener of which it names no peers, but
// for natsyard's own pods.
func closedToAll(listener string) bool {
	switch listener {
	case intent.ListenerCluster, intent.ListenerMonitor, intent.ListenerProfiling:
		return true
	}
	return false
}

// authFields are the top-level fields that say who may connect.
const authFields = "operator authorization accounts systemAccount noAuthUser extraConfig networkPolicy service extraServices"

// clientsAuthenticate tells whether the servers ask clients who they are.
func clientsAuthenticate(in *intent.Intent) bool {
	for _, option := range []string{"authorization", "accounts", "operator", "operators", "trusted", "trusted_keys", "include"} {
		if _, own := in.ExtraConfig[option]; own {
			return true // the user's own say
		}
	}
	if in.OperatorMode() {
		return true
	}
	if a := in.Authorization; a != nil && (a.User != "" || a.Token != nil || len(a.Users) > 0 || a.AuthCallout != nil) {
		return true
	}
	users, others := 0, 0
	for name, account := range in.Accounts {
		users += len(account.Users)
		if name != systemAccount(in) && name != "$G" {
			others++
		}
	}
	// With no account besides that of the system, clients without a name still get in (server.go, configureAccounts).
	return users > 0 && (others > 0 || systemAccount(in) == "" || in.Authorization != nil || in.NoAuthUser != "")
}

// systemAccount is the name of the system account that the intent defines; "" for none.
func systemAccount(in *intent.Intent) string {
	if in.SystemAccount != "" {
		return in.SystemAccount
	}
	if _, given := in.Accounts["$SYS"]; given {
		return "$SYS"
	}
	return ""
}

// authenticates tells whether a listener lets in only those whom it knows.
func authenticates(in *intent.Intent, listener string) bool {
	given := func(a *schema.SimpleAuthorization) bool { return a != nil && (a.User != "" || a.Token != nil) }
	asks := func(t *schema.TLS) bool { return usesTLS(t) && verifies(t) }
	switch listener {
	case intent.ListenerNats:
		return asks(in.Nats.Tls) || clientsAuthenticate(in)
	case intent.ListenerLeafNodes:
		a := in.Leafnodes.Authorization
		return a != nil && (a.User != "" || a.Nkey != "" || len(a.Users) > 0) || asks(in.Leafnodes.Tls) || clientsAuthenticate(in)
	case intent.ListenerWebSocket:
		return given(in.Websocket.Authorization) || asks(in.Websocket.Tls) || clientsAuthenticate(in)
	case intent.ListenerMQTT:
		return given(in.Mqtt.Authorization) || asks(in.Mqtt.Tls) || clientsAuthenticate(in)
	case intent.ListenerGateway: // TLS is mutual there
		return in.Gateway.Authorization != nil || usesTLS(in.Gateway.Tls)
	case intent.ListenerCluster:
		return in.Cluster.Authorization != nil || usesTLS(in.Cluster.Tls)
	}
	return false // monitoring and profiling ask nobody
}

// unauthenticated reports the listeners that let everybody in who reaches them. Clients without
// a name are one mistake, by however many listeners one thing leads to.
func unauthenticated(in *intent.Intent, r *report, public bool) {
	var found []exposure
	clients := map[string][]string{} // their listeners, by the path of what leads there
	for _, e := range exposures(in) {
		if e.public != public || authenticates(in, e.listener) {
			continue
		}
		if path := joined(e.path); takesClients(e.listener) {
			clients[path] = append(clients[path], e.listener)
			if len(clients[path]) > 1 {
				continue
			}
		}
		found = append(found, e)
	}
	for _, e := range found {
		f := finding{
			path:    e.path,
			message: fmt.Sprintf("%s leads to %s, which lets everybody in", e.by, e.listener),
			needs:   authFields + " " + e.listener,
		}
		policy := fmt.Sprintf("networkPolicy.ingress.%s, which says who may reach it", e.listener)
		switch {
		case takesClients(e.listener):
			if all := clients[joined(e.path)]; len(all) > 1 {
				f.message = fmt.Sprintf("%s leads to %s, which let everybody in", e.by, strings.Join(all, " and "))
				policy = "networkPolicy.ingress, which says who may reach them"
			}
			f.allowed = "users, of whom noAuthUser is the one without credentials"
			if e.path[0] != intent.ListenerWebSocket { // there it is a proxy that reaches it
				f.allowed += "; or " + policy
			}
			f.mend = `accounts: APP: users: app: password: {secretName: "nats-auth", key: "app"}`
			f.needs = authFields + " nats leafnodes websocket mqtt"
		case e.listener == intent.ListenerMonitor || e.listener == intent.ListenerProfiling:
			f.allowed = policy
			f.mend = fmt.Sprintf(`networkPolicy: ingress: %s: [{namespaceSelector: matchLabels: "kubernetes.io/metadata.name": "monitoring"}]`, e.listener)
		default:
			f.allowed = "TLS, a user, or " + policy
			f.mend = fmt.Sprintf(`%s: tls: {secretName: %q, ca: "ca.crt"}`, e.listener, tlsSecret(e.listener))
		}
		r.add(f)
	}
}

var publicInTheClear = rule{
	"public-in-the-clear", diag.Warning,
	"on the way from outside, whoever stands between reads passwords and messages",
	func(in *intent.Intent, r *report) {
		tls := map[string]bool{}
		for _, l := range in.Listeners() {
			tls[l.Name] = l.TLS
		}
		for _, e := range exposures(in) {
			crosses := takesClients(e.listener) || e.listener == intent.ListenerGateway || e.listener == intent.ListenerCluster
			if !e.public || e.proxied || tls[e.listener] || !crosses || !authenticates(in, e.listener) {
				continue
			}
			r.add(finding{
				path:    e.path,
				message: fmt.Sprintf("%s leads to %s, which has no TLS", e.by, e.listener),
				allowed: "TLS, loadBalancerSourceRanges, or a load balancer that ends TLS itself, which its annotations say",
				mend:    fmt.Sprintf(`%s: tls: secretName: %q`, e.listener, tlsSecret(e.listener)),
				needs:   authFields + " " + e.listener,
			})
		}
	},
}

// takesClients tells whether users connect to a listener.
func takesClients(listener string) bool {
	switch listener {
	case intent.ListenerNats, intent.ListenerLeafNodes, intent.ListenerWebSocket, intent.ListenerMQTT:
		return true
	}
	return false
}

var publicWithoutAuthentication = rule{
	"public-without-authentication", diag.Error,
	"whoever finds the address reads, writes and deletes everything that the servers have",
	func(in *intent.Intent, r *report) { unauthenticated(in, r, true) },
}

var nodePortWithoutAuthentication = rule{
	"node-port-without-authentication", diag.Warning,
	"whoever reaches a node of the Kubernetes cluster reads, writes and deletes everything that the servers have",
	func(in *intent.Intent, r *report) { unauthenticated(in, r, false) },
}
