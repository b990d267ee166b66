package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/release/build"
)

// git runs git as somebody who has no configuration.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_DATE=2026-11-25T00:48:55Z", "GIT_COMMITTER_DATE=2026-11-25T01:48:55+01:00")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	git(t, dir, "init", "-q")
	require.NoError(t, os.WriteFile(file, []byte("1"), 0o644))
	git(t, dir, "add", ".")
	git(t, dir, "commit", "-qm", "one")

	read := func() build.Source {
		s, err := build.Read(dir, "")
		require.NoError(t, err)
		require.Len(t, s.Revision, 40)
		require.Equal(t, time.Date(2026, 11, 25, 0, 48, 55, 0, time.UTC), s.Time)
		return s
	}
	one := read()
	require.Equal(t, "v0.0.0-20261125004855-"+one.Revision[:12], one.Version)
	git(t, dir, "tag", "v1.2.0")
	git(t, dir, "tag", "other")
	require.Equal(t, "v1.2.0", read().Version)
	require.NoError(t, os.WriteFile(file, []byte("2"), 0o644))
	require.Equal(t, "v1.2.0+dirty", read().Version)
	git(t, dir, "commit", "-qam", "two")
	two := read()
	require.Equal(t, "v1.2.1-0.20261125004855-"+two.Revision[:12], two.Version)

	// A version that is given holds; a shallow clone cannot know its own.
	given, err := build.Read(dir, "v2.0.0")
	require.NoError(t, err)
	require.Equal(t, build.Source{Dir: dir, Version: "v2.0.0", Revision: two.Revision, Time: two.Time}, given)
	shallow := t.TempDir()
	git(t, shallow, "clone", "-q", "--depth=1", "file://"+dir, ".")
	_, err = build.Read(shallow, "")
	require.EqualError(t, err, "this clone is shallow, and the tags that say the version may lie beyond: git fetch --unshallow --tags")
}

// In an archive of the source there is no git.
func TestReadWithoutGit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := build.Read(dir, "")
	require.ErrorContains(t, err, "outside of git, -version says what this is")
	s, err := build.Read(dir, "v1.2.3")
	require.NoError(t, err)
	require.Equal(t, build.Source{Dir: dir, Version: "v1.2.3"}, s)
	_, err = build.Read(dir, "1.2.3")
	require.EqualError(t, err, `"1.2.3" is no version: want v1.2.3`)
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	for _, want := range build.Targets {
		got, err := build.ParseTarget(want.String())
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := build.ParseTarget("plan9/386")
	require.ErrorContains(t, err, `"plan9/386" is no target`)
}
