package tree_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

// childEnv tells a copy of the test binary what to be.
const childEnv = "NATSYARD_TREE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); strings.HasPrefix(dir, "loop:") {
		loop(strings.TrimPrefix(dir, "loop:"))
	}
	os.Exit(m.Run())
}

// child prepares a copy of the test binary as a process of its own.
func child(role string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), childEnv+"="+role)
	return cmd
}

// loop applies one tree after the other until it is killed.
func loop(dir string) {
	parent := os.Getppid()
	repo, err := tree.Open(dir)
	fmt.Println("under way")
	for i := 0; err == nil && os.Getppid() == parent; i++ { // not longer than the test lives
		_, err = repo.Apply(context.Background(), bothDirs, state(i%2))
		time.Sleep(time.Millisecond) // lets others have their turn
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// bothDirs are the directories of state.
var bothDirs = []string{"base", "overlays/prod"}

// state is one of two trees that share no content, and only a part of their names.
func state(n int) []tree.File {
	var files []tree.File
	for i := range 24 {
		for _, dir := range bothDirs {
			if i%4 != n {
				files = append(files, file(fmt.Sprintf("%s/f%02d.yaml", dir, i), fmt.Sprintf("state: %d", n)))
			}
		}
	}
	return files
}

func file(name, text string) tree.File {
	return tree.File{Path: name, Data: []byte(generated(text))}
}

// generated is what a file of natsyard's looks like.
func generated(text string) string { return tree.Marker + "; DO NOT EDIT.\n" + text + "\n" }

// newRepo lays out a repository from content by path. A path that ends with / is a
// directory, content that begins with -> a symlink.
func newRepo(t testing.TB, content map[string]string) (string, *tree.Repo) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text, strings.HasSuffix(name, "/"))
	}
	repo, err := tree.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	return dir, repo
}

func write(t testing.TB, name, text string, isDir bool) {
	t.Helper()
	if isDir {
		require.NoError(t, os.MkdirAll(name, 0o755))
		return
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	if target, ok := strings.CutPrefix(text, "->"); ok {
		require.NoError(t, os.Symlink(target, name))
		return
	}
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
}

// snapshot is all that is in a directory, in the form that newRepo takes.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch d.Type() {
		case fs.ModeDir:
			got[rel+"/"] = ""
		case fs.ModeSymlink:
			target, err := os.Readlink(name)
			got[rel] = "->" + target
			return err
		case 0:
			text, err := os.ReadFile(name)
			got[rel] = string(text)
			return err
		default:
			got[rel] = d.Type().String()
		}
		return nil
	})
	require.NoError(t, err)
	return got
}

// filesOf is a snapshot without its directories.
func filesOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	got := snapshot(t, dir)
	for name := range got {
		if strings.HasSuffix(name, "/") {
			delete(got, name)
		}
	}
	return got
}

// content is what files make of an empty directory, directories left out.
func content(files []tree.File) map[string]string {
	got := map[string]string{}
	for _, f := range files {
		got[path.Clean(f.Path)] = string(f.Data)
	}
	return got
}
