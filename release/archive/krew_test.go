package archive_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/natsyard/natsyard/release/archive"
	"github.com/natsyard/natsyard/release/build"
)

// manifest is krew's Plugin (sigs.k8s.io/krew/pkg/index), without what natsyard's does not use.
type manifest struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Version          string
		Homepage         string
		ShortDescription string `yaml:"shortDescription"`
		Description      string
		Caveats          string
		Platforms        []struct {
			Selector struct {
				MatchLabels map[string]string `yaml:"matchLabels"`
			}
			URI    string
			SHA256 string
			Bin    string
		}
	}
}

func TestKrew(t *testing.T) {
	t.Parallel()
	var archives []archive.Archive
	for _, target := range build.Targets {
		a, err := archive.Pack(target, files, at)
		require.NoError(t, err)
		archives = append(archives, a)
	}
	text, err := archive.Krew("v1.2.3", "https://example.com/v1.2.3", archives)
	require.NoError(t, err)
	var m manifest
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	require.NoError(t, strict.Decode(&m))

	require.Equal(t, "krew.googlecontainertools.github.com/v1alpha2", m.APIVersion)
	require.Equal(t, "Plugin", m.Kind)
	require.Equal(t, "natsyard", m.Metadata.Name)
	require.Equal(t, "v1.2.3", m.Spec.Version)
	// What krew's reviewers ask for: one line of at most 50 characters, no full stop, no kubectl in it; lines that fit a terminal.
	require.LessOrEqual(t, len(m.Spec.ShortDescription), 50)
	require.NotContains(t, strings.ToLower(m.Spec.ShortDescription), "kubectl")
	require.False(t, strings.HasSuffix(m.Spec.ShortDescription, "."))
	for line := range strings.Lines(m.Spec.Description + m.Spec.Caveats) {
		require.LessOrEqual(t, len(line), 81)
	}
	require.Len(t, m.Spec.Platforms, len(build.Targets))
	for n, p := range m.Spec.Platforms {
		target := build.Targets[n]
		require.Equal(t, map[string]string{"os": target.OS, "arch": target.Arch}, p.Selector.MatchLabels)
		require.Equal(t, "https://example.com/v1.2.3/"+archives[n].Name, p.URI)
		require.Equal(t, archives[n].SHA256(), p.SHA256)
		require.Equal(t, target.Program(), p.Bin)
	}
}
