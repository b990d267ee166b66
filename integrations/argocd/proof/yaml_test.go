package proof

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/cmpserver/plugin"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	require.NoError(t, err)
	return text
}

// strict reads a file of this integration as what it is; a field that is not known is an error.
func strict[T any](t *testing.T, name string) *T {
	t.Helper()
	out := new(T)
	require.NoError(t, yaml.UnmarshalStrict(read(t, name), out), name)
	return out
}

// Every YAML file here is read below as what it is.
func TestEveryFile(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*.yaml")
	require.NoError(t, err)
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	require.Equal(t, []string{"application.yaml", "applicationset.yaml", "kustomization.yaml", "plugin.yaml", "repo-server.patch.yaml"}, files)
}

func TestPluginFile(t *testing.T) {
	t.Parallel()
	strict[plugin.PluginConfig](t, "plugin.yaml")
	config, err := plugin.ReadPluginConfig("..")
	require.NoError(t, err)
	require.Equal(t, "natsyard", config.Metadata.Name)
	require.Equal(t, plugin.PluginConfigSpec{
		Generate:   plugin.Command{Command: []string{"natsyard", "argocd", "generate"}},
		Parameters: plugin.Parameters{Dynamic: plugin.Command{Command: []string{"natsyard", "argocd", "parameters"}}},
	}, config.Spec)
}

// The lines of the README for discovery find a repository of natsyard's, and no other.
func TestDiscovery(t *testing.T) {
	t.Parallel()
	spec := struct{ Discover plugin.Discover }{}
	require.NoError(t, yaml.UnmarshalStrict([]byte(block(t, "discover:\n")), &spec))
	require.NotEmpty(t, spec.Discover.FileName)
	r := newRemote(t, ".")
	for folder, want := range map[string]int{"overlays/prod": 1, "overlays/dev": 1, ".": 0, "overlays": 0} {
		found, err := filepath.Glob(filepath.Join(r.dir, folder, spec.Discover.FileName)) // as argocd-cmp-server does
		require.NoError(t, err)
		require.Len(t, found, want, folder)
	}
}

func TestApplication(t *testing.T) {
	t.Parallel()
	app := strict[v1alpha1.Application](t, "application.yaml")
	kind, err := app.Spec.Source.ExplicitType()
	require.NoError(t, err)
	require.Equal(t, v1alpha1.ApplicationSourceTypePlugin, *kind)

	// What it asks for renders, also with what it shows in comments.
	require.Empty(t, app.Spec.Source.Plugin.Parameters)
	more := new(v1alpha1.Application)
	require.NoError(t, yaml.UnmarshalStrict(commented.ReplaceAll(read(t, "application.yaml"), []byte("      $1")), more))
	require.Len(t, more.Spec.Source.Plugin.Parameters, 2)
	r := newRemote(t, ".")
	for _, source := range []*v1alpha1.ApplicationSource{app.Spec.Source, more.Spec.Source} {
		source.RepoURL = r.repo().Repo
		got, err := r.generate(within(t, timeout), source)
		require.NoError(t, err)
		for _, o := range got {
			require.Equal(t, app.Spec.Destination.Namespace, o.GetNamespace(), o.GetName())
		}
	}
}

// commented is a line of YAML in a comment of application.yaml.
var commented = regexp.MustCompile(`(?m)^      # (parameters:|- | )`)

// The ApplicationSet makes an Application of each environment, which renders into its namespace.
func TestApplicationSet(t *testing.T) {
	t.Parallel()
	set := strict[v1alpha1.ApplicationSet](t, "applicationset.yaml")
	directories := set.Spec.Generators[0].Git.Directories
	require.Len(t, directories, 1)
	r := newRemote(t, ".")
	folders, err := filepath.Glob(filepath.Join(r.dir, directories[0].Path))
	require.NoError(t, err)
	require.Len(t, folders, 2)
	template := &v1alpha1.Application{
		ObjectMeta: *set.ObjectMeta.DeepCopy(), Spec: set.Spec.Template.Spec,
	}
	template.Name = set.Spec.Template.Name
	for _, folder := range folders {
		at, err := filepath.Rel(r.dir, folder)
		require.NoError(t, err)
		parameters := map[string]any{"path": map[string]any{ // as its git generator makes them
			"path": at, "basename": path.Base(at), "basenameNormalized": utils.SanitizeName(path.Base(at)), "segments": strings.Split(at, "/"),
		}}
		app, err := (&utils.Render{}).RenderTemplateParams(template, nil, parameters, set.Spec.GoTemplate, set.Spec.GoTemplateOptions)
		require.NoError(t, err)
		require.Equal(t, "nats-"+path.Base(at), app.Name)
		source := app.Spec.Source
		source.RepoURL = r.repo().Repo
		got, err := r.generate(within(t, timeout), source)
		require.NoError(t, err)
		for _, o := range got {
			require.Equal(t, app.Spec.Destination.Namespace, o.GetNamespace(), o.GetName())
		}
	}
}

