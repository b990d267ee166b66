package tree_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

func TestFS(t *testing.T) {
	t.Parallel()
	_, repo := newRepo(t, map[string]string{
		"base/intent.cue": "package base\n", "overlays/prod/intent.cue": "package prod\n", "cue.mod/module.cue": "",
		"overlays/dev/z": "", "overlays/dev/a": "", "overlays/dev/m/": "",
	})
	require.NoError(t, fstest.TestFS(repo.FS(), "base/intent.cue", "overlays/prod/intent.cue", "cue.mod/module.cue"))

	d, err := repo.FS().Open("overlays/dev")
	require.NoError(t, err)
	defer d.Close()
	var names []string
	for {
		entries, err := d.(fs.ReadDirFile).ReadDir(1)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		names = append(names, entries[0].Name())
	}
	require.Equal(t, []string{"a", "m", "z"}, names)
}

// A symlink is seen as one, wherever it leads; the way to it must stay inside.
func TestFSLstat(t *testing.T) {
	t.Parallel()
	outside, _ := newRepo(t, map[string]string{"dir/file": "s"})
	_, repo := newRepo(t, map[string]string{"a/file": "x", "a/inside": "->file", "a/out": "->" + outside + "/dir"})
	for name, symlink := range map[string]bool{"a": false, "a/file": false, "a/inside": true, "a/out": true} {
		info, err := fs.Lstat(repo.FS(), name)
		require.NoError(t, err)
		require.Equal(t, symlink, info.Mode().Type() == fs.ModeSymlink, name)
	}
	target, err := fs.ReadLink(repo.FS(), "a/inside")
	require.NoError(t, err)
	require.Equal(t, "file", target)
	for name, want := range map[string]error{
		"a/out/file": tree.ErrOutside, "a/none": fs.ErrNotExist, "../a": fs.ErrInvalid, "/a": fs.ErrInvalid,
	} {
		_, err := fs.Lstat(repo.FS(), name)
		require.ErrorIs(t, err, want, name)
		_, err = fs.ReadLink(repo.FS(), name)
		require.ErrorIs(t, err, want, name)
	}
}

func TestFSRefuses(t *testing.T) {
	t.Parallel()
	outside, _ := newRepo(t, map[string]string{"secret": "s", "dir/secret": "s"})
	dir, repo := newRepo(t, map[string]string{
		"base/intent.cue":   "package base\n",
		"base/absolute.cue": "->" + outside + "/secret",
		"base/relative.cue": "->../../" + filepath.Base(outside) + "/secret",
		"base/climb.cue":    "->../base/../../x",
		"base/dir":          "->" + outside + "/dir",
		"base/device.cue":   "->/dev/zero",
		"base/inside.cue":   "->../base/./intent.cue",
		"base/loop.cue":     "->loop.cue",
		"base/nowhere.cue":  "->nowhere",
	})
	require.NoError(t, os.Truncate(sparse(t, dir, "base/huge.cue"), 100<<20))
	require.NoError(t, os.Truncate(sparse(t, dir, "base/over.cue"), tree.MaxFileSize+1))
	require.NoError(t, os.Truncate(sparse(t, dir, "base/full.cue"), tree.MaxFileSize))

	for name, want := range map[string]error{
		"base/absolute.cue": tree.ErrOutside,
		"base/relative.cue": tree.ErrOutside,
		"base/climb.cue":    tree.ErrOutside,
		"base/dir":          tree.ErrOutside,
		"base/dir/secret":   tree.ErrOutside,
		"base/device.cue":   tree.ErrOutside,
		"base/huge.cue":     tree.ErrTooLarge,
		"base/over.cue":     tree.ErrTooLarge,
		"base/nowhere.cue":  fs.ErrNotExist,
		"base/no.cue":       fs.ErrNotExist,
		"no/intent.cue":     fs.ErrNotExist,
		"../secret":         fs.ErrInvalid,
		"/etc/passwd":       fs.ErrInvalid,
	} {
		_, err := fs.ReadFile(repo.FS(), name)
		require.ErrorIs(t, err, want, name)
		var pathErr *fs.PathError
		require.ErrorAs(t, err, &pathErr)
		require.Equal(t, name, pathErr.Path)
	}
	_, err := repo.FS().Open("base/huge.cue")
	require.ErrorIs(t, err, tree.ErrTooLarge, "known before it is read")
	_, err = fs.ReadFile(repo.FS(), "base/loop.cue")
	require.Error(t, err)
	_, err = fs.ReadDir(repo.FS(), "base/dir")
	require.ErrorIs(t, err, tree.ErrOutside)
	_, err = fs.ReadFile(repo.FS(), "base")
	require.ErrorContains(t, err, "read base: is a directory")

	text, err := fs.ReadFile(repo.FS(), "base/inside.cue")
	require.NoError(t, err)
	require.Equal(t, "package base\n", string(text))
	text, err = fs.ReadFile(repo.FS(), "base/full.cue")
	require.NoError(t, err)
	require.Len(t, text, tree.MaxFileSize)
}

// sparse makes an empty file, to be stretched.
func sparse(t *testing.T, dir, name string) string {
	name = filepath.Join(dir, filepath.FromSlash(name))
	write(t, name, "", false)
	return name
}

func TestFSFileGrows(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, map[string]string{"base/intent.cue": "package base\n"})
	f, err := repo.FS().Open("base/intent.cue")
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, os.Truncate(filepath.Join(dir, "base", "intent.cue"), 100<<20))
	text, err := io.ReadAll(f)
	require.ErrorIs(t, err, tree.ErrTooLarge)
	require.Len(t, text, tree.MaxFileSize)
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dir, _ := newRepo(t, map[string]string{"file": ""})
	for _, name := range []string{"file", "missing"} {
		_, err := tree.Open(filepath.Join(dir, name))
		require.ErrorContains(t, err, "open repository: ")
		require.ErrorContains(t, err, filepath.Join(dir, name))
	}
	_, err := tree.Open(filepath.Join(dir, "missing"))
	require.True(t, errors.Is(err, fs.ErrNotExist))
}
