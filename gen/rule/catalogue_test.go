package rule

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"cuelang.org/go/cue/format"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
)

var update = flag.Bool("update", false, "rewrite catalogue.json")

// The examples that are built in are the cases that the tests of this package try.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	examples := map[string]diag.Example{}
	for name, c := range cases {
		examples[name] = diag.Example{Trips: formatted(t, c.bad), Message: c.message, Passes: formatted(t, c.good)}
	}
	for name, c := range pairs {
		examples[name] = diag.Example{Trips: formatted(t, c.trips.text()), Message: c.message, Passes: formatted(t, c.passes.text())}
	}
	var file bytes.Buffer
	e := json.NewEncoder(&file)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(examples))
	checkFile(t, "catalogue.json", file.String())
}

// wholeJWT is one that the tests make anew in each run; the catalogue has its first letters.
var wholeJWT = regexp.MustCompile(`\beyJ[\w.-]+`)

const shortJWT = "eyJ..."

func formatted(t *testing.T, text string) string {
	t.Helper()
	out, err := format.Source([]byte(text))
	require.NoError(t, err, text)
	return wholeJWT.ReplaceAllString(strings.TrimSpace(string(out)), shortJWT)
}

func checkFile(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is stale: go test ./gen/rule -update (-want +got):\n%s", file, diff)
	}
}

// skipOld skips what reads the catalogue that is built in while it is being rewritten.
func skipOld(t *testing.T) {
	t.Helper()
	if *update {
		t.Skip("run again to test what was written")
	}
}

// The examples are what the rules say of them, after formatting too.
func TestExamples(t *testing.T) {
	t.Parallel()
	skipOld(t)
	tried := 0
	for _, e := range Rules() {
		if _, two := pairs[e.Name]; two || strings.Contains(e.Trips+e.Passes, shortJWT) {
			continue
		}
		tried++
		found := named(Check(load(t, e.Trips)), e.Name)
		require.Len(t, found, 1, e.Name)
		require.Equal(t, e.Message, found[0].Message)
		require.Equal(t, e.Severity, found[0].Severity)
		require.Empty(t, named(Check(load(t, e.Passes)), e.Name), e.Name)
	}
	require.Greater(t, tried, 120)
}