// installed is Argo CD's own installation with this component.
func installed(t *testing.T) map[string][]byte {
	t.Helper()
	strict[types.Kustomization](t, "kustomization.yaml")
	strict[appsv1.Deployment](t, "repo-server.patch.yaml")
	fs := filesys.MakeFsInMemory()
	install, err := os.ReadFile(filepath.Join(argoDir(), "manifests", "install.yaml"))
	require.NoError(t, err)
	require.NoError(t, fs.WriteFile("/argocd/install.yaml", install))
	for _, name := range []string{"kustomization.yaml", "plugin.yaml", "repo-server.patch.yaml"} {
		require.NoError(t, fs.WriteFile("/argocd/natsyard/"+name, read(t, name)))
	}
	// The README's own, but for where Argo CD's manifests come from.
	text, _, _ := strings.Cut(block(t, "# argocd/kustomization.yaml\n"), "\n\n") // the commands follow
	text = regexp.MustCompile(`- https://\S+/install.yaml`).ReplaceAllString(text, "- install.yaml")
	require.NoError(t, yaml.UnmarshalStrict([]byte(text), &types.Kustomization{}))
	require.NoError(t, fs.WriteFile("/argocd/kustomization.yaml", []byte(text)))
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "/argocd")
	require.NoError(t, err)
	out := map[string][]byte{}
	for _, o := range objects.Resources() {
		text, err := o.AsYAML()
		require.NoError(t, err)
		out[o.GetKind()+"/"+o.GetName()] = text
	}
	return out
}

// The patch fits Argo CD's own installation, and gives the sidecar what it needs and no more.
func TestInstallation(t *testing.T) {
	t.Parallel()
	objects := installed(t)
	var repoServer appsv1.Deployment
	require.NoError(t, yaml.UnmarshalStrict(objects["Deployment/argocd-repo-server"], &repoServer))
	pod := repoServer.Spec.Template.Spec
	require.Len(t, pod.Containers, 2)
	containers := map[string]corev1.Container{}
	for _, c := range pod.Containers {
		containers[c.Name] = c
	}
	require.Contains(t, containers, "argocd-repo-server")
	sidecar := containers["natsyard"]
	require.Equal(t, "registry.example.com/natsyard:1", sidecar.Image)
	require.Equal(t, []string{"/var/run/argocd/argocd-cmp-server"}, sidecar.Command)

	security := sidecar.SecurityContext
	require.True(t, *security.RunAsNonRoot && *security.ReadOnlyRootFilesystem && !*security.AllowPrivilegeEscalation)
	require.EqualValues(t, 999, *security.RunAsUser)
	require.Equal(t, []corev1.Capability{"ALL"}, security.Capabilities.Drop)
	require.Empty(t, security.Capabilities.Add)
	require.Equal(t, corev1.SeccompProfileTypeRuntimeDefault, security.SeccompProfile.Type)
	require.False(t, sidecar.Resources.Limits.Memory().IsZero())

	volumes := map[string]corev1.VolumeSource{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = v.VolumeSource
	}
	writable := map[string]string{}
	for _, m := range sidecar.VolumeMounts {
		require.Contains(t, volumes, m.Name)
		if !m.ReadOnly {
			writable[m.MountPath] = m.Name
		}
	}
	require.Equal(t, map[string]string{"/tmp": "natsyard-tmp", "/home/argocd/cmp-server/plugins": "plugins"}, writable)
	for _, m := range containers["argocd-repo-server"].VolumeMounts {
		require.NotEqual(t, "natsyard-tmp", m.Name, "/tmp is the sidecar's own")
	}
	require.NotNil(t, volumes["natsyard-tmp"].EmptyDir)

	// The name of the ConfigMap has the hash of plugin.yaml in both places.
	name := volumes["natsyard-plugin"].ConfigMap.Name
	require.Regexp(t, `^natsyard-plugin-\w{10}$`, name)
	var configMap corev1.ConfigMap
	require.NoError(t, yaml.UnmarshalStrict(objects["ConfigMap/"+name], &configMap))
	require.Equal(t, repoServer.Namespace, configMap.Namespace)
	require.Equal(t, map[string]string{"plugin.yaml": string(read(t, "plugin.yaml"))}, configMap.Data)
}

// block is the indented block of the README that begins with first, without its indent.
func block(t *testing.T, first string) string {
	t.Helper()
	var b strings.Builder
	indent := ""
	for line := range strings.Lines(string(read(t, "README.md"))) {
		text := strings.TrimLeft(line, " ")
		if indent == "" && strings.HasPrefix(line, "    ") && strings.HasPrefix(text, first) {
			indent = line[:len(line)-len(text)]
		}
		if indent == "" {
			continue
		}
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, indent) {
			break
		}
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	require.NotEmpty(t, indent, first)
	return strings.TrimRight(b.String(), "\n") + "\n"
}
