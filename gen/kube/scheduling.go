package kube

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// affinity is the user's, with the anti-affinity of the preset where the user gives none.
// A topology spread alone does not keep servers apart: a sixth one on five nodes is within
// any skew and shares a node.
func affinity(in *intent.Intent) *corev1.Affinity {
	given := in.Affinity
	alone := !in.Clustered() && in.Cluster.Replicas < 2
	if in.PodAntiAffinityPreset == "" || alone || given != nil && given.PodAntiAffinity != nil {
		return given
	}
	whole := corev1.Affinity{}
	if given != nil {
		whole = *given
	}
	whole.PodAntiAffinity = apart(in)
	return &whole
}

// apart keeps servers from sharing a node: always for "hard", where it can be for "soft".
func apart(in *intent.Intent) *corev1.PodAntiAffinity {
	node := corev1.PodAffinityTerm{
		TopologyKey:   corev1.LabelHostname,
		LabelSelector: labelSelector(in, server),
	}
	if in.PodAntiAffinityPreset == "soft" {
		return &corev1.PodAntiAffinity{
			PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{
				{Weight: 100, PodAffinityTerm: node},
			},
		}
	}
	return &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{node},
	}
}

// topologySpread is the user's constraints by topology key, each counting the servers.
func topologySpread(in *intent.Intent) []corev1.TopologySpreadConstraint {
	var constraints []corev1.TopologySpreadConstraint
	for _, key := range slices.Sorted(maps.Keys(in.TopologySpreadConstraints)) {
		given := in.TopologySpreadConstraints[key]
		constraints = append(constraints, corev1.TopologySpreadConstraint{
			TopologyKey:        key,
			MaxSkew:            given.MaxSkew,
			WhenUnsatisfiable:  corev1.UnsatisfiableConstraintAction(given.WhenUnsatisfiable),
			MinDomains:         given.MinDomains,
			NodeAffinityPolicy: inclusion(given.NodeAffinityPolicy),
			NodeTaintsPolicy:   inclusion(given.NodeTaintsPolicy),
			MatchLabelKeys:     given.MatchLabelKeys,
			LabelSelector:      labelSelector(in, server),
		})
	}
	return constraints
}

// inclusion is nil, Kubernetes' own default, for a policy that is not given.
func inclusion(policy string) *corev1.NodeInclusionPolicy {
	if policy == "" {
		return nil
	}
	return new(corev1.NodeInclusionPolicy(policy))
}
