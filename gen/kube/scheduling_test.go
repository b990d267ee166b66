package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestPodAntiAffinityPreset(t *testing.T) {
	t.Parallel()
	const node = `nodeAffinity: preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: matchExpressions: [{key: "disk", operator: "Exists"}]}]`
	const own = `podAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "zone"}]`
	for name, c := range map[string]struct{ fields, want string }{
		"single server":        {``, "none"},
		"single of a cluster":  {`cluster: enabled: true`, "required on kubernetes.io/hostname"},
		"default is hard":      {`cluster: replicas: 3`, "required on kubernetes.io/hostname"},
		"servers on their own": {`cluster: {replicas: 3, enabled: false}`, "required on kubernetes.io/hostname"},
		"soft":                 {`{cluster: replicas: 3, podAntiAffinityPreset: "soft"}`, "preferred on kubernetes.io/hostname"},
		"no say":               {`{cluster: replicas: 3, podAntiAffinityPreset: ""}`, "none"},
		"rest is kept":         {`{cluster: replicas: 3, affinity: ` + node + `}`, "required on kubernetes.io/hostname and node"},
		"user's own":           {`{cluster: replicas: 3, affinity: {` + own + `}}`, "required on zone"},
		"single keeps user's":  {`affinity: ` + node, "none and node"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, describe(servers(t, c.fields).Spec.Template.Spec.Affinity))
		})
	}
}

func describe(affinity *corev1.Affinity) string {
	text := "none"
	if affinity == nil {
		return text
	}
	if anti := affinity.PodAntiAffinity; anti != nil {
		for _, term := range anti.RequiredDuringSchedulingIgnoredDuringExecution {
			text = "required on " + term.TopologyKey
		}
		for _, term := range anti.PreferredDuringSchedulingIgnoredDuringExecution {
			text = "preferred on " + term.PodAffinityTerm.TopologyKey
		}
	}
	if affinity.NodeAffinity != nil {
		text += " and node"
	}
	return text
}

func TestTopologySpreadCountsTheServers(t *testing.T) {
	t.Parallel()
	set := servers(t, `topologySpreadConstraints: {z: maxSkew: 2, a: {whenUnsatisfiable: "ScheduleAnyway", nodeTaintsPolicy: "Honor"}, m: minDomains: 3}`)
	want := []corev1.TopologySpreadConstraint{
		{TopologyKey: "a", MaxSkew: 1, WhenUnsatisfiable: "ScheduleAnyway", NodeTaintsPolicy: new(corev1.NodeInclusionPolicyHonor), LabelSelector: set.Spec.Selector},
		{TopologyKey: "m", MaxSkew: 1, WhenUnsatisfiable: "DoNotSchedule", MinDomains: new(int32(3)), LabelSelector: set.Spec.Selector},
		{TopologyKey: "z", MaxSkew: 2, WhenUnsatisfiable: "DoNotSchedule", LabelSelector: set.Spec.Selector},
	}
	require.Equal(t, want, set.Spec.Template.Spec.TopologySpreadConstraints)
}
