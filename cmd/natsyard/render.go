package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/tree"
)

func newRender(g *globals) *cobra.Command {
	var check bool
	var output string
	cmd := &cobra.Command{
		Use:   "render [ENV...]",
		Short: "Prove environments and write their kustomize overlays",
		Long: `Render loads base/intent.cue and overlays/<env>/intent.cue, proves them (the language, the
rules, nats-server's own loader for every server, a kustomize build) and writes the base and
the overlays beside the intents. Without names it renders all environments.

Files are written whole or not at all, and none that natsyard did not write is touched.`,
		Example: `  natsyard render                       all environments
  natsyard render prod                  one
  natsyard render --check               fail, and show the difference, when what is written is stale
  natsyard render prod -o -             the objects as one YAML stream
  natsyard render prod -o manifests     the objects, one file each`,
		ValidArgsFunction: g.completeEnvironments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("output") && output == "" {
				return errors.New("--output is empty: name a folder, or - for stdout")
			}
			if check && output != "" {
				return errors.New("--check compares what is in the repository, --output writes elsewhere: use one of them")
			}
			p, err := g.prove(cmd, args)
			if err != nil {
				return err
			}
			defer p.repo.Close()
			if check {
				return g.checkDrift(cmd, p)
			}
			if err := g.print(cmd, p.found, p.repo.FS(), output != "-"); err != nil {
				return err
			}
			switch output {
			case "-":
				return writeStream(cmd.OutOrStdout(), p.rendered)
			case "":
				return writeTree(cmd, p)
			}
			return g.writeFolder(cmd, output, p.rendered, len(args) > 0)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; exit 1 and show a unified diff when what is written is stale")
	cmd.Flags().StringVarP(&output, "output", "o", "", "`-` prints the built objects as a YAML stream, a folder (as seen from here, not from -C) gets them one file each")
	g.addFormat(cmd)
	return cmd
}

func newVet(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vet [ENV...]",
		Short: "Prove environments, write nothing",
		Long:  `Vet runs all that render runs and writes nothing. Without names it proves all environments.`,
		Example: `  natsyard vet
  natsyard vet prod --format json`,
		ValidArgsFunction: g.completeEnvironments,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := g.prove(cmd, args)
			if err != nil {
				return err
			}
			defer p.repo.Close()
			if err := g.print(cmd, p.found, p.repo.FS(), true); err != nil {
				return err
			}
			cmd.PrintErrf("proven: %s\n", strings.Join(p.names(), ", "))
			return nil
		},
	}
	g.addFormat(cmd)
	return cmd
}

// treeFiles are the files of all that was rendered, and the directories that they fill: also
// those of environments that are gone, which hold none.
func (p *proven) treeFiles() (dirs []string, files []tree.File) {
	dirs = slices.Clone(p.orphans)
	for _, r := range p.rendered {
		dirs = append(dirs, r.Dir)
		for _, f := range r.Files {
			files = append(files, tree.File(f))
		}
	}
	return dirs, files
}

func writeTree(cmd *cobra.Command, p *proven) error {
	dirs, files := p.treeFiles()
	result, err := p.repo.Apply(cmd.Context(), dirs, files)
	if err != nil {
		return err
	}
	if result.Finished {
		cmd.PrintErrln("finished a render that was interrupted")
	}
	summarise(cmd.ErrOrStderr(), result.Changes, len(files))
	return nil
}

// summarise says which files changed, as git status does.
func summarise(w io.Writer, changes []tree.Change, total int) {
	for _, c := range changes {
		mark := "M"
		switch {
		case c.Old == nil:
			mark = "A"
		case c.New == nil:
			mark = "D"
		}
		fmt.Fprintf(w, "%s %s\n", mark, diag.Line(c.Path))
	}
	fmt.Fprintln(w, "proven;", tally(changes, total))
}

// tally counts what became of files, of which total are wanted.
func tally(changes []tree.Change, total int) string {
	removed := 0
	for _, c := range changes {
		if c.New == nil {
			removed++
		}
	}
	written := len(changes) - removed
	return fmt.Sprintf("%d files written, %d removed, %d unchanged", written, removed, total-written)
}

