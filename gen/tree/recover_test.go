package tree_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

const (
	journalFile = ".natsyard-journal"
	stagingFile = ".natsyard-staging"
)

// journal writes down steps, each "path" or "path=new content".
func journal(steps ...string) string {
	var list []string
	for _, s := range steps {
		name, text, write := strings.Cut(s, "=")
		if write {
			list = append(list, fmt.Sprintf(`{"path": %q, "sha256": "%x"}`, name, sha256.Sum256([]byte(text))))
		} else {
			list = append(list, fmt.Sprintf(`{"path": %q}`, name))
		}
	}
	return fmt.Sprintf(`{"version": 1, "dirs": ["overlays/prod"], "steps": [%s]}`, strings.Join(list, ", "))
}

// A run killed after any number of its renames is finished, and nothing else happens.
func TestRecoverFinishes(t *testing.T) {
	t.Parallel()
	before := map[string]string{
		"base/a": generated("a"), "base/b": generated("b"), "base/c": generated("c"), "base/own": "own",
		"overlays/prod/": "",
	}
	after := map[string]string{
		"base/b": generated("b2"), "base/c": generated("c2"), "base/own": "own", "overlays/prod/d": generated("d2"),
	}
	steps := []string{"base/a", "base/b=" + after["base/b"], "base/c=" + after["base/c"], "overlays/prod/d=" + after["overlays/prod/d"]}
	staged := []string{"", "base/.natsyard-1", "base/.natsyard-2", "overlays/prod/.natsyard-3"}

	for done := range len(steps) + 1 {
		state := maps.Clone(before)
		state[journalFile] = journal(steps...)
		for i, s := range steps {
			name, text, write := strings.Cut(s, "=")
			switch {
			case !write && i < done:
				delete(state, name)
			case write && i < done:
				state[name] = text
			case write:
				state[staged[i]] = text
			}
		}
		dir, repo := newRepo(t, state)

		_, err := repo.Drift(t.Context(), nil, nil)
		require.ErrorIs(t, err, tree.ErrUnfinished)
		require.Empty(t, cmp.Diff(state, mergeDirs(filesOf(t, dir))), "drift writes")

		res, err := repo.Apply(t.Context(), nil, nil)
		require.NoError(t, err)
		require.Equal(t, tree.Result{Finished: true}, res)
		require.Empty(t, cmp.Diff(after, filesOf(t, dir)), "after %d steps", done)

		res, err = repo.Apply(t.Context(), nil, nil)
		require.NoError(t, err)
		require.Empty(t, res)
	}
}

// mergeDirs adds the one empty directory that the state of the test names.
func mergeDirs(files map[string]string) map[string]string {
	files["overlays/prod/"] = ""
	return files
}

// A run killed before its commit point leaves nothing behind once the next one has run.
func TestRecoverDiscards(t *testing.T) {
	t.Parallel()
	full := journal("base/a="+generated("2"), "overlays/prod/b="+generated("2"))
	for name, list := range map[string]string{"full": full, "empty": "", "cut short": full[:len(full)/2]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := map[string]string{"base/": "", "base/a": generated("1"), "base/intent.cue": "package base"}
			state := maps.Clone(before)
			state[stagingFile] = list
			if list == full {
				state["base/.natsyard-0"] = generated("2")
				state["overlays/prod/.natsyard-1"] = generated("2")[:5]
				before["overlays/"] = "" // was there before, says the list
			}
			dir, repo := newRepo(t, state)

			changes, err := repo.Drift(t.Context(), []string{"base"}, []tree.File{file("base/a", "1")})
			require.NoError(t, err)
			require.Empty(t, changes)

			res, err := repo.Apply(t.Context(), nil, nil)
			require.NoError(t, err)
			require.Empty(t, res)
			require.Empty(t, cmp.Diff(before, snapshot(t, dir)))
		})
	}
}

// A journal is hostile input, and so is what lies beside it.
func TestRecoverRefuses(t *testing.T) {
	t.Parallel()
	good := generated("new")
	tests := map[string]struct {
		state map[string]string
		want  string
	}{
		"not json":           {map[string]string{journalFile: "rm -rf"}, "read .natsyard-journal: invalid character"},
		"empty":              {map[string]string{journalFile: ""}, "unexpected end of JSON"},
		"later version":      {map[string]string{journalFile: `{"version": 2}`}, "version is 2, not 1"},
		"symlink":            {map[string]string{journalFile: "->base/own"}, "neither a regular file nor a directory"},
		"directory":          {map[string]string{journalFile + "/": ""}, "neither a regular file nor a directory"},
		"leaves":             {map[string]string{journalFile: journal("../own")}, `"../own" is not a plain path`},
		"absolute":           {map[string]string{journalFile: journal("/etc/passwd=" + good)}, `"/etc/passwd" is not a plain path`},
		"hidden":             {map[string]string{journalFile: journal(".git/hooks/pre-commit=" + good)}, "is hidden"},
		"directory leaves":   {map[string]string{journalFile: `{"version": 1, "dirs": ["../x"]}`}, `"../x" is not a plain path`},
		"twice":              {map[string]string{journalFile: journal("base/a", "base/a")}, "there twice"},
		"not sorted":         {map[string]string{journalFile: journal("base/b", "base/a")}, "not sorted"},
		"no sum":             {map[string]string{journalFile: `{"version": 1, "steps": [{"path": "a", "sha256": "ff"}]}`}, "not a SHA-256"},
		"removes the user's": {map[string]string{journalFile: journal("base/own")}, "base/own does not begin with"},
		"replaces the user's": {map[string]string{journalFile: journal("base/own=" + good), "base/.natsyard-0": good},
			"base/own does not begin with"},
		"through a symlink": {map[string]string{journalFile: journal("link/a")}, "link is a symlink"},
		"staged is gone":    {map[string]string{journalFile: journal("base/a=" + good)}, "what was staged for base/a is gone or changed"},
		"staged is changed": {map[string]string{journalFile: journal("base/a=" + good), "base/.natsyard-0": generated("x")},
			"what was staged for base/a is gone or changed"},
		"staged has no marker": {map[string]string{journalFile: journal("base/a=evil"), "base/.natsyard-0": "evil"},
			"what was staged for base/a is gone or changed"},
		"staged is a symlink": {map[string]string{journalFile: journal("base/a=" + good), "base/.natsyard-0": "->g", "base/g": good},
			"what was staged for base/a is gone or changed"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := map[string]string{"base/own": "own", "base/gen": generated("g"), "link": "->base"}
			maps.Copy(state, tc.state)
			dir, repo := newRepo(t, state)
			before := snapshot(t, dir)
			_, err := repo.Apply(t.Context(), []string{"base"}, nil)
			require.ErrorIs(t, err, tree.ErrUnfinished)
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, "or delete .natsyard-journal and render all environments")
			require.Empty(t, cmp.Diff(before, snapshot(t, dir)))

			// The mend that it names mends.
			require.NoError(t, os.Remove(filepath.Join(dir, journalFile)))
			_, err = repo.Apply(t.Context(), []string{"base"}, nil)
			require.NoError(t, err)
		})
	}
}

// A leftover that was meant to trap the next run is removed, not written through.
func TestStagingFollowsNoSymlink(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, map[string]string{
		"base/own": "own", "base/.natsyard-0": "->own", stagingFile: "->base/own",
	})
	_, err := repo.Apply(t.Context(), []string{"base"}, []tree.File{file("base/a", "a")})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(map[string]string{"base/own": "own", "base/a": generated("a")}, filesOf(t, dir)))
}
