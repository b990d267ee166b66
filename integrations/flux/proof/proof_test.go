package proof

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/oci"
	"github.com/fluxcd/pkg/sourceignore"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/yaml"
)

const repository = "../../.." // natsyard's own, with its environments

// natsyard is the program, built once.
var natsyard string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "natsyard-flux-proof-")
	if err != nil {
		log.Fatal(err)
	}
	natsyard = filepath.Join(dir, "natsyard")
	if out, err := exec.Command("go", "-C", repository, "build", "-o", natsyard, "./cmd/natsyard").CombinedOutput(); err != nil {
		log.Fatalf("build natsyard: %v\n%s", err, out)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// documents reads a file of Kubernetes objects, each by its kind, strictly.
func documents(t *testing.T, file string) map[string]runtime.Object {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", file))
	require.NoError(t, err)
	out := map[string]runtime.Object{}
	for _, doc := range bytes.Split(text, []byte("\n---\n")) {
		var head struct{ Kind string }
		require.NoError(t, yaml.Unmarshal(doc, &head))
		into, ok := map[string]runtime.Object{
			"Namespace":     &corev1.Namespace{},
			"GitRepository": &sourcev1.GitRepository{},
			"OCIRepository": &sourcev1.OCIRepository{},
			"Kustomization": &kustomizev1.Kustomization{},
		}[head.Kind]
		require.True(t, ok, head.Kind)
		require.NoError(t, yaml.UnmarshalStrict(doc, into), string(doc))
		out[head.Kind] = into
	}
	return out
}

// run runs natsyard on the repository, and gives what it prints.
func run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(natsyard, append([]string{"-C", repository}, args...)...)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	require.NoError(t, err, talk.String())
	return string(out)
}

// build does what kustomize-controller does with the folder of an artifact: it writes the fields of the Kustomization into what is at
// its path, builds that without leaving the folder, and fills in variables where postBuild says so.
func build(t *testing.T, folder string, k *kustomizev1.Kustomization) resmap.ResMap {
	t.Helper()
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(k)
	require.NoError(t, err)
	at := filepath.Join(folder, k.Spec.Path)
	_, err = kustomize.NewGenerator(folder, unstructured.Unstructured{Object: fields}).WriteFile(at)
	require.NoError(t, err)
	built, err := kustomize.SecureBuild(folder, at, false)
	require.NoError(t, err)
	if k.Spec.PostBuild != nil {
		for _, r := range built.Resources() {
			filled, err := kustomize.SubstituteVariables(t.Context(), nil, unstructured.Unstructured{Object: fields}, r)
			require.NoError(t, err)
			_, err = built.Replace(filled)
			require.NoError(t, err)
		}
	}
	return built
}

// requireSame compares what Flux would apply with what natsyard renders, object by object.
func requireSame(t *testing.T, env string, built resmap.ResMap) {
	t.Helper()
	want := map[string]string{}
	for _, doc := range strings.Split(run(t, "render", env, "-o", "-"), "\n---\n") {
		var o unstructured.Unstructured
		require.NoError(t, yaml.Unmarshal([]byte(doc), &o.Object))
		text, err := json.Marshal(o.Object)
		require.NoError(t, err)
		want[o.GetKind()+" "+o.GetNamespace()+"/"+o.GetName()] = string(text)
	}
	got := map[string]string{}
	for _, r := range built.Resources() {
		text, err := r.MarshalJSON()
		require.NoError(t, err)
		got[r.GetKind()+" "+r.GetNamespace()+"/"+r.GetName()] = string(text)
	}
	require.Len(t, got, len(want))
	for name, text := range want {
		require.JSONEq(t, text, got[name], name)
	}
}

// fetch is the folder that source-controller makes of the repository's files, without those that the GitRepository ignores.
func fetch(t *testing.T, source *sourcev1.GitRepository) string {
	t.Helper()
	files, err := exec.Command("git", "-C", repository, "ls-files", "-z").Output()
	require.NoError(t, err)
	domain := []string{"repository"}
	ignored := sourceignore.NewDefaultMatcher(sourceignore.ReadPatterns(strings.NewReader(*source.Spec.Ignore), domain), domain)
	folder := t.TempDir()
	for _, name := range strings.Split(strings.TrimRight(string(files), "\x00"), "\x00") {
		if ignored.Match(append(domain, strings.Split(name, "/")...), false) {
			continue
		}
		require.NotEqual(t, ".cue", filepath.Ext(name))
		data, err := os.ReadFile(filepath.Join(repository, name))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), data, 0o644))
	}
	top, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, top, 2, "base and overlays")
	return folder
}

