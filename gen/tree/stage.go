package tree

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sync/errgroup"
)

// flushers is how many files are staged at a time. Flushes that run together share the
// commits of the file system's own journal.
const flushers = 16

// stage lays the new content beside its places, under names that nobody reads, and flushes
// it. The journal goes first, so that a run that is killed leaves a list of what to discard.
func (r *Repo) stage(ctx context.Context, j journal, changes []Change) error {
	text, err := j.encode()
	if err != nil {
		return err
	}
	if err := r.create(stagingName, stagingName, text); err != nil {
		return err
	}
	for _, dir := range j.Dirs {
		if err := r.root.Mkdir(dir, 0o755); err != nil {
			return pathError("make", dir, err)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(flushers)
	for i, c := range changes {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			staged := stagedName(i, c.Path)
			if err := r.create(staged, c.Path, c.New); err != nil || c.New != nil {
				return err
			}
			// A file that goes has nothing to stage; that one could be shows that it can go.
			return r.root.Remove(staged)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return r.flushDirs(j)
}

// create writes and flushes a new file; errors name the place that it is for. A leftover of
// natsyard's own name goes first, so that what is created is new and no symlink is followed.
func (r *Repo) create(name, target string, data []byte) error {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := r.root.OpenFile(name, flags, 0o644)
	if errors.Is(err, fs.ErrExist) {
		if err = r.remove(name); err == nil {
			f, err = r.root.OpenFile(name, flags, 0o644)
		}
	}
	if err != nil {
		return pathError("write", target, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return pathError("write", target, err)
	}
	return nil
}

// remove removes a file, or finds it gone.
func (r *Repo) remove(name string) error {
	if err := r.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return pathError("remove", name, err)
	}
	return nil
}
