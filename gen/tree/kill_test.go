//go:build unix

package tree_test

import (
	"bufio"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

// start runs a process that applies one state after the other, and is under way.
func start(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := child("loop:" + dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return cmd
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	require.NoError(t, cmd.Process.Kill())
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	require.Equal(t, syscall.SIGKILL, exit.Sys().(syscall.WaitStatus).Signal(), "it was at work until it was killed")
}

// requireWhole checks that a tree is one of the two states, and that nothing else is there.
func requireWhole(t *testing.T, got map[string]string) {
	t.Helper()
	want := content(state(0))
	if !maps.Equal(want, got) {
		want = content(state(1))
	}
	require.Empty(t, cmp.Diff(want, got))
}

// kill -9 at any moment: before the commit point the files are whole as they are, after it
// they are whole once the next run has begun.
func TestKill(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, nil)
	begin := time.Now()
	_, err := repo.Apply(t.Context(), bothDirs, state(0))
	require.NoError(t, err)
	span := 3 * time.Since(begin) // a run up to date, and one or two that are not

	const rounds, each = 25, 3
	var staging, committed int // kills before and after a commit point
	end := time.Now().Add(2 * time.Minute)
	for i := 0; i < rounds || staging < each || committed < each; i++ {
		require.True(t, time.Now().Before(end), "%d rounds met %d kills while staging, %d after the commit", i, staging, committed)
		cmd := start(t, dir)
		time.Sleep(rand.N(span))
		kill(t, cmd)

		got := filesOf(t, dir)
		_, unfinished := got[journalFile]
		if _, ok := got[stagingFile]; ok {
			staging++
		}
		if unfinished {
			committed++
		} else {
			maps.DeleteFunc(got, func(name, _ string) bool { return filepath.Base(name)[0] == '.' })
			requireWhole(t, got)
		}
		res, err := repo.Apply(t.Context(), nil, nil)
		require.NoError(t, err)
		require.Equal(t, unfinished, res.Finished)
		requireWhole(t, filesOf(t, dir))
	}
	t.Logf("%d kills while staging, %d after the commit point", staging, committed)
}

// Two writers take turns, and a reader never meets the work of either.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, nil)
	_, err := repo.Apply(t.Context(), bothDirs, state(0))
	require.NoError(t, err)
	one, two := start(t, dir), start(t, dir)
	seen := map[int]int{}
	for len(seen) < 2 || seen[0]+seen[1] < 30 {
		changes, err := repo.Drift(t.Context(), bothDirs, state(0))
		require.NoError(t, err)
		if len(changes) == 0 {
			seen[0]++
			continue
		}
		seen[1]++
		got := content(state(0))
		for _, c := range changes {
			got[c.Path] = string(c.Old)
			if c.Old == nil {
				delete(got, c.Path)
			}
		}
		require.Empty(t, cmp.Diff(content(state(1)), got))
	}
	kill(t, one)
	kill(t, two)
	_, err = repo.Apply(t.Context(), nil, nil)
	require.NoError(t, err)
	requireWhole(t, filesOf(t, dir))
}

func TestCancelWhileWaiting(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, nil)
	other := flock.New(dir, flock.SetFlag(syscall.O_RDONLY))
	require.NoError(t, other.Lock())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()

	_, err := repo.Apply(ctx, bothDirs, state(0))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "nothing was written: wait for other runs in "+dir)
	_, err = repo.Drift(ctx, bothDirs, state(0))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Empty(t, snapshot(t, dir))

	require.NoError(t, other.Unlock())
	_, err = repo.Apply(t.Context(), bothDirs, state(0))
	require.NoError(t, err)
	requireWhole(t, filesOf(t, dir))
}

func TestCancelWhileStaging(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, nil)
	_, err := repo.Apply(t.Context(), bothDirs, state(0))
	require.NoError(t, err)
	next, cancelled := 1, 0
	for delay := time.Millisecond; cancelled < 5 || delay < 20*time.Millisecond; delay += time.Millisecond {
		require.Less(t, delay, 10*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), delay%(20*time.Millisecond))
		_, err := repo.Apply(ctx, bothDirs, state(next))
		cancel()
		if err == nil {
			next = 1 - next
		} else {
			require.ErrorIs(t, err, context.DeadlineExceeded)
			cancelled++
		}
		require.Empty(t, cmp.Diff(content(state(1-next)), filesOf(t, dir)), "after %s: %v", delay, err)
	}
}

func TestNonRegularFiles(t *testing.T) {
	t.Parallel()
	dir, repo := newRepo(t, map[string]string{"base/a": generated("a"), "base/b.cue": "->fifo"})
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "base", "fifo"), 0o644))
	for _, name := range []string{"base/fifo", "base/b.cue"} {
		_, err := repo.FS().Open(name)
		require.ErrorIs(t, err, tree.ErrNotRegular)
	}
	_, err := repo.Apply(t.Context(), []string{"base"}, nil)
	require.NoError(t, err, "a fifo of the user's is none of our business")
	var conflict *tree.ConflictError
	_, err = repo.Apply(t.Context(), []string{"base"}, []tree.File{file("base/fifo", "")})
	require.True(t, errors.As(err, &conflict))
	require.Equal(t, []tree.Conflict{{Path: "base/fifo", Reason: "is not a regular file"}}, conflict.Conflicts)
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, journalFile), 0o644))
	_, err = repo.Apply(t.Context(), []string{"base"}, nil)
	require.ErrorIs(t, err, tree.ErrNotRegular)

	hostile := `{"version": 1, "dirs": ["base/fifo/x"], "steps": []}`
	require.NoError(t, os.Remove(filepath.Join(dir, journalFile)))
	write(t, filepath.Join(dir, journalFile), hostile, false)
	_, err = repo.Apply(t.Context(), nil, nil)
	require.ErrorIs(t, err, tree.ErrNotRegular, "it does not hang")
}
