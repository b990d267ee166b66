package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/diag"
)

// part is a part of the work that the inner process is at: what it does, and to which file.
type part struct{ doing, work string }

func writeReport(w io.Writer, p part, begins bool) {
	fmt.Fprintf(w, "%t\t%s\t%s\n", begins, p.doing, p.work)
}

func readReport(line string) (p part, begins, ok bool) {
	fields := strings.SplitN(line, "\t", 3)
	if len(fields) < 3 {
		return p, false, false // it died in the middle of the line
	}
	return part{fields[1], fields[2]}, fields[0] == "true", true
}

// watch is over an inner process.
type watch struct {
	process *os.Process
	mu      sync.Mutex
	running []part            // in the order in which they began
	before  map[string]uint64 // the memory of the process when each work began
	filled  bool              // it took too much, and was killed
}

func watchOver(p *os.Process) *watch { return &watch{process: p, before: map[string]uint64{}} }

// follow reads the reports to their end, looks at the memory meanwhile, and kills the process when
// work takes too much.
func (w *watch) follow(reports io.Reader) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(reports); lines.Scan(); {
			if p, begins, ok := readReport(lines.Text()); ok {
				w.note(p, begins)
			}
		}
	}()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ticker.C:
			w.look()
		}
	}
}

func (w *watch) note(p part, begins bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !begins {
		if i := slices.Index(w.running, p); i >= 0 {
			w.running = slices.Delete(w.running, i, i+1)
		}
		return
	}
	w.running = append(w.running, p)
	if _, known := w.before[p.work]; !known {
		w.before[p.work] = resident(w.process.Pid)
	}
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := resident(w.process.Pid)
	if slices.ContainsFunc(w.running, func(p part) bool { return now > w.before[p.work]+gen.MaxMemory }) {
		w.filled = true
		_ = w.process.Kill()
	}
}

// resident is the memory that a process holds, in bytes; 0 where only Linux could tell.
func resident(pid int) uint64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := bytes.Fields(data)
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseUint(string(fields[1]), 10, 64)
	return pages * uint64(os.Getpagesize())
}

// reason is why the process has died, with the first of what it said; "" for want of memory.
func (w *watch) reason(state *os.ProcessState, said string) string {
	first, _, _ := strings.Cut(said, "\n")
	switch {
	case w.filled, strings.Contains(said, "out of memory"), strings.Contains(said, "stack overflow"), strings.Contains(said, "failed to create new OS thread"):
		return ""
	case first == "":
		return state.String()
	}
	return first
}

// blame makes a finding of what ran when the process died. Of several parts it is most likely the
// evaluation of CUE, of which there is but one at a time; of others it may be any.
func (w *watch) blame(reason string) diag.Diagnostic {
	at := slices.IndexFunc(w.running, func(p part) bool { return p.doing == gen.Evaluating })
	if at >= 0 {
		return gen.Died(w.running[at].work, gen.Evaluating, reason)
	}
	d := gen.Died(w.running[0].work, w.running[0].doing, reason)
	for _, p := range w.running[1:] {
		d.Related = append(d.Related, diag.Related{Span: diag.Span{File: p.work}, Message: "or this, which was at work beside it"})
	}
	return d
}
