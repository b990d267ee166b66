package tree_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

func TestApply(t *testing.T) {
	t.Parallel()
	user := map[string]string{
		"base/intent.cue":        "package base\n",
		"base/own/copied.yaml":   generated("of the user's own folder"),
		"base/.hidden.yaml":      generated("hidden"),
		"base/empty":             "",
		"base/short":             tree.Marker[:9],
		"base/link.yaml":         "->../overlays/dev/a.yaml",
		"overlays/dev/a.yaml":    generated("of an environment that is not rendered"),
		"overlays/prod/own.yaml": "# mine\n" + generated("quoted"),
		"README.md":              "# read me\n",
	}
	tests := map[string]struct {
		there, want map[string]string
	}{
		"first render": {
			want: map[string]string{"base/a.yaml": "a", "base/nats.conf": "c", "overlays/prod/a.yaml": "p"},
		},
		"changed, removed, created, kept": {
			there: map[string]string{"base/a.yaml": "a", "base/b.yaml": "b", "base/c.yaml": "c"},
			want:  map[string]string{"base/a.yaml": "a", "base/b.yaml": "other", "overlays/prod/new.yaml": "n"},
		},
		"nothing wanted": {
			there: map[string]string{"base/a.yaml": "a", "overlays/prod/b.yaml": "b"},
		},
		"nothing to do": {
			there: map[string]string{"base/a.yaml": "a"},
			want:  map[string]string{"base/a.yaml": "a"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start, end := maps.Clone(user), maps.Clone(user)
			for name, text := range tc.there {
				start[name] = generated(text)
			}
			var files []tree.File
			for name, text := range tc.want {
				files = append(files, file(name, text))
				end[name] = generated(text)
			}
			dir, repo := newRepo(t, start)

			drift, err := repo.Drift(t.Context(), bothDirs, files)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(start, filesOf(t, dir)), "drift writes")

			res, err := repo.Apply(t.Context(), bothDirs, files)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(end, filesOf(t, dir)))
			require.Empty(t, cmp.Diff(drift, res.Changes), "drift says what apply does")
			replay := maps.Clone(start)
			for _, c := range res.Changes {
				require.Equal(t, replay[c.Path], string(c.Old))
				replay[c.Path] = string(c.New)
				if c.New == nil {
					delete(replay, c.Path)
				}
			}
			require.Empty(t, cmp.Diff(end, replay), "the changes are what happened")

			res, err = repo.Apply(t.Context(), bothDirs, files)
			require.NoError(t, err)
			require.Empty(t, res, "a second run has nothing to do")
		})
	}
}

func TestApplyLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, map[string]string{
		"base/intent.cue": "package base\n", "base/same.yaml": generated("s"), "base/other.yaml": generated("o"),
	})
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name, mode := range map[string]fs.FileMode{"intent.cue": 0o640, "same.yaml": 0o600, "other.yaml": 0o600} {
		require.NoError(t, os.Chmod(filepath.Join(dir, "base", name), mode))
		require.NoError(t, os.Chtimes(filepath.Join(dir, "base", name), long, long))
	}
	stat := func(name string) fs.FileInfo {
		info, err := os.Stat(filepath.Join(dir, "base", name))
		require.NoError(t, err)
		return info
	}
	before := stat("intent.cue")
	_, err := repo.Apply(t.Context(), []string{"base"}, []tree.File{file("base/same.yaml", "s"), file("base/other.yaml", "new")})
	require.NoError(t, err)

	require.Equal(t, before.Mode(), stat("intent.cue").Mode())
	require.Equal(t, long, stat("intent.cue").ModTime())
	require.Equal(t, long, stat("same.yaml").ModTime())
	require.Equal(t, fs.FileMode(0o600), stat("same.yaml").Mode())
	require.NotEqual(t, long, stat("other.yaml").ModTime())
	require.Equal(t, fs.FileMode(0o600), stat("other.yaml").Mode()&^0o044)
}

func TestApplyMakesDirectories(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, nil)
	_, err := repo.Apply(t.Context(), []string{"overlays/prod/patches"}, []tree.File{file("overlays/prod/patches/a.yaml", "a")})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(map[string]string{
		"overlays/": "", "overlays/prod/": "", "overlays/prod/patches/": "", "overlays/prod/patches/a.yaml": generated("a"),
	}, snapshot(t, dir)))
}

