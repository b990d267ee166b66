package gen

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"time"
)

// With is a repository with one more file, or with other content of one that it has, which comes
// with this run. Findings speak of this file first where others say something of the same field.
func With(repo fs.FS, name string, data []byte) fs.FS {
	if data == nil {
		data = []byte{}
	}
	return with{instead{repo, name, data}}
}

// with is a repository one of whose files comes with the run; see intent.NewLoader.
type with struct{ instead }

func (w with) Given() string { return w.name }

// instead is a repository in which one file has other content, or is not there.
type instead struct {
	fs.FS
	name string
	data []byte // nil for no file
}

func (f instead) Open(name string) (fs.File, error) {
	if name == f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist} // it is read with ReadFile
	}
	return f.FS.Open(name)
}

func (f instead) ReadFile(name string) ([]byte, error) {
	if name == f.name && f.data != nil {
		return f.data, nil
	}
	if name == f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return fs.ReadFile(f.FS, name)
}

func (f instead) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	if err != nil || name != path.Dir(f.name) {
		return entries, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == path.Base(f.name) })
	if f.data != nil {
		entries = append(entries, fs.FileInfoToDirEntry(info{f}))
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return bytes.Compare([]byte(a.Name()), []byte(b.Name())) })
	}
	return entries, nil
}

// Lstat and ReadLink leave symlinks what they are: without them fs.Lstat would follow.
func (f instead) Lstat(name string) (fs.FileInfo, error) {
	switch {
	case name != f.name:
		return fs.Lstat(f.FS, name)
	case f.data == nil:
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: fs.ErrNotExist}
	}
	return info{f}, nil
}

func (f instead) ReadLink(name string) (string, error) {
	if name == f.name {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return fs.ReadLink(f.FS, name)
}

func (f instead) Stat(name string) (fs.FileInfo, error) {
	if name == f.name {
		return f.Lstat(name)
	}
	return fs.Stat(f.FS, name)
}

// info is what there is to know of the file.
type info struct{ f instead }

func (i info) Name() string       { return path.Base(i.f.name) }
func (i info) Size() int64        { return int64(len(i.f.data)) }
func (i info) Mode() fs.FileMode  { return 0o644 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
