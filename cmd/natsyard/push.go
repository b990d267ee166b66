package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen/artifact"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/registry"
	"github.com/natsyard/natsyard/gen/tree"
)

// pushFlags are those of natsyard push.
type pushFlags struct {
	tags     []string
	source   string
	revision string
	insecure bool
	timeout  time.Duration
}

func newPush(g *globals) *cobra.Command {
	var f pushFlags
	cmd := &cobra.Command{
		Use:   "push [ENV] oci://HOST/REPOSITORY[:TAG]",
		Short: "Prove an environment and publish its objects to an OCI registry",
		Long: `Push proves an environment and publishes its built objects, those of render -o DIR, as an OCI artifact
that Flux's OCIRepository and Argo CD's OCI source read. It prints the artifact's name by digest.

The tag is that of the address, or else the environment's name; each --tag is one more. The same objects give the same digest,
and pushing them again changes nothing. Nothing is pushed when there are findings that are
errors, and a tag is moved when all that it will be on is there.

Credentials are those of docker login, podman login and docker's credential helpers.`,
		Example: `  natsyard push prod oci://registry.example.com/team/nats
  natsyard push prod oci://registry.example.com/team/nats:v1.4.0 --tag prod
  natsyard push prod oci://registry.example.com/team/nats \
    --source "$(git config --get remote.origin.url)" \
    --revision "main@sha1:$(git rev-parse HEAD)"
  cosign sign "$(natsyard push prod oci://registry.example.com/team/nats)"`,
		ValidArgsFunction: g.completeOneEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"source", "revision"} {
				if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
					return fmt.Errorf("--%s is empty: give it a value, or leave it out", name)
				}
			}
			if f.timeout <= 0 {
				return errNoTime(f.timeout)
			}
			return g.push(cmd, args, f)
		},
	}
	cmd.Flags().StringArrayVar(&f.tags, "tag", nil, "`TAG` that the artifact gets beside that of the address or the environment; may be given more than once")
	cmd.Flags().StringVar(&f.source, "source", "", "`URL` of the repository that the intents are in; Flux and Argo CD show it")
	cmd.Flags().StringVar(&f.revision, "revision", "", "`REVISION` of that repository, such as main@sha1:HASH; Flux and Argo CD show it")
	cmd.Flags().BoolVar(&f.insecure, "insecure-registry", false, "talk to the registry without TLS where it has none; to this machine's own that is done anyway")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 5*time.Minute, "how long the registry may take")
	g.addFormat(cmd)
	return cmd
}

func (g *globals) push(cmd *cobra.Command, args []string, f pushFlags) error {
	named, address, err := pushArgs(args)
	if err != nil {
		return err
	}
	env, err := g.oneEnvironment(cmd, named, address)
	if err != nil {
		return err
	}
	to, err := registry.ParseTarget(address, f.tags, env, f.insecure)
	if err != nil {
		return err
	}
	p, err := g.prove(cmd, []string{env})
	if err != nil {
		return err
	}
	defer p.repo.Close()
	if err := g.print(cmd, p.found, p.repo.FS(), false); err != nil {
		return err
	}
	files, err := builtFiles(p.rendered[0], overlays(p.rendered)[0])
	if err != nil {
		return err
	}
	made, err := artifact.New(files, artifact.Origin{Env: env, Source: f.source, Revision: f.revision})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), f.timeout)
	defer cancel()
	pushed, err := registry.Push(ctx, to, made, "natsyard/"+version())
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted; what is in the registry is whole: push again")
	}
	if err != nil {
		if len(pushed.Moved) > 0 {
			return fmt.Errorf("%w; these tags were already moved: %s", err, strings.Join(pushed.Moved, ", "))
		}
		return err
	}
	cmd.PrintErrf("%s: proven; %d objects; %s\n", env, len(files), became(to, pushed))
	return g.printPushed(cmd, to, pushed)
}

// pushArgs tells the environment, where one is named, from the address.
func pushArgs(args []string) (env []string, address string, err error) {
	var addresses []string
	for _, a := range args {
		if strings.Contains(a, "://") {
			addresses = append(addresses, a)
		} else {
			env = append(env, a)
		}
	}
	switch {
	case len(addresses) == 0:
		return nil, "", errors.New("where to? natsyard push ENV oci://HOST/REPOSITORY[:TAG]")
	case len(addresses) > 1:
		return nil, "", fmt.Errorf("push goes to one repository, and these are %d: run it once for each; --tag gives an artifact more tags", len(addresses))
	case len(env) > 1:
		return nil, "", fmt.Errorf("push publishes one environment, and these are %d: run it once for each, with a repository or a tag of its own", len(env))
	}
	return env, addresses[0], registry.CheckAddress(addresses[0])
}

// oneEnvironment is the named one, or the only one that there is.
func (g *globals) oneEnvironment(cmd *cobra.Command, named []string, address string) (string, error) {
	repo, err := tree.Open(g.dir)
	if err != nil {
		return "", err
	}
	defer repo.Close()
	envs, err := environments(repo.FS(), named)
	if err != nil {
		return "", err
	}
	if len(envs) == 0 { // there is no repository, which the proof says best
		if _, err := g.prove(cmd, nil); err != nil {
			return "", err
		}
	}
	if len(envs) != 1 {
		return "", fmt.Errorf("which environment? natsyard push ENV %s, where ENV is one of %s", address, strings.Join(envs, ", "))
	}
	return envs[0], nil
}

// became says what became of the tags.
func became(to registry.Target, pushed registry.Pushed) string {
	switch {
	case len(pushed.Moved) == 0:
		return "unchanged: " + strings.Join(to.Tags(), ", ")
	case len(pushed.Moved) == len(to.Tags()):
		return "pushed: " + strings.Join(pushed.Moved, ", ")
	}
	return fmt.Sprintf("pushed: %s, of %s", strings.Join(pushed.Moved, ", "), strings.Join(to.Tags(), ", "))
}

// printPushed prints the artifact's name by digest, or what flux push artifact --output json does and more.
func (g *globals) printPushed(cmd *cobra.Command, to registry.Target, pushed registry.Pushed) error {
	name := to.Repository() + "@" + pushed.Digest
	if diag.Format(g.format) != diag.FormatJSON {
		_, err := fmt.Fprintln(cmd.OutOrStdout(), name)
		return err
	}
	out := json.NewEncoder(cmd.OutOrStdout())
	out.SetIndent("", "  ")
	return out.Encode(struct {
		URL        string   `json:"url"`
		Repository string   `json:"repository"`
		Tags       []string `json:"tags"`
		Digest     string   `json:"digest"`
		Changed    bool     `json:"changed"`
	}{registry.Scheme + name, to.Repository(), to.Tags(), pushed.Digest, len(pushed.Moved) > 0})
}
