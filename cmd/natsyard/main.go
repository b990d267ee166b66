// Command natsyard proves typed intents of NATS clusters and renders them to kustomize.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitFine     = 0 // nothing to say
	exitFindings = 1 // the input has findings
	exitUsage    = 2 // the command line, or the machine, is at fault
)

// plenty is the memory, in bytes, past which garbage is collected eagerly. A render of a thousand
// environments stays below it.
const plenty = 512 << 20

func main() {
	// Collecting garbage would be a third of a render, which is over before that pays. The
	// ballast keeps the collector away from small heaps; it is never touched, so that it
	// takes address space and no memory.
	ballast := make([]byte, 256<<20)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(len(ballast)) + plenty)
	}
	process, stderr := whichProcess()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	name, args := called(os.Args[0], os.Args[1:])
	code := execute(ctx, &globals{process: process}, name, args, os.Stdin, os.Stdout, stderr)
	stop()
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// findingsError says that the input has findings, which have been printed.
type findingsError struct{}

func (findingsError) Error() string { return "the input has findings" }

// run is the whole program in this process alone; it gives the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return execute(ctx, &globals{}, ownName, args, stdin, stdout, stderr)
}

// execute is run for who calls natsyard by a name.
func execute(ctx context.Context, g *globals, name string, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := newRoot(g)
	if name != ownName {
		callIt(cmd, name)
	}
	cmd.SetArgs(args)
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	err := cmd.ExecuteContext(ctx)
	var findings findingsError
	var exit exitError
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &findings):
		return exitFindings
	case errors.As(err, &exit):
		return int(exit)
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted; nothing was written")
	}
	cmd.PrintErrln(name+":", spoken(printable(err), name, cmd.Commands()))
	return exitUsage
}

// What Go says of a duration that is a number alone, and of what is none.
var (
	noUnit     = regexp.MustCompile(`time: missing unit in duration "([0-9.]+)"$`)
	noDuration = regexp.MustCompile(`time: (invalid duration|unknown unit) .*$`)
)

func newRoot(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "natsyard",
		Short:   "Typed, proven NATS for Kubernetes",
		Version: version(),
		Long: `natsyard turns a few lines of typed CUE for each environment into plain kustomize
and an nats-server.conf that the real server has already accepted.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if m := noUnit.FindStringSubmatch(err.Error()); m != nil {
			return errors.New(noUnit.ReplaceAllString(err.Error(), "there is no unit: write "+m[1]+"s"))
		}
		if noDuration.MatchString(err.Error()) {
			return errors.New(noDuration.ReplaceAllString(err.Error(), "want a number and its unit, such as 20s or 5m"))
		}
		return err
	})
	cmd.PersistentFlags().StringVarP(&g.dir, "directory", "C", ".", "root of the repository: the folder that holds cue.mod, base and overlays")
	cmd.AddCommand(newRender(g), newVet(g), newPush(g), newAuth(g), newExplain(), newInit(), newArgoCD(g), newFn(), newVersion())
	return cmd
}
