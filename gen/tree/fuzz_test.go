package tree_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

// Whatever the journal says: what natsyard did not write stays as it is, inside the
// repository and beside it. An empty text stands for a journal that fits name and staged.
func FuzzJournal(f *testing.F) {
	good := generated("new")
	for _, committed := range []bool{true, false} {
		for _, name := range []string{"base/gen", "base/own", "base", "link/gen", "out/own", "../own", "own", ".git/config", "base/.natsyard-0"} {
			f.Add(committed, "", name, good)
			f.Add(committed, "", name, "own")
			f.Add(committed, fmt.Sprintf(`{"version": 1, "dirs": [%q], "steps": [{"path": %q}]}`, name, name), name, good)
		}
		f.Add(committed, `{"version": 1, "dirs": ["base", "base/own", "empty", "link", "own"], "steps": []}`, "", "")
	}
	f.Fuzz(func(t *testing.T, committed bool, text, place, staged string) {
		if text == "" {
			text = journal(place + "=" + staged)
		}
		owned := map[string]string{
			"repo/own": "own", "repo/base/own": "own", "repo/sub/base/own": "own", "own": "own", "gen": generated("beside"),
			"repo/.git/config": "own", "repo/link": "->base", "repo/out": "->../",
		}
		state := maps.Clone(owned)
		state["repo/base/gen"] = generated("old")
		state["repo/base/.natsyard-0"] = staged
		name := stagingFile
		if committed {
			name = journalFile
		}
		state["repo/"+name] = text
		dir, _ := newRepo(t, state)
		repo, err := tree.Open(filepath.Join(dir, "repo"))
		require.NoError(t, err)
		defer repo.Close()

		_, err = repo.Apply(t.Context(), nil, nil)
		if !committed {
			require.NoError(t, err)
		}
		got := filesOf(t, dir)
		for _, work := range []string{"base/gen", "base/.natsyard-0", name} {
			delete(got, "repo/"+work)
		}
		maps.DeleteFunc(got, func(name, text string) bool {
			_, was := owned[name]
			return !was && text == staged && strings.HasPrefix(text, tree.Marker)
		})
		require.Empty(t, cmp.Diff(owned, got))
	})
}

// A path that is accepted is written below its directory and nowhere else.
func FuzzPath(f *testing.F) {
	for _, name := range []string{"a", "base/a.yaml", "../a", "/a", "a/../b", ".git/x", "a//b", "a/", "", ".", "ü", "a\\b", "a\x00", "CON", "a/.b", "a ", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		dir, _ := newRepo(t, map[string]string{"repo/": ""})
		repo, err := tree.Open(filepath.Join(dir, "repo"))
		require.NoError(t, err)
		defer repo.Close()
		files := []tree.File{file(name, "x")}
		if _, err = repo.Apply(t.Context(), []string{path.Dir(name)}, files); err != nil {
			require.Empty(t, cmp.Diff(map[string]string{"repo/": ""}, snapshot(t, dir)))
			return
		}
		require.True(t, fs.ValidPath(name))
		require.NotContains(t, "/"+name, "/.")
		require.Empty(t, cmp.Diff(map[string]string{"repo/" + name: generated("x")}, filesOf(t, dir)))
		text, err := fs.ReadFile(repo.FS(), name)
		require.NoError(t, err)
		require.Equal(t, generated("x"), string(text))
	})
}
