package sandbox

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vishvananda/netlink"
)

// Bridge is the name of the bridge of the pods, which is in the sandbox alone.
const Bridge = "e2e0"

// state is what a run could leave of itself, and what it could change: settings of the kernel with their values.
func state() map[string]string {
	all := map[string]string{}
	if _, err := netlink.LinkByName(Bridge); err == nil {
		all["the bridge "+Bridge] = "is there"
	}
	for _, name := range append([]string{"net/ipv4/ip_forward", "net/netfilter/nf_conntrack_max"}, settings...) {
		data, err := os.ReadFile(filepath.Join("/proc/sys", name))
		if err == nil { // a setting may come later, with a module of the kernel
			all["/proc/sys/"+name] = string(data)
		}
	}
	for _, pattern := range []string{
		"/opt/containerd", "/etc/cni", "/var/lib/cni/*", "/var/lib/kubelet/*", "/var/lib/containerd/*", "/var/log/pods/*", "/var/log/containers/*",
		fmt.Sprintf("/sys/fs/cgroup/%s%d-*", Prefix, os.Getpid()), fmt.Sprintf("/sys/fs/cgroup/*/%s%d-*", Prefix, os.Getpid()),
		"/sys/fs/cgroup/cgroup.subtree_control",
	} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			data, _ := os.ReadFile(name) // of a file
			all[name] = string(data)
		}
	}
	return all
}

// changes are what is otherwise than before. Mounts cannot be: they are the sandbox's own.
func changes(before, after map[string]string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(after)) {
		was, ok := before[name]
		switch {
		case !ok && strings.HasPrefix(name, "/proc/sys/"):
		case !ok:
			all = append(all, name+" is left")
		case was != after[name]:
			all = append(all, fmt.Sprintf("%s was %q and is %q", name, was, after[name]))
		}
	}
	return all
}
