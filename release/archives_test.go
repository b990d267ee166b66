package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The archive for this machine is what the checksums and krew's manifest say, and krew installs it as a plugin that kubectl runs.
// The archives for others are compiled by make dist alone: six take a quarter of an hour here.
func TestArchives(t *testing.T) {
	here := runtime.GOOS + "/" + runtime.GOARCH
	dist := release(t, filepath.Join(t.TempDir(), "clone"), "022", nil, "archives", here)
	file := filepath.Join(dist, "natsyard-"+runtime.GOOS+"-"+runtime.GOARCH+".tar.gz")
	manifest := filepath.Join(dist, "natsyard.yaml")

	require.Equal(t, "natsyard\nLICENSE\n", sh(t, "tar", "-tzf", file))
	sums := exec.Command("sha256sum", "--check", "--strict", "sha256sums.txt")
	sums.Dir = dist
	out, err := sums.CombinedOutput()
	require.NoError(t, err, string(out))

	t.Run("manifest", func(t *testing.T) {
		validate := tool(t, "validate-krew-manifest", "make test-dist installs it")
		require.Contains(t, sh(t, validate, "-manifest", manifest, "-skip-install"), "all")
	})
	t.Run("krew", func(t *testing.T) {
		krew, kubectl := tool(t, "krew", "make test-dist installs it"), tool(t, "kubectl", "install it as kubernetes.io says")
		root := t.TempDir()
		t.Setenv("KREW_ROOT", root)
		t.Setenv("PATH", filepath.Join(root, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
		require.Contains(t, sh(t, krew, "install", "--manifest", manifest, "--archive", file), "Installed plugin: natsyard")
		version := strings.TrimSpace(sh(t, "git", "-C", filepath.Dir(dist), "rev-parse", "--short=12", "HEAD"))
		require.Contains(t, sh(t, kubectl, "natsyard", "version"), version)
		require.Contains(t, sh(t, kubectl, "natsyard", "--help"), "kubectl natsyard [command]")
		require.Contains(t, sh(t, kubectl, "plugin", "list"), filepath.Join(root, "bin", "kubectl-natsyard"))
	})
}
