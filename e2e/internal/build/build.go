// Package build makes what the end-to-end tests run: a Kubernetes from its Go modules, the images that natsyard's objects name,
// and the container runtime of Debian. All of it is kept in one folder of the user's cache, named after all that it is made of.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Root is the folder of the end-to-end tests, from the folder of a package of tests.
const Root = ".."

// cached gives the folder of what make makes of the files, of this package, and of what is said besides. It is made once, and never by halves.
func cached(name, takes string, files []string, also []string, make func(dir string) error) (string, error) {
	hash := sha256.New()
	for _, text := range append(also, runtime.Version(), runtime.GOARCH) {
		fmt.Fprintf(hash, "%q\n", text)
	}
	root, err := absolute()
	if err != nil {
		return "", err
	}
	for _, file := range append(files, filepath.Join(root, "internal/build")) {
		err := filepath.WalkDir(file, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			where, _ := filepath.Rel(root, path) // the same in every clone
			fmt.Fprintf(hash, "%q %x\n", where, sha256.Sum256(data))
			return err
		})
		if err != nil {
			return "", err
		}
	}
	home, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(home, "natsyard-e2e", name+"-"+hex.EncodeToString(hash.Sum(nil))[:12])
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	lock, err := os.Create(filepath.Join(filepath.Dir(dir), name+".lock"))
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err == nil {
		return dir, nil // another run made it meanwhile
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), name+"-making-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil {
		return "", err
	}
	Say("making %s in %s, %s", name, filepath.Dir(dir), takes)
	start := time.Now()
	if err := make(fresh); err != nil {
		return "", fmt.Errorf("make %s: %w", name, err)
	}
	Say("made %s in %s", name, time.Since(start).Round(time.Second))
	return dir, os.Rename(fresh, dir)
}

// Say tells how far it is.
func Say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "e2e: "+format+"\n", args...)
}

// run runs a program in a folder, and gives what it prints.
func run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return string(out), nil
}

// goBuild builds Go programs that need no library of the machine, into dir.
func goBuild(ctx context.Context, module, dir string, args ...string) error {
	args = append([]string{"build", "-trimpath", "-buildvcs=false", "-o", dir + "/"}, args...)
	_, err := run(ctx, module, []string{"CGO_ENABLED=0"}, "go", args...)
	return err
}

// absolute is the path of a file of the end-to-end tests.
func absolute(parts ...string) (string, error) {
	return filepath.Abs(filepath.Join(append([]string{Root}, parts...)...))
}
