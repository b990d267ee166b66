package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen/scaffold"
)

func newInit() *cobra.Command {
	var module string
	var upgrade bool
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a repository of your own",
		Long: `Init writes a repository that renders at once: a CUE module, a base, the overlays dev
and prod, a Makefile, a .gitignore. The language is copied into cue.mod/pkg, so that
editors and plain "cue vet ./..." work on it without a registry.

No file that is already there is changed. After installing another natsyard,
--upgrade refreshes the copy of the language and nothing else.`,
		Example: `  natsyard init messaging
  natsyard init --module git.example.com/platform/messaging messaging
  natsyard init --upgrade .`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := args[0]
			if dir == "" {
				return errors.New("the folder's name is empty")
			}
			if upgrade {
				if module != "" {
					return errors.New("--module names a new repository, --upgrade keeps an old one: use one of them")
				}
				return upgradeLanguage(cmd, dir)
			}
			if module == "" {
				var err error
				if module, err = moduleFor(dir); err != nil {
					return err
				}
			}
			files, err := scaffold.Repository(module)
			if err != nil {
				return err
			}
			if err := writeNew(dir, files); err != nil {
				return err
			}
			cmd.PrintErrf("%s: a repository of module %s\n", dir, module)
			cmd.PrintErrf("next: cd %s && %s && kubectl kustomize overlays/dev\n", dir, said(cmd, "natsyard render"))
			return nil
		},
	}
	cmd.Flags().StringVar(&module, "module", "", `path of the CUE module (default "example.com/" and the folder's name)`)
	cmd.Flags().BoolVar(&upgrade, "upgrade", false, "refresh the copy of the language in cue.mod/pkg, nothing else")
	return cmd
}

var notInModule = regexp.MustCompile(`[^a-z0-9]+`)

// moduleFor makes a module path of a folder's name.
func moduleFor(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name := strings.Trim(notInModule.ReplaceAllString(strings.ToLower(filepath.Base(abs)), "-"), "-")
	if name == "" {
		name = "nats"
	}
	return "example.com/" + name, nil
}

// writeNew writes files that are not there yet. Where any is there with another content it
// writes none; where one cannot be written it takes back those that it wrote.
func writeNew(dir string, files []scaffold.File) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("make a repository in %s: %w", dir, err)
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // no symlink leads out of it
	if err != nil {
		return err
	}
	defer root.Close()
	var taken []string
	for _, f := range files {
		have, err := root.ReadFile(f.Path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && bytes.Equal(have, f.Data) {
			continue
		}
		taken = append(taken, f.Path)
	}
	if len(taken) > 0 {
		return fmt.Errorf("these are already there, and nothing was written: %s", strings.Join(taken, ", "))
	}
	var made []string
	defer func() {
		if err != nil {
			for _, name := range made {
				root.Remove(name)
			}
		}
	}()
	for _, f := range files {
		if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
			return err
		}
		out, err := root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue // there with the same content
		}
		if err != nil {
			return err
		}
		made = append(made, f.Path)
		_, err = out.Write(f.Data)
		if err := errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
	return nil
}

// upgradeLanguage replaces the copy of the language by that of this natsyard.
func upgradeLanguage(cmd *cobra.Command, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "cue.mod", "module.cue")); err != nil {
		return fmt.Errorf("upgrade the language in %s: there is no cue.mod/module.cue: natsyard init %s makes a repository", dir, dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("upgrade the language in %s: %w", dir, err)
	}
	defer root.Close()
	files, err := scaffold.Language()
	if err != nil {
		return err
	}
	if err := root.MkdirAll(scaffold.LanguageDir, 0o755); err != nil {
		return fmt.Errorf("upgrade the language in %s: %w", dir, err)
	}
	for _, f := range files {
		// Beside and then in place, so that no file of the language is ever half there.
		staged := path.Join(scaffold.LanguageDir, ".natsyard-"+path.Base(f.Path))
		if err := root.WriteFile(staged, f.Data, 0o644); err != nil {
			return fmt.Errorf("upgrade the language in %s: %w", dir, err)
		}
		if err := root.Rename(staged, f.Path); err != nil {
			return fmt.Errorf("upgrade the language in %s: %w", dir, err)
		}
	}
	cmd.PrintErrf("%s: the language is that of natsyard %s\n", scaffold.LanguageDir, version())
	return nil
}
