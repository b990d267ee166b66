package tree

import (
	"fmt"
	"path"
	"slices"
)

// recover finishes a run that was interrupted after its commit point, and discards what one
// left that never came so far. Every file still keeps to the rules of ownership.
func (r *Repo) recover() (finished bool, err error) {
	j, committed, err := r.readJournal(journalName)
	if err == nil && committed {
		var todo []int
		if todo, err = r.remaining(j); err == nil {
			err = r.finish(j, todo)
		}
	}
	if err != nil {
		const mend = "mend that and render again, or delete %s and render all environments"
		return false, fmt.Errorf("%w: %w; "+mend, ErrUnfinished, err, journalName)
	}
	// A list that cannot be read was cut short, and nothing was staged yet.
	j, staged, err := r.readJournal(stagingName)
	if !staged {
		return committed, err
	}
	if err := r.discard(j); err != nil {
		return committed, fmt.Errorf("discard an interrupted render: %w", err)
	}
	return committed, nil
}

// remaining checks a journal against the disk and gives the steps that are still to be done,
// by number. Whatever fits neither the old nor the new state is an error.
func (r *Repo) remaining(j journal) ([]int, error) {
	var todo []int
	var conflicts []Conflict
	for i, s := range j.Steps {
		_, conflict, err := r.lookDir(path.Dir(s.Path))
		var old []byte
		if err == nil && conflict == nil {
			old, conflict, err = r.look(s.Path)
		}
		switch {
		case err != nil:
			return nil, err
		case conflict != nil:
			conflicts = append(conflicts, *conflict)
			continue
		case s.done(old):
			continue
		case s.Sum != "":
			staged, conflict, err := r.look(stagedName(i, s.Path))
			if err != nil {
				return nil, err
			}
			if conflict != nil || staged == nil || sum(staged) != s.Sum {
				return nil, fmt.Errorf("what was staged for %s is gone or changed", s.Path)
			}
		}
		todo = append(todo, i)
	}
	if len(conflicts) > 0 {
		return nil, &ConflictError{conflicts}
	}
	return todo, nil
}

func (s step) done(there []byte) bool {
	if there == nil {
		return s.Sum == ""
	}
	return sum(there) == s.Sum
}

// finish does the steps of a committed journal that remain, and ends it.
func (r *Repo) finish(j journal, todo []int) error {
	if err := r.flushDir("."); err != nil { // the commit itself
		return err
	}
	for _, i := range todo {
		s := j.Steps[i]
		if s.Sum == "" {
			if err := r.remove(s.Path); err != nil {
				return err
			}
		} else if err := r.root.Rename(stagedName(i, s.Path), s.Path); err != nil {
			return pathError("replace", s.Path, err)
		}
	}
	if err := r.flushDirs(j); err != nil {
		return err
	}
	return r.remove(journalName)
}

// discard removes what a run staged, and last the list of it. Nothing was ever staged behind
// a symlink, so nothing is removed there, whatever the list says.
func (r *Repo) discard(j journal) error {
	for i, s := range j.Steps {
		if !r.isDir(path.Dir(s.Path)) {
			continue
		}
		if err := r.remove(stagedName(i, s.Path)); err != nil {
			return err
		}
	}
	for _, dir := range slices.Backward(j.Dirs) {
		if r.isDir(dir) {
			_ = r.root.Remove(dir) // stays where somebody put something into it
		}
	}
	return r.remove(stagingName)
}

func (r *Repo) isDir(dir string) bool {
	there, conflict, err := r.lookDir(dir)
	return there && conflict == nil && err == nil
}
