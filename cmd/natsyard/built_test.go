package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// builtDir is where the program of these tests lies, once it is built.
var builtDir string

var builtOnce = sync.OnceValues(func() (natsyard string, err error) {
	if builtDir, err = os.MkdirTemp("", "natsyard-built-"); err != nil {
		return "", err
	}
	natsyard = filepath.Join(builtDir, "natsyard")
	if out, err := exec.Command("go", "build", "-o", natsyard, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return natsyard, nil
})

// buildNatsyard gives the program itself, which is smaller than that of the tests. It is built once.
func buildNatsyard(t testing.TB) string {
	t.Helper()
	natsyard, err := builtOnce()
	require.NoError(t, err)
	return natsyard
}

// tests are all tests of this package, and what is to be done after them.
type tests struct{ *testing.M }

func (m tests) Run() int {
	code := m.M.Run()
	if builtDir != "" {
		_ = os.RemoveAll(builtDir)
	}
	return code
}
