package fake

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/e2e/internal/check"
)

// Production takes over what the official chart has installed: no field is refused, and the claims with the streams stay.
func TestAdoption(t *testing.T) {
	check.That(t, "a release of the chart is adopted", func(c *check.Check) {
		ctx := c.Context()
		before := map[string]string{}
		namespace(c.T, "nats", "privileged") // the chart's pods are not of the restricted profile
		kubectl(c.T, "apply", "--server-side", "--field-manager=helm", "-f", "testdata/helm.yaml")
		ready(c.T, "nats")
		claims, err := k8s.Client.CoreV1().PersistentVolumeClaims("nats").List(ctx, metav1.ListOptions{})
		require.NoError(c.T, err)
		for _, claim := range claims.Items {
			before[claim.Name] = string(claim.UID)
		}
		require.Len(c.T, before, 3)

		prod := filepath.Join(environments, "prod")
		kubectl(c.T, "label", "--overwrite", "namespace", "nats", "pod-security.kubernetes.io/enforce=restricted")
		kubectl(c.T, "apply", "--warnings-as-errors", "-k", prod)
		for _, p := range ready(c.T, "nats") {
			require.True(c.T, strings.HasPrefix(p.Spec.Containers[0].Image, "nats:2.15"), p.Spec.Containers[0].Image)
		}
		for name, uid := range before {
			claim, err := k8s.Client.CoreV1().PersistentVolumeClaims("nats").Get(ctx, name, metav1.GetOptions{})
			require.NoError(c.T, err)
			require.Equal(c.T, uid, string(claim.UID))
		}
		unchanged(c.T, prod)
		undrifted(c.T, objects(c.T, prod))
	})
}

// Server-side apply: what one manager applied another applies too, and neither has to force. With claims it has to before Kubernetes 1.34; see unchanged.
func TestServerSide(t *testing.T) {
	check.That(t, "three managers apply on the server without a conflict", func(c *check.Check) {
		ns, dir := "nats", filepath.Join(environments, "prod")
		if k8s.Before(34) {
			ns, dir = "nats-dev", filepath.Join(environments, "dev")
		}
		namespace(c.T, ns, "restricted")
		for _, manager := range []string{"argocd-controller", "kustomize-controller", "kubectl"} {
			kubectl(c.T, "apply", "--server-side", "--field-manager="+manager, "--warnings-as-errors", "-k", dir)
			ready(c.T, ns)
		}
		undrifted(c.T, objects(c.T, dir))
	})
}
