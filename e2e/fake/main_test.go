// Package fake applies what natsyard emits to a real control plane, whose nodes run nothing: the API server, the controllers and the
// scheduler are Kubernetes' own.
package fake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/natsyard/natsyard/e2e/internal/build"
	"github.com/natsyard/natsyard/e2e/internal/check"
	"github.com/natsyard/natsyard/e2e/internal/cluster"
	"github.com/natsyard/natsyard/e2e/internal/sandbox"
)

// The repository whose environments are applied, and its examples.
const (
	environments = "../../overlays"
	examples     = "../../examples/overlays"
)

// zones are those of the nodes, one each, by the names of the example of zones.
var zones = []string{"eu-1a", "eu-1b", "eu-1c", "eu-1a", "eu-1b", "eu-1c"}

var k8s *cluster.Cluster

func TestMain(m *testing.M) {
	kube := func(ctx context.Context) (*build.Kubernetes, error) {
		if os.Getenv("NATSYARD_E2E_KUBERNETES") == "older" {
			return build.Cluster(ctx, build.Older)
		}
		return build.Cluster(ctx, build.Newest)
	}
	sandbox.Run(func(ctx context.Context) error {
		_, err := kube(ctx)
		return err
	}, func(dir string) int {
		code, err := start(dir, kube, m.Run)
		if err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
		return code
	}, func() {})
}

// start starts the cluster, and runs the tests in it.
func start(dir string, kube func(context.Context) (*build.Kubernetes, error), tests func() int) (int, error) {
	ctx := context.Background()
	programs, err := kube(ctx)
	if err != nil {
		return 1, err
	}
	began := time.Now()
	if k8s, err = cluster.Start(dir, programs, cluster.Options{Volumes: true}); err != nil {
		return 1, err
	}
	defer k8s.Stop()
	if err := k8s.FakeNodes(ctx, zones...); err != nil {
		return 1, err
	}
	if _, err := k8s.Kubectl(ctx, "apply", "--server-side", "-f", programs.CRDs); err != nil {
		return 1, err
	}
	if _, err := k8s.Kubectl(ctx, "wait", "--for=condition=Established", "--timeout=60s", "-f", programs.CRDs); err != nil {
		return 1, err
	}
	build.Say("Kubernetes %s with %d nodes in %s", programs.Version, len(zones), time.Since(began).Round(time.Second))
	code := tests()
	return code, errors.Join(check.Table(os.Stdout), k8s.Running())
}

// within is the time for one check.
const within = 2 * time.Minute

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

// namespace makes a namespace that Pod Security holds to a profile.
func namespace(t *testing.T, name, profile string) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"pod-security.kubernetes.io/enforce": profile}}}
	eventually(t, "the namespace of the test before is gone", func() error {
		_, err := k8s.Client.CoreV1().Namespaces().Create(t.Context(), ns, metav1.CreateOptions{})
		return err
	})
	t.Cleanup(func() {
		require.NoError(t, k8s.Client.CoreV1().Namespaces().Delete(context.Background(), name, metav1.DeleteOptions{}))
	})
	eventually(t, "the namespace takes pods", func() error {
		_, err := k8s.Client.CoreV1().ServiceAccounts(name).Get(t.Context(), "default", metav1.GetOptions{})
		return err
	})
}

// objects are what kustomize builds of an overlay.
func objects(t *testing.T, overlay string) (out []*unstructured.Unstructured) {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), overlay)
	require.NoError(t, err)
	for _, r := range built.Resources() {
		m, err := r.Map()
		require.NoError(t, err)
		out = append(out, &unstructured.Unstructured{Object: m})
	}
	require.NotEmpty(t, out)
	return out
}

// overlays are the folders of all environments, by their names.
func overlays(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, parent := range []string{environments, examples} {
		dirs, err := filepath.Glob(filepath.Join(parent, "*", "kustomization.yaml"))
		require.NoError(t, err)
		require.NotEmpty(t, dirs)
		for _, file := range dirs {
			dir := filepath.Dir(file)
			name := filepath.Base(dir)
			if strings.Contains(parent, "examples") {
				name = "example " + name
			}
			all[name] = dir
		}
	}
	return all
}

// ready waits until all pods of all StatefulSets of a namespace are ready, and gives the pods.
func ready(t *testing.T, namespace string) (pods []corev1.Pod) {
	t.Helper()
	eventually(t, "the servers of "+namespace+" are ready", func() error {
		sets, err := k8s.Client.AppsV1().StatefulSets(namespace).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			return err
		}
		if len(sets.Items) == 0 {
			return errors.New("there is no StatefulSet")
		}
		for _, s := range sets.Items {
			if s.Status.ObservedGeneration < s.Generation || s.Status.ReadyReplicas != *s.Spec.Replicas || s.Status.UpdatedReplicas != *s.Spec.Replicas {
				return fmt.Errorf("%s: %d of %d are ready, %d of this template", s.Name, s.Status.ReadyReplicas, *s.Spec.Replicas, s.Status.UpdatedReplicas)
			}
		}
		return nil
	})
	list, err := k8s.Client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: servers})
	require.NoError(t, err)
	return list.Items
}

// servers selects the pods that run nats-server.
const servers = "app.kubernetes.io/component=nats"
