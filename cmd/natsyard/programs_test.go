package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// This repository's overlays and those of the examples, built by the kustomize programs that NATSYARD_KUSTOMIZE lists and
// by kubectl, are what natsyard itself prints. make test-kustomize installs the programs.
func TestPrograms(t *testing.T) {
	t.Parallel()
	var builds [][]string
	for _, p := range filepath.SplitList(os.Getenv("NATSYARD_KUSTOMIZE")) {
		builds = append(builds, []string{p, "build"})
	}
	if kubectl, err := exec.LookPath("kubectl"); err == nil {
		builds = append(builds, []string{kubectl, "kustomize"})
	}
	if len(builds) == 0 {
		t.Skip("no kubectl on the PATH and no kustomize in NATSYARD_KUSTOMIZE: that they build the same is NOT known; make test-kustomize")
	}
	overlays, err := filepath.Glob("../../overlays/*")
	require.NoError(t, err)
	examples, err := filepath.Glob("../../examples/overlays/*")
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	for _, dir := range append(overlays, examples...) {
		var want, talk strings.Builder
		require.Equal(t, exitFine, run(t.Context(), []string{"-C", filepath.Dir(filepath.Dir(dir)), "render", filepath.Base(dir), "-o", "-"}, nil, &want, &talk), talk.String())
		for _, b := range builds {
			got, err := exec.Command(b[0], append(b[1:], dir)...).Output()
			require.NoError(t, err, b)
			require.Equal(t, want.String(), string(got), "%s of %s", b, dir)
		}
	}
}

// kustomize runs natsyard as the function of integrations/krm, and says what is wrong with its intent.
func TestProgramsRunTheFunction(t *testing.T) {
	t.Parallel()
	programs := filepath.SplitList(os.Getenv("NATSYARD_KUSTOMIZE"))
	if len(programs) == 0 {
		t.Skip("no kustomize in NATSYARD_KUSTOMIZE: that it runs the function is NOT known; make test-kustomize")
	}
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../integrations/krm")))
	bin := t.TempDir()
	require.NoError(t, os.Symlink(buildNatsyard(t), filepath.Join(bin, "natsyard-fn")))
	build := func(program string) *exec.Cmd {
		cmd := exec.Command(program, "build", "--enable-alpha-plugins", "--enable-exec", dir)
		cmd.Env = append(os.Environ(), "PATH="+bin)
		return cmd
	}
	for _, program := range programs {
		got, err := build(program).Output()
		require.NoError(t, err, program)
		require.Contains(t, string(got), "kind: StatefulSet")
		require.NotContains(t, string(got), "kind: NATS\n", "the intent is no object")
	}
	file := filepath.Join(dir, "nats.yaml")
	intent, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(intent), "replicas: 3", "replica: 3", 1)), 0o644))
	for _, program := range programs {
		said, err := build(program).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(said), "spec.cluster.replica: cluster has no field replica; did you mean replicas?\n  mend  cluster: {replicas: 3}\n", program)
	}
}
