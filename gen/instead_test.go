package gen

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestWith(t *testing.T) {
	t.Parallel()
	repo := fstest.MapFS{
		"overlays/prod/intent.cue": {Data: []byte("a")},
		"overlays/prod/link.yaml":  {Data: []byte("intent.cue"), Mode: fs.ModeSymlink | 0o777},
	}
	const name = "overlays/prod/given.cue"
	one := With(repo, name, []byte("b"))

	data, err := fs.ReadFile(one, name)
	require.NoError(t, err)
	require.Equal(t, "b", string(data))
	entries, err := fs.ReadDir(one, "overlays/prod")
	require.NoError(t, err)
	require.Equal(t, []string{"given.cue", "intent.cue", "link.yaml"}, []string{entries[0].Name(), entries[1].Name(), entries[2].Name()})
	for _, stat := range []func(fs.FS, string) (fs.FileInfo, error){fs.Stat, fs.Lstat} {
		info, err := stat(one, name)
		require.NoError(t, err)
		require.True(t, info.Mode().IsRegular())
		require.EqualValues(t, 1, info.Size())
	}

	// What is known of symlinks stays known: package own refuses them.
	info, err := fs.Lstat(one, "overlays/prod/link.yaml")
	require.NoError(t, err)
	require.Equal(t, fs.ModeSymlink, info.Mode().Type())
	target, err := fs.ReadLink(one, "overlays/prod/link.yaml")
	require.NoError(t, err)
	require.Equal(t, "intent.cue", target)

	// Other content of a file that is there.
	other := With(repo, "overlays/prod/intent.cue", nil)
	data, err = fs.ReadFile(other, "overlays/prod/intent.cue")
	require.NoError(t, err)
	require.Empty(t, data)

	gone := instead{repo, "overlays/prod/intent.cue", nil}
	for _, stat := range []func(fs.FS, string) (fs.FileInfo, error){fs.Stat, fs.Lstat} {
		_, err = stat(gone, "overlays/prod/intent.cue")
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
}
