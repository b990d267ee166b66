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
		t.Skip("no kubectl on the PATH and no kustomize in NATSYARD_KUSTOMIZE: make test-kustomize")
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
