package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The hooks that pre-commit is offered are commands that there are, run for the files that they read.
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
		Files         string `json:"files"`
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
		files := regexp.MustCompile(h.Files)
		for name, reads := range map[string]bool{
			"base/intent.cue": true, "overlays/prod/intent.cue": true, "overlays/prod/nats.conf": true, "cue.mod/module.cue": true,
			"README.md": false, "docs/base/x.cue": false,
		} {
			require.Equal(t, reads, files.MatchString(name), name)
		}
	}
}
