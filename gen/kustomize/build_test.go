package kustomize

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// programs is the environment variable that lists the kustomize programs to compare with,
// separated as in PATH.
const programs = "NATSYARD_KUSTOMIZE"

// TestPrograms has the kustomize programs and kubectl build the overlays of testdata and a
// few random ones, and compares their output with Build, byte for byte.
func TestPrograms(t *testing.T) {
	t.Parallel()
	commands := map[string][]string{}
	for _, program := range filepath.SplitList(os.Getenv(programs)) {
		commands[program] = []string{program, "build"}
	}
	if len(commands) == 0 {
		t.Run("kustomize", func(t *testing.T) {
			t.Skipf("NOT COMPARED with the kustomize programs: %s names none; `make test-kustomize` installs and names them", programs)
		})
	}
	if kubectl, err := exec.LookPath("kubectl"); err == nil {
		commands["kubectl"] = []string{kubectl, "kustomize"}
	} else {
		t.Run("kubectl", func(t *testing.T) { t.Skip("NOT COMPARED with kubectl: there is none on the PATH") })
	}

	dir, want := t.TempDir(), map[string]string{}
	add := func(name string, base *Base, e Environment, files []File) {
		files = slices.Concat(base.Files, files)
		stream, err := Build(files, e.Dir)
		require.NoError(t, err)
		writeFiles(t, filepath.Join(dir, name), files)
		want[filepath.Join(name, e.Dir)] = string(stream)
	}
	for _, name := range []string{"prod", "dev"} {
		base, e, files := environment(t, name)
		add(name, base, e, files)
		e.Own = own
		named, err := base.Overlay(e)
		require.NoError(t, err)
		add(name+"-own", base, e, slices.Concat(named, ownFiles(e.Dir)))
	}
	for seed := range uint64(*pairs / 10) {
		m := mutator{rand.New(rand.NewPCG(seed, 4))}
		base, err := NewBase("base", m.objects(load(t, "base"), 3))
		require.NoError(t, err)
		e := Environment{Dir: "overlays/env", Namespace: "nats", Objects: m.objects(load(t, "prod"), 12)}
		files, err := base.Overlay(e)
		require.NoError(t, err)
		require.NoError(t, base.Prove(files, e))
		add(fmt.Sprintf("random-%d", seed), base, e, files)
	}
	for name, command := range commands {
		t.Run(strings.ReplaceAll(strings.TrimPrefix(name, "/"), "/", "-"), func(t *testing.T) {
			for overlay, stream := range want {
				got, err := exec.Command(command[0], command[1], filepath.Join(dir, overlay)).Output()
				require.NoError(t, err, overlay)
				require.Equal(t, stream, string(got), overlay)
			}
		})
	}
}

// own is what a user adds with ownFiles.
var own = Own{
	Resources:  []string{"more/notes.yaml", "../../dash boards"},
	Components: []string{"../../components/audit"},
	Patches: []types.Patch{
		{Path: "more/priority.yaml", Target: &types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: "StatefulSet"}}, LabelSelector: "app.kubernetes.io/name=nats"}},
		{Path: "more/service.yaml"},
	},
}

func ownFiles(dir string) []File {
	file := func(name string, lines ...string) File { return File{name, []byte(strings.Join(lines, "\n") + "\n")} }
	return []File{
		file(dir+"/more/notes.yaml", "apiVersion: v1", "kind: ConfigMap", "metadata: {name: notes}", "data: {a: b}"),
		file(dir+"/more/priority.yaml", "- op: add", "  path: /spec/template/spec/priorityClassName", "  value: high"),
		file(dir+"/more/service.yaml", "apiVersion: v1", "kind: Service", "metadata:", "  name: nats", "  labels: {team: messaging}"),
		file("dash boards/kustomization.yaml", "configMapGenerator:", "- name: boards", "  files: [a.json=board one.json]"),
		file("dash boards/board one.json", "{}"),
		file("components/audit/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1", "kind: Component", "resources: [agent.yaml]",
			"patches: [{path: audited.yaml, target: {kind: Service}}]"),
		file("components/audit/agent.yaml", "apiVersion: v1", "kind: ServiceAccount", "metadata: {name: agent}"),
		file("components/audit/audited.yaml", "apiVersion: v1", "kind: Service", "metadata:", "  name: any", "  annotations: {audited: yes please}"),
	}
}

// TestOwn: what is the user's own comes after what is natsyard's, and is built with it.
func TestOwn(t *testing.T) {
	t.Parallel()
	base, e, plain := environment(t, "prod")
	e.Own = own
	files, err := base.Overlay(e)
	require.NoError(t, err)
	require.Len(t, files, len(plain), "none of them is written")
	for i, f := range files {
		if f.Path == "overlays/prod/kustomization.yaml" {
			require.Regexp(t, `(?s)resources:\n- \.\./\.\./base\n.*- more/notes\.yaml\n- \.\./\.\./dash boards\ncomponents:\n- \.\./\.\./components/audit\n.*`+
				`- path: more/priority\.yaml\n  target:\n    kind: StatefulSet\n    labelSelector: app\.kubernetes\.io/name=nats\n- path: more/service\.yaml\n$`, string(f.Data))
			continue
		}
		require.Equal(t, plain[i], f)
	}
	stream, err := Build(slices.Concat(base.Files, files, ownFiles(e.Dir)), e.Dir)
	require.NoError(t, err)
	for _, want := range []string{"priorityClassName: high", "audited: yes please", "team: messaging", "name: agent", "name: notes"} {
		require.Contains(t, string(stream), want)
	}
	kept, err := KeepsConf(stream, e)
	require.NoError(t, err)
	require.True(t, kept)
	text, ok := "", false
	for _, o := range e.Objects {
		if c, is := conf(o); is {
			text, ok = c, true
		}
	}
	require.True(t, ok)
	first, _, _ := strings.Cut(text, "\n")
	kept, err = KeepsConf(bytes.Replace(stream, []byte("    "+first+"\n"), []byte("    # "+first+"\n"), 1), e)
	require.NoError(t, err)
	require.False(t, kept)
}

// TestBuildRefuses: kustomize's own words about files that it cannot build.
func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	_, err := Build(nil, "overlays/none")
	require.ErrorContains(t, err, "kustomize build overlays/none: ")
	_, err = Build([]File{{Path: "base/kustomization.yaml", Data: []byte("resources: [a.yaml]\n")}}, "base")
	require.ErrorContains(t, err, "a.yaml")
	_, err = Split([]byte("a: [\n"), "base")
	require.ErrorContains(t, err, "split the objects of base: ")
}
