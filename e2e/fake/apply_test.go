package fake

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"

	"github.com/natsyard/natsyard/e2e/internal/check"
)

// Every environment, natsyard's own and the examples': the API server takes it, its pods and claims find their places, and to apply it again
// changes nothing.
func TestApply(t *testing.T) {
	all := overlays(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		dir := all[name]
		check.That(t, name+" is applied, runs and does not drift", func(c *check.Check) {
			built := objects(c.T, dir)
			ns := built[0].GetNamespace()
			namespace(c.T, ns, "restricted")
			kubectl(c.T, "apply", "--dry-run=server", "--warnings-as-errors", "--validate=strict", "-k", dir)
			kubectl(c.T, "apply", "--warnings-as-errors", "--validate=strict", "-k", dir)
			pods := ready(c.T, ns)
			claims := bound(c.T, ns)
			endpoints(c.T, ns, len(pods))

			unchanged(c.T, dir)
			kubectl(c.T, "diff", "-k", dir) // which exits with 1 if there is one
			undrifted(c.T, built)
			c.Note("%d objects, %d servers, %d claims", len(built), len(pods), claims)
		})
	}
}

// unchanged requires that applying once more changes nothing. Of a PodDisruptionBudget kubectl says "configured" all the same: its selector is of
// those fields that kubectl always replaces, and its generation stays. Of a StatefulSet with claims it says so before Kubernetes 1.34, whose API server writes
// into each claim that it was created at no time.
func unchanged(t *testing.T, dir string) {
	t.Helper()
	generations := func() map[string]int64 {
		all := map[string]int64{}
		for _, o := range objects(t, dir) {
			all[o.GetKind()+"/"+o.GetName()] = live(t, o).GetGeneration()
		}
		return all
	}
	said := `^poddisruptionbudget\.policy/| unchanged$`
	if k8s.Before(34) {
		said += `|^statefulset\.apps/`
	}
	before := generations()
	for line := range strings.Lines(kubectl(t, "apply", "-k", dir)) {
		require.Regexp(t, said, strings.TrimSpace(line))
	}
	require.Equal(t, before, generations())
}

// bound requires that all claims of a namespace are bound, and tells how many there are.
func bound(t *testing.T, namespace string) int {
	t.Helper()
	claims, err := k8s.Client.CoreV1().PersistentVolumeClaims(namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for _, c := range claims.Items {
		require.Equal(t, corev1.ClaimBound, c.Status.Phase, c.Name)
	}
	return len(claims.Items)
}

// endpoints waits until each Service of the servers leads to all of them.
func endpoints(t *testing.T, namespace string, want int) {
	t.Helper()
	services, err := k8s.Client.CoreV1().Services(namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, services.Items)
	for _, s := range services.Items {
		eventually(t, "the Service "+s.Name+" leads to the servers", func() error {
			slices, err := k8s.Client.DiscoveryV1().EndpointSlices(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + s.Name})
			if err != nil {
				return err
			}
			found := 0
			for _, slice := range slices.Items {
				for _, e := range slice.Endpoints {
					if e.Conditions.Ready != nil && *e.Conditions.Ready {
						found++
					}
				}
			}
			return equal(want, found)
		})
	}
}

// undrifted requires that Argo CD sees no difference between objects and those of the cluster: by its own comparison, after its own
// normalisation.
func undrifted(t *testing.T, built []*unstructured.Unstructured) {
	t.Helper()
	for _, o := range built {
		result, err := diff.Diff(o, live(t, o), diff.WithNormalizer(diff.GetNoopNormalizer()))
		require.NoError(t, err)
		require.False(t, result.Modified, "%s/%s\nis      %s\nwants %s", o.GetKind(), o.GetName(), result.NormalizedLive, result.PredictedLive)
	}
}

// live is an object as it is in the cluster.
func live(t *testing.T, o *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(k8s.Client.Discovery()))
	mapping, err := mapper.RESTMapping(o.GroupVersionKind().GroupKind(), o.GroupVersionKind().Version)
	require.NoError(t, err)
	is, err := k8s.Dynamic.Resource(mapping.Resource).Namespace(o.GetNamespace()).Get(t.Context(), o.GetName(), metav1.GetOptions{})
	require.NoError(t, err)
	return is
}
