package source

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the tables anew, and download what they are made of")

// tables are the committed files, and what they are made of.
var tables = []struct {
	path string
	made func(Modules) ([]byte, error)
	head string
}{
	{"../../kubernetes.txt", Table, Header()},
	{"../../rules.txt", Rules, header(Definitions)},
}

// The committed tables are what the modules of Kubernetes and of the custom resources say.
func TestTable(t *testing.T) {
	t.Parallel()
	for _, table := range tables {
		want, err := table.made(Modules{Dir: t.TempDir(), Offline: !*update})
		if errors.Is(err, ErrAbsent) {
			t.Skipf("the tables of gen/valid are NOT compared with Kubernetes: %v; make test-kubernetes downloads some 200 MB, and CI runs it", err)
		}
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(table.path, want, 0o644))
			continue
		}
		got, err := os.ReadFile(table.path)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(string(want), string(got)), "run go generate ./gen/valid")
	}
}

// The committed tables were made from the versions that are named here, whether they are at hand or not.
func TestTableIsOfTheseVersions(t *testing.T) {
	t.Parallel()
	for _, table := range tables {
		got, err := os.ReadFile(table.path)
		require.NoError(t, err)
		first, _, _ := bytes.Cut(got, []byte("\n"))
		require.Equal(t, strings.TrimSpace(table.head), string(first), "run go generate ./gen/valid")
	}
}
