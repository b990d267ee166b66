// Package build compiles natsyard so that the same commit gives the same bytes: in another folder, for
// another user, at another time, with the same release of Go.
package build

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Source is what is compiled.
type Source struct {
	Dir      string    // the repository
	Version  string    // as go install would say it: v1.2.0, v1.2.1-0.20261125004855-a5b28cd0ffee; +dirty where files differ from the commit
	Revision string    // the commit; "" outside of git
	Time     time.Time // of the commit, UTC; zero outside of git
}

// Read asks git for the source in a repository. A version that is given takes the place of git's, also where there is no git:
// in an archive of the source.
func Read(dir, version string) (Source, error) {
	s := Source{Dir: dir, Version: version}
	if version != "" && !semver.IsValid(version) {
		return Source{}, fmt.Errorf("%q is no version: want v1.2.3", version)
	}
	head, err := git(dir, "show", "--no-patch", "--format=%H %ct", "HEAD")
	switch {
	case err != nil && version == "":
		return Source{}, fmt.Errorf("%w; outside of git, -version says what this is", err)
	case err != nil:
		return s, nil
	}
	var seconds int64
	if _, err := fmt.Sscan(head, &s.Revision, &seconds); err != nil {
		return Source{}, fmt.Errorf("read the commit %q: %w", head, err)
	}
	s.Time = time.Unix(seconds, 0).UTC()
	if version == "" {
		s.Version, err = s.describe()
	}
	return s, err
}

// describe is the tag of the commit, or the pseudo-version that follows the tag before it.
func (s Source) describe() (string, error) {
	shallow, err := git(s.Dir, "rev-parse", "--is-shallow-repository")
	if err != nil {
		return "", err
	}
	if shallow == "true" {
		return "", errors.New("this clone is shallow, and the tags that say the version may lie beyond: git fetch --unshallow --tags")
	}
	dirty, err := git(s.Dir, "status", "--porcelain")
	if err != nil {
		return "", err
	}
	suffix := ""
	if dirty != "" {
		suffix = "+dirty"
	}
	// Without a tag before it, git describe fails, and older is empty.
	older, _ := git(s.Dir, "describe", "--tags", "--abbrev=0", "--match=v[0-9]*.[0-9]*.[0-9]*", "HEAD")
	if semver.IsValid(older) {
		if at, err := git(s.Dir, "rev-parse", older+"^{commit}"); err == nil && at == s.Revision {
			return older + suffix, nil
		}
	}
	return module.PseudoVersion(semver.Major(older), older, s.Time, s.Revision[:12]) + suffix, nil
}

func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(talk.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
