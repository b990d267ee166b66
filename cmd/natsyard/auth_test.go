package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The example of docs/auth.md does what the page says: its accounts make credentials, and render.
func TestAuthPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/auth.md")
	require.NoError(t, err)
	_, after, ok := strings.Cut(string(page), "\n    // overlays/prod/accounts.cue\n")
	require.True(t, ok)
	var text strings.Builder
	for line := range strings.Lines(after) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "    ") {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "    "))
	}
	dir := filepath.Join(t.TempDir(), "messaging")
	var out, talk strings.Builder
	require.Equal(t, exitFine, run(t.Context(), []string{"init", dir}, nil, &out, &talk), talk.String())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlays", "prod", "accounts.cue"), []byte(text.String()), 0o644))

	require.Equal(t, exitFine, run(t.Context(), []string{"-C", dir, "auth", "prod"}, nil, &out, &talk), talk.String())
	for _, name := range []string{"nats-auth-keys", "nats-creds-app-alice", "nats-creds-billing-clerk", "nats-creds-sys-sys"} {
		require.Contains(t, out.String(), "\n  name: "+name+"\n")
	}
	var again strings.Builder
	require.Equal(t, exitFine, run(t.Context(), []string{"-C", dir, "auth", "prod", "--keys", "-"}, strings.NewReader(out.String()), &again, &talk), talk.String())
	require.Equal(t, out.String(), again.String())
	talk.Reset()
	require.Equal(t, exitFine, run(t.Context(), []string{"-C", dir, "render", "prod"}, nil, &out, &talk), talk.String())
	require.NotContains(t, talk.String(), "warning")
}
