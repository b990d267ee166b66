package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Change is one file that differs from what is wanted. Old is nil where there is no file
// yet, New where it goes.
type Change struct {
	Path     string
	Old, New []byte
}

// Conflict is a place that natsyard needs and that is not natsyard's.
type Conflict struct {
	Path   string
	Reason string // such as "is a symlink"
}

// ConflictError lists all places that are in the way. Nothing was written.
type ConflictError struct{ Conflicts []Conflict }

func (e *ConflictError) Error() string {
	var b strings.Builder
	b.WriteString("natsyard did not write what is in its way; move or delete it:")
	for _, c := range e.Conflicts {
		fmt.Fprintf(&b, "\n  %s %s", c.Path, c.Reason)
	}
	return b.String()
}

// kustomizations are the names by which kustomize finds its file; a directory may have one.
var kustomizations = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// plan compares the disk with what is wanted. It gives the changes by path, or all conflicts.
func (r *Repo) plan(ctx context.Context, w want) ([]Change, error) {
	var changes []Change
	var conflicts []Conflict
	for _, dir := range w.dirs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, blocked, err := r.planDir(dir, w.files[dir])
		if err != nil {
			return nil, err
		}
		changes, conflicts = append(changes, c...), append(conflicts, blocked...)
	}
	if len(conflicts) > 0 {
		return nil, &ConflictError{conflicts}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes, nil
}

func (r *Repo) planDir(dir string, wanted map[string][]byte) (changes []Change, conflicts []Conflict, err error) {
	there, conflict, err := r.lookDir(dir)
	if err != nil || conflict != nil {
		return nil, asList(conflict), err
	}
	twin := map[string]string{} // wanted names by their folded form
	for name := range wanted {
		twin[fold(name)] = name
	}
	names := slices.Sorted(maps.Keys(wanted))
	if there {
		entries, err := fs.ReadDir(r.FS(), dir)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			if _, ok := wanted[kustomizations[0]]; ok && slices.Contains(kustomizations[1:], e.Name()) {
				reason := "is a second kustomization beside " + path.Join(dir, kustomizations[0]) + ", with which kustomize refuses both"
				conflicts = append(conflicts, Conflict{path.Join(dir, e.Name()), reason})
				continue
			}
			if _, ok := wanted[e.Name()]; !ok && e.Type().IsRegular() && e.Name()[0] != '.' {
				names = append(names, e.Name())
			}
		}
	}
	for _, name := range names {
		data, isWanted := wanted[name]
		file := path.Join(dir, name)
		old, conflict, err := r.look(file)
		switch {
		case !isWanted && (conflict != nil || errors.Is(err, fs.ErrPermission)):
			// The user's own.
		case err != nil:
			return nil, nil, err
		case conflict != nil:
			conflicts = append(conflicts, *conflict)
		case !isWanted && twin[fold(name)] != "":
			reason := fmt.Sprintf("has the name of %s but for upper and lower case", path.Join(dir, twin[fold(name)]))
			conflicts = append(conflicts, Conflict{file, reason})
		case !isWanted || old == nil || !bytes.Equal(old, data):
			changes = append(changes, Change{Path: file, Old: old, New: data})
		}
	}
	return changes, conflicts, nil
}

func asList(c *Conflict) []Conflict {
	if c == nil {
		return nil
	}
	return []Conflict{*c}
}
