package rule

import (
	"fmt"
	"net/netip"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// peers are who may reach the ports, by the listener's name; none without a NetworkPolicy.
func peers(in *intent.Intent) map[string][]schema.NetworkPolicyPeer {
	if !in.NetworkPolicy.Enabled {
		return nil
	}
	given := in.NetworkPolicy.Ingress
	return map[string][]schema.NetworkPolicyPeer{
		"nats": given.Nats, "cluster": given.Cluster, "gateway": given.Gateway, "leafnodes": given.Leafnodes, "websocket": given.Websocket,
		"mqtt": given.Mqtt, "monitor": given.Monitor, "profiling": given.Profiling, "promExporter": given.PromExporter,
	}
}

var peerForm = rule{
	"network-peer-form", diag.Error,
	"Kubernetes refuses the NetworkPolicy (its validation of peers and label selectors)",
	func(in *intent.Intent, r *report) {
		all := peers(in)
		for _, name := range keys(all) {
			for n, p := range all[name] {
				path := []string{"networkPolicy", "ingress", name, strconv.Itoa(n)}
				switch {
				case p.IPBlock != nil && (p.PodSelector != nil || p.NamespaceSelector != nil):
					r.add(finding{path: below(path, "ipBlock"), message: "a peer is addresses or pods, and this one is both", mend: cueField(path[:3], cueValue(apart(all[name]))) + ", one peer each"})
				case p.IPBlock == nil && p.PodSelector == nil && p.NamespaceSelector == nil:
					r.add(finding{path: path, message: "this peer is nobody", allowed: "podSelector, namespaceSelector or ipBlock", mend: "{namespaceSelector: {}}, which is every pod of the cluster"})
				}
				if p.IPBlock != nil {
					r.exceptions(p.IPBlock.CIDR, p.IPBlock.Except, below(path, "ipBlock", "except"))
				}
				r.selector(p.PodSelector, below(path, "podSelector"))
				r.selector(p.NamespaceSelector, below(path, "namespaceSelector"))
			}
		}
	},
}

// apart are the peers with addresses and pods in peers of their own.
func apart(peers []schema.NetworkPolicyPeer) (out []schema.NetworkPolicyPeer) {
	for _, p := range peers {
		if p.IPBlock != nil && (p.PodSelector != nil || p.NamespaceSelector != nil) {
			out = append(out, schema.NetworkPolicyPeer{IPBlock: p.IPBlock})
			p.IPBlock = nil
		}
		out = append(out, p)
	}
	return out
}

// exceptions reports what is left out of a network without being part of it.
func (r *report) exceptions(network string, except []string, path []string) {
	whole, err := netip.ParsePrefix(network)
	if err != nil {
		return // another rule's
	}
	for n, text := range except {
		part, err := netip.ParsePrefix(text)
		if err == nil && (!whole.Contains(part.Addr()) || part.Bits() <= whole.Bits()) {
			r.add(finding{path: below(path, strconv.Itoa(n)), message: fmt.Sprintf("%s is no part of %s", text, network), allowed: "a smaller network inside of it"})
		}
	}
}

const labelValueForm = "at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"

// selector reports what cannot select anything.
func (r *report) selector(s *metav1.LabelSelector, path []string) {
	if s == nil {
		return
	}
	key := func(k string, path []string) {
		if len(validation.IsQualifiedName(k)) > 0 {
			r.add(finding{path: path, message: fmt.Sprintf("%q is no key of a label", k), allowed: "a name of at most 63 letters, digits, '-', '_' and '.', after an optional DNS domain and '/'"})
		}
	}
	value := func(v string, path []string) {
		if len(validation.IsValidLabelValue(v)) > 0 {
			r.add(finding{path: path, message: fmt.Sprintf("%q is no value of a label", v), allowed: labelValueForm})
		}
	}
	for _, k := range keys(s.MatchLabels) {
		at := below(path, "matchLabels", k)
		key(k, at)
		value(s.MatchLabels[k], at)
	}
	for n, e := range s.MatchExpressions {
		at := below(path, "matchExpressions", strconv.Itoa(n))
		key(e.Key, below(at, "key"))
		listed := e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpNotIn
		switch {
		case listed && len(e.Values) == 0:
			r.add(finding{path: at, message: fmt.Sprintf("the operator %s compares with no value", e.Operator), mend: `values: ["a"], or operator: "Exists"`})
		case !listed && len(e.Values) > 0:
			r.add(finding{path: below(at, "values"), message: fmt.Sprintf("the operator %s compares no values", e.Operator), mend: `leave them out, or operator: "In"`})
		}
		for i, v := range e.Values {
			value(v, below(at, "values", strconv.Itoa(i)))
		}
	}
}
