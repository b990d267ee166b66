package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// admitsAll tells whether a peer is every pod of the cluster, or every address.
func admitsAll(p networkingv1.NetworkPolicyPeer) bool {
	every := func(s *metav1.LabelSelector) bool { return len(s.MatchLabels)+len(s.MatchExpressions) == 0 }
	if p.IPBlock != nil {
		return strings.HasSuffix(p.IPBlock.CIDR, "/0") && len(p.IPBlock.Except) == 0
	}
	return p.NamespaceSelector != nil && every(p.NamespaceSelector) && (p.PodSelector == nil || every(p.PodSelector))
}

var policyOpensRoutes = rule{
	"policy-opens-routes", diag.Warning,
	"who reaches the port for routes without TLS or a password becomes one of the servers, and reads and writes everything of every account",
	func(in *intent.Intent, r *report) {
		if !in.Clustered() || authenticates(in, intent.ListenerCluster) {
			return
		}
		for n, p := range peers(in)[intent.ListenerCluster] {
			if admitsAll(p) {
				r.add(finding{
					path:    []string{"networkPolicy", "ingress", "cluster", strconv.Itoa(n)},
					message: "everybody may reach the port for routes, which lets everybody in",
					allowed: "the pods that are servers, TLS, or a user",
					mend:    `cluster: authorization: {user: "route", password: {secretName: "nats-cluster", key: "password"}}, or cluster: tls: {secretName: "nats-cluster-tls", ca: "ca.crt"}`,
					needs:   "cluster",
				})
			}
		}
	},
}

// admitsOutside tells whether the NetworkPolicy lets anybody through to a listener who is no pod.
func admitsOutside(in *intent.Intent, listener string) bool {
	if !in.NetworkPolicy.Enabled {
		return true
	}
	given := peers(in)[listener]
	if len(given) == 0 {
		return given == nil && !closedToAll(listener) // an empty list is nobody
	}
	return slices.ContainsFunc(given, func(p networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil })
}

var policyClosesService = rule{
	"policy-closes-service", diag.Warning,
	"those who come by a load balancer or the port of a node are no pods, and the NetworkPolicy lets no others through: with most network plugins the port leads to nothing",
	func(in *intent.Intent, r *report) {
		on := listening(in)
		for _, s := range services(in) {
			if s.kind == "ClusterIP" {
				continue
			}
			var closed []servicePort
			open, asked := false, false
			for _, p := range s.ports {
				if _, listens := on[p.listener]; !listens {
					continue
				}
				if admitsOutside(in, p.listener) {
					open = true
					continue
				}
				_, written := in.Written(p.asked...)
				asked = asked || written
				closed = append(closed, p)
			}
			for _, p := range closed {
				if _, written := in.Written(p.asked...); !written && (open || asked || len(s.ports) > 0 && p.listener != closed[0].listener) {
					continue // most ports are shown by default
				}
				r.closed(s, p)
			}
		}
	},
}

// closed reports a port of a Service that the NetworkPolicy closes.
func (r *report) closed(s service, p servicePort) {
	policy := []string{"networkPolicy", "ingress", p.listener}
	f := finding{
		path:    p.asked,
		message: fmt.Sprintf("%s of type %s shows %s, which the NetworkPolicy closes to all who are no pods", s.name, s.kind, p.listener),
		allowed: "no such port, or a network among those that the NetworkPolicy lets through",
		needs:   "networkPolicy service extraServices leafnodes websocket mqtt cluster gateway monitor profiling",
		see:     []see{{policy, "who may reach it"}},
	}
	if _, written := r.in.Written(p.asked...); !written {
		f.path = below(s.path, "type")
	}
	switch {
	case takesClients(p.listener) || p.listener == intent.ListenerGateway:
		f.mend = cueField(policy, `[{ipBlock: cidr: "203.0.113.0/24"}]`) + ", with the others that are there"
	case s.path[0] == "extraServices":
		f.mend = "leave it out"
	default:
		f.mend = cueField(p.path, "enabled: false")
	}
	r.add(f)
}

var proxyProtocolSent = rule{
	"proxy-protocol-sent", diag.Warning,
	"the server waits for the header of a proxy before it says a word, and a client for the server's: without a proxy both wait until one gives up (server.go, createClientEx)",
	func(in *intent.Intent, r *report) {
		if !isSet(in.Nats.ProxyProtocol) || usesTLS(in.Nats.Tls) && in.Nats.Tls.HandshakeFirst != nil && in.Nats.Tls.HandshakeFirst != false ||
			len(in.Kustomize.Resources)+len(in.Kustomize.Components) > 0 {
			return
		}
		for _, s := range services(in) {
			for _, p := range s.ports {
				if p.listener == intent.ListenerNats && s.kind != "ClusterIP" {
					return
				}
			}
		}
		r.add(finding{
			path:    at("nats.proxyProtocol"),
			message: "proxyProtocol, and no load balancer leads to the client port: no client gets in, nor does nats-box",
			allowed: `a Service of type LoadBalancer for nats, whose annotations have it send the header`,
			mend:    `leave it out, or service: type: "LoadBalancer"`,
			needs:   "service extraServices kustomize",
		})
	},
}
