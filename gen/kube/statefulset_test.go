package kube_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/kube"
)

// servers gives the StatefulSet of the fields.
func servers(t testing.TB, fields string) appsv1.StatefulSet {
	t.Helper()
	in := parse(t, fields)
	return find[appsv1.StatefulSet](t, objects(t, in), "StatefulSet", in.ServerSets()[0].Name)
}

// The fields that Kubernetes does not let change are those of the official chart's
// StatefulSet for a release named nats.
func TestImmutableFieldsAreTheChart(t *testing.T) {
	t.Parallel()
	set := servers(t, `{cluster: replicas: 3, jetstream: fileStore: {}}`)
	require.Equal(t, "nats", set.Name)
	require.Equal(t, "nats-headless", set.Spec.ServiceName)
	require.Equal(t, appsv1.ParallelPodManagement, set.Spec.PodManagementPolicy)
	require.Len(t, set.Spec.VolumeClaimTemplates, 1)
	claim := set.Spec.VolumeClaimTemplates[0]
	require.Equal(t, "nats-js", claim.Name)
	require.Equal(t, []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"}, claim.Spec.AccessModes)
	require.Equal(t, resource.MustParse("10Gi"), claim.Spec.Resources.Requests["storage"])
	require.Nil(t, claim.Spec.StorageClassName)
	require.Equal(t, corev1.PersistentVolumeFilesystem, *claim.Spec.VolumeMode) // which the API server takes where the chart says nothing
}

func TestRestartHashAloneRollsThePods(t *testing.T) {
	t.Parallel()
	in := parse(t, `podTemplate: annotations: {a: "b", "natsyard.io/restart-hash": "hostile"}`)
	render := func(conf, hash string) appsv1.StatefulSet {
		all, err := kube.Objects(in, []byte(conf), hash)
		require.NoError(t, err)
		return find[appsv1.StatefulSet](t, all, "StatefulSet", "nats")
	}
	first := render("port: 4222", "1")
	require.Equal(t, map[string]string{"a": "b", kube.RestartHashAnnotation: "1"}, first.Spec.Template.Annotations)
	require.Empty(t, cmp.Diff(first, render("port: 4333", "1")))
	require.NotEqual(t, first.Spec.Template, render("port: 4222", "2").Spec.Template)
}

// Where JetStream keeps its state: on a claim, in an emptyDir, or nowhere.
func TestStore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields        string
		claim, volume string
		dir           string
	}{
		"off":              {fields: ``},
		"switched off":     {fields: `jetstream: {enabled: false, fileStore: {}}`},
		"file":             {fields: `jetstream: fileStore: {}`, claim: "nats-js", dir: "/data"},
		"own dir and name": {fields: `jetstream: fileStore: {dir: "/js", pvc: name: "store"}`, claim: "store", dir: "/js"},
		"memory":           {fields: `jetstream: memoryStore: {}`, volume: "nats-js", dir: "/data"},
		"no claim":         {fields: `jetstream: fileStore: pvc: enabled: false`, volume: "nats-js", dir: "/data"},
		"no file store":    {fields: `jetstream: {memoryStore: {}, fileStore: enabled: false}`, volume: "nats-js", dir: "/data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := servers(t, c.fields)
			var claim, volume, dir string
			for _, template := range set.Spec.VolumeClaimTemplates {
				claim = template.Name
				require.Equal(t, metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}, template.TypeMeta)
				require.Empty(t, template.Labels)
			}
			for _, v := range set.Spec.Template.Spec.Volumes[2:] {
				volume = v.Name
				require.Equal(t, &corev1.EmptyDirVolumeSource{}, v.EmptyDir)
			}
			for _, m := range set.Spec.Template.Spec.Containers[0].VolumeMounts[2:] {
				dir = m.MountPath
				require.Equal(t, c.claim+c.volume, m.Name)
			}
			require.Equal(t, []string{c.claim, c.volume, c.dir}, []string{claim, volume, dir})
			require.Equal(t, c.claim != "", set.Spec.PersistentVolumeClaimRetentionPolicy != nil)
		})
	}
}

func TestClaimsAreRetained(t *testing.T) {
	t.Parallel()
	set := servers(t, `jetstream: fileStore: pvc: storageClassName: "fast"`)
	require.Equal(t, &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{WhenDeleted: "Retain", WhenScaled: "Retain"}, set.Spec.PersistentVolumeClaimRetentionPolicy)
	require.Equal(t, new("fast"), set.Spec.VolumeClaimTemplates[0].Spec.StorageClassName)
}

func TestClaimSizeThatIsNone(t *testing.T) {
	t.Parallel()
	in := parse(t, `jetstream: fileStore: {}`)
	in.Jetstream.FileStore.Pvc.Size = "much" // the language lets no such size through
	_, err := kube.Objects(in, nil, "")
	require.ErrorContains(t, err, `parse jetstream.fileStore.pvc.size "much"`)
}

func TestServerPod(t *testing.T) {
	t.Parallel()
	pod := servers(t, `{lameDuckDuration: "2m", serviceAccount: name: "existing"}`).Spec.Template.Spec
	require.Equal(t, new(int64(150)), pod.TerminationGracePeriodSeconds)
	require.Equal(t, "existing", pod.ServiceAccountName)
	require.Equal(t, new(true), pod.ShareProcessNamespace)
	require.Equal(t, resource.MustParse("1Mi"), *pod.Volumes[1].EmptyDir.SizeLimit)
	require.Nil(t, servers(t, `reloader: enabled: false`).Spec.Template.Spec.ShareProcessNamespace)
}
