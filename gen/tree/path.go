package tree

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// want is what a run brings about: the directories it rules, sorted, and by directory and
// name what their files shall hold.
type want struct {
	dirs  []string
	files map[string]map[string][]byte
}

// newWant checks what the caller asks for and names every fault.
func newWant(dirs []string, files []File) (want, error) {
	w := want{slices.Sorted(slices.Values(dirs)), map[string]map[string][]byte{}}
	w.dirs = slices.Compact(w.dirs)
	taken := map[string]string{} // names by their folded form
	var errs []error
	for _, dir := range w.dirs {
		w.files[dir] = map[string][]byte{}
		if dir == "." {
			continue
		}
		if err := checkPath(dir); err != nil {
			errs = append(errs, err)
			continue
		}
		for d := dir; d != "."; d = path.Dir(d) {
			if other, ok := taken[fold(d)]; ok && other != d {
				errs = append(errs, fmt.Errorf("directory %s: the same place is wanted for %s", d, other))
			}
			taken[fold(d)] = d
		}
	}
	byPath := func(a, b File) int { return cmp.Compare(a.Path, b.Path) }
	for _, f := range slices.SortedFunc(slices.Values(files), byPath) {
		if err := checkFile(f); err != nil {
			errs = append(errs, err)
			continue
		}
		dir, name := path.Dir(f.Path), path.Base(f.Path)
		if w.files[dir] == nil {
			errs = append(errs, fmt.Errorf("write %s: its directory is none of %q", f.Path, w.dirs))
			continue
		}
		if other, ok := taken[fold(f.Path)]; ok {
			errs = append(errs, fmt.Errorf("write %s: the same place is wanted for %s", f.Path, other))
		}
		taken[fold(f.Path)] = f.Path
		w.files[dir][name] = f.Data
	}
	return w, errors.Join(errs...)
}

// fold maps all names onto one that a file system may take for the same.
func fold(name string) string { return strings.ToLower(name) }

func checkFile(f File) error {
	if err := checkPath(f.Path); err != nil {
		return err
	}
	if !bytes.HasPrefix(f.Data, []byte(Marker)) {
		return fmt.Errorf("write %s: content does not begin with %q", f.Path, Marker)
	}
	if len(f.Data) > MaxFileSize {
		return pathError("write", f.Path, ErrTooLarge)
	}
	return nil
}

// checkPath tells whether natsyard may write to a path: a clean one inside the repository
// that means the same on every system. No part of it is hidden, which keeps natsyard out of
// .git and apart from its own working files.
func checkPath(name string) error {
	if name == "." || !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("path %q is not a plain path inside the repository", name)
	}
	for elem := range strings.SplitSeq(name, "/") {
		switch {
		case elem[0] == '.':
			return fmt.Errorf("path %q is hidden: %q begins with a dot", name, elem)
		case strings.ContainsFunc(elem, unportable), strings.TrimRight(elem, ". ") != elem:
			return fmt.Errorf("path %q does not work on every system: %q", name, elem)
		}
	}
	return nil
}

// unportable tells the characters that Windows does not take in a name.
func unportable(c rune) bool {
	return c < ' ' || c == 0x7f || strings.ContainsRune(`\:*?"<>|`, c)
}
