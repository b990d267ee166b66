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

const path = "../../kubernetes.txt"

var update = flag.Bool("update", false, "write the table anew, and download what it is made of")

// The committed table is what the modules of Kubernetes say.
func TestTable(t *testing.T) {
	t.Parallel()
	want, err := Table(Modules{Dir: t.TempDir(), Offline: !*update})
	if errors.Is(err, ErrAbsent) {
		t.Skipf("the table of gen/valid is NOT compared with Kubernetes: %v; make test-kubernetes downloads some 200 MB, and CI runs it", err)
	}
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, want, 0o644))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)), "run go generate ./gen/valid")
}

// The committed table was made from the versions that are named here, whether they are at hand or not.
func TestTableIsOfTheseVersions(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	first, _, _ := bytes.Cut(got, []byte("\n"))
	require.Equal(t, strings.TrimSpace(Header()), string(first), "run go generate ./gen/valid")
}
