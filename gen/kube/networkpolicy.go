package kube

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/natsyard/natsyard/gen/intent"
)

// networkPolicy opens each port of the servers to those who need it; a port without a rule
// is closed. The kubelet's probes come from the pod's own node, which Kubernetes always
// lets through. The chart has none: any pod can join its cluster by the route port.
func networkPolicy(in *intent.Intent) *networkingv1.NetworkPolicy {
	policy := in.NetworkPolicy
	return &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: objectMeta(in, server, in.NetworkPolicyName(), policy.Annotations),
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: *labelSelector(in, server),
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress:     ingressRules(in),
		},
	}
}

// ingressRules gives one rule a port, in the order of the listeners.
func ingressRules(in *intent.Intent) []networkingv1.NetworkPolicyIngressRule {
	given := in.NetworkPolicy.Ingress
	servers := networkingv1.NetworkPolicyPeer{PodSelector: labelSelector(in, server)}
	var box []networkingv1.NetworkPolicyPeer
	if in.NatsBox.Enabled {
		box = append(box, networkingv1.NetworkPolicyPeer{PodSelector: labelSelector(in, natsBox)})
	}

	var rules []networkingv1.NetworkPolicyIngressRule
	public := func(port int32, given []networkingv1.NetworkPolicyPeer, always ...networkingv1.NetworkPolicyPeer) {
		if given == nil {
			rules = append(rules, openToAll(port))
			return
		}
		rules = append(rules, openTo(port, always, given)...)
	}
	for _, l := range in.Listeners() {
		switch l.Name {
		case intent.ListenerNats:
			public(l.Port, given.Nats, box...) // nats-box is of no use without the client port
		case intent.ListenerLeafNodes:
			public(l.Port, given.Leafnodes)
		case intent.ListenerWebSocket:
			public(l.Port, given.Websocket)
		case intent.ListenerMQTT:
			public(l.Port, given.Mqtt)
		case intent.ListenerGateway:
			public(l.Port, given.Gateway)
		case intent.ListenerCluster:
			rules = append(rules, openTo(l.Port, []networkingv1.NetworkPolicyPeer{servers}, given.Cluster)...)
		case intent.ListenerMonitor:
			rules = append(rules, openTo(l.Port, box, given.Monitor)...)
		case intent.ListenerProfiling:
			rules = append(rules, openTo(l.Port, box, given.Profiling)...)
		}
	}
	if in.PromExporter.Enabled {
		scrapers := given.PromExporter
		if scrapers == nil {
			everywhere := networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{}}
			scrapers = []networkingv1.NetworkPolicyPeer{everywhere}
		}
		rules = append(rules, openTo(in.PromExporter.Port, scrapers)...)
	}
	return rules
}

// openTo opens a port to the peers; without any there is no rule, for one without peers
// would open the port to all.
func openTo(port int32, peers ...[]networkingv1.NetworkPolicyPeer) []networkingv1.NetworkPolicyIngressRule {
	from := slices.Concat(peers...)
	if len(from) == 0 {
		return nil
	}
	rule := openToAll(port)
	rule.From = from
	return []networkingv1.NetworkPolicyIngressRule{rule}
}

// openToAll opens a port, by its number, since not every network plugin resolves names. The protocol is the default: without it every
// kubectl apply would find a difference, since lists are compared whole.
func openToAll(port int32) networkingv1.NetworkPolicyIngressRule {
	return networkingv1.NetworkPolicyIngressRule{
		Ports: []networkingv1.NetworkPolicyPort{{Protocol: new(corev1.ProtocolTCP), Port: new(intstr.FromInt32(port))}},
	}
}
