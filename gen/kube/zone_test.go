package kube_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/natsyard/natsyard/gen/kube"
)

// Each StatefulSet finds its own pods and no others; what is for all servers finds all.
func TestZonesAreStatefulSetsOfTheirOwn(t *testing.T) {
	t.Parallel()
	in := parse(t, `{
		cluster: replicas: 5, jetstream: fileStore: {}
		zones: {names: ["eu-1a", "eu-1b"], topologyKey: "example.com/rack"}
		nodeSelector: {"kubernetes.io/arch": "arm64", "example.com/rack": "hostile"}
		global: labels: "natsyard.io/zone": "hostile"
		podTemplate: labels: "natsyard.io/zone": "hostile"
		topologySpreadConstraints: "kubernetes.io/hostname": {}
	}`)
	all := objects(t, in)
	sets := map[string]appsv1.StatefulSet{
		"eu-1a": find[appsv1.StatefulSet](t, all, "StatefulSet", "nats-eu-1a"),
		"eu-1b": find[appsv1.StatefulSet](t, all, "StatefulSet", "nats-eu-1b"),
	}
	require.Equal(t, []int32{3, 2}, []int32{*sets["eu-1a"].Spec.Replicas, *sets["eu-1b"].Spec.Replicas})
	matches := func(selector *metav1.LabelSelector, set appsv1.StatefulSet) bool {
		s, err := metav1.LabelSelectorAsSelector(selector)
		require.NoError(t, err)
		return s.Matches(labels.Set(set.Spec.Template.Labels))
	}
	for zone, set := range sets {
		require.Equal(t, zone, set.Labels[kube.ZoneLabel])
		require.Equal(t, map[string]string{"kubernetes.io/arch": "arm64", "example.com/rack": zone}, set.Spec.Template.Spec.NodeSelector)
		require.Equal(t, "nats-headless", set.Spec.ServiceName)
		for other := range sets {
			require.Equal(t, zone == other, matches(set.Spec.Selector, sets[other]))
		}
		policy := find[networkingv1.NetworkPolicy](t, all, "NetworkPolicy", "nats")
		anti := set.Spec.Template.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0]
		for _, shared := range []*metav1.LabelSelector{
			{MatchLabels: find[corev1.Service](t, all, "Service", "nats").Spec.Selector},
			{MatchLabels: find[corev1.Service](t, all, "Service", "nats-headless").Spec.Selector},
			find[policyv1.PodDisruptionBudget](t, all, "PodDisruptionBudget", "nats").Spec.Selector,
			&policy.Spec.PodSelector,
			anti.LabelSelector,
			set.Spec.Template.Spec.TopologySpreadConstraints[0].LabelSelector,
		} {
			require.True(t, matches(shared, set))
		}
		require.Contains(t, variables(set.Spec.Template.Spec.Containers[0].Env), "NATS_ZONE="+zone+" NATS_ZONE_TAG='az:$(NATS_ZONE)'")
	}
}

// Without names of zones the StatefulSet is as it was but for two variables: it is adopted in place.
func TestTagsAloneLeaveTheStatefulSetAsItWas(t *testing.T) {
	t.Parallel()
	const fields = `{cluster: replicas: 3, jetstream: fileStore: {}, nodeSelector: a: "b"`
	plain, tagged := servers(t, fields+`}`), servers(t, fields+`, zones: {}}`)
	env := &tagged.Spec.Template.Spec.Containers[0].Env
	require.Len(t, *env, 4)
	*env = (*env)[:2]
	require.Empty(t, cmp.Diff(plain, tagged))
}
