package rule

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// serverLabels are the labels of the server pods.
func serverLabels(in *intent.Intent, set intent.ServerSet) labels.Set {
	out := labels.Set{}
	maps.Copy(out, in.Global.Labels)
	maps.Copy(out, in.PodTemplate.Labels)
	maps.Copy(out, labels.Set{
		"app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": in.Instance(), "app.kubernetes.io/component": "nats",
		"controller-revision-hash": "", "statefulset.kubernetes.io/pod-name": set.Name + "-0", "apps.kubernetes.io/pod-index": "0",
	})
	if set.Zone != "" {
		out["natsyard.io/zone"] = set.Zone
	}
	return out
}

// patchesPods tells whether files of the user's own may change the pods.
func patchesPods(in *intent.Intent) bool {
	return len(in.Kustomize.Patches)+len(in.Kustomize.Components) > 0
}

// ofServers tells whether a term of an affinity speaks of server pods.
func ofServers(in *intent.Intent, term corev1.PodAffinityTerm) bool {
	here := len(term.Namespaces) == 0 && term.NamespaceSelector == nil || slices.Contains(term.Namespaces, in.Namespace) || term.NamespaceSelector != nil
	selector, err := metav1.LabelSelectorAsSelector(term.LabelSelector)
	return here && err == nil && slices.ContainsFunc(in.ServerSets(), func(set intent.ServerSet) bool {
		return selector.Matches(serverLabels(in, set))
	})
}

var antiAffinityApart = rule{
	"anti-affinity-apart", diag.Warning,
	"an affinity.podAntiAffinity of your own takes the place of podAntiAffinityPreset, which keeps two servers from sharing a node",
	func(in *intent.Intent, r *report) {
		if in.Affinity == nil || in.Affinity.PodAntiAffinity == nil || in.PodAntiAffinityPreset == "" || in.Cluster.Replicas < 2 || patchesPods(in) {
			return
		}
		given := in.Affinity.PodAntiAffinity
		terms := slices.Clone(given.RequiredDuringSchedulingIgnoredDuringExecution)
		for _, t := range given.PreferredDuringSchedulingIgnoredDuringExecution {
			terms = append(terms, t.PodAffinityTerm)
		}
		if slices.ContainsFunc(terms, func(t corev1.PodAffinityTerm) bool { return ofServers(in, t) }) {
			return
		}
		f := finding{
			path:    at("affinity.podAntiAffinity"),
			message: "affinity.podAntiAffinity speaks of no server pod: two servers may share a node",
			allowed: `a term that finds the servers, or podAntiAffinityPreset: "" where they may`,
			mend:    `labelSelector: matchLabels: "app.kubernetes.io/component": "nats"`,
			needs:   "podAntiAffinityPreset cluster kustomize global podTemplate instance name namespace zones statefulSet",
		}
		if len(terms) == 1 && len(given.RequiredDuringSchedulingIgnoredDuringExecution) == 1 && terms[0].LabelSelector != nil {
			if known := keys(terms[0].LabelSelector.MatchLabels); len(known) == 1 {
				f.path = at("affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.labelSelector")
				f.message = fmt.Sprintf("no server pod has the label %s=%s: two servers may share a node", known[0], terms[0].LabelSelector.MatchLabels[known[0]])
			}
		}
		r.add(f)
	},
}

// confined gives the values of a node's label that the pods of a set are held to, and what holds
// them; nil where nothing does.
func confined(in *intent.Intent, set intent.ServerSet, key string) (values map[string]bool, by []string) {
	if set.Zone != "" && in.Zones.TopologyKey == key {
		return map[string]bool{set.Zone: true}, at("zones.names")
	}
	if value, held := in.NodeSelector[key]; held {
		return map[string]bool{value: true}, []string{"nodeSelector", key}
	}
	if in.Affinity == nil || in.Affinity.NodeAffinity == nil || in.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil, nil
	}
	values = map[string]bool{}
	for _, term := range in.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms { // any of them will do
		n := slices.IndexFunc(term.MatchExpressions, func(e corev1.NodeSelectorRequirement) bool {
			return e.Key == key && e.Operator == corev1.NodeSelectorOpIn
		})
		if n < 0 {
			return nil, nil
		}
		for _, value := range term.MatchExpressions[n].Values {
			values[value] = true
		}
	}
	return values, at("affinity.nodeAffinity")
}

// apartBy are the topology keys of which no two servers may share a value, with where that is said.
func apartBy(in *intent.Intent) map[string][]string {
	out := map[string][]string{}
	if in.Affinity == nil || in.Affinity.PodAntiAffinity == nil {
		if in.PodAntiAffinityPreset == "hard" {
			out[corev1.LabelHostname] = at("podAntiAffinityPreset")
		}
		return out
	}
	for _, term := range in.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
		if ofServers(in, term) {
			out[term.TopologyKey] = at("affinity.podAntiAffinity")
		}
	}
	return out
}

var serversFit = rule{
	"servers-fit", diag.Error,
	"Kubernetes starts no pod where its rules leave no node: it stays Pending for as long as they hold",
	func(in *intent.Intent, r *report) {
		const fields = "cluster nodeSelector affinity zones statefulSet name namespace instance global podTemplate podAntiAffinityPreset kustomize"
		if patchesPods(in) {
			return
		}
		apart := apartBy(in)
		for _, set := range in.ServerSets() {
			for _, key := range keys(apart) {
				values, by := confined(in, set, key)
				if room := int32(len(values)); by != nil && room < set.Replicas {
					r.add(finding{
						path:    by,
						message: fmt.Sprintf("%d servers on %d %s, and no two may share one", set.Replicas, room, place(key, room)),
						allowed: fmt.Sprintf("as many as servers, or nothing that holds them to one %s", place(key, 1)),
						mend:    "leave it out",
						needs:   fields,
						see:     []see{{apart[key], "no two may share one"}, {at("cluster.replicas"), "the number of servers"}},
					})
					return
				}
			}
		}
	},
}

// place is what a topology key tells apart.
func place(key string, number int32) string {
	word := map[string]string{corev1.LabelHostname: "node", corev1.LabelTopologyZone: "zone", corev1.LabelTopologyRegion: "region"}[key]
	switch {
	case word == "":
		return "of " + key
	case number != 1:
		return word + "s"
	}
	return word
}
