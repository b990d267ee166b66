package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// lookDir tells whether a directory is there. A symlink on the way is a conflict even if it
// stays inside: two directories that are one would each remove the other's files.
func (r *Repo) lookDir(dir string) (there bool, _ *Conflict, _ error) {
	for i := range len(dir) + 1 {
		if i < len(dir) && dir[i] != '/' {
			continue
		}
		info, err := r.root.Lstat(dir[:i])
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return false, nil, nil
		case err != nil:
			return false, nil, pathError("read", dir[:i], err)
		case info.Mode().Type() == fs.ModeSymlink:
			return false, &Conflict{dir[:i], "is a symlink, where a directory is needed"}, nil
		case !info.IsDir():
			return false, &Conflict{dir[:i], "is a file, where a directory is needed"}, nil
		}
	}
	return true, nil, nil
}

// look reads what natsyard wrote to a file, nil if there is no such file. What else is there
// comes back as a conflict, and was not read beyond the length of the marker.
func (r *Repo) look(name string) ([]byte, *Conflict, error) { return r.lookFor(Marker, name) }

// lookFor is look for files that begin with a marker of their own.
func (r *Repo) lookFor(marker, name string) ([]byte, *Conflict, error) {
	info, err := r.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case err != nil:
		return nil, nil, pathError("read", name, err)
	case info.Mode().Type() == fs.ModeSymlink:
		return nil, &Conflict{name, "is a symlink"}, nil
	case info.IsDir():
		return nil, &Conflict{name, "is a directory"}, nil
	case !info.Mode().IsRegular():
		return nil, &Conflict{name, "is not a regular file"}, nil
	}
	f, _, err := r.open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	head := make([]byte, len(marker))
	if n, err := io.ReadFull(f, head); string(head[:n]) != marker {
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return nil, nil, pathError("read", name, err)
		}
		return nil, &Conflict{name, fmt.Sprintf("does not begin with %q", marker)}, nil
	}
	rest, err := io.ReadAll(io.LimitReader(f, MaxFileSize))
	if err != nil {
		return nil, nil, pathError("read", name, err)
	}
	if len(head)+len(rest) > MaxFileSize {
		return nil, &Conflict{name, fmt.Sprintf("is larger than %d MiB", MaxFileSize>>20)}, nil
	}
	return append(head, rest...), nil, nil
}
