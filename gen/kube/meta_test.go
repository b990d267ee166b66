package kube_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func TestSelectorsFindThePodsWhateverTheUserLabels(t *testing.T) {
	t.Parallel()
	in := parse(t, `{
		name: "bus", instance: "release", cluster: replicas: 3
		let hostile = {"app.kubernetes.io/name": "x", "app.kubernetes.io/instance": "x", "app.kubernetes.io/component": "x"}
		global: labels: hostile, global: labels: team: "a"
		podTemplate: labels: hostile, podTemplate: labels: team: "b"
		promExporter: {enabled: true, podMonitor: {enabled: true, labels: hostile}}
	}`)
	all := objects(t, in)
	servers := find[appsv1.StatefulSet](t, all, "StatefulSet", "bus")
	box := find[appsv1.Deployment](t, all, "Deployment", "bus-box")
	want := func(component string) map[string]string {
		return map[string]string{
			"app.kubernetes.io/name":      "nats",
			"app.kubernetes.io/instance":  "release",
			"app.kubernetes.io/component": component,
		}
	}
	require.Equal(t, &metav1.LabelSelector{MatchLabels: want("nats")}, servers.Spec.Selector)
	require.Equal(t, &metav1.LabelSelector{MatchLabels: want("nats-box")}, box.Spec.Selector)
	require.Equal(t, want("nats"), find[corev1.Service](t, all, "Service", "bus").Spec.Selector)

	ofServers, ofBox := labels.Set(servers.Spec.Template.Labels), labels.Set(box.Spec.Template.Labels)
	require.True(t, labels.SelectorFromSet(want("nats")).Matches(ofServers))
	require.True(t, labels.SelectorFromSet(want("nats-box")).Matches(ofBox))
	require.False(t, labels.SelectorFromSet(want("nats")).Matches(ofBox))
	require.Equal(t, "b", ofServers["team"], "the pods' own labels go over the global ones")
	require.Equal(t, "a", ofBox["team"])
	for _, object := range all {
		require.Subset(t, object.GetLabels(), map[string]string{"app.kubernetes.io/name": "nats", "team": "a"}, object.GetName())
	}
}

func TestVersionLabel(t *testing.T) {
	t.Parallel()
	const key = "app.kubernetes.io/version"
	for name, c := range map[string]struct{ fields, want string }{
		"tag":          {`image: tag: "2.15.0"`, "2.15.0"},
		"user's own":   {`global: labels: "app.kubernetes.io/version": "mine"`, "mine"},
		"digest":       {`image: digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"`, ""},
		"whole name":   {`image: fullImageName: "nats:2"`, ""},
		"not a label":  {`image: tag: "2.15.0-"`, ""},
		"other images": {`reloader: image: tag: "9"`, "2.15.2-alpine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := find[appsv1.StatefulSet](t, objects(t, parse(t, c.fields)), "StatefulSet", "nats")
			require.Equal(t, c.want, set.Labels[key])
		})
	}
}

// A new version of the server changes one object, and of the pods only the image.
func TestUpgradeTouchesOneObject(t *testing.T) {
	t.Parallel()
	before, after := objects(t, parse(t, `image: tag: "2.15.1"`)), objects(t, parse(t, `image: tag: "2.15.2"`))
	var changed []string
	for i := range before {
		if !cmp.Equal(before[i].Object, after[i].Object) {
			changed = append(changed, before[i].GetKind())
		}
	}
	require.Equal(t, []string{"StatefulSet"}, changed)
	old, upgraded := pods(t, parse(t, `image: tag: "2.15.1"`))["nats"], pods(t, parse(t, `image: tag: "2.15.2"`))["nats"]
	require.Equal(t, "nats:2.15.2", upgraded.Spec.Containers[0].Image)
	upgraded.Spec.Containers[0].Image = old.Spec.Containers[0].Image
	require.Empty(t, cmp.Diff(old, upgraded))
}

func TestImageNames(t *testing.T) {
	t.Parallel()
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for name, c := range map[string]struct {
		fields, want string
		policy       corev1.PullPolicy
	}{
		"default":         {fields: ``, want: "nats:2.15.2-alpine"},
		"global registry": {fields: `global: image: registry: "r.example"`, want: "r.example/nats:2.15.2-alpine"},
		"own registry":    {fields: `{global: image: registry: "r.example", image: registry: "own.example:5000"}`, want: "own.example:5000/nats:2.15.2-alpine"},
		"digest":          {fields: `image: {registry: "r.example", digest: "` + digest + `"}`, want: "r.example/nats@" + digest},
		"whole name":      {fields: `{global: image: registry: "r.example", image: fullImageName: "x/y:z"}`, want: "x/y:z"},
		"global policy":   {fields: `global: image: pullPolicy: "Always"`, want: "nats:2.15.2-alpine", policy: "Always"},
		"own policy":      {fields: `{global: image: pullPolicy: "Always", image: pullPolicy: "Never"}`, want: "nats:2.15.2-alpine", policy: "Never"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nats := pods(t, parse(t, c.fields))["nats"].Spec.Containers[0]
			require.Equal(t, c.want, nats.Image)
			require.Equal(t, c.policy, nats.ImagePullPolicy)
		})
	}
}