// Every overlay is built by Flux from git as it is rendered.
func TestGit(t *testing.T) {
	t.Parallel()
	d := documents(t, "git.yaml")
	k := d["Kustomization"].(*kustomizev1.Kustomization)
	require.Equal(t, "GitRepository", k.Spec.SourceRef.Kind)
	source := d["GitRepository"].(*sourcev1.GitRepository)
	require.Equal(t, source.Name, k.Spec.SourceRef.Name)
	for _, env := range []string{"prod", "staging", "dev"} {
		k := k.DeepCopy()
		k.Spec.Path = strings.Replace(k.Spec.Path, "prod", env, 1)
		requireSame(t, env, build(t, fetch(t, source), k))
	}
}

// Where natsyard's repository is a folder, what the README says of ignore leaves what the overlays are built from, and no more.
func TestIgnoreOfFolder(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, said, ok := strings.Cut(string(readme), "below a folder that it leaves out, ")
	require.True(t, ok)
	said, _, _ = strings.Cut(said, ", a line each")
	patterns := strings.ReplaceAll(strings.ReplaceAll(said, "`", ""), ", ", "\n")
	domain := []string{"repository"}
	ignored := sourceignore.NewDefaultMatcher(sourceignore.ReadPatterns(strings.NewReader(patterns), domain), domain)
	for name, want := range map[string]bool{
		"teams/messaging/base/nats.conf": false, "teams/messaging/overlays/prod/kustomization.yaml": false, "teams/messaging/components/audit/kustomization.yaml": false,
		"teams/messaging/overlays/prod/intent.cue": true, "teams/other/base/nats.conf": true, "README.md": true, "base/nats.conf": true,
	} {
		require.Equal(t, want, ignored.Match(append(domain, strings.Split(name, "/")...), false), name)
	}
}

// Flux's own reader takes what natsyard push publishes, and its build of it is what is rendered.
func TestOCI(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	at := strings.TrimPrefix(server.URL, "http://") + "/platform/nats"
	pushed := strings.TrimSpace(run(t, "push", "prod", "oci://"+at, "--source", "https://git.example.com/platform/messaging", "--revision", "main@sha1:5f3c"))

	d := documents(t, "oci.yaml")
	source := d["OCIRepository"].(*sourcev1.OCIRepository)
	require.True(t, strings.HasSuffix(source.Spec.URL, "/platform/nats"))
	require.Nil(t, source.Spec.LayerSelector, "source-controller then takes the first layer, as the client below")
	folder := t.TempDir()
	meta, err := oci.NewClient(oci.DefaultOptions()).Pull(t.Context(), at+":"+source.Spec.Reference.Tag, folder)
	require.NoError(t, err)
	require.Equal(t, pushed, meta.Digest)
	require.Equal(t, "https://git.example.com/platform/messaging", meta.Source)
	require.Equal(t, "main@sha1:5f3c", meta.Revision)

	k := d["Kustomization"].(*kustomizev1.Kustomization)
	require.Equal(t, "OCIRepository", k.Spec.SourceRef.Kind)
	require.Equal(t, source.Name, k.Spec.SourceRef.Name)
	requireSame(t, "prod", build(t, folder, k))
}

// Variables of a postBuild are not looked for in what natsyard writes: nats.conf has $NAME, Flux fills in ${NAME}.
func TestPostBuild(t *testing.T) {
	t.Parallel()
	d := documents(t, "git.yaml")
	k := d["Kustomization"].(*kustomizev1.Kustomization)
	k.Spec.PostBuild = &kustomizev1.PostBuild{Substitute: map[string]string{"POD_NAME": "wrong", "SERVER_NAME": "wrong", "cluster": "wrong"}}
	built := build(t, fetch(t, d["GitRepository"].(*sourcev1.GitRepository)), k)
	requireSame(t, "prod", built)
	text, err := built.AsYaml()
	require.NoError(t, err)
	require.Contains(t, string(text), "$", "there is something that could have been taken for a variable")
}

// Both ways need the namespace, which natsyard does not make.
func TestNamespace(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"git.yaml", "oci.yaml"} {
		ns := documents(t, file)["Namespace"].(*corev1.Namespace)
		require.Contains(t, run(t, "render", "prod", "-o", "-"), "\n  namespace: "+ns.Name+"\n")
	}
}
