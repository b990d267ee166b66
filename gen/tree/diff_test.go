package tree_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestDiff(t *testing.T) {
	t.Parallel()
	long := func(port int) []byte {
		return fmt.Appendf(nil, "%skind: Service\nspec:\n  a: 1\n  b: 2\n  c: 3\n  port: %d\n  d: 4\n  e: 5\n  f: 6\n  g: 7", generated(""), port)
	}
	got := tree.Diff([]tree.Change{
		{Path: "base/changed.yaml", Old: long(4222), New: long(4223)},
		{Path: "base/created.yaml", New: []byte(generated("kind: ConfigMap"))},
		{Path: "base/ending.yaml", Old: []byte(generated("a: 1")), New: []byte(strings.TrimSuffix(generated("a: 1"), "\n"))},
		{Path: "base/removed.yaml", Old: []byte(generated("kind: Secret"))},
	})
	golden := filepath.Join("testdata", "diff.golden")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), got))
	require.Empty(t, tree.Diff(nil))
}

// What render --check shows is a patch: git turns the old tree into the new one with it.
func TestDiffIsAPatch(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("SKIPPED: no git on this machine, the diff was not tried as a patch")
	}
	random := rand.New(rand.NewPCG(1, 2))
	lines := func() string {
		var b strings.Builder
		for range random.IntN(30) {
			b.WriteString([]string{"a: 1\n", "b: 2\n", "- c\r\n", "\n", "--- x\n", "+++ y\n", "ü\n", "\\\n"}[random.IntN(8)])
		}
		return b.String() + strings.Repeat("end", random.IntN(2))
	}
	for range 20 {
		before, after := map[string]string{"base/": ""}, []tree.File{}
		for i := range 10 {
			name := fmt.Sprintf("base/f%d.yaml", i)
			if random.IntN(4) > 0 {
				before[name] = generated("") + lines()
			}
			if random.IntN(4) > 0 {
				after = append(after, tree.File{Path: name, Data: []byte(generated("") + lines())})
			}
		}
		dir, repo := newRepo(t, before)
		changes, err := repo.Drift(t.Context(), []string{"base"}, after)
		require.NoError(t, err)
		cmd := exec.Command("git", "apply", "--whitespace=nowarn", "-")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(tree.Diff(changes))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", out, tree.Diff(changes))
		require.Empty(t, cmp.Diff(content(after), filesOf(t, dir)))
	}
}
