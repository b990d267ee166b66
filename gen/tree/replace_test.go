package tree

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "overlays", "prod"), 0o755))
	repo, err := Open(dir)
	require.NoError(t, err)
	defer repo.Close()
	const name = "overlays/prod/auth.cue"
	one, two := []byte(MarkerCUE+" one\n"), []byte(MarkerCUE+" two\n")
	file := filepath.Join(dir, filepath.FromSlash(name))
	replace := func(old, data []byte) (bool, error) { return repo.Replace(t.Context(), name, old, data) }

	had, err := repo.Replaceable(name)
	require.NoError(t, err)
	require.Nil(t, had)
	changed, err := replace(nil, one)
	require.NoError(t, err)
	require.True(t, changed)
	changed, err = replace(one, one)
	require.NoError(t, err)
	require.False(t, changed)
	_, err = replace(nil, two)
	require.ErrorContains(t, err, "nothing was written: overlays/prod/auth.cue has changed meanwhile")
	changed, err = replace(one, two)
	require.NoError(t, err)
	require.True(t, changed)
	had, err = repo.Replaceable(name)
	require.NoError(t, err)
	require.Equal(t, two, had)

	// A render leaves it alone, and the file of another marker is none of its own.
	_, err = repo.Apply(t.Context(), []string{"overlays/prod"}, nil)
	require.NoError(t, err)
	require.FileExists(t, file)

	_, err = replace(two, []byte("package prod\n"))
	require.ErrorContains(t, err, "content does not begin with")
	_, err = repo.Replace(t.Context(), "../auth.cue", nil, one)
	require.ErrorContains(t, err, "not a plain path")
	_, err = repo.Replace(t.Context(), "overlays/none/auth.cue", nil, one)
	require.ErrorContains(t, err, "overlays/none is not there")

	// What is not natsyard's stays as it is.
	var conflict *ConflictError
	require.NoError(t, os.WriteFile(file, []byte("package prod\n"), 0o644))
	_, err = replace(two, one)
	require.ErrorAs(t, err, &conflict)
	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Symlink("elsewhere", file))
	_, err = replace(nil, one)
	require.ErrorAs(t, err, &conflict)
	require.NoFileExists(t, filepath.Join(dir, "overlays", "prod", "elsewhere"))
	left, err := filepath.Glob(filepath.Join(dir, "overlays", "prod", ".natsyard-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
