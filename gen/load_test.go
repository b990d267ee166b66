package gen

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/diag"
)

// What is let go of, or crashes, is a finding at the file.
func TestLost(t *testing.T) {
	t.Parallel()
	guard := bound.New(bound.Bounds{Time: 50 * time.Millisecond, Memory: 1 << 40})
	defer guard.Close()
	forever := func() (int, error) {
		<-t.Context().Done()
		return 0, nil
	}
	const file = "overlays/prod/intent.cue"
	_, err := evaluate(t.Context(), guard.Work(file), file, forever)
	require.Equal(t, []string{file + " evaluation-lost: CUE needs more than 5s to evaluate this"}, saidOf(t, err))
	_, err = proof(t.Context(), guard.Work(file), file, forever)
	require.Equal(t, []string{file + " proof-lost: natsyard needs more than 5s to prove this"}, saidOf(t, err))
	_, err = proof(t.Context(), guard.Work(file), file, func() (int, error) { panic("oh") })
	require.Equal(t, []string{file + " proof-lost: natsyard crashed when it was to prove this: oh"}, saidOf(t, err))

	require.Equal(t, file+" evaluation-lost: CUE needs more than 512 MiB of memory to evaluate this", line(Died(file, Evaluating, "")))
	require.Equal(t, file+" proof-lost: natsyard crashed when it was to prove this: signal: killed", line(Died(file, proving, "signal: killed")))

	own := errors.New("own")
	_, err = proof(t.Context(), guard.Work(file), file, func() (int, error) { return 0, own })
	require.Equal(t, own, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = proof(ctx, guard.Work(file), file, forever)
	require.ErrorIs(t, err, context.Canceled)
}

// The work on an environment is known by its file, or by its folder where there are several.
func TestEnvironmentsFile(t *testing.T) {
	t.Parallel()
	guard := bound.New(bounds)
	defer guard.Close()
	repo := fstest.MapFS{"base/intent.cue": {}, "overlays/one/a.cue": {}, "overlays/two/a.cue": {}, "overlays/two/b.cue": {}}
	for name, want := range map[string]string{"base": "base/intent.cue", "one": "overlays/one/a.cue", "two": "overlays/two", "none": "overlays/none", "[": "overlays/["} {
		e := newEnvironment(repo, name, guard)
		require.Equal(t, want, e.file)
	}
	e := newEnvironment(repo, "one", guard)
	require.Equal(t, []string{"overlays/one/a.cue evaluation-lost: CUE crashed when it was to evaluate this: runtime error: invalid memory address or nil pointer dereference"},
		saidOf(t, e.load(t.Context(), nil)))
}

// line is what a finding says in short.
func line(d diag.Diagnostic) string { return d.Span.String() + " " + d.Rule + ": " + d.Message }

func saidOf(t *testing.T, err error) (lines []string) {
	t.Helper()
	found, lost := asFound(err)
	require.True(t, lost)
	for _, d := range found {
		require.True(t, found.HasErrors())
		lines = append(lines, line(d))
	}
	return lines
}

// An environment that takes long (not for ever: it goes on beside other tests) ends the run, with a finding about it and about no other.
func TestRenderLetsGo(t *testing.T) {
	t.Parallel()
	repo, envs := many(t, 3)
	repo["overlays/"+envs[1]+"/intent.cue"] = &fstest.MapFile{Data: []byte("package env\n\nimport (\n\t\"list\"\n\t\"github.com/natsyard/natsyard/base\"\n)\n\n" +
		"intent: base.intent & {serverTags: [for i in list.Range(0, 6000, 1) for j in list.Range(0, 6000, 1) if i < 0 {\"a\"}]}\n")}
	out, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err)
	require.Nil(t, out)
	require.Len(t, found, 1)
	require.Equal(t, "overlays/"+envs[1]+"/intent.cue evaluation-lost: CUE needs more than 5s to evaluate this", line(found[0]))
}

func TestWild(t *testing.T) {
	t.Parallel()
	repo, envs := many(t, 3)
	wild, found, err := Wild(context.Background(), repo, envs)
	require.NoError(t, err)
	require.Empty(t, found)
	require.False(t, wild)

	repo["overlays/"+envs[2]+"/intent.cue"] = &fstest.MapFile{Data: []byte("package env\n\nimport \"github.com/natsyard/natsyard/base\"\n\nintent: base.intent & {name: \"a\\(1)\"}\n")}
	wild, _, err = Wild(context.Background(), repo, envs)
	require.NoError(t, err)
	require.True(t, wild)
	wild, _, _ = Wild(context.Background(), repo, envs[:2])
	require.False(t, wild, "what is not evaluated does not count")

	_, found, err = Wild(context.Background(), fstest.MapFS{}, nil)
	require.NoError(t, err)
	require.True(t, found.HasErrors())
}
