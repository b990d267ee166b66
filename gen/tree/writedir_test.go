package tree_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

func TestWriteDir(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "out")
	_, err := tree.WriteDir(t.Context(), dir, nil, []tree.File{{Path: "a.yaml", Data: []byte("a: 1\n")}, file("b.yaml", "b: 1")})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(map[string]string{"a.yaml": generated("a: 1"), "b.yaml": generated("b: 1")}, snapshot(t, dir)))

	write(t, filepath.Join(dir, "own.yaml"), "mine", false)
	write(t, filepath.Join(dir, "base", "a.yaml"), generated("of a repository"), false)
	res, err := tree.WriteDir(t.Context(), dir, nil, []tree.File{{Path: "a.yaml", Data: []byte("a: 2\n")}})
	require.NoError(t, err)
	require.Len(t, res.Changes, 2)
	want := map[string]string{
		"a.yaml": generated("a: 2"), "own.yaml": "mine", "base/": "", "base/a.yaml": generated("of a repository"),
	}
	require.Empty(t, cmp.Diff(want, snapshot(t, dir)))

	_, err = tree.WriteDir(t.Context(), dir, nil, []tree.File{file("a.yaml", "a: 3"), file("own.yaml", "")})
	var conflict *tree.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.ErrorContains(t, err, "write "+dir+": nothing was written: ")
	require.Empty(t, cmp.Diff(want, snapshot(t, dir)))

	refused := filepath.Join(t.TempDir(), "refused")
	_, err = tree.WriteDir(t.Context(), refused, nil, []tree.File{file("sub/a.yaml", "")})
	require.ErrorContains(t, err, "write sub/a.yaml: its directory is none of")
	require.NoDirExists(t, refused)

	_, err = tree.WriteDir(t.Context(), filepath.Join(dir, "own.yaml"), nil, nil)
	require.ErrorContains(t, err, "nothing was written")
}

// With subfolders what lay in the folder itself goes, and everything is one commit.
func TestWriteSubdirs(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out")
	_, err := tree.WriteDir(t.Context(), dir, nil, []tree.File{file("a.yaml", "a: 1")})
	require.NoError(t, err)
	_, err = tree.WriteDir(t.Context(), dir, []string{"dev", "prod"}, []tree.File{file("dev/a.yaml", "a: 1"), file("prod/a.yaml", "a: 2")})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"dev/a.yaml": generated("a: 1"), "prod/a.yaml": generated("a: 2")}, filesOf(t, dir))
}
