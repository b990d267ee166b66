package bound_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/bound"
)

func guard(t *testing.T, b bound.Bounds) *bound.Guard {
	t.Helper()
	g := bound.New(b)
	t.Cleanup(g.Close)
	return g
}

// spin uses the processor until the test ends.
func spin(t *testing.T) func() (int, error) {
	return func() (int, error) {
		for t.Context().Err() == nil {
		}
		return 0, nil
	}
}

// block waits until the test ends.
func block(t *testing.T) func() (int, error) {
	return func() (int, error) {
		<-t.Context().Done()
		return 0, nil
	}
}

func TestRunGivesWhatWorkGives(t *testing.T) {
	t.Parallel()
	w := guard(t, bound.Bounds{Time: time.Minute, Memory: 1 << 30}).Work("w")
	own := errors.New("own")
	got, err := bound.Run(t.Context(), w, "do", func() (int, error) { return 3, own })
	require.Equal(t, 3, got)
	require.Equal(t, own, err)

	_, err = bound.Run(t.Context(), w, "do", func() (int, error) { panic("oh") })
	var crash *bound.Crash
	require.ErrorAs(t, err, &crash)
	require.Equal(t, "oh", crash.Reason)
	require.Contains(t, string(crash.Stack), "bound_test.go")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = bound.Run(ctx, w, "do", block(t))
	require.ErrorIs(t, err, context.Canceled)
}

func TestTime(t *testing.T) {
	t.Parallel()
	g := guard(t, bound.Bounds{Time: 50 * time.Millisecond, Memory: 1 << 40})
	var excess *bound.Excess
	_, err := bound.Run(t.Context(), g.Work("w"), "do", spin(t))
	require.ErrorAs(t, err, &excess)
	require.False(t, excess.Memory)
	require.EqualError(t, err, "takes more than 50ms")

	// What does not even use the processor ends too.
	_, err = bound.Run(t.Context(), g.Work("w"), "do", block(t))
	require.ErrorAs(t, err, &excess)
}

// The parts of a work are counted together, and what lies between them is not. Nothing runs beside
// this test, for the processor is the whole process's.
func TestPartsOfWork(t *testing.T) {
	w := guard(t, bound.Bounds{Time: 50 * time.Millisecond, Memory: 1 << 40}).Work("w")
	time.Sleep(600 * time.Millisecond)
	parts := 0
	for ; ; parts++ {
		if _, err := bound.Run(t.Context(), w, "do", func() (int, error) { time.Sleep(20 * time.Millisecond); return 1, nil }); err != nil {
			require.EqualError(t, err, "takes more than 50ms")
			break
		}
	}
	require.Greater(t, parts, 1, "it is ten times 50 ms before the clock alone counts")
	require.Less(t, parts, 26)
}

// Of two works that run, the older one is taken to have filled the memory.
func TestMemory(t *testing.T) {
	g := guard(t, bound.Bounds{Time: time.Hour, Memory: 64 << 20})
	filled := make(chan error)
	var hold [][]byte
	fill := func() (int, error) {
		for t.Context().Err() == nil && len(hold) < 512 {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = byte(i)
			}
			hold = append(hold, b)
			time.Sleep(time.Millisecond)
		}
		return len(hold), nil
	}
	began := make(chan struct{})
	go func() {
		_, err := bound.Run(t.Context(), g.Work("w"), "do", func() (int, error) { close(began); return fill() })
		filled <- err
	}()
	<-began
	ctx, cancel := context.WithCancel(t.Context())
	other := make(chan error)
	go func() {
		_, err := bound.Run(ctx, g.Work("w"), "do", block(t))
		other <- err
	}()
	var excess *bound.Excess
	require.ErrorAs(t, <-filled, &excess)
	require.True(t, excess.Memory)
	require.EqualError(t, excess, "takes more than 64 MiB of memory")
	cancel()
	require.ErrorIs(t, <-other, context.Canceled)
}
