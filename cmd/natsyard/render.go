package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen"
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
			if check && output != "" {
				return errors.New("--check compares what is in the repository, --output writes elsewhere: use one of them")
			}
			repo, rendered, err := g.prove(cmd, args, output != "-")
			if err != nil {
				return err
			}
			defer repo.Close()
			switch {
			case check:
				return checkDrift(cmd, repo, rendered)
			case output == "-":
				return writeStream(cmd.OutOrStdout(), rendered)
			case output != "":
				return g.writeFolder(cmd, output, rendered)
			}
			return writeTree(cmd, repo, rendered)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; exit 1 and show a unified diff when what is written is stale")
	cmd.Flags().StringVarP(&output, "output", "o", "", "`-` prints the built objects as a YAML stream, a folder gets them one file each")
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
			repo, _, err := g.prove(cmd, args, true)
			if err != nil {
				return err
			}
			return repo.Close()
		},
	}
	g.addFormat(cmd)
	return cmd
}

// treeFiles are the files of all that was rendered, and the directories that they fill.
func treeFiles(rendered []*gen.Rendered) (dirs []string, files []tree.File) {
	for _, r := range rendered {
		dirs = append(dirs, r.Dir)
		for _, f := range r.Files {
			files = append(files, tree.File(f))
		}
	}
	return dirs, files
}

func writeTree(cmd *cobra.Command, repo *tree.Repo, rendered []*gen.Rendered) error {
	dirs, files := treeFiles(rendered)
	result, err := repo.Apply(cmd.Context(), dirs, files)
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
		fmt.Fprintf(w, "%s %s\n", mark, c.Path)
	}
	fmt.Fprintf(w, "proven; %d of %d files changed\n", len(changes), total)
}

func checkDrift(cmd *cobra.Command, repo *tree.Repo, rendered []*gen.Rendered) error {
	dirs, files := treeFiles(rendered)
	changes, err := repo.Drift(cmd.Context(), dirs, files)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	fmt.Fprint(cmd.OutOrStdout(), tree.Diff(changes))
	cmd.PrintErrf("%d files are stale: natsyard render writes them\n", len(changes))
	return findingsError{}
}

// writeStream prints what kubectl kustomize prints, environment after environment.
func writeStream(w io.Writer, rendered []*gen.Rendered) error {
	for i, r := range overlays(rendered) {
		stream, err := kustomize.Build(slices.Concat(rendered[0].Files, r.Files), r.Dir)
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
func (g *globals) writeFolder(cmd *cobra.Command, dir string, rendered []*gen.Rendered) error {
	for _, r := range rendered {
		if sameFolder(dir, filepath.Join(g.dir, r.Dir)) {
			return fmt.Errorf("--output %s is where the overlay itself belongs: render without --output writes it", dir)
		}
	}
	envs := overlays(rendered)
	changed, total := 0, 0
	for _, r := range envs {
		stream, err := kustomize.Build(slices.Concat(rendered[0].Files, r.Files), r.Dir)
		if err != nil {
			return err
		}
		objects, err := kustomize.Split(stream, r.Dir)
		if err != nil {
			return err
		}
		files := make([]tree.File, len(objects))
		for i, f := range objects {
			files[i] = tree.File(f)
		}
		to := dir
		if len(envs) > 1 {
			to = filepath.Join(dir, r.Env)
		}
		result, err := tree.WriteDir(cmd.Context(), to, files)
		if err != nil {
			return err
		}
		changed, total = changed+len(result.Changes), total+len(files)
	}
	cmd.PrintErrf("%s: proven; %d of %d files changed\n", dir, changed, total)
	return nil
}

func sameFolder(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// overlays is all that was rendered but the base.
func overlays(rendered []*gen.Rendered) []*gen.Rendered { return rendered[1:] }
