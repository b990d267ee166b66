package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/gen/tree"
)

// globals are the flags that several commands share.
type globals struct {
	dir     string
	format  string
	process process
}

func (g *globals) addFormat(cmd *cobra.Command) {
	cmd.Flags().StringVar(&g.format, "format", string(diag.FormatText), "form of findings: "+strings.Join(diag.Formats(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return diag.Formats(), cobra.ShellCompDirectiveNoFileComp
	})
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
	found = slices.Clone(found)
	for i := range found {
		found[i].Mend = said(cmd, found[i].Mend)
	}
	source := func(file string) ([]byte, error) { return fs.ReadFile(repo, file) }
	// Who shows SARIF and annotations knows files from where natsyard is run.
	if dir := filepath.ToSlash(filepath.Clean(g.dir)); filepath.IsLocal(g.dir) && dir != "." && (format == diag.FormatSARIF || format == diag.FormatGitHub) {
		found = found.Under(dir)
		source = func(file string) ([]byte, error) { return fs.ReadFile(repo, strings.TrimPrefix(file, dir+"/")) }
	}
	return diag.Write(w, format, found, diag.Options{Color: colored(w), Source: source, Version: version()})
}

// colored tells whether w is a terminal that wants colour (https://no-color.org).
func colored(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && terminal(w)
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// above gives the root of the repository in whose base or overlays a folder is, as a path from it; "" where
// there is none.
func above(dir string) string {
	here, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for at, up := filepath.Dir(here), ".."; at != filepath.Dir(at); at, up = filepath.Dir(at), filepath.Join("..", up) {
		below, err := filepath.Rel(at, here)
		if err != nil {
			return ""
		}
		first, _, _ := strings.Cut(filepath.ToSlash(below), "/")
		if _, err := os.Stat(filepath.Join(at, "cue.mod", "module.cue")); err == nil && (first == intent.Base || first == "overlays") {
			return filepath.Join(dir, up)
		}
	}
	return ""
}

// hintAbove names the root of the repository in a finding about its lack, where the command runs in a folder
// below it.
func (g *globals) hintAbove(cmd *cobra.Command, repo fs.FS, found diag.List) {
	if _, err := fs.Stat(repo, "cue.mod"); errors.Is(err, fs.ErrNotExist) && len(found) > 0 && above(g.dir) != "" {
		found[0].Mend = fmt.Sprintf("natsyard -C %s %s: the root of the repository is above this folder", above(g.dir), cmd.Name())
	}
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
				if loose, _ := fs.Glob(repo, "overlays/*.cue"); len(loose) > 0 {
					return nil, fmt.Errorf("there is no environment: %s belongs in a folder, as %s/intent.cue", loose[0], strings.TrimSuffix(loose[0], ".cue"))
				}
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
