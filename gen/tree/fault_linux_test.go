package tree_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/natsyard/natsyard/gen/tree"
)

// alone tells a test that it runs in a process of its own, where it may take things away
// from itself. Otherwise it starts that process, as uid in new namespaces unless uid is
// negative, and waits for it. This needs no privilege where user namespaces are allowed.
func alone(t *testing.T, uid int) bool {
	t.Helper()
	if os.Getenv(childEnv) == t.Name() {
		return true
	}
	cmd := child(t.Name(), "-test.run=^"+t.Name()+"$", "-test.v")
	if uid >= 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: os.Getgid(), Size: 1}},
		}
	}
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Skipf("SKIPPED: this machine allows no user namespaces, so %s was not shown: %v", t.Name(), err)
	}
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	return false
}

// mount puts a file system into a new directory of this process's own namespace.
func mount(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	require.NoError(t, syscall.Mount("none", dir, "tmpfs", 0, options))
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

// requireUntouched applies files that cannot be written, and checks that nothing was.
func requireUntouched(t *testing.T, dir string, files []tree.File, cause error, place string) {
	t.Helper()
	before := snapshot(t, dir)
	repo, err := tree.Open(dir)
	require.NoError(t, err)
	defer repo.Close()
	_, err = repo.Apply(t.Context(), []string{"base", "overlays/prod"}, files)
	require.ErrorIs(t, err, cause)
	require.ErrorContains(t, err, "nothing was written: write "+place)
	require.Empty(t, cmp.Diff(before, snapshot(t, dir)))
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	if !alone(t, 0) {
		return
	}
	dir := mount(t, "size=256k")
	write(t, filepath.Join(dir, "base", "a"), generated("old"), false)
	write(t, filepath.Join(dir, "base", "own"), "own", false)
	large := strings.Repeat("x", 100<<10)
	var files []tree.File
	for _, name := range []string{"base/a", "base/b", "overlays/prod/c", "overlays/prod/d"} {
		files = append(files, file(name, large))
	}
	requireUntouched(t, dir, files, syscall.ENOSPC, "")

	_, err := tree.WriteDir(t.Context(), filepath.Join(dir, "base"), nil, []tree.File{files[1]})
	require.ErrorContains(t, err, "its directory is none of")
	_, err = tree.WriteDir(t.Context(), filepath.Join(dir, "base"), nil, []tree.File{file("a", large+large+large)})
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.Equal(t, map[string]string{"a": generated("old"), "own": "own"}, snapshot(t, filepath.Join(dir, "base")))
}

// Even the list of what is staged does not fit.
func TestDiskFullFromTheStart(t *testing.T) {
	t.Parallel()
	if !alone(t, 0) {
		return
	}
	dir := mount(t, "size=64k")
	write(t, filepath.Join(dir, "base", "a"), generated("old"), false)
	_ = os.WriteFile(filepath.Join(dir, "full"), make([]byte, 128<<10), 0o644)
	requireUntouched(t, dir, []tree.File{file("base/a", "new")}, syscall.ENOSPC, ".natsyard-staging")
}

func TestReadOnlyMount(t *testing.T) {
	t.Parallel()
	if !alone(t, 0) {
		return
	}
	dir := mount(t, "")
	write(t, filepath.Join(dir, "base", "a"), generated("old"), false)
	require.NoError(t, syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	requireUntouched(t, dir, []tree.File{file("base/a", "new")}, syscall.EROFS, ".natsyard-staging: read-only file system")

	repo, err := tree.Open(dir)
	require.NoError(t, err)
	defer repo.Close()
	_, err = repo.Apply(t.Context(), []string{"base"}, []tree.File{file("base/a", "old")})
	require.NoError(t, err, "what is up to date needs no writing")
	changes, err := repo.Drift(t.Context(), []string{"base"}, nil)
	require.NoError(t, err)
	require.Len(t, changes, 1)
}

// As root permissions do not bind; in the namespace the test is user 1000.
func TestPermissions(t *testing.T) {
	t.Parallel()
	if !alone(t, 1000) {
		return
	}
	dir, repo := newRepo(t, map[string]string{
		"base/a": generated("old"), "base/secret": generated("kept from us"), "overlays/prod/b": generated("b"),
	})
	require.NoError(t, os.Chmod(filepath.Join(dir, "base", "secret"), 0))
	_, err := repo.Apply(t.Context(), []string{"base"}, []tree.File{file("base/a", "new")})
	require.NoError(t, err, "a file that cannot be read is not ours to remove")
	_, err = repo.Apply(t.Context(), []string{"base"}, []tree.File{file("base/secret", "")})
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorContains(t, err, "nothing was written: open base/secret: permission denied")
	require.NoError(t, os.Remove(filepath.Join(dir, "base", "secret")))

	lock := func(name string) {
		require.NoError(t, os.Chmod(filepath.Join(dir, filepath.FromSlash(name)), 0o555))
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, filepath.FromSlash(name)), 0o755) })
	}
	lock("overlays/prod")
	replace := []tree.File{file("base/a", "newer"), file("overlays/prod/b", "new")}
	requireUntouched(t, dir, replace, fs.ErrPermission, "overlays/prod/b: permission denied")
	requireUntouched(t, dir, replace[:1], fs.ErrPermission, "overlays/prod/b: permission denied")
	lock(".")
	requireUntouched(t, dir, replace[:1], fs.ErrPermission, ".natsyard-staging: permission denied")
}

// A quota on the size of a file, as a shell's ulimit sets it.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	if !alone(t, -1) {
		return
	}
	dir, _ := newRepo(t, map[string]string{"base/a": generated("old")})
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 64 << 10, Max: 64 << 10}))
	files := []tree.File{file("base/a", "new"), file("base/b", strings.Repeat("x", 100<<10))}
	requireUntouched(t, dir, files, syscall.EFBIG, "base/b: file too large")
}

// A run that cannot go on after its commit point says so, and the next one goes on.
func TestFailsAfterTheCommit(t *testing.T) {
	t.Parallel()
	if !alone(t, 1000) {
		return
	}
	new := generated("new")
	dir, repo := newRepo(t, map[string]string{
		"base/a": generated("old"), "base/.natsyard-0": new, journalFile: journal("base/a=" + new),
	})
	base := filepath.Join(dir, "base")
	require.NoError(t, os.Chmod(base, 0o555))
	_, err := repo.Apply(t.Context(), nil, nil)
	require.ErrorIs(t, err, tree.ErrUnfinished)
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorContains(t, err, "replace base/a: permission denied; mend that and render again")
	require.NotContains(t, err.Error(), "nothing was written")

	require.NoError(t, os.Chmod(base, 0o755))
	res, err := repo.Apply(t.Context(), nil, nil)
	require.NoError(t, err)
	require.True(t, res.Finished)
	require.Equal(t, map[string]string{"base/a": new}, filesOf(t, dir))
}
