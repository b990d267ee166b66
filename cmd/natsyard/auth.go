package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/auth"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/tree"
)

// maxKeys bounds what is read of keys, in bytes: some 10,000 users with their credentials.
const maxKeys = 64 << 20

// authFlags are those of natsyard auth.
type authFlags struct {
	keys        string
	rotate      []string
	newKeys     bool
	showSecrets bool
}

func newAuth(g *globals) *cobra.Command {
	var f authFlags
	cmd := &cobra.Command{
		Use:   "auth ENV",
		Short: "Make the operator, accounts and users of operator mode",
		Long: `Auth makes, of the accounts of an environment, what operator mode needs: an operator and accounts
with signing keys, and users with credentials. It asks no server.

What is public, the JWTs of the operator and the accounts, is written to overlays/<env>/auth.cue,
for git; natsyard render takes it from there. What is secret, all seeds and credentials, goes
to stdout as Secrets of Kubernetes, and nowhere else.

Once auth.cue is there, --keys gives the Secrets back: as they were printed, or as kubectl get or
sops gives them. Keys that are missing are made; whatever still says what it should stays
as it is, byte for byte.`,
		Example: `  natsyard auth prod | kubectl apply --server-side -f -       the first time
  natsyard auth prod | kubeseal -o yaml >sealed.yaml          sealed for git
  kubectl -n nats get secret -l app.kubernetes.io/component=auth -o yaml |
    natsyard auth prod --keys - | kubectl apply --server-side -f -
                                                              after accounts have changed
  sops -d keys.yaml | natsyard auth prod --keys - --rotate account.APP.signing`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: g.completeOneEnvironment,
		RunE:              func(cmd *cobra.Command, args []string) error { return g.auth(cmd, args[0], f) },
	}
	cmd.Flags().StringVar(&f.keys, "keys", "", "`FILE` with the Secrets that were printed before, - for stdin (as seen from here, not from -C)")
	cmd.Flags().StringArrayVar(&f.rotate, "rotate", nil, "`KEY` that another takes the place of: operator-signing, account.APP.signing, user.APP.alice")
	cmd.Flags().BoolVar(&f.newKeys, "new-keys", false, "make all keys anew, though auth.cue is there: nobody who has old ones gets in")
	cmd.Flags().BoolVar(&f.showSecrets, "show-secrets", false, "print the Secrets even to a terminal")
	g.addFormat(cmd)
	return cmd
}

func (g *globals) completeOneEnvironment(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return g.completeEnvironments(cmd, args, toComplete)
}

func (g *globals) auth(cmd *cobra.Command, env string, f authFlags) error {
	if !slices.Contains(diag.Formats(), g.format) {
		return fmt.Errorf("unknown --format %q: want %s", g.format, strings.Join(diag.Formats(), ", "))
	}
	repo, err := tree.Open(g.dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	envs, err := environments(repo.FS(), []string{env})
	if err != nil {
		return err
	}
	env = envs[0]
	name := path.Join(intent.Dir(env), auth.FileName)
	old, err := repo.Replaceable(name)
	if err != nil {
		return err
	}
	if err := f.check(cmd, env, name, old != nil); err != nil {
		return err
	}
	if err := g.guard(cmd, repo.FS(), envs); err != nil {
		return err
	}
	keys, err := f.read(cmd)
	if err != nil {
		return err
	}
	known := old
	if f.newKeys {
		known = nil
	}
	made, found, err := gen.Authorize(cmd.Context(), repo.FS(), env, tree.MarkerCUE, keys, known, rand.Reader)
	if err != nil {
		return err
	}
	if err := g.print(cmd, found, repo.FS(), found.HasErrors() || made == nil); err != nil {
		return err
	}
	if made == nil {
		return findingsError{}
	}
	// The Secrets first: JWTs whose seeds nobody has would lock everybody out.
	if _, err := cmd.OutOrStdout().Write(made.Secrets); err != nil {
		return fmt.Errorf("print the Secrets: %w; nothing was written", err)
	}
	changed, err := repo.Replace(cmd.Context(), name, old, made.File)
	if err != nil {
		return fmt.Errorf("%w: the Secrets that were printed do not fit it", err)
	}
	tell(cmd.ErrOrStderr(), name, changed, old == nil, made)
	if keys == nil {
		cmd.PrintErrf(said(cmd, "next: natsyard render %s; and to change accounts later:\n  kubectl -n %s get secret -l %s -o yaml | natsyard auth %s --keys -\n"),
			env, made.In.Namespace, made.Selector, env)
	}
	return nil
}

// check refuses flags that contradict each other or what is there.
func (f authFlags) check(cmd *cobra.Command, env, name string, there bool) error {
	switch {
	case cmd.Flags().Changed("keys") && f.keys == "":
		return errors.New("--keys is empty: name a file, or - for stdin")
	case f.keys != "" && f.newKeys:
		return errors.New("--keys gives the keys, --new-keys makes new ones: use one of them")
	case len(f.rotate) > 0 && f.keys == "":
		return errors.New("--rotate needs --keys: it makes a key in the place of one of these")
	case there && f.keys == "" && !f.newKeys:
		return fmt.Errorf(`%s is there, and its keys were not given; new ones would lock everybody out
  natsyard auth %s --keys FILE   FILE holds the Secrets that it printed then (kubectl get secret -o yaml, sops -d)
  natsyard auth %s --new-keys    make all keys anew, if none is in use`, name, env, env)
	}
	if out, ok := cmd.OutOrStdout().(*os.File); ok && !f.showSecrets && term.IsTerminal(int(out.Fd())) {
		return errors.New("stdout is a terminal, and seeds would be seen there: add | kubectl apply --server-side -f -, or | kubeseal -o yaml, or --show-secrets")
	}
	return nil
}

// read gives the keys, nil without --keys.
func (f authFlags) read(cmd *cobra.Command) (*auth.Keys, error) {
	if f.keys == "" {
		return nil, nil
	}
	in := cmd.InOrStdin()
	if f.keys != "-" {
		file, err := os.Open(filepath.Clean(f.keys))
		if err != nil {
			return nil, fmt.Errorf("read the keys: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxKeys+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the keys: %w", err)
	case len(text) > maxKeys:
		return nil, fmt.Errorf("read the keys: more than %d MiB", maxKeys>>20)
	}
	keys, err := gen.ReadKeys(cmd.Context(), text)
	if err != nil {
		return nil, err
	}
	var wrong []error
	for _, name := range f.rotate {
		wrong = append(wrong, keys.Rotate(name))
	}
	return keys, errors.Join(wrong...)
}

// tell says what is new.
func tell(w io.Writer, name string, changed, added bool, made *gen.Authorized) {
	switch {
	case changed && added:
		fmt.Fprintln(w, "A", name)
	case changed:
		fmt.Fprintln(w, "M", name)
	}
	for _, note := range made.Notes {
		fmt.Fprintln(w, note)
	}
	if !changed && len(made.Notes) == 0 {
		fmt.Fprintln(w, "nothing has changed")
	}
}
