package gen

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
)

var (
	namedFile     = regexp.MustCompile(`"(/etc/nats-[^"]*)"`)
	namedVariable = regexp.MustCompile(`(?m)(?:^\s*|: )\$([A-Za-z_][A-Za-z0-9_]*)$`)
)

// Every file that nats.conf names is mounted in every pod, and every variable is in its environment.
func TestConfAndPodsAgree(t *testing.T) {
	t.Parallel()
	intents, err := filepath.Glob("kube/testdata/*.cue")
	require.NoError(t, err)
	files, variables := 0, 0
	for _, path := range intents {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		loader, found := intent.NewLoader(fstest.MapFS{
			"cue.mod/module.cue":       {Data: []byte("module: \"example.com/nats@v0\"\nlanguage: version: \"v0.17.0\"\n")},
			"base/intent.cue":          {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent\n")},
			"overlays/prod/intent.cue": {Data: []byte("package prod\n\nimport \"example.com/nats/base\"\n\nintent: base.intent & {\n" + string(text) + "\n}\n")},
		})
		require.Empty(t, found, path)
		in, found := loader.Load("prod")
		require.Empty(t, found, path)
		c, found := conf.Build(in)
		require.False(t, found.HasErrors(), "%s: %v", path, found)
		objects, err := kube.Objects(in, c.Text(), c.RestartHash())
		require.NoError(t, err)
		for _, object := range objects {
			if object.GetKind() != "StatefulSet" {
				continue
			}
			var servers appsv1.StatefulSet
			require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &servers))
			mounted, known := inPod(servers.Spec.Template.Spec)
			for _, m := range namedFile.FindAllSubmatch(c.Text(), -1) {
				require.True(t, mounted[string(m[1])], "%s: %s names %s", path, object.GetName(), m[1])
				files++
			}
			for _, m := range namedVariable.FindAllSubmatch(c.Text(), -1) {
				require.True(t, known[string(m[1])], "%s: %s refers to %s", path, object.GetName(), m[1])
				variables++
			}
		}
	}
	require.Greater(t, files, 25)
	require.Greater(t, variables, 25)
}

// inPod are the files that the server finds in Secrets and ConfigMaps, and its variables.
func inPod(pod corev1.PodSpec) (files, variables map[string]bool) {
	files, variables = map[string]bool{}, map[string]bool{}
	for _, mount := range pod.Containers[0].VolumeMounts {
		for _, volume := range pod.Volumes {
			var items []corev1.KeyToPath
			switch {
			case volume.Name != mount.Name:
			case volume.Secret != nil:
				items = volume.Secret.Items
			case volume.ConfigMap != nil:
				items = volume.ConfigMap.Items
			}
			for _, item := range items {
				files[mount.MountPath+"/"+item.Path] = true
			}
		}
	}
	for _, v := range pod.Containers[0].Env {
		variables[v.Name] = true
	}
	return files, variables
}