// checkDrift shows what is stale: as a diff to people, as findings to machines.
func (g *globals) checkDrift(cmd *cobra.Command, p *proven) error {
	dirs, files := p.treeFiles()
	changes, err := p.repo.Drift(cmd.Context(), dirs, files)
	if err != nil {
		return err
	}
	if g.format != string(diag.FormatText) {
		for _, c := range changes {
			p.found = append(p.found, diag.Diagnostic{
				Rule: gen.FileStale.Name, Severity: gen.FileStale.Severity, Span: diag.Span{File: c.Path},
				Message: gen.FileStale.Message, Why: gen.FileStale.Why, Mend: "natsyard render",
			})
		}
	}
	if err := g.print(cmd, p.found, p.repo.FS(), true); err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	if g.format == string(diag.FormatText) {
		fmt.Fprint(cmd.OutOrStdout(), tree.Diff(changes))
		cmd.PrintErrf("what is written is stale (%d files): %s writes it\n", len(changes), said(cmd, "natsyard render"))
	}
	return findingsError{}
}

// build is what kubectl kustomize prints of an environment.
func build(base, r *gen.Rendered) ([]byte, error) {
	return kustomize.Build(slices.Concat(base.Files, r.Files, r.Own), r.Dir)
}

// builtFiles are the built objects of an environment, a file each.
func builtFiles(base, r *gen.Rendered) ([]kustomize.File, error) {
	stream, err := build(base, r)
	if err != nil {
		return nil, err
	}
	return kustomize.Split(stream, r.Dir)
}

// writeStream prints what kubectl kustomize prints, environment after environment.
func writeStream(w io.Writer, rendered []*gen.Rendered) error {
	for i, r := range overlays(rendered) {
		stream, err := build(rendered[0], r)
		if err != nil {
			return err
		}
		if i > 0 {
			if _, err := io.WriteString(w, "---\n"); err != nil {
				return err
			}
		}
		if _, err := w.Write(stream); err != nil {
			return err
		}
	}
	return nil
}

// writeFolder writes the built objects of one environment into dir, or of several into a
// folder each.
func (g *globals) writeFolder(cmd *cobra.Command, dir string, rendered []*gen.Rendered, some bool) error {
	if err := g.outside(dir); err != nil {
		return err
	}
	envs := overlays(rendered)
	var dirs []string
	var files []tree.File
	for _, r := range envs {
		objects, err := builtFiles(rendered[0], r)
		if err != nil {
			return err
		}
		sub := "."
		if len(envs) > 1 {
			sub = r.Env
		}
		dirs = append(dirs, sub)
		for _, f := range objects {
			files = append(files, tree.File{Path: path.Join(sub, f.Path), Data: f.Data})
		}
	}
	for _, sub := range append(dirs, ".") {
		if other := renderedOf(filepath.Join(dir, sub)); other != "" && !slices.ContainsFunc(envs, func(r *gen.Rendered) bool { return r.Env == other && (sub == "." || sub == other) }) {
			return fmt.Errorf("%s holds the objects of the environment %s, which would be removed; nothing was written: name another folder, or remove this one first",
				filepath.Join(dir, sub), other)
		}
	}
	result, err := tree.WriteDir(cmd.Context(), dir, dirs, files)
	if err != nil {
		return err
	}
	cmd.PrintErrf("%s: proven; %s\n", dir, tally(result.Changes, len(files)))
	if !some {
		noteLeft(cmd, dir, dirs, envs)
	}
	return nil
}

var ofEnvironment = regexp.MustCompile(`^` + tree.Marker + ` from overlays/([^/]+)/`)

// renderedOf is the environment whose objects a folder holds, by the header of a file; "" where it holds none.
func renderedOf(dir string) string {
	written, _ := os.ReadDir(dir) // what cannot be read is WriteDir's to say
	for _, entry := range written {
		if !entry.Type().IsRegular() {
			continue
		}
		f, err := os.Open(filepath.Join(dir, entry.Name()))
		if err != nil {
			continue
		}
		head, _ := bufio.NewReader(io.LimitReader(f, 1<<10)).ReadString('\n')
		f.Close()
		if m := ofEnvironment.FindStringSubmatch(head); m != nil {
			return m[1]
		}
	}
	return ""
}

// overlays is all that was rendered but the base.
func overlays(rendered []*gen.Rendered) []*gen.Rendered { return rendered[1:] }
