package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"

	cue "cuelang.org/go/cmd/cue/cmd"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite what the scripts expect")

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"natsyard":                  main,
		"kubectl-natsyard":          main,
		"kubectl_complete-natsyard": main,
		"cue":                       func() { os.Exit(cue.Main()) },
	})
}

// Each script is one behaviour that a user can see.
func TestScripts(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs("../..")
	require.NoError(t, err)
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPOSITORY", repository) // natsyard's own, with its three environments
			e.Setenv("CUE_REGISTRY", "none")   // nothing here may need a registry
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Geteuid() == 0, nil
			case "kubectl":
				_, err := exec.LookPath("kubectl")
				return err == nil, nil
			case "namespaces": // may this user mount?
				return exec.Command("unshare", "--user", "--map-root-user", "--mount", "true").Run() == nil, nil
			}
			return false, fmt.Errorf("unknown condition %s", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"replace":  replace,
			"same":     same,
			"shuffle":  shuffle,
			"registry": startRegistry,
			"pull":     pull,
		},
	})
}

// replace OLD NEW FILE... replaces every OLD, which each file must have.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: replace OLD NEW FILE...")
	}
	for _, name := range args[2:] {
		text := ts.ReadFile(name)
		if !strings.Contains(text, args[0]) {
			ts.Fatalf("%s does not have %q", name, args[0])
		}
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(strings.ReplaceAll(text, args[0], args[1])), 0o644))
	}
}

// same A B compares two folders, byte for byte.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same A B")
	}
	out, err := exec.Command("diff", "-r", ts.MkAbs(args[0]), ts.MkAbs(args[1])).CombinedOutput()
	switch {
	case err != nil && !neg:
		ts.Fatalf("%s and %s differ:\n%s", args[0], args[1], out)
	case err == nil && neg:
		ts.Fatalf("%s and %s are the same", args[0], args[1])
	}
}

// This repository's own environments and the examples are rendered, and what is written is not stale.
func TestRepositoryIsFresh(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../..", "../../examples"} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			var out strings.Builder
			require.Equal(t, exitFine, run(ctx, []string{"render", "--check", "-C", dir}, strings.NewReader(""), &out, &out), out.String())
			require.Empty(t, out.String(), "not even a warning")
		})
	}
}

// CUE's own command takes the examples, without a registry.
func TestExamplesVet(t *testing.T) {
	t.Parallel()
	vet := exec.Command("go", "tool", "cue", "vet", "-c", "./...")
	vet.Dir = "../../examples"
	vet.Env = append(os.Environ(), "CUE_REGISTRY=none")
	out, err := vet.CombinedOutput()
	require.NoError(t, err, string(out))
}
