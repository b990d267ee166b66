package tree

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// FS gives the repository for reading. Directories are listed by name. A symlink is followed
// when it is relative and stays inside. Refusals are *fs.PathError around ErrOutside,
// ErrTooLarge, ErrNotRegular or ErrNoDirectory; a file that is not there is fs.ErrNotExist.
func (r *Repo) FS() fs.FS { return guarded{r} }

type guarded struct{ repo *Repo }

func (g guarded) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, info, err := g.repo.open(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return &dirFile{f: f, name: name}, nil
	}
	if info.Size() > MaxFileSize {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrTooLarge}
	}
	return &limitedFile{f: f, name: name, left: MaxFileSize}, nil
}

// Lstat tells what is at a name, without following a symlink there. It makes an fs.ReadLinkFS
// of the repository.
func (g guarded) Lstat(name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrInvalid}
	}
	info, err := g.repo.root.Lstat(name)
	if err != nil {
		return nil, g.repo.readError(name, err)
	}
	return info, nil
}

// ReadLink is where a symlink leads, as it says.
func (g guarded) ReadLink(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	target, err := g.repo.root.Readlink(name)
	if err != nil {
		return "", g.repo.readError(name, err)
	}
	return target, nil
}

// open opens a regular file or a directory. Anything else is told apart before it is opened,
// because opening a fifo waits for a writer and opening a device may act on it; O_NONBLOCK
// is for the one that takes the file's place in between.
func (r *Repo) open(name string) (*os.File, fs.FileInfo, error) {
	info, err := r.root.Stat(name)
	if err == nil && !readable(info) {
		err = ErrNotRegular
	}
	if err != nil {
		return nil, nil, r.readError(name, err)
	}
	f, err := r.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, r.readError(name, err)
	}
	if info, err = f.Stat(); err == nil && !readable(info) {
		err = ErrNotRegular
	}
	if err != nil {
		f.Close()
		return nil, nil, r.readError(name, err)
	}
	return f, info, nil
}

func readable(info fs.FileInfo) bool { return info.IsDir() || info.Mode().IsRegular() }

func (r *Repo) readError(name string, err error) error {
	if errors.Is(err, r.escape) {
		err = ErrOutside
	}
	return pathError("open", name, err)
}

// limitedFile is a file that may grow while it is read, or lie about its size as those of
// /proc do, and still gives no more than it may.
type limitedFile struct {
	f    *os.File
	name string
	left int
}

func (l *limitedFile) Stat() (fs.FileInfo, error) { return l.f.Stat() }
func (l *limitedFile) Close() error               { return l.f.Close() }

func (l *limitedFile) Read(p []byte) (int, error) {
	n, err := l.f.Read(p[:min(len(p), l.left+1)])
	if n > l.left {
		return l.left, &fs.PathError{Op: "read", Path: l.name, Err: ErrTooLarge}
	}
	l.left -= n
	return n, err
}

// ReadDir says in words of its own what fs.ReadDir would say in Go's.
func (l *limitedFile) ReadDir(int) ([]fs.DirEntry, error) {
	return nil, &fs.PathError{Op: "readdir", Path: l.name, Err: ErrNoDirectory}
}

// dirFile is a directory that lists its entries by name.
type dirFile struct {
	f       *os.File
	name    string
	listed  bool
	entries []fs.DirEntry
}

func (d *dirFile) Stat() (fs.FileInfo, error) { return d.f.Stat() }
func (d *dirFile) Close() error               { return d.f.Close() }

func (d *dirFile) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a directory")}
}

func (d *dirFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.listed {
		entries, err := d.f.ReadDir(-1)
		if err != nil {
			return nil, pathError("read", d.name, err)
		}
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
		d.entries, d.listed = entries, true
	}
	if n <= 0 {
		n = len(d.entries)
	} else if len(d.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.entries))
	out := d.entries[:n]
	d.entries = d.entries[n:]
	return out, nil
}
