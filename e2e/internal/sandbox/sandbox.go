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
	"strconv"
	"strings"
	"syscall"

	"github.com/google/go-cmp/cmp"
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
	before := state()
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", Prefix, os.Getpid()))
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
	if left := cmp.Diff(before, state()); left != "" {
		fmt.Fprintf(os.Stderr, "e2e: the machine is not as it was (- before, + after):\n%s", left)
		code = max(code, 1)
	}
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

// state is what a run could leave of itself: mounts, links, settings of the kernel, cgroups, and folders where programs of a node have theirs.
func state() map[string][]string {
	all := map[string][]string{}
	links, _ := netlink.LinkList()
	for _, link := range links {
		all["links"] = append(all["links"], link.Attrs().Name)
	}
	mounts, _ := os.ReadFile("/proc/self/mounts")
	all["mounts"] = strings.Split(string(mounts), "\n")
	for _, name := range append(settings, "net/ipv4/ip_forward", "net/netfilter/nf_conntrack_max") {
		data, _ := os.ReadFile(filepath.Join("/proc/sys", name))
		all[name] = []string{string(data)}
	}
	for _, pattern := range []string{
		"/opt/*", "/etc/cni", "/var/lib/cni/*", "/var/lib/kubelet/*", "/var/lib/containerd/*", "/var/log/pods/*", "/var/log/containers/*",
		fmt.Sprintf("/sys/fs/cgroup/%s%d-*", Prefix, os.Getpid()), fmt.Sprintf("/sys/fs/cgroup/*/%s%d-*", Prefix, os.Getpid()),
	} {
		names, _ := filepath.Glob(pattern)
		all[pattern] = names
	}
	return all
}

// private are folders in which programs of a node write by themselves. Within the sandbox what is written there is in memory, and ends with it.
var private = []string{"/var/lib", "/var/log"}

// settings are those of the kernel that a kubelet writes, and that have no namespace. Within the sandbox they are plain files: the kubelet is
// content, and the machine stays as it is.
var settings = []string{"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes"}

// furnish makes the new namespaces a place to live in.
func furnish() error {
	if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
		return fmt.Errorf("keep mounts to the sandbox: %w", err)
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	if err := syscall.Mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	for n, dir := range private {
		upper, work := fmt.Sprintf("/run/private/%d/upper", n), fmt.Sprintf("/run/private/%d/work", n)
		if err := errors.Join(os.MkdirAll(upper, 0o755), os.MkdirAll(work, 0o755)); err != nil {
			return err
		}
		if err := syscall.Mount("overlay", dir, "overlay", 0, "lowerdir="+dir+",upperdir="+upper+",workdir="+work); err != nil {
			return fmt.Errorf("mount %s: %w", dir, err)
		}
	}
	if err := os.Mkdir("/run/settings", 0o755); err != nil {
		return err
	}
	for n, name := range settings {
		setting, file := filepath.Join("/proc/sys", name), filepath.Join("/run/settings", strconv.Itoa(n))
		data, err := os.ReadFile(setting)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
		if err := syscall.Mount(file, setting, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount %s: %w", setting, err)
		}
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(lo)
}
