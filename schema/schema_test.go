package schema_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/schema"
)

// The Go types are those that the CUE files give: make generate.
func TestTypesAreFresh(t *testing.T) {
	t.Parallel()
	want, err := exec.Command("go", "tool", "cue", "exp", "gengotypes", "--outfile", "-", ".").Output()
	require.NoError(t, err)
	have, err := os.ReadFile("cue_types_gen.go")
	require.NoError(t, err)
	require.Equal(t, string(want), string(have))
}

func TestEnvVar(t *testing.T) {
	t.Parallel()
	var env map[string]schema.EnvVar
	require.NoError(t, json.Unmarshal([]byte(`{"A": "text", "B": {"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}}`), &env))
	require.Equal(t, "text", env["A"].Value)
	require.Nil(t, env["A"].ValueFrom)
	require.Equal(t, "spec.nodeName", env["B"].ValueFrom.FieldRef.FieldPath)
	require.Error(t, json.Unmarshal([]byte(`{"A": 5}`), &env))
}
