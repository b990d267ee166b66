package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/diag"
)

// A process of Go that is refused memory dies at once, with pages of stack traces, and one that is
// given too much of it may be too busy to notice. Where CUE can ask for any amount in one go, the
// command runs in an inner process, and the outer one watches over it and tells what has become of
// it. To do so always would cost ten milliseconds a run.

// process is which of the two processes this is.
type process int

const (
	alone process = iota // it has no inner one, as in tests
	outer
	inner
)

// innerVariable, in the environment, marks the inner process. Its standard error is a descriptor
// of its own, so that what Go itself says is apart; on another it reports what it is at.
const (
	innerVariable = "NATSYARD_INNER"
	innerStderr   = 3
	innerReports  = 4
)

// whichProcess tells which process this is, and where its talk goes.
func whichProcess() (process, io.Writer) {
	if runtime.GOOS == "windows" {
		return alone, os.Stderr // it hands on three files and no more
	}
	if os.Getenv(innerVariable) == "" {
		return outer, os.Stderr
	}
	stderr, reports := os.NewFile(innerStderr, "stderr"), os.NewFile(innerReports, "reports")
	for _, f := range []*os.File{stderr, reports} {
		if _, err := f.Stat(); err != nil {
			return outer, os.Stderr // somebody else has set the variable
		}
	}
	watched := resident(os.Getpid()) > 0
	bound.Report(watched, func(work, doing string, begins bool) { writeReport(reports, part{doing, work}, begins) })
	return inner, stderr
}

// exitError is the end of an inner process, which has said why.
type exitError int

func (e exitError) Error() string { return fmt.Sprint("exit status ", int(e)) }

// guard runs the whole command in an inner process where that is called for, and then gives an
// error, an exitError when all went well. It comes before anything is read from stdin.
func (g *globals) guard(cmd *cobra.Command, repo fs.FS, envs []string) error {
	if g.process != outer {
		return nil
	}
	wild, found, err := gen.Wild(cmd.Context(), repo, envs)
	if err == nil && wild {
		found, err = runInner(cmd.Context(), os.Environ())
	}
	if err != nil || len(found) == 0 {
		return err
	}
	g.hintAbove(cmd, repo, found)
	if err := g.print(cmd, found, repo, true); err != nil {
		return err
	}
	return findingsError{}
}

// runInner runs this very command line in an inner process, with an environment. It gives an
// exitError, or a finding about what the process died of.
func runInner(ctx context.Context, environ []string) (diag.List, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	reports, reporting, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reports.Close()
	// The kernel ends the inner process with the thread that began it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var last bytes.Buffer
	c := exec.CommandContext(ctx, self, os.Args[1:]...)
	c.Args[0], c.Env = os.Args[0], append(environ, innerVariable+"=1")
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, &last
	c.ExtraFiles = []*os.File{os.Stderr, reporting}
	c.SysProcAttr = endsWithThis()
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	err = c.Start()
	reporting.Close()
	if err != nil {
		return nil, err
	}
	w := watchOver(c.Process)
	w.follow(reports)
	if err := c.Wait(); c.ProcessState == nil {
		return nil, err
	}
	code := c.ProcessState.ExitCode()
	if slices.Contains([]int{exitFine, exitFindings, exitUsage}, code) && last.Len() == 0 {
		return nil, exitError(code) // it has said what there is to say
	}
	if err := ctx.Err(); err != nil {
		return nil, err // the signal came before it listened
	}
	reason := w.reason(c.ProcessState, last.String())
	if len(w.running) == 0 {
		return nil, errors.New("natsyard died: " + reason)
	}
	return diag.List{w.blame(reason)}, nil
}
