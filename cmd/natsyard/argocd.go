package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// argoTimeout is shorter than what Argo CD gives a whole request, 60 s, at the end of which it
// kills without a word.
const argoTimeout = 45 * time.Second

// argoLook is how long the page waits for the images that an environment runs.
const argoLook = 5 * time.Second

// argoFile holds the parameters, as one more file of the environment.
const argoFile = "argocd-parameters.cue"

func newArgoCD(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "argocd",
		Short: "Render as a config management plugin of Argo CD",
		Long: `Argocd holds the two commands that plugin.yaml of integrations/argocd names. Argo CD's server runs
them in the path of an Application, with its parameters in the environment.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		g.argoCommand(&cobra.Command{
			Use:   "generate",
			Short: "Prove an environment and print its objects",
			Long: `Generate proves one environment and prints its objects, as natsyard render ENV -o - does. It runs
in the root of a natsyard repository, with the environment as the parameter env, or in overlays/<env>.

Parameters come as Argo CD gives them, in ARGOCD_APP_PARAMETERS:
  env     the environment
  images  whole names of the images nats, reloader, promExporter and natsBox
  set     values of fields by path, such as limits.maxConnections
They are one more file of the environment, so that all proofs hold for them.`,
			Example: `  cd overlays/prod && natsyard argocd generate
  PARAM_ENV=prod natsyard argocd generate`,
		}, (*argoRun).generate),
		g.argoCommand(&cobra.Command{
			Use:     "parameters",
			Short:   "Print the parameters that Argo CD announces",
			Long:    `Parameters prints what an Application here may give, for Argo CD's page. It proves nothing.`,
			Example: `  natsyard argocd parameters`,
		}, (*argoRun).parameters),
	)
	return cmd
}

func (g *globals) argoCommand(cmd *cobra.Command, do func(*argoRun, context.Context) ([]byte, error)) *cobra.Command {
	var timeout time.Duration
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if timeout <= 0 {
			return errNoTime(timeout)
		}
		run := newArgoRun(g.dir)
		type result struct {
			out []byte
			err error
		}
		var r result
		if g.process == outer {
			r.err = run.guard(cmd.Context())
		}
		if r.err == nil {
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			done := make(chan result, 1)
			go func() {
				out, err := do(run, ctx)
				done <- result{out, err}
			}()
			select { // what does not listen to ctx ends with the process
			case <-ctx.Done():
				r.err = ctx.Err()
			case r = <-done:
			}
		}
		switch {
		case errors.Is(r.err, context.DeadlineExceeded):
			return fmt.Errorf("not done within %s; a render takes a second: look for what is large or endless in the intents", timeout)
		case errors.Is(r.err, context.Canceled):
			return errors.New("stopped by a signal before it was done; Argo CD sends one when its own deadline is over")
		case r.err != nil && !errors.As(r.err, new(findingsError)):
			return r.err
		}
		if err := run.print(cmd); err != nil {
			return err
		}
		if r.err == nil {
			_, r.err = cmd.OutOrStdout().Write(r.out)
		}
		return r.err
	}
	cmd.Flags().DurationVar(&timeout, "timeout", argoTimeout, "how long it may take, less than Argo CD's own deadline")
	return cmd
}

// errNoTime refuses a --timeout by which all would be over before it began.
func errNoTime(d time.Duration) error {
	return fmt.Errorf("--timeout %s gives no time: write how long it may take, such as 5m or 20s, or leave it out", d)
}
