// Package bound runs work that may take for ever, or all the memory there is, and lets go of it
// then. What is let go of cannot be stopped: it goes on until the process ends, which should be
// soon. Like package tree it is not pure: it looks at the clock and at the process.
//
// Memory is looked at a hundred times a second. What asks for all of it at once is faster, and only
// another process can tell of it; see Report.
package bound

import (
	"context"
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// Bounds are how much one Work may take.
type Bounds struct {
	// Time is on the clock. Where the process has had the processor for less than two fifths of it,
	// because others wanted it too, there is more: up to ten times as much.
	Time time.Duration
	// Memory is how many bytes more the process may hold than when the work began.
	Memory uint64
}

// often is how often the process is looked at. It fills some 10 MiB meanwhile.
const often = 10 * time.Millisecond

// Guard watches over work. It is safe for concurrent use. Once work has been let go of that took too
// much memory, it bounds no other's, for the memory stays taken.
type Guard struct {
	bounds  Bounds
	mu      sync.Mutex
	running map[*part]bool
	full    bool // the memory is taken
	stop    chan struct{}
}

// New begins to watch; Close ends it.
func New(b Bounds) *Guard {
	g := &Guard{bounds: b, running: map[*part]bool{}, stop: make(chan struct{})}
	go g.watch()
	return g
}

// Close ends the watch.
func (g *Guard) Close() { close(g.stop) }

// Work is what the bounds hold for. Its parts run one after the other; what lies between them
// takes nothing.
type Work struct {
	guard      *Guard
	name       string
	clock, cpu time.Duration // of the parts that have ended
	memory     uint64        // of the process when the first part began
}

// Work is some new work. The name is for who is told of it; see Report.
func (g *Guard) Work(name string) *Work { return &Work{guard: g, name: name} }

// Excess says that work was let go of.
type Excess struct {
	Memory bool // and not time
	Bounds Bounds
}

func (e *Excess) Error() string {
	if e.Memory {
		return fmt.Sprintf("takes more than %d MiB of memory", e.Bounds.Memory>>20)
	}
	return fmt.Sprintf("takes more than %s", e.Bounds.Time)
}

// Crash says that work has panicked.
type Crash struct {
	Reason any
	Stack  []byte
}

func (c *Crash) Error() string { return fmt.Sprint("crashed: ", c.Reason) }

// part is a part of work that runs.
type part struct {
	work  *Work
	doing string
	began time.Time
	cpu   time.Duration // of the process when it began
	letGo chan *Excess
}

// Run runs a part of the work. It gives what do gives; an *Excess or ctx's error when it lets go
// of it, and a *Crash when it panics. doing is for who is told of it; see Report.
func Run[T any](ctx context.Context, w *Work, doing string, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	p := w.guard.begin(w, doing)
	defer w.guard.end(p)
	go func() {
		defer func() {
			if reason := recover(); reason != nil {
				done <- result{err: &Crash{reason, debug.Stack()}}
			}
		}()
		value, err := do()
		done <- result{value, err}
	}()
	var none T
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return none, ctx.Err()
	case excess := <-p.letGo:
		return none, excess
	}
}

func (g *Guard) begin(w *Work, doing string) *part {
	p := &part{work: w, doing: doing, began: time.Now(), cpu: cpu(), letGo: make(chan *Excess, 1)}
	if w.memory == 0 {
		w.memory = memory()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running[p] = true
	tell(p, true)
	return p
}

func (g *Guard) end(p *part) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.running, p)
	tell(p, false)
	p.work.clock += time.Since(p.began)
	p.work.cpu += cpu() - p.cpu
}

func (g *Guard) watch() {
	ticker := time.NewTicker(often)
	defer ticker.Stop()
	for {
		select {
		case <-g.stop:
			return
		case <-ticker.C:
			g.look()
		}
	}
}

// look lets go of what takes too much. Memory is the whole process's: of several parts, that
// which runs for the longest has taken it.
func (g *Guard) look() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.running) == 0 {
		return
	}
	held, used, now := memory(), cpu(), time.Now()
	var greedy *part
	for p := range g.running {
		clock, processor := p.work.clock+now.Sub(p.began), p.work.cpu+used-p.cpu
		switch {
		case clock > 10*g.bounds.Time, clock > g.bounds.Time && processor > g.bounds.Time*2/5:
			g.letGo(p, &Excess{Bounds: g.bounds})
		case held > p.work.memory+g.bounds.Memory && (greedy == nil || p.began.Before(greedy.began)):
			greedy = p
		}
	}
	if greedy != nil && !g.full && !reporting.watched {
		g.full = true
		g.letGo(greedy, &Excess{Memory: true, Bounds: g.bounds})
	}
}

func (g *Guard) letGo(p *part, e *Excess) {
	delete(g.running, p)
	p.letGo <- e
}

// memory is what the process holds of the machine's, in bytes.
func memory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}
