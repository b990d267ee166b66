package real

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/e2e/internal/build"
	"github.com/natsyard/natsyard/e2e/internal/check"
	"github.com/natsyard/natsyard/e2e/internal/cluster"
	"github.com/natsyard/natsyard/e2e/internal/nodes"
)

// Production, from its first start through all that happens to it, while a service publishes without pause. Every message
// that was acknowledged is there at the end.
func TestProduction(t *testing.T) {
	t.Parallel()
	const ns = "nats"
	namespace(t, ns)
	for i := range 3 { // the servers with replicas of the stream are on these nodes, which have a hard time
		require.NoError(t, machines.Volume(t.Context(), nodes.Name(i+1), fmt.Sprintf("disk-%d", i+1), cluster.StorageClass, "10Gi"))
	}
	r := copyOf(t, "production", "prod")
	var steady *publisher
	inOrder(t, ns, []step{
		{"production of an older nats-server is applied under the restricted profile, and is ready", func(c *check.Check) {
			r.set(c.T, "older", `image: tag: "`+build.OlderServer+`"`)
			r.apply(c.T)
			ready(c.T, ns, 3)
			kubectl(c.T, "-n", ns, "rollout", "status", "deployment/nats-box", "--timeout=60s")
			where := map[string]bool{}
			for _, p := range servers(c.T, ns) {
				where[p.Spec.NodeName] = true
			}
			require.Len(c.T, where, 3, "each on its own node")
		}},
		{"a pod that is not restricted is refused", func(c *check.Check) {
			_, err := k8s.Client.CoreV1().Pods(ns).Create(c.Context(), &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: "root"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "root", Image: build.Client + ":" + build.Tag}}},
			}, metav1.CreateOptions{})
			require.True(c.T, apierrors.IsForbidden(err), "%v", err)
			require.ErrorContains(c.T, err, `violates PodSecurity "restricted`)
		}},
		{"the logs are those of a server of JetStream", func(c *check.Check) {
			require.Contains(c.T, kubectl(c.T, "-n", ns, "logs", "nats-0", "-c", "nats"), "Server is ready")
		}},
		{"nats-box reaches the servers by its context", func(c *check.Check) {
			require.Contains(c.T, kubectl(c.T, "-n", ns, "exec", "deploy/nats-box", "--", "nats", "rtt"), "nats://nats")
		}},
		{"a service in a pod publishes and receives by the name of the Service", func(c *check.Check) {
			steady = publish(c.T, ns, "my-service", nil, "nats://nats.nats.svc.cluster.local:4222")
			steady.since(c.T, time.Now())
		}},
		{"the exporter's metrics have JetStream's", func(c *check.Check) {
			p := servers(c.T, ns)["nats-0"]
			eventually(c.T, "metrics", func() error {
				text, err := fetch(p, 7777, "/metrics")
				if err == nil && !messages.Match(text) {
					err = fmt.Errorf("no metric of the stream's messages")
				}
				return err
			})
		}},
		{"an option that is reloaded takes effect, and no pod is restarted", func(c *check.Check) {
			before, began := started(c.T, ns), time.Now()
			r.set(c.T, "reload", `limits: maxConnections: 1234`)
			r.apply(c.T)
			for name, p := range servers(c.T, ns) {
				eventually(c.T, name+" has the option", func() error {
					var v struct {
						MaxConnections int `json:"max_connections"`
					}
					if err := monitor(p, "/varz", &v); err != nil {
						return err
					}
					if v.MaxConnections != 1234 {
						return fmt.Errorf("max_connections is %d", v.MaxConnections)
					}
					return nil
				})
			}
			require.Equal(c.T, before, started(c.T, ns))
			c.Note("%s", steady.since(c.T, began))
		}},
		{"nats-server is upgraded, one server at a time", func(c *check.Check) {
			rolled(c, r, ns, steady, func() { r.remove(c.T, "older") })
			for name, p := range servers(c.T, ns) {
				var v struct{ Version string }
				require.NoError(c.T, monitor(p, "/varz", &v))
				require.Equal(c.T, p.Spec.Containers[0].Image, "nats:"+v.Version+"-alpine", name)
				require.NotContains(c.T, p.Spec.Containers[0].Image, build.OlderServer)
			}
		}},
		{"an option that is not reloaded rolls the servers, and tells their clients before", func(c *check.Check) {
			told := func() int { return strings.Count(logs(c.T, ns, steady.name), "Lame duck") }
			before := told()
			rolled(c, r, ns, steady, func() { r.set(c.T, "restart", `jetstream: syncInterval: "1m"`) })
			require.Greater(c.T, told(), before)
		}},
		{"three servers become five", func(c *check.Check) {
			began := time.Now()
			for _, n := range []int{4, 5} {
				require.NoError(c.T, machines.Volume(c.Context(), nodes.Name(n), fmt.Sprintf("disk-%d", n), cluster.StorageClass, "10Gi"))
			}
			r.edit(c.T, "cluster: replicas: 3", "cluster: replicas: 5")
			r.apply(c.T)
			ready(c.T, ns, 5)
			eventually(c.T, "the servers know each other", func() error {
				for name, p := range servers(c.T, ns) {
					var z struct {
						Meta struct {
							Size int `json:"cluster_size"`
						} `json:"meta_cluster"`
					}
					if err := monitor(p, "/jsz", &z); err != nil {
						return err
					}
					if z.Meta.Size != 5 {
						return fmt.Errorf("%s knows %d", name, z.Meta.Size)
					}
				}
				return nil
			})
			c.Note("%s", steady.since(c.T, began))
		}},
		{"a node is drained, and the budget refuses the next", func(c *check.Check) {
			began := time.Now()
			drain(c.T, nodes.Name(1), true)
			drain(c.T, nodes.Name(2), false)
			kubectl(c.T, "uncordon", nodes.Name(1), nodes.Name(2))
			ready(c.T, ns, 5)
			c.Note("%s", steady.since(c.T, began))
		}},
		{"a kubelet is killed, and comes back", func(c *check.Check) {
			began, before := time.Now(), started(c.T, ns)
			node := nodes.Name(2)
			machines.KillKubelet(node)
			eventually(c.T, node+" counts as gone", func() error { return nodeIs(c.T, node, corev1.ConditionUnknown) })
			require.NoError(c.T, machines.StartKubelet(node))
			eventually(c.T, node+" is back", func() error { return nodeIs(c.T, node, corev1.ConditionTrue) })
			ready(c.T, ns, 5)
			require.Equal(c.T, before, started(c.T, ns), "its pods went on")
			c.Note("%s", steady.since(c.T, began))
		}},
		{"a pod whose node is cordoned is deleted, and waits for its disk", func(c *check.Check) {
			began := time.Now()
			node := nodes.Name(3)
			kubectl(c.T, "cordon", node)
			name := on(c.T, ns, node)
			kubectl(c.T, "-n", ns, "delete", "pod", name, "--timeout=120s")
			eventually(c.T, name+" waits", func() error {
				p, err := k8s.Client.CoreV1().Pods(ns).Get(c.Context(), name, metav1.GetOptions{})
				if err == nil && p.Spec.NodeName != "" {
					err = fmt.Errorf("it is on %s", p.Spec.NodeName)
				}
				return err
			})
			kubectl(c.T, "uncordon", node)
			ready(c.T, ns, 5)
			c.Note("%s", steady.since(c.T, began))
		}},
		{"every message that was acknowledged is there", func(c *check.Check) {
			final := steady.whole(c.T, 1000)
			c.Note("%d acknowledged, %d stored", final.Acked, final.Stored)
		}},
	}...)
}

