package nodes

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/natsyard/natsyard/e2e/internal/sandbox"
)

// The cgroups of nodes have no namespace: they are all that the sandbox does not take away.
const cgroups = "/sys/fs/cgroup"

// cgroup is the name of a node's cgroup. It begins as the name of the run's folder does, and so says whose it is.
func (n *Nodes) cgroup(node string) string { return filepath.Base(n.cluster.Dir) + "-" + node }

// unified tells whether the kernel has the second version of cgroups alone.
func unified() bool {
	_, err := os.Stat(filepath.Join(cgroups, "cgroup.controllers"))
	return err == nil
}

// hierarchies are the folders in which each cgroup has one of its own. Beside those of the first version runc alone writes to that of the second.
func hierarchies() []string {
	if unified() {
		return []string{cgroups}
	}
	all, _ := filepath.Glob(filepath.Join(cgroups, "*"))
	var out []string
	for _, dir := range all {
		if info, err := os.Stat(dir); err == nil && info.IsDir() && filepath.Base(dir) != "unified" {
			out = append(out, dir)
		}
	}
	return out
}

// controllers are those that a kubelet wants of its cgroup. Of the second version the parent has to pass them on.
var controllers = []string{"cpu", "cpuset", "memory", "hugetlb", "pids"}

// subtree is the file of what the root passes on.
var subtree = filepath.Join(cgroups, "cgroup.subtree_control")

// had are those that the root passed on before Prepare.
var had []string

// Prepare has the root pass on all that kubelets want of it, until Clean.
func Prepare() error {
	if !unified() {
		return nil
	}
	data, err := os.ReadFile(subtree)
	if err != nil {
		return err
	}
	had = strings.Fields(string(data))
	has, err := os.ReadFile(filepath.Join(cgroups, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for _, c := range controllers {
		if slices.Contains(had, c) || !slices.Contains(strings.Fields(string(has)), c) {
			continue
		}
		if err := os.WriteFile(subtree, []byte("+"+c), 0o644); err != nil {
			return fmt.Errorf("pass the controller %s on to cgroups: %w", c, err)
		}
	}
	return nil
}

func makeCgroup(name string) error {
	for _, parent := range hierarchies() {
		dir := filepath.Join(parent, name)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} { // they begin empty, and nothing runs then
			data, err := os.ReadFile(filepath.Join(parent, file))
			if err != nil {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil && !unified() {
				return err
			}
		}
	}
	return nil
}

// Clean removes the cgroups of all nodes of this run and of runs that are no more, once all that ran in them has ended. The root then passes
// on what it did before: runc has it pass on all that there is.
func Clean() {
	removeCgroups()
	if !unified() {
		return
	}
	data, _ := os.ReadFile(subtree)
	for _, c := range strings.Fields(string(data)) {
		if !slices.Contains(had, c) {
			_ = os.WriteFile(subtree, []byte("-"+c), 0o644)
		}
	}
}

func removeCgroups() {
	for _, parent := range append(hierarchies(), filepath.Join(cgroups, "unified")) {
		tops, _ := filepath.Glob(filepath.Join(parent, sandbox.Prefix+"*"))
		for _, top := range tops {
			if !sandbox.Over(filepath.Base(top)) {
				continue
			}
			var all []string
			_ = filepath.WalkDir(top, func(path string, entry os.DirEntry, err error) error {
				if err == nil && entry.IsDir() {
					all = append(all, path)
				}
				return nil
			})
			for i := len(all) - 1; i >= 0; i-- { // children first
				for range 50 { // what has just been killed may still be there
					if err := os.Remove(all[i]); err == nil || errors.Is(err, os.ErrNotExist) {
						break
					}
					time.Sleep(20 * time.Millisecond)
				}
			}
		}
	}
}
