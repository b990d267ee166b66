package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/tree"
)

// proven is what a run has proven.
type proven struct {
	repo     *tree.Repo
	rendered []*gen.Rendered // the base, then the environments
	orphans  []string        // directories of environments that are gone
	found    diag.List       // warnings
}

func (p *proven) names() (names []string) {
	for _, r := range overlays(p.rendered) {
		names = append(names, r.Env)
	}
	return names
}

// prove opens the repository and proves the environments. Errors among the findings it
// prints, and gives findingsError; the caller prints the others and closes the repository.
func (g *globals) prove(cmd *cobra.Command, args []string) (_ *proven, err error) {
	if !slices.Contains(diag.Formats(), g.format) {
		return nil, fmt.Errorf("unknown --format %q: want %s", g.format, strings.Join(diag.Formats(), ", "))
	}
	repo, err := tree.Open(g.dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			repo.Close()
		}
	}()
	envs, err := environments(repo.FS(), args)
	if err != nil {
		return nil, err
	}
	if err := g.guard(cmd, repo.FS(), envs); err != nil {
		return nil, err
	}
	p := &proven{repo: repo}
	if len(args) == 0 {
		if p.orphans, err = orphans(repo.FS(), envs); err != nil {
			return nil, err
		}
	}
	if p.rendered, p.found, err = gen.Render(cmd.Context(), repo.FS(), envs); err != nil {
		return nil, err
	}
	g.hintAbove(cmd, repo.FS(), p.found)
	if p.found.HasErrors() {
		if err := g.print(cmd, p.found, repo.FS(), true); err != nil {
			return nil, err
		}
		return nil, findingsError{}
	}
	return p, nil
}

// orphans are the directories of overlays/ that hold what natsyard wrote and no intent: of
// environments that are gone.
func orphans(repo fs.FS, envs []string) (dirs []string, err error) {
	written, err := fs.Glob(repo, "overlays/*/kustomization.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range written {
		data, err := fs.ReadFile(repo, name)
		if err != nil {
			continue // not natsyard's to judge
		}
		if dir := path.Dir(name); bytes.HasPrefix(data, []byte(tree.Marker)) && !slices.Contains(envs, path.Base(dir)) {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}
