package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/gen/scaffold"
	"github.com/natsyard/natsyard/gen/tree"
)

// globals are the flags that several commands share.
type globals struct {
	dir    string
	format string
}

func (g *globals) addFormat(cmd *cobra.Command) {
	cmd.Flags().StringVar(&g.format, "format", string(diag.FormatText), "form of findings: "+strings.Join(diag.Formats(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return diag.Formats(), cobra.ShellCompDirectiveNoFileComp
	})
}

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
	p := &proven{repo: repo}
	if len(args) == 0 {
		if p.orphans, err = orphans(repo.FS(), envs); err != nil {
			return nil, err
		}
	}
	if p.rendered, p.found, err = gen.Render(cmd.Context(), repo.FS(), envs); err != nil {
		return nil, err
	}
	if scaffold.Stale(repo.FS()) {
		p.found = append(p.found, diag.Diagnostic{
			Rule: "language-copy-stale", Severity: diag.Warning, Span: diag.Span{File: scaffold.LanguageDir},
			Message: "this copy of the language is not that of this natsyard",
			Why:     "editors and cue vet judge by the copy, natsyard by its own",
			Mend:    "natsyard init --upgrade " + g.dir,
		})
	}
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

// print writes findings. Text is talk and goes to stderr; what machines read is a product and
// goes to stdout, unless the product is something else.
func (g *globals) print(cmd *cobra.Command, found diag.List, repo fs.FS, toStdout bool) error {
	format := diag.Format(g.format)
	w := cmd.OutOrStdout()
	if format == diag.FormatText || !toStdout {
		w = cmd.ErrOrStderr()
	}
	if format == diag.FormatText && len(found) == 0 {
		return nil
	}
	return diag.Write(w, format, found, diag.Options{
		Color:   colored(w),
		Source:  func(file string) ([]byte, error) { return fs.ReadFile(repo, file) },
		Version: version(),
	})
}

// colored tells whether w is a terminal that wants colour (https://no-color.org).
func colored(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// environments are the named ones, each once, or all that there are.
func environments(repo fs.FS, names []string) ([]string, error) {
	all, err := intent.Environments(repo)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		if len(all) == 0 {
			if _, err := fs.Stat(repo, "cue.mod/module.cue"); err == nil {
				return nil, fmt.Errorf("there is no environment: overlays/<name>/intent.cue makes one")
			}
		}
		return all, nil
	}
	named := make([]string, len(names))
	for i, n := range names {
		named[i] = strings.TrimPrefix(strings.TrimSuffix(filepath.ToSlash(n), "/"), "overlays/") // as the shell completes it
	}
	names = slices.Compact(slices.Sorted(slices.Values(named)))
	for _, n := range names {
		if slices.Contains(all, n) {
			continue
		}
		if len(all) == 0 {
			break // the loader says better what is missing
		}
		if near := language.Closest(n, all); near != "" {
			return nil, fmt.Errorf("there is no environment %s: did you mean %s?", n, near)
		}
		return nil, fmt.Errorf("there is no environment %s, only %s", n, strings.Join(all, ", "))
	}
	return names, nil
}

func (g *globals) completeEnvironments(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	repo, err := tree.Open(g.dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	defer repo.Close()
	all, err := intent.Environments(repo.FS())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	left := slices.DeleteFunc(all, func(e string) bool { return slices.Contains(args, e) })
	return left, cobra.ShellCompDirectiveNoFileComp
}
