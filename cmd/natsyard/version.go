package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/spf13/cobra"
)

// embedded are the modules whose behaviour natsyard takes over, by the name that users know.
var embedded = []struct{ name, module string }{
	{"nats-server", "github.com/nats-io/nats-server/v2"},
	{"kustomize", "sigs.k8s.io/kustomize/api"},
	{"cue", "cuelang.org/go"},
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of natsyard and of what it embeds",
		Example: "  natsyard version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintf(w, "natsyard\t%s\n", version())
			for _, e := range embedded {
				fmt.Fprintf(w, "%s\t%s\n", e.name, moduleVersion(e.module))
			}
			fmt.Fprintf(w, "go\t%s\n", runtime.Version())
			return w.Flush()
		},
	}
}

// stamp is the version of a released binary, which the linker writes here (release/): such a binary is built without
// what git knows, so that its bytes follow from the commit alone.
var stamp string

// version is that of natsyard itself: "(devel)" when built from a work tree.
func version() string {
	if stamp != "" {
		return stamp
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func moduleVersion(module string) string {
	info, _ := debug.ReadBuildInfo()
	if info != nil {
		for _, dep := range info.Deps {
			if dep.Path == module {
				return dep.Version
			}
		}
	}
	// A test binary carries no list of its modules.
	if module == "github.com/nats-io/nats-server/v2" {
		return "v" + server.VERSION
	}
	return "unknown"
}
