package valid_test

import (
	"cmp"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/valid"
)

var update = flag.Bool("update", false, "write anew what is said of the objects of testdata/hand.txt")

// Each object of testdata/hand.txt is told what stands below it.
func TestByHand(t *testing.T) {
	t.Parallel()
	const file = "testdata/hand.txt"
	in := load(t, "")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	blocks := strings.Split(strings.TrimSpace(string(data)), "\n\n")
	said := 0
	for i, block := range blocks {
		if strings.HasPrefix(block, "#") {
			continue
		}
		given := map[string]string{}
		var lines, want []string
		for line := range strings.SplitSeq(block, "\n") {
			if finding, is := strings.CutPrefix(line, "  "); is {
				want = append(want, finding)
				continue
			}
			what, fields, _ := strings.Cut(line, ": ")
			given[what] = fields
			lines = append(lines, line)
		}
		object := cmp.Or(given["object"], statefulSet(given["container"], with(given["pod"]), with(given["set"])))
		var got []string
		for _, d := range valid.Added(in, nil, []kube.Object{parse(t, object)}) {
			if !strings.HasPrefix(d.Rule, "pod-security-") {
				got = append(got, strings.TrimSuffix(string(d.Severity)+": "+d.Message+" ("+d.Allowed+")", " ()"))
			}
		}
		slices.Sort(got)
		said += len(got)
		if *update {
			for _, line := range got {
				lines = append(lines, "  "+line)
			}
			blocks[i] = strings.Join(lines, "\n")
			continue
		}
		require.Equal(t, want, got, object)
	}
	require.Greater(t, said, 150)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(blocks, "\n\n")+"\n"), 0o644))
	}
}

// with is fields before others.
func with(fields string) string {
	if fields == "" {
		return ""
	}
	return fields + ", "
}
