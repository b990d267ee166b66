// Package real runs production of this repository on real nodes: kubelets, containers, the servers themselves.
package real

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/e2e/internal/build"
	"github.com/natsyard/natsyard/e2e/internal/check"
	"github.com/natsyard/natsyard/e2e/internal/cluster"
	"github.com/natsyard/natsyard/e2e/internal/nodes"
	"github.com/natsyard/natsyard/e2e/internal/sandbox"
)

// repository is the repository whose production runs.
const repository = "../.."

// zones are those of the nodes: production needs a node for each of its servers, five at most.
var zones = []string{"a", "b", "c", "a", "b"}

var (
	k8s      *cluster.Cluster
	machines *nodes.Nodes
	work     string // where the tests write
)

// made is all that is built, besides natsyard itself.
type made struct {
	kube    *build.Kubernetes
	runtime *build.Runtime
	images  []string
}

// makeAll builds all that is not built yet, and natsyard into a folder.
func makeAll(ctx context.Context, dir string) (all made, err error) {
	if all.kube, err = build.Cluster(ctx, build.Newest); err != nil {
		return all, err
	}
	if all.runtime, err = build.Containers(ctx); err != nil {
		return all, err
	}
	references, err := imagesOf(filepath.Join(repository, "base"), filepath.Join(repository, "overlays/prod"))
	if err != nil {
		return all, err
	}
	if all.images, err = build.Images(ctx, append(references, "nats:"+build.OlderServer)); err != nil {
		return all, err
	}
	return all, build.Natsyard(ctx, repository, dir)
}

// imagesOf are the images that files name.
func imagesOf(dirs ...string) (references []string, err error) {
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(string(data)) {
				if _, image, ok := strings.Cut(line, " image: "); ok {
					references = append(references, strings.TrimSpace(image))
				}
			}
		}
	}
	return references, nil
}

func TestMain(m *testing.M) {
	sandbox.Run(func(ctx context.Context) error {
		if err := sandbox.Whole(); err != nil {
			return fmt.Errorf("real nodes: %w", err)
		}
		dir, err := os.MkdirTemp("", "")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir) // built once more where it is used, at no cost
		if _, err := makeAll(ctx, dir); err != nil {
			return err
		}
		return nodes.Prepare()
	}, func(dir string) int {
		code, err := start(dir, m.Run)
		if err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
		return code
	}, nodes.Clean)
}

// start starts the cluster and its nodes, and runs the tests.
func start(dir string, tests func() int) (int, error) {
	ctx := context.Background()
	all, err := makeAll(ctx, dir)
	if err != nil {
		return 1, err
	}
	work = dir
	began := time.Now()
	k8s, err = cluster.Start(dir, all.kube, cluster.Options{Nodes: nodes.Names(len(zones)), NodeGrace: 12 * time.Second})
	if err != nil {
		return 1, err
	}
	defer k8s.Stop()
	if machines, err = nodes.Start(ctx, k8s, all.runtime, all.images, zones...); err != nil {
		return 1, err
	}
	build.Say("Kubernetes %s with %d nodes in %s", all.kube.Version, len(zones), time.Since(began).Round(time.Second))
	code := tests()
	return code, errors.Join(check.Table(os.Stdout), k8s.Running())
}

// A step is one of a sequence of checks, each of which stands on those before.
type step struct {
	what string
	do   func(c *check.Check)
}

// inOrder takes the steps in a namespace until one fails.
func inOrder(t *testing.T, namespace string, steps ...step) {
	for _, s := range steps {
		if !check.That(t, s.what, s.do) {
			diagnose(t, namespace)
			return
		}
	}
}

// diagnose says what there is to see of a namespace in which a check failed.
func diagnose(t *testing.T, namespace string) {
	all := [][]string{{"get", "pods,pvc,pdb", "-o", "wide"}, {"get", "events", "--sort-by=.lastTimestamp"}}
	for name := range servers(t, namespace) {
		all = append(all, []string{"logs", name, "-c", "nats", "--tail=10"})
	}
	var text strings.Builder
	for _, args := range all {
		out, err := k8s.Kubectl(t.Context(), append([]string{"-n", namespace}, args...)...)
		fmt.Fprintln(&text, out)
		if err != nil {
			fmt.Fprintln(&text, err)
		}
	}
	t.Log(text.String())
	if broken, ok := breaks[os.Getenv(breaking)]; ok && regexp.MustCompile(broken.shows).MatchString(text.String()) {
		t.Logf("broken as was meant: %s", broken.shows)
	}
}

// within is the time for one thing to become so.
const within = 3 * time.Minute

// kubectl runs kubectl, which must succeed.
func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return check.Kubectl(t, k8s, within, args...)
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	check.Eventually(t, what, within, try)
}

// namespace makes a namespace that Pod Security holds to the restricted profile.
func namespace(t *testing.T, name string) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}}}
	_, err := k8s.Client.CoreV1().Namespaces().Create(t.Context(), ns, metav1.CreateOptions{})
	require.NoError(t, err)
}

// servers are the pods that run nats-server, by their names.
func servers(t *testing.T, namespace string) map[string]corev1.Pod {
	t.Helper()
	list, err := k8s.Client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=nats"})
	require.NoError(t, err)
	out := map[string]corev1.Pod{}
	for _, p := range list.Items {
		out[p.Name] = p
	}
	return out
}

// ready waits until so many servers run what is asked for, and are ready.
func ready(t *testing.T, namespace string, want int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d servers of %s are ready", want, namespace), func() error {
		s, err := k8s.Client.AppsV1().StatefulSets(namespace).Get(t.Context(), "nats", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if s.Status.ObservedGeneration < s.Generation || int(s.Status.ReadyReplicas) != want || int(s.Status.UpdatedReplicas) != want || int(s.Status.Replicas) != want {
			return fmt.Errorf("of %d, %d are ready and %d new", s.Status.Replicas, s.Status.ReadyReplicas, s.Status.UpdatedReplicas)
		}
		return nil
	})
}

// monitor asks the monitoring port of a server.
func monitor(pod corev1.Pod, path string, into any) error {
	data, err := fetch(pod, 8222, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// fetch asks a port of a pod.
func fetch(pod corev1.Pod, port int, path string) ([]byte, error) {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(fmt.Sprintf("http://%s:%d%s", pod.Status.PodIP, port, path))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s of %s: %s", path, pod.Name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// started tells which servers there are, each with its identity and how often its containers were started anew.
func started(t *testing.T, namespace string) (times []string) {
	t.Helper()
	for name, p := range servers(t, namespace) {
		times = append(times, fmt.Sprintf("%s %s %d", name, p.UID, restarts(p)))
	}
	slices.Sort(times)
	return times
}

func restarts(p corev1.Pod) (n int32) {
	for _, c := range p.Status.ContainerStatuses {
		n += c.RestartCount
	}
	return n
}
