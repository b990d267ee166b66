package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tests compile natsyard for real. They look at what is committed, in clones, so that a version is that of the commit.

// program is this program, built once: a test binary does not know its modules, which the bill of materials has.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "natsyard-release-test-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "release")
	out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput()
	if err != nil {
		err = &exec.Error{Name: string(out), Err: err}
	}
	return file, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if file, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(code)
}

// release runs this program in a clone, with a umask and variables of its own, and gives the folder that it wrote.
func release(t *testing.T, clone, umask string, env []string, args ...string) string {
	t.Helper()
	file, err := program()
	require.NoError(t, err)
	out, err := exec.Command("git", "clone", "-q", "..", clone).CombinedOutput()
	require.NoError(t, err, string(out))
	dist := filepath.Join(clone, "dist")
	sh := `umask "$1"; shift; exec "$@"`
	cmd := exec.Command("sh", append([]string{"-c", sh, "sh", umask, file, "-C", clone, "-o", dist}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	talk, err := cmd.CombinedOutput()
	require.NoError(t, err, string(talk))
	t.Log(strings.TrimSpace(string(talk)))
	return dist
}

// elsewhere are variables of another user, whose modules lie in another folder and whose cache is empty.
func elsewhere(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	modules := filepath.Join(home, "modules")
	require.NoError(t, os.Symlink(goEnv(t, "GOMODCACHE"), modules))
	return []string{"HOME=" + home, "GOMODCACHE=" + modules, "GOCACHE=" + filepath.Join(home, "cache"),
		"GOFLAGS=-tags=other", "GOAMD64=v3", "TZ=Asia/Tokyo", "LC_ALL=C", "USER=somebody"}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// contents are the files of a folder by their names.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		out[strings.TrimPrefix(name, dir+"/")] = string(data)
		return err
	}))
	return out
}

// requireSame compares two folders, and does not print what may be large.
func requireSame(t *testing.T, one, two string) {
	t.Helper()
	a, b := contents(t, one), contents(t, two)
	for name, data := range a {
		require.Contains(t, b, name)
		require.True(t, data == b[name], "%s differs", name)
	}
	require.Len(t, b, len(a))
}

// tool is a program that these tests use where it is there; they say so where it is not. The Makefile names the files of those
// whose version matters, by variables.
func tool(t *testing.T, name, from string) string {
	t.Helper()
	if file := os.Getenv(strings.ToUpper(strings.ReplaceAll(name, "-", "_"))); file != "" {
		return file
	}
	file, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s on the PATH, and what it would say is not known: %s", name, from)
	}
	return file
}

func sh(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// What was made is shown as who runs make sees it.
func TestShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ repo, path, want string }{
		{"..", "../dist/image", "dist/image"}, {".", "dist", "dist"}, {"..", "/tmp/dist", "/tmp/dist"}, {"..", "../../dist", "../../dist"},
	} {
		require.Equal(t, c.want, filepath.ToSlash(shown(c.repo, filepath.FromSlash(c.path))))
	}
}
