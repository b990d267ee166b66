package tree

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The working files. The journal is staged under the one name and committed under the other.
const (
	workPrefix  = ".natsyard-"
	stagingName = workPrefix + "staging"
	journalName = workPrefix + "journal"
)

const journalVersion = 1

// maxJournal bounds a journal, in bytes: some 400,000 files.
const maxJournal = 64 << 20

// journal is what a run is about to do.
type journal struct {
	Version int      `json:"version"`
	Dirs    []string `json:"dirs,omitempty"` // made by this run, parents first
	Steps   []step   `json:"steps"`          // by path
}

// step replaces the file at Path by its staged file, whose SHA-256 is Sum, or removes it
// where Sum is empty.
type step struct {
	Path string `json:"path"`
	Sum  string `json:"sha256,omitempty"`
}

// stagedName is where the new content of the i-th step waits, in the directory of its place
// so that a rename moves it whatever is mounted where.
func stagedName(i int, target string) string {
	return path.Join(path.Dir(target), workPrefix+strconv.Itoa(i))
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

func (r *Repo) newJournal(changes []Change) (journal, error) {
	j := journal{Version: journalVersion}
	known := map[string]bool{".": true}
	for _, c := range changes {
		s := step{Path: c.Path}
		if c.New != nil {
			s.Sum = sum(c.New)
		}
		j.Steps = append(j.Steps, s)
		for dir := path.Dir(c.Path); !known[dir]; dir = path.Dir(dir) {
			known[dir] = true
			there, _, err := r.lookDir(dir)
			if err != nil {
				return j, err
			}
			if !there {
				j.Dirs = append(j.Dirs, dir)
			}
		}
	}
	slices.Sort(j.Dirs)
	return j, nil
}

func (j journal) encode() ([]byte, error) {
	text, err := json.MarshalIndent(j, "", "\t")
	if err != nil {
		return nil, fmt.Errorf("encode journal: %w", err)
	}
	if len(text) > maxJournal {
		return nil, fmt.Errorf("journal of %d files is larger than %d MiB", len(j.Steps), maxJournal>>20)
	}
	return append(text, '\n'), nil
}

// parseJournal reads a journal back. Nobody vouches for it: it may be cut short, or come
// with a repository from elsewhere. What it gives names only places that a write may have.
func parseJournal(text []byte) (journal, error) {
	var j journal
	if err := json.Unmarshal(text, &j); err != nil {
		return journal{}, err
	}
	if j.Version != journalVersion {
		return journal{}, fmt.Errorf("version is %d, not %d", j.Version, journalVersion)
	}
	byPath := func(a, b step) int { return strings.Compare(a.Path, b.Path) }
	if !slices.IsSorted(j.Dirs) || !slices.IsSortedFunc(j.Steps, byPath) {
		return journal{}, errors.New("paths are not sorted")
	}
	for _, dir := range j.Dirs {
		if err := checkPath(dir); err != nil {
			return journal{}, err
		}
	}
	for i, s := range j.Steps {
		if err := checkPath(s.Path); err != nil {
			return journal{}, err
		}
		if i > 0 && s.Path == j.Steps[i-1].Path {
			return journal{}, fmt.Errorf("path %q is there twice", s.Path)
		}
		if n, err := hex.DecodeString(s.Sum); err != nil || len(n) != 0 && len(n) != sha256.Size {
			return journal{}, fmt.Errorf("sum %q is not a SHA-256", s.Sum)
		}
	}
	return j, nil
}

// readJournal reads a journal under one of its names.
func (r *Repo) readJournal(name string) (j journal, there bool, err error) {
	info, err := r.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return j, false, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		return j, true, pathError("read", name, err)
	}
	f, _, err := r.open(name)
	if err != nil {
		return j, true, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxJournal+1))
	if err != nil {
		return j, true, pathError("read", name, err)
	}
	if len(text) > maxJournal {
		return j, true, fmt.Errorf("read %s: larger than %d MiB", name, maxJournal>>20)
	}
	if j, err = parseJournal(text); err != nil {
		return j, true, fmt.Errorf("read %s: %w", name, err)
	}
	return j, true, nil
}
