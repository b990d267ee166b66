package kustomize

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
