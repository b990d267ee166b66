package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// debian unpacks packages of Debian into a folder. Nothing is installed.
func debian(ctx context.Context, packages ...string) (string, error) {
	release, err := os.ReadFile("/etc/debian_version")
	if err != nil {
		return "", fmt.Errorf("this is no Debian, whose packages are unpacked: %w", err)
	}
	return cached(packages[0], "from packages of Debian", nil, append(packages, string(release)), func(dir string) error {
		debs := filepath.Join(dir, "debs")
		if err := os.Mkdir(debs, 0o777); err != nil {
			return err
		}
		get := append([]string{"download", "-q"}, packages...)
		if _, err := run(ctx, debs, nil, "apt-get", get...); err != nil {
			if _, err := run(ctx, debs, nil, "apt-get", "update", "-q"); err != nil {
				return err
			}
			if _, err := run(ctx, debs, nil, "apt-get", get...); err != nil {
				return err
			}
		}
		files, err := filepath.Glob(filepath.Join(debs, "*.deb"))
		if err != nil {
			return err
		}
		for _, file := range files {
			if _, err := run(ctx, "", nil, "dpkg", "-x", file, dir); err != nil {
				return err
			}
		}
		return os.RemoveAll(debs)
	})
}

// Runtime is what runs containers on a node.
type Runtime struct {
	Bin string // containerd, its shim, ctr, runc
	CNI string // the plugins for networks
	env []string
}

// Env is the environment of its programs, and of those that look for nft.
func (r *Runtime) Env() []string { return r.env }

// Containers gives the container runtime, the network plugins and nft as Debian has them.
func Containers(ctx context.Context) (*Runtime, error) {
	dir, err := debian(ctx, "containerd", "runc", "containernetworking-plugins", "nftables", "libnftables1", "libnftnl11", "libjansson4", "libxtables12", "libedit2", "libbsd0", "libmd0", "libseccomp2", "libgmp10", "libmnl0")
	if err != nil {
		return nil, err
	}
	triplet := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH]
	bin := filepath.Join(dir, "usr/bin")
	return &Runtime{
		Bin: bin, CNI: filepath.Join(dir, "usr/lib/cni"),
		env: []string{
			"PATH=" + strings.Join([]string{bin, filepath.Join(dir, "usr/sbin"), os.Getenv("PATH")}, ":"),
			"LD_LIBRARY_PATH=" + strings.Join([]string{filepath.Join(dir, "usr/lib", triplet), filepath.Join(dir, "lib", triplet)}, ":"),
		},
	}, nil
}
