package proof

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// built is what Argo CD's own version of kustomize makes of a folder.
func built(t *testing.T, dir string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	require.NoError(t, err)
	stream, err := objects.AsYaml()
	require.NoError(t, err)
	split, err := kube.SplitYAML(stream)
	require.NoError(t, err)
	require.NotEmpty(t, split)
	return split
}

// byKey are objects by what names them.
func byKey(t *testing.T, objects []*unstructured.Unstructured) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, o := range objects {
		key := fmt.Sprintf("%s %s/%s", o.GroupVersionKind(), o.GetNamespace(), o.GetName())
		require.NotContains(t, out, key)
		out[key] = o.Object
	}
	return out
}

// The objects are those that kustomize builds of the overlay that natsyard render has written, for
// every path and parameter by which an Application can mean an environment.
func TestGenerate(t *testing.T) {
	t.Parallel()
	r := newRemote(t, "teams/messaging")
	prod := byKey(t, built(t, filepath.Join(r.dir, "teams/messaging/overlays/prod")))
	dev := byKey(t, built(t, filepath.Join(r.dir, "teams/messaging/overlays/dev")))
	for name, c := range map[string]struct {
		source *v1alpha1.ApplicationSource
		want   map[string]map[string]any
	}{
		"the folder of an environment":          {r.source("teams/messaging/overlays/prod"), prod},
		"the folder of another":                 {r.source("./teams/messaging/overlays/dev/"), dev},
		"the root and a parameter":              {r.source("teams/messaging", stringParameter("env", "prod")), prod},
		"the parameter before plugin.env":       {withEnv(r.source("teams/messaging", stringParameter("env", "prod")), "ENV", "dev"), prod},
		"the root and plugin.env":               {withEnv(r.source("teams/messaging"), "ENV", "dev"), dev},
		"plugin.env with Argo CD's own in it":   {withEnv(r.source("teams/messaging"), "ENV", "${ARGOCD_APP_PROJECT_NAME}"), nil},
		"a parameter that the page has emptied": {r.source("teams/messaging/overlays/prod", stringParameter("env", ""), mapParameter("set", nil)), prod},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := r.generate(within(t, timeout), c.source)
			if c.want == nil {
				require.ErrorContains(t, err, "variable ARGOCD_ENV_ENV: there is no environment default")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, byKey(t, got))
		})
	}
}

// natsyard's own environments and its examples, one for each theme, are the same in Argo CD.
func TestGenerateEverything(t *testing.T) {
	t.Parallel()
	r := newRemote(t, "scaffold")
	for _, name := range []string{"base", "cue.mod", "overlays", "schema", "examples"} {
		require.NoError(t, os.CopyFS(filepath.Join(r.dir, "natsyard", name), os.DirFS(filepath.Join("../../..", name))))
	}
	r.commit(t)
	overlays, err := filepath.Glob(filepath.Join(r.dir, "natsyard/overlays/*"))
	require.NoError(t, err)
	examples, err := filepath.Glob(filepath.Join(r.dir, "natsyard/examples/overlays/*"))
	require.NoError(t, err)
	require.Contains(t, overlays, filepath.Join(r.dir, "natsyard/overlays/prod"))
	require.Greater(t, len(examples), 5)
	for _, folder := range append(overlays, examples...) {
		at, err := filepath.Rel(r.dir, folder)
		require.NoError(t, err)
		got, err := r.generate(within(t, timeout), r.source(at))
		require.NoError(t, err, at)
		require.Equal(t, byKey(t, built(t, folder)), byKey(t, got), at)
	}
}

func withEnv(source *v1alpha1.ApplicationSource, name, value string) *v1alpha1.ApplicationSource {
	source.Plugin.Env = v1alpha1.Env{{Name: name, Value: value}}
	return source
}

// kubectl, where there is one, builds the same.
func TestGenerateKubectl(t *testing.T) {
	t.Parallel()
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("no kubectl: that it builds the same is NOT known")
	}
	r := newRemote(t, ".")
	want, err := kube.SplitYAML([]byte(sh(t, r.dir, kubectl, "kustomize", "overlays/prod")))
	require.NoError(t, err)
	got, err := r.generate(within(t, timeout), r.source("overlays/prod"))
	require.NoError(t, err)
	require.Equal(t, byKey(t, want), byKey(t, got))
}

// Parameters reach the objects.
func TestGenerateParameters(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	got, err := r.generate(within(t, timeout), r.source(".",
		stringParameter("env", "prod"),
		mapParameter("images", map[string]string{"nats": "registry.example.com/nats:2.15.2-alpine"}),
		mapParameter("set", map[string]string{"limits.maxConnections": "20000", `podTemplate.annotations."example.com/team"`: "7"}),
	))
	require.NoError(t, err)
	for _, o := range got {
		switch o.GetKind() {
		case "StatefulSet":
			containers, _, err := unstructured.NestedSlice(o.Object, "spec", "template", "spec", "containers")
			require.NoError(t, err)
			require.Equal(t, "registry.example.com/nats:2.15.2-alpine", containers[0].(map[string]any)["image"])
			annotations, _, err := unstructured.NestedStringMap(o.Object, "spec", "template", "metadata", "annotations")
			require.NoError(t, err)
			require.Equal(t, "7", annotations["example.com/team"])
		case "ConfigMap":
			if o.GetName() == "nats-config" {
				conf, _, err := unstructured.NestedString(o.Object, "data", "nats.conf")
				require.NoError(t, err)
				require.Contains(t, conf, "max_connections: 20000")
			}
		}
	}
}

// A repository that is mostly something else: 3,000 files. Argo CD sends all of them with every request,
// or only natsyard's own where the Application says which it needs.
func TestGenerateLargeRepository(t *testing.T) {
	t.Parallel()
	r := newRemote(t, "teams/messaging", func(c *repository.RepoServerInitConstants) { c.CMPTarExcludedGlobs = []string{".git/*"} })
	want := byKey(t, built(t, filepath.Join(r.dir, "teams/messaging/overlays/prod")))
	for i := range 3000 {
		r.write(t, fmt.Sprintf("services/s%02d/f%04d.txt", i%60, i), fmt.Sprintf("%04d%1000d\n", i, i))
	}
	r.commit(t)
	for range 2 {
		start := time.Now()
		got, err := r.generate(within(t, timeout), r.source("teams/messaging/overlays/prod"))
		require.NoError(t, err)
		require.Equal(t, want, byKey(t, got))
		t.Logf("3,000 files: %s", time.Since(start).Round(time.Millisecond))
	}
}

// Several Applications at once do not see each other.
func TestGenerateAtOnce(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	want := map[string]map[string]map[string]any{}
	for _, env := range []string{"dev", "prod"} {
		want[env] = byKey(t, built(t, filepath.Join(r.dir, "overlays", env)))
	}
	var requests errgroup.Group
	got := make([][]*unstructured.Unstructured, 8)
	for i := range got {
		requests.Go(func() (err error) {
			got[i], err = r.generate(within(t, timeout), r.source("overlays/"+[]string{"dev", "prod"}[i%2]))
			return err
		})
	}
	require.NoError(t, requests.Wait())
	for i, objects := range got {
		require.Equal(t, want[[]string{"dev", "prod"}[i%2]], byKey(t, objects))
	}
}
