package tree

import (
	"context"
	"errors"
	"fmt"
)

// Result says what a run did.
type Result struct {
	Changes  []Change // by path
	Finished bool     // an interrupted run before this one was finished first
}

// Apply brings dirs, each without its subdirectories, to hold exactly files of natsyard's:
// it writes what differs, leaves alone what is equal, removes what is no longer wanted. The
// directory of each file must be one of dirs, or "." for the repository's own; missing ones are made.
//
// Runs exclude each other: Apply waits for its turn as long as ctx lives. It either does all
// or, with any error but ErrUnfinished, nothing; the package comment says what holds when it
// is interrupted. *ConflictError lists the files that are in the way. Without dirs it only
// finishes what was interrupted.
func (r *Repo) Apply(ctx context.Context, dirs []string, files []File) (Result, error) {
	res, err := r.apply(ctx, dirs, files)
	if err != nil && !errors.Is(err, ErrUnfinished) {
		err = fmt.Errorf("nothing was written: %w", err)
	}
	return res, err
}

func (r *Repo) apply(ctx context.Context, dirs []string, files []File) (res Result, err error) {
	w, err := newWant(dirs, files)
	if err != nil {
		return res, err
	}
	unlock, err := r.lock(ctx, exclusive)
	if err != nil {
		return res, err
	}
	defer unlock()
	if res.Finished, err = r.recover(); err != nil {
		return res, err
	}
	changes, err := r.plan(ctx, w)
	if err != nil || len(changes) == 0 {
		return res, err
	}
	j, todo, err := r.prepare(ctx, changes)
	if err != nil {
		return res, err
	}
	if err := r.finish(j, todo); err != nil {
		return res, fmt.Errorf("%w: %w; mend that and render again", ErrUnfinished, err)
	}
	res.Changes = changes
	return res, nil
}

// prepare stages the changes and commits to them. When it fails, all of it is gone again.
func (r *Repo) prepare(ctx context.Context, changes []Change) (j journal, todo []int, err error) {
	if j, err = r.newJournal(changes); err != nil {
		return j, nil, err
	}
	defer func() {
		if err != nil {
			_ = r.discard(j) // should this fail too, the next run does it
		}
	}()
	if err = r.stage(ctx, j, changes); err != nil {
		return j, nil, err
	}
	// The last look: staging took its time, and the user may have edited meanwhile.
	if todo, err = r.remaining(j); err != nil {
		return j, nil, err
	}
	if err = ctx.Err(); err != nil {
		return j, nil, err
	}
	if err = r.root.Rename(stagingName, journalName); err != nil {
		return j, nil, pathError("write", journalName, err)
	}
	return j, todo, nil
}
