package kustomize

import (
	"fmt"
	"io/fs"
	"path"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// mount is where kustomize sees the repository: a path that its words about JSON pointers and
// about files never share.
const mount = "/.repository"

// snapshot shows files to kustomize as a read-only file system with the repository at mount.
// kustomize's own file system in memory refuses names that the disk takes, such as one with a space.
type snapshot struct {
	filesys.FileSystem // empty; takes what kustomize never asks of a build
	files              map[string][]byte
	dirs               map[string]bool
}

func newSnapshot(files []File) *snapshot {
	s := &snapshot{
		FileSystem: filesys.MakeFsInMemory(),
		files:      make(map[string][]byte, len(files)),
		dirs:       map[string]bool{"/": true},
	}
	for _, f := range files {
		at := path.Join(mount, f.Path)
		s.files[at] = f.Data
		for dir := path.Dir(at); !s.dirs[dir]; dir = path.Dir(dir) {
			s.dirs[dir] = true
		}
	}
	return s
}

// CleanedAbs is the directory of a path and the name of its file, which is empty for a directory.
func (s *snapshot) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	at := path.Join("/", name)
	if s.dirs[at] {
		return filesys.ConfirmedDir(at), "", nil
	}
	if _, ok := s.files[at]; ok {
		return filesys.ConfirmedDir(path.Dir(at)), path.Base(at), nil
	}
	return "", "", fmt.Errorf("there is no %s", at)
}

// ReadFile is the content of a file.
func (s *snapshot) ReadFile(name string) ([]byte, error) {
	if data, ok := s.files[path.Join("/", name)]; ok {
		return data, nil
	}
	return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
}

// IsDir tells whether there is such a directory.
func (s *snapshot) IsDir(name string) bool { return s.dirs[path.Join("/", name)] }

// Exists tells whether there is such a file or directory.
func (s *snapshot) Exists(name string) bool {
	_, ok := s.files[path.Join("/", name)]
	return ok || s.IsDir(name)
}
