// Package sandbox runs tests so that nothing of them is left. For root they run in namespaces of their own, of processes, mounts and
// networks: when the first process of these ends, in whatever way, the kernel ends and removes all that they started, mounted and made.
package sandbox

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/vishvananda/netlink"
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

// Run runs tests within a sandbox, with a folder for them to write in, and ends the process. The folder is kept when they fail.
// Outside it calls prepare before, for what needs the network, and clean at last.
func Run(prepare func() error, tests func(dir string) int, clean func()) {
	if dir := os.Getenv(within); dir != "" {
		if os.Getpid() == 1 {
			if err := furnish(); err != nil {
				fmt.Fprintln(os.Stderr, "e2e:", err)
				os.Exit(2)
			}
		}
		os.Exit(tests(dir))
	}
	flag.Parse()
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(2)
	}
	dir, err := os.MkdirTemp("", "natsyard-e2e-")
	if err == nil {
		err = os.Chmod(dir, 0o755) // users of containers look into it
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(2)
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), within+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if Whole() == nil {
		cmd.SysProcAttr.Cloneflags = namespaces
	}
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(2)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	interrupted := false
	for waiting := true; waiting; {
		select {
		case <-ends:
			interrupted = true
			_ = cmd.Process.Kill() // and with it all that it started
		case <-done:
			waiting = false
		}
	}
	clean()
	code := cmd.ProcessState.ExitCode()
	switch {
	case interrupted:
		fmt.Fprintln(os.Stderr, "e2e: interrupted, nothing of it is left")
		code = 130
	case code != 0:
		fmt.Fprintf(os.Stderr, "e2e: failed, the logs are %s\n", filepath.Join(dir, "*.log"))
	}
	if code == 0 || interrupted {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// private are folders in which programs of a node write by themselves; within the sandbox they are its own.
var private = []string{"/run", "/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers"}

// steady are settings of the kernel that have no namespace: a kubelet writes them, and within the sandbox it cannot.
var steady = []string{"/proc/sys/kernel", "/proc/sys/vm"}

// furnish makes the new namespaces a place to live in.
func furnish() error {
	if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
		return fmt.Errorf("keep mounts to the sandbox: %w", err)
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	for _, dir := range private {
		if _, err := os.Stat(dir); err != nil {
			continue // nobody writes where the machine has no such folder
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("mount %s: %w", dir, err)
		}
	}
	for _, dir := range steady {
		if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount %s: %w", dir, err)
		}
		if err := syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			return fmt.Errorf("mount %s read-only: %w", dir, err)
		}
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(lo)
}