func TestApplyConflicts(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, map[string]string{
		"base/a-user.yaml":   "kind: Service\n",
		"base/b-dir.yaml/":   "",
		"base/c-link.yaml":   "->d-good.yaml",
		"base/d-good.yaml":   generated("old"),
		"base/e-stale.yaml":  generated("stale"),
		"base/f-large.yaml":  generated(string(bytes.Repeat([]byte("x"), tree.MaxFileSize))),
		"base/G-Case.yaml":   generated("old"),
		"overlays/real/":     "",
		"overlays/prod":      "->real",
		"overlays/dev":       "a file",
		"elsewhere/own.yaml": "own",
	})
	before := snapshot(t, dir)
	var files []tree.File
	for _, name := range []string{"a-user", "b-dir", "c-link", "d-good", "f-large", "g-case", "h-new"} {
		files = append(files, file("base/"+name+".yaml", "new"))
	}
	files = append(files, file("overlays/prod/a.yaml", "new"), file("overlays/dev/patches/a.yaml", "new"))
	dirs := []string{"base", "overlays/prod", "overlays/dev/patches"}

	_, err := repo.Apply(t.Context(), dirs, files)
	var conflict *tree.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, []tree.Conflict{
		{Path: "base/a-user.yaml", Reason: `does not begin with "# Code generated by natsyard"`},
		{Path: "base/b-dir.yaml", Reason: "is a directory"},
		{Path: "base/c-link.yaml", Reason: "is a symlink"},
		{Path: "base/f-large.yaml", Reason: "is larger than 4 MiB"},
		{Path: "base/G-Case.yaml", Reason: "has the name of base/g-case.yaml but for upper and lower case"},
		{Path: "overlays/dev", Reason: "is a file, where a directory is needed"},
		{Path: "overlays/prod", Reason: "is a symlink, where a directory is needed"},
	}, conflict.Conflicts)
	require.ErrorContains(t, err, "nothing was written: natsyard did not write what is in its way; move or delete it:\n  base/a-user.yaml does not")
	_, err = repo.Drift(t.Context(), dirs, files)
	require.ErrorAs(t, err, &conflict)
	require.Empty(t, cmp.Diff(before, snapshot(t, dir)))
}

func TestApplyRefusesWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dirs  []string
		files []tree.File
		want  []string
	}{
		"twice":         {[]string{"base"}, []tree.File{file("base/a", "1"), file("base/a", "2")}, []string{"write base/a: the same place is wanted for base/a"}},
		"twice by case": {[]string{"base"}, []tree.File{file("base/a", "1"), file("base/A", "2")}, []string{"write base/a: the same place is wanted for base/A"}},
		"dirs by case":  {[]string{"overlays/Prod", "overlays/prod"}, nil, []string{"directory overlays/prod: the same place is wanted for overlays/Prod"}},
		"file is a dir": {[]string{"overlays", "overlays/prod"}, []tree.File{file("overlays/prod", "1")}, []string{"write overlays/prod: the same place"}},
		"outside":       {[]string{"base"}, []tree.File{file("overlays/a", "1")}, []string{`write overlays/a: its directory is none of ["base"]`}},
		"deeper":        {[]string{"base"}, []tree.File{file("base/sub/a", "1")}, []string{"write base/sub/a: its directory"}},
		"no marker":     {[]string{"base"}, []tree.File{{Path: "base/a", Data: []byte("kind: x")}}, []string{"write base/a: content does not begin"}},
		"too large": {[]string{"base"}, []tree.File{file("base/a", string(make([]byte, tree.MaxFileSize)))},
			[]string{"write base/a: file is larger than 4 MiB"}},
		"every fault": {[]string{"/base", "..", "a/../b", "base/"}, []tree.File{file("../x", ""), file("base/.git", ""), file("", "")},
			[]string{`"/base" is not`, `".." is not`, `"a/../b" is not`, `"base/" is not`, `"../x" is not`, `"base/.git" is hidden`, `"" is not`}},
		"not on every system": {[]string{"base", `ba\se`}, []tree.File{file("base/a:b", ""), file("base/a.", ""), file("base/\x00", "")},
			[]string{`"base/a:b" does not work`, `"base/a." does not work`, `"ba\\se" does not work`, `"base/\x00" does not work`}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, repo := newRepo(t, nil)
			_, err := repo.Apply(t.Context(), tc.dirs, tc.files)
			_, driftErr := repo.Drift(t.Context(), tc.dirs, tc.files)
			for _, want := range tc.want {
				require.ErrorContains(t, err, want)
				require.ErrorContains(t, driftErr, want)
			}
			require.Empty(t, snapshot(t, dir))
		})
	}
}

// A user who takes a place while the run is staging keeps it.
func TestApplyLooksAgainBeforeItCommits(t *testing.T) {
	t.Parallel()
	for range 50 { // the run may be faster than the user
		dir, repo := newRepo(t, map[string]string{"base/": "", "overlays/prod/": ""})
		done := make(chan error, 1)
		go func() {
			_, err := repo.Apply(t.Context(), bothDirs, state(0))
			done <- err
		}()
		own := filepath.Join(dir, "base", "f23.yaml")
		for {
			if _, err := os.Lstat(filepath.Join(dir, ".natsyard-staging")); err == nil || len(done) > 0 {
				break
			}
		}
		write(t, own, "own", false)
		var conflict *tree.ConflictError
		if err := <-done; !errors.As(err, &conflict) {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, []tree.Conflict{{Path: "base/f23.yaml", Reason: `does not begin with "# Code generated by natsyard"`}}, conflict.Conflicts)
		require.Equal(t, map[string]string{"base/f23.yaml": "own"}, filesOf(t, dir))
		return
	}
	t.Fatal("the user always lost")
}

// kustomize refuses a directory with two kustomizations, so natsyard does not add the second.
func TestSecondKustomization(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kustomization.yml", "Kustomization"} {
		dir, repo := newRepo(t, map[string]string{"base/" + name: "resources: []\n"})
		_, err := repo.Apply(t.Context(), []string{"base"}, []tree.File{file("base/kustomization.yaml", "resources: []")})
		require.ErrorContains(t, err, "base/"+name+" is a second kustomization")
		require.Equal(t, map[string]string{"base/" + name: "resources: []\n"}, filesOf(t, dir))
	}
}
