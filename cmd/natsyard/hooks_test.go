package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The hooks that pre-commit is offered are commands that there are, run whatever has changed: what an intent names may lie
// anywhere, and -C may lead to a folder.
func TestHooks(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	require.NoError(t, err)
	var hooks []struct { // https://pre-commit.com/#creating-new-hooks
		ID            string `json:"id"`
		Name          string `json:"name"`
		Description   string `json:"description"`
		Entry         string `json:"entry"`
		Language      string `json:"language"`
		AlwaysRun     bool   `json:"always_run"`
		PassFilenames *bool  `json:"pass_filenames"`
	}
	require.NoError(t, yaml.UnmarshalStrict(data, &hooks))
	require.NotEmpty(t, hooks)
	for _, h := range hooks {
		words := strings.Fields(h.Entry)
		require.Equal(t, "natsyard", words[0])
		cmd, rest, err := newRoot(&globals{}).Find(words[1:])
		require.NoError(t, err, h.Entry)
		require.Empty(t, rest)
		require.Equal(t, "natsyard-"+cmd.Name(), h.ID)
		require.Equal(t, "golang", h.Language)
		require.False(t, *h.PassFilenames, "files are no environments")
		require.True(t, h.AlwaysRun)
		require.NoError(t, cmd.ParseFlags([]string{"-C", "teams/messaging"}), "as the README has it")
	}
}
