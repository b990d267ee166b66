package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every block of the guide that begins with "intent:" is one more file of an environment, and
// natsyard has nothing to find in it.
func TestGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guide.md")
	require.NoError(t, err)
	blocks := intents(string(guide))
	require.Greater(t, len(blocks), 7)
	for n, text := range blocks {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "messaging")
			var out, talk strings.Builder
			require.Equal(t, exitFine, run(t.Context(), []string{"init", dir}, nil, &out, &talk), talk.String())
			more := filepath.Join(dir, "overlays", "prod", "more.cue")
			require.NoError(t, os.WriteFile(more, []byte("package prod\n\n"+text), 0o644))
			talk.Reset()
			require.Equal(t, exitFine, run(t.Context(), []string{"-C", dir, "vet", "prod"}, nil, &out, &talk), "%s\n%s", text, talk.String())
			require.NotContains(t, talk.String(), "warning", text)
		})
	}
}

// intents are the indented blocks of a Markdown text that begin with "intent:", without their
// indent.
func intents(text string) (blocks []string) {
	const indent = "    "
	inside := false
	for line := range strings.Lines(text) {
		code, indented := strings.CutPrefix(line, indent)
		if !indented && strings.TrimSpace(line) != "" {
			inside = false
			continue
		}
		if !inside && strings.HasPrefix(code, "intent:") {
			inside = true
			blocks = append(blocks, "")
		}
		if inside {
			blocks[len(blocks)-1] += code
		}
	}
	return blocks
}
