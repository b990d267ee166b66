package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The README's worked example is what really happens: its intent, typed as it stands there,
// is answered as it says there.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "messaging")
	var out, talk strings.Builder
	require.Equal(t, exitFine, run(t.Context(), []string{"init", dir}, nil, &out, &talk), talk.String())
	prod := filepath.Join(dir, "overlays", "prod", "intent.cue")
	require.NoError(t, os.WriteFile(prod, []byte(block(t, string(readme), "package prod\n")), 0o644))

	talk.Reset()
	require.Equal(t, exitFindings, run(t.Context(), []string{"-C", dir, "vet", "prod"}, nil, &out, &talk))
	require.Equal(t, block(t, string(readme), "$ natsyard vet prod\n"), "$ natsyard vet prod\n"+talk.String())

	text, err := os.ReadFile(prod)
	require.NoError(t, err)
	mended := strings.Replace(string(text), `limits: memory: "1Gi"`, `limits: memory: "2Gi"`, 1)
	require.NoError(t, os.WriteFile(prod, []byte(mended), 0o644))
	talk.Reset()
	require.Equal(t, exitFine, run(t.Context(), []string{"-C", dir, "render"}, nil, &out, &talk), talk.String())
}

// block is the indented block of a Markdown text that begins with first, without its indent.
func block(t *testing.T, text, first string) string {
	t.Helper()
	const indent = "        "
	_, after, ok := strings.Cut(text, "\n"+indent+first)
	require.True(t, ok, first)
	var b strings.Builder
	b.WriteString(first)
	for line := range strings.Lines(after) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, indent) {
			break
		}
		b.WriteString(strings.TrimPrefix(line, indent))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
