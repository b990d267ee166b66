package fake

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/e2e/internal/check"
)

// equal is an error when two numbers differ.
func equal(want, got int) error {
	if want != got {
		return fmt.Errorf("want %d, got %d", want, got)
	}
	return nil
}

// Production on three, five and six nodes: servers never share a node, and one that finds none waits. The seventh would be let onto a node by the
// spread, which does not know of nodes that are cordoned either: it is anti-affinity that refuses it.
func TestPlacement(t *testing.T) {
	prod := filepath.Join(environments, "prod")
	namespace(t, "nats", "restricted")
	kubectl(t, "apply", "-k", prod)
	ready(t, "nats")
	for _, c := range []struct{ nodes, servers, runs int }{{3, 3, 3}, {3, 5, 3}, {5, 5, 5}, {5, 6, 5}, {6, 6, 6}, {6, 7, 6}} {
		check.That(t, fmt.Sprintf("%d servers on %d nodes: %d run, each on its own", c.servers, c.nodes, c.runs), func(k *check.Check) {
			cordon(k.T, c.nodes)
			kubectl(k.T, "-n", "nats", "scale", "statefulset/nats", "--replicas=0")
			kubectl(k.T, "-n", "nats", "wait", "--for=delete", "pod", "-l", servers, "--timeout=60s")
			// What the claims chose before must not choose now.
			kubectl(k.T, "-n", "nats", "delete", "pvc", "--all", "--timeout=60s")
			kubectl(k.T, "-n", "nats", "scale", "statefulset/nats", fmt.Sprintf("--replicas=%d", c.servers))
			eventually(k.T, "they have their places", func() error {
				pods, err := k8s.Client.CoreV1().Pods("nats").List(k.Context(), metav1.ListOptions{LabelSelector: servers})
				if err != nil {
					return err
				}
				nodes, refused := map[string]int{}, 0
				for _, p := range pods.Items {
					if p.Spec.NodeName != "" {
						nodes[p.Spec.NodeName]++
					}
					for _, condition := range p.Status.Conditions {
						if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
							refused++
						}
					}
				}
				for node, n := range nodes {
					if n > 1 {
						return fmt.Errorf("%s has %d servers", node, n)
					}
				}
				if len(nodes) != c.runs || refused != c.servers-c.runs {
					return fmt.Errorf("%d have a node, %d were refused one", len(nodes), refused)
				}
				return nil
			})
		})
	}
	cordon(t, len(zones))
}

// cordon leaves so many nodes on which pods may be placed.
func cordon(t *testing.T, open int) {
	t.Helper()
	for n := range zones {
		verb := "uncordon"
		if n >= open {
			verb = "cordon"
		}
		kubectl(t, verb, fmt.Sprintf("fake-%d", n+1))
	}
}

// Servers in zones go to the zone of their set, one on a node.
func TestZones(t *testing.T) {
	check.That(t, "servers of zones are in their zones", func(c *check.Check) {
		dir := filepath.Join(examples, "zones")
		built := objects(c.T, dir)
		namespace(c.T, built[0].GetNamespace(), "restricted")
		kubectl(c.T, "apply", "-k", dir)
		found, zones := map[string]bool{}, map[string]bool{}
		for _, p := range ready(c.T, built[0].GetNamespace()) {
			node, err := k8s.Client.CoreV1().Nodes().Get(c.Context(), p.Spec.NodeName, metav1.GetOptions{})
			require.NoError(c.T, err)
			zone := node.Labels[corev1.LabelTopologyZone]
			require.Equal(c.T, "nats-"+zone+"-0", p.Name)
			found[node.Name], zones[zone] = true, true
		}
		require.Len(c.T, found, 3)
		require.Len(c.T, zones, 3)
	})
}

// The PodDisruptionBudget lets one server go, and no second while the first is not back.
func TestDisruption(t *testing.T) {
	check.That(t, "an eviction is let through, the next is refused", func(c *check.Check) {
		namespace(c.T, "nats", "restricted")
		kubectl(c.T, "apply", "-k", filepath.Join(environments, "prod"))
		ready(c.T, "nats")
		eventually(c.T, "the budget knows the servers", func() error {
			budget, err := k8s.Client.PolicyV1().PodDisruptionBudgets("nats").Get(c.Context(), "nats", metav1.GetOptions{})
			if err != nil {
				return err
			}
			return equal(1, int(budget.Status.DisruptionsAllowed))
		})
		cordon(c.T, 0) // or there is another at once
		defer cordon(c.T, len(zones))
		require.NoError(c.T, evict(c.T, "nats-0"))
		eventually(c.T, "the first is gone", func() error {
			p, err := k8s.Client.CoreV1().Pods("nats").Get(c.Context(), "nats-0", metav1.GetOptions{})
			if err == nil && p.Spec.NodeName != "" {
				return fmt.Errorf("nats-0 is on %s", p.Spec.NodeName)
			}
			if apierrors.IsNotFound(err) {
				return nil
			}
			return err
		})
		for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
			require.True(c.T, apierrors.IsTooManyRequests(evict(c.T, "nats-1")))
		}
	})
}

// evict asks that a server be evicted.
func evict(t *testing.T, pod string) error {
	t.Helper()
	return k8s.Client.PolicyV1().Evictions("nats").Evict(t.Context(), &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod, Namespace: "nats"}})
}