// messages matches the metric of how many messages the service's stream has, which the exporter has of JetStream alone.
var messages = regexp.MustCompile(`(?m)^\w*stream_total_messages\{.*stream_name="E2E".*\} [1-9]`)

// rolled makes a change that every server is started anew for.
func rolled(c *check.Check, r repo, namespace string, steady *publisher, change func()) {
	before, began := started(c.T, namespace), time.Now()
	change()
	r.apply(c.T)
	ready(c.T, namespace, len(before))
	pods := servers(c.T, namespace)
	for n := len(before) - 1; n > 0; n-- { // the last goes first
		was, next := pods[fmt.Sprintf("nats-%d", n)], pods[fmt.Sprintf("nats-%d", n-1)]
		require.False(c.T, next.CreationTimestamp.Time.Before(readySince(was)), "%s was taken down before %s was ready", next.Name, was.Name)
	}
	for i, now := range started(c.T, namespace) {
		require.NotEqual(c.T, before[i], now)
	}
	c.Note("%s", steady.since(c.T, began))
}

// readySince is when a pod became ready.
func readySince(p corev1.Pod) time.Time {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.LastTransitionTime.Time
		}
	}
	return time.Time{}
}

// drain drains a node, or is refused by the budget.
func drain(t *testing.T, node string, works bool) {
	t.Helper()
	timeout := "--timeout=15s"
	if works {
		timeout = "--timeout=120s"
	}
	out, err := k8s.Kubectl(t.Context(), "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--pod-selector=app.kubernetes.io/component=nats", timeout)
	if works {
		require.NoError(t, err)
		return
	}
	require.Error(t, err)
	require.Contains(t, out, "disruption budget")
}

// on is the server on a node.
func on(t *testing.T, namespace, node string) string {
	t.Helper()
	for name, p := range servers(t, namespace) {
		if p.Spec.NodeName == node {
			return name
		}
	}
	require.Fail(t, "no server is on "+node)
	return ""
}

// nodeIs is an error when a node is not in a state.
func nodeIs(t *testing.T, name string, want corev1.ConditionStatus) error {
	node, err := k8s.Client.CoreV1().Nodes().Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status != want {
			return fmt.Errorf("ready is %s", c.Status)
		}
	}
	return nil
}
