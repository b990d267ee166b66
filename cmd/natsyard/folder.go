package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// outside refuses a folder whose content is a repository's own: of this one, of another of natsyard's, or of git.
func (g *globals) outside(dir string) error {
	at, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	at = followed(at)
	for up := at; up != filepath.Dir(up); up = filepath.Dir(up) {
		for _, own := range []string{intent.Base, "overlays", "cue.mod", ".git"} {
			if isSame(up, filepath.Join(g.dir, own)) {
				return fmt.Errorf("--output %s lies in %s of the repository itself: render without --output writes what belongs there", dir, own)
			}
			if isRepository(filepath.Dir(up)) && isSame(up, filepath.Join(filepath.Dir(up), own)) {
				return fmt.Errorf("--output %s lies in %s of another repository of natsyard's: name a folder outside of it", dir, own)
			}
		}
		if isSame(up, filepath.Join(filepath.Dir(up), ".git")) {
			return fmt.Errorf("--output %s lies in .git, which git alone writes: name a folder outside of it", dir)
		}
	}
	return nil
}

// followed is a path without symlinks, as far as it is there.
func followed(at string) string {
	if real, err := filepath.EvalSymlinks(at); err == nil {
		return real
	}
	if up := filepath.Dir(at); up != at {
		return filepath.Join(followed(up), filepath.Base(at))
	}
	return at
}

// isSame tells whether two paths are one that is there.
func isSame(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// isRepository tells whether a folder is the root of a repository of natsyard's.
func isRepository(dir string) bool {
	for _, name := range []string{filepath.Join("cue.mod", "module.cue"), "overlays", intent.Base} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// noteLeft says which folders hold the objects of environments that the run of all has not written there. They stay: the
// environments may be another repository's that is rendered to the same place.
func noteLeft(cmd *cobra.Command, dir string, written []string, envs []*gen.Rendered) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() || slices.Contains(written, name) || renderedOf(filepath.Join(dir, name)) != name {
			continue
		}
		why := "which is not in this repository: remove the folder if the environment is gone"
		if slices.ContainsFunc(envs, func(r *gen.Rendered) bool { return r.Env == name }) {
			why = "whose objects are in " + dir + " itself now, as there is no other: remove the folder"
		}
		cmd.PrintErrf("note: %s was left as it is, with the objects of the environment %s, %s\n", diag.Line(filepath.Join(dir, name)), name, why)
	}
}
