// Package sandbox runs tests so that nothing of them is left. For root they run in namespaces of their own, of processes, mounts and
// networks: when the first process of these ends, in whatever way, the kernel ends and removes all that they started, mounted and made.
package sandbox

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// within says to a test binary that it runs in the sandbox, and where it may write.
const within = "NATSYARD_E2E_SANDBOX"

// Whole tells whether there is a sandbox of namespaces, for which one must be root; why not otherwise.
func Whole() error {
	if os.Geteuid() != 0 {
		return errors.New("this needs root")
	}
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the kernel gives no namespaces: %w", err)
	}
	return nil
}

const namespaces = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS

// Prefix is what names of a run begin with: its folder's, and those of what it has outside of namespaces. The number of its process follows.
const Prefix = "natsyard-e2e-"

// Over tells whether what has a name belongs to this run, or to one that is no more.
func Over(name string) bool {
	var pid int
	if _, err := fmt.Sscanf(name, Prefix+"%d-", &pid); err != nil {
		return false
	}
	return pid == os.Getpid() || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// Run runs tests within a sandbox, with a folder for them to write in, and ends the process. The folder is kept when they fail.
// Outside it calls prepare before, for what needs the network, and clean at last.
func Run(prepare func(ctx context.Context) error, tests func(dir string) int, clean func()) {
	if dir := os.Getenv(within); dir != "" {
		if os.Getpid() == 1 {
			if err := furnish(); err != nil {
				fail(err)
			}
		}
		os.Exit(tests(dir))
	}
	flag.Parse()
	ctx, before := interruptible(), state()
	if err := prepare(ctx); ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "e2e: interrupted")
		os.Exit(130)
	} else if err != nil {
		fail(err)
	}
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", Prefix, os.Getpid()))
	if err == nil {
		err = os.Chmod(dir, 0o755) // users of containers look into it
	}
	if err != nil {
		fail(err)
	}
	code, err := inside(ctx, dir)
	if err != nil {
		fail(err)
	}
	clean()
	left := changes(before, state())
	for _, change := range left {
		fmt.Fprintln(os.Stderr, "e2e: the machine is not as it was:", change)
		code = max(code, 1)
	}
	switch {
	case ctx.Err() != nil && len(left) == 0:
		fmt.Fprintln(os.Stderr, "e2e: interrupted, nothing of it is left")
		code = 130
	case code != 0:
		forget(dir)
		fmt.Fprintln(os.Stderr, "e2e: failed, the logs are in", dir)
	}
	if code == 0 || code == 130 {
		if err := os.RemoveAll(dir); err != nil {
			fail(err)
		}
	}
	os.Exit(code)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "e2e:", err)
	os.Exit(2)
}

// interruptible is over once the process is told to end, or is an orphan: go test may be ended without it.
func interruptible() context.Context {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	parent := os.Getppid()
	go func() {
		for os.Getppid() == parent {
			time.Sleep(time.Second)
		}
		cancel()
	}()
	return ctx
}

// inside runs this very program in the sandbox, and gives its exit code. When ctx is over it ends, and with it all that it started.
func inside(ctx context.Context, dir string) (int, error) {
	runtime.LockOSThread() // whose end is told to the child, not that of the process
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), within+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if Whole() == nil {
		cmd.SysProcAttr.Cloneflags = namespaces
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer stop()
	if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
		return 0, err
	}
	return cmd.ProcessState.ExitCode(), nil
}

// forget removes what is large of the folder of a run that failed, and tells nothing.
func forget(dir string) {
	for _, large := range []string{"etcd", "node-*/root", "node-*/state", "node-*/opt", "node-*/volumes"} {
		all, _ := filepath.Glob(filepath.Join(dir, large))
		for _, path := range all {
			_ = os.RemoveAll(path)
		}
	}
}
