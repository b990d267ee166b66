package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen"
)

// What the inner process reports is what the outer one knows of it when it has died.
func TestReports(t *testing.T) {
	t.Parallel()
	base, prod, qa := part{"prove", "base/intent.cue"}, part{gen.Evaluating, "overlays/prod/a b.cue"}, part{"prove", "overlays/qa"}
	var reports strings.Builder
	for _, r := range []struct {
		part
		begins bool
	}{{base, true}, {prod, true}, {qa, true}, {base, false}, {base, true}, {base, false}} {
		writeReport(&reports, r.part, r.begins)
	}
	w := watchOver(&os.Process{Pid: os.Getpid()})
	w.follow(strings.NewReader(reports.String() + "false\teval"))
	require.Equal(t, []part{prod, qa}, w.running)

	require.Equal(t, "overlays/prod/a b.cue: CUE needs more than 512 MiB of memory to evaluate this", w.blame("").Span.File+": "+w.blame("").Message)
	require.Empty(t, w.blame("").Related)
	w.note(prod, false)
	w.note(base, true)
	d := w.blame("signal: killed")
	require.Equal(t, "overlays/qa: natsyard crashed when it was to prove this: signal: killed", d.Span.File+": "+d.Message)
	require.Equal(t, "base/intent.cue", d.Related[0].Span.File)
}

func TestReason(t *testing.T) {
	t.Parallel()
	w := watchOver(nil)
	for said, want := range map[string]string{
		"fatal error: runtime: out of memory\n\ngoroutine 1":                                  "",
		"runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow": "",
		"fatal error: concurrent map writes\n\ngoroutine 1":                                   "fatal error: concurrent map writes",
		"": "exit status 7",
	} {
		c := exec.Command("sh", "-c", "exit 7")
		require.Error(t, c.Run())
		require.Equal(t, want, w.reason(c.ProcessState, said))
	}
	w.filled = true
	require.Empty(t, w.reason(nil, "anything"))
}

// An inner process ends with the outer one, even when that is killed.
func TestInnerEndsWithOuter(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with the one that began it, as guard_linux.go asks it to")
	}
	natsyard, repo := buildNatsyard(t), t.TempDir()
	require.NoError(t, exec.Command(natsyard, "init", "--module", "example.com/nats", repo).Run())
	require.NoError(t, os.WriteFile(filepath.Join(repo, "overlays/prod/intent.cue"),
		[]byte(saying(`serverTags: [for x in list.Range(0, 1000000, 1) for y in list.Range(0, 1000, 1) if x < 0 {"\(x)"}]`, `"list"`)["intent.cue"]), 0o644))
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	c := exec.Command(natsyard, "-C", repo, "vet", "prod")
	c.Stdout = w // which the inner process has too
	require.NoError(t, c.Start())
	w.Close()
	require.Eventually(t, func() bool { return hasChild(c.Process.Pid) }, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait())
	killed := time.Now()
	_, err = io.ReadAll(r)
	require.NoError(t, err)
	require.Less(t, time.Since(killed), 4*time.Second, "on its own it would have gone on for 4.5 s")
}

// hasChild tells whether a process has begun another.
func hasChild(pid int) bool {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		data, _ := os.ReadFile(name)
		_, rest, _ := strings.Cut(string(data), ") ") // behind the name: the state and the parent
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			return true
		}
	}
	return false
}
