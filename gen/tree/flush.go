package tree

import (
	"errors"
	"io/fs"
	"path"
	"runtime"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// flushDirs makes the names in all directories of a journal last over a power cut.
func (r *Repo) flushDirs(j journal) error {
	dirs := map[string]bool{".": true}
	for _, dir := range j.Dirs {
		dirs[path.Dir(dir)] = true
	}
	for _, s := range j.Steps {
		dirs[path.Dir(s.Path)] = true
	}
	var g errgroup.Group
	g.SetLimit(flushers)
	for dir := range dirs {
		g.Go(func() error { return r.flushDir(dir) })
	}
	return g.Wait()
}

func (r *Repo) flushDir(dir string) error {
	if runtime.GOOS == "windows" { // has no such thing
		return nil
	}
	f, _, err := r.open(dir)
	if errors.Is(err, fs.ErrNotExist) { // somebody was faster, nothing is left to lose
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if err == nil || errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil // network file systems refuse it, having no need
	}
	return pathError("flush", dir, err)
}
