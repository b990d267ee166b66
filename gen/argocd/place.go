package argocd

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Level is a folder at or above that of an Application.
type Level struct {
	Dir    string // as the system has it
	Inside string // the Application's folder below it, "." for the folder itself
	Prefix string // its path in the git repository, "." for the root
}

// Levels are the folders in which the root of natsyard's repository may be, the nearest first: the
// folder of the Application, and those above it that Argo CD has extracted from the same
// repository. None of them lies above what was extracted. Dir is where the process runs, work the
// folder that Argo CD's server works in; both are absolute, without symlinks.
func (r Request) Levels(dir, work string) []Level {
	source := elements(filepath.ToSlash(r.SourcePath))
	inside := elements(filepath.ToSlash(dir))
	// So many elements of both paths are the same: less than all where only a part of the
	// repository was sent, or where the path of the Application is a symlink.
	same := 0
	for same < min(len(source), len(inside)) && source[len(source)-1-same] == inside[len(inside)-1-same] {
		same++
	}
	below, known := extracted(dir, work)
	up := same
	switch {
	case known:
		up = len(below)
	case r.SourcePath == "" && len(inside) > 1 && inside[len(inside)-2] == "overlays":
		up = 2 // by hand, in the folder of an environment
	}
	var levels []Level
	for n := range up + 1 {
		l := Level{Dir: dir, Inside: path.Join(".", path.Join(inside[len(inside)-n:]...)), Prefix: "."}
		switch {
		case n <= same:
			l.Prefix = path.Join(".", path.Join(source[:len(source)-n]...))
		case known:
			l.Prefix = path.Join(".", path.Join(below[:len(below)-n]...))
		}
		levels = append(levels, l)
		dir = filepath.Dir(dir)
	}
	return levels
}

// extracted is the path of a folder in what Argo CD's server has extracted for this run.
func extracted(dir, work string) ([]string, bool) {
	below, err := filepath.Rel(filepath.Join(work, workDirName), dir)
	if err != nil || !filepath.IsLocal(below) || below == "." {
		return nil, false
	}
	return elements(filepath.ToSlash(below))[1:], true // the first is the run's own
}

// elements are the parts of a slash-separated path, of which none leads up.
func elements(p string) []string {
	return slices.DeleteFunc(strings.Split(path.Clean("/"+p), "/"), func(e string) bool { return e == "" })
}
