package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// example is the file of that path as the page shows it, indented by four.
func example(t *testing.T, page, file string) []byte {
	t.Helper()
	_, after, ok := strings.Cut(page, "\n    // "+file+"\n")
	require.True(t, ok)
	var text strings.Builder
	for line := range strings.Lines(after) {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "    ") {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "    "))
	}
	return []byte(text.String())
}

// The examples of docs/auth.md do what the page says: their accounts make credentials, and render.
func TestAuthPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/auth.md")
	require.NoError(t, err)
	page := string(text)
	dir := filepath.Join(t.TempDir(), "messaging")
	var out, talk strings.Builder
	require.Equal(t, exitFine, run(t.Context(), []string{"init", dir}, nil, &out, &talk), talk.String())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlays", "prod", "accounts.cue"), example(t, page, "overlays/prod/accounts.cue"), 0o644))

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

	// Auth callout, with what it needs of users.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlays", "prod", "callout.cue"), example(t, page, "overlays/prod/callout.cue"), 0o644))
	var more strings.Builder
	require.Equal(t, exitFine, run(t.Context(), []string{"-C", dir, "auth", "prod", "--keys", "-"}, strings.NewReader(again.String()), &more, &talk), talk.String())
	require.Contains(t, more.String(), "\n  name: nats-creds-auth-sentinel\n")
	require.Contains(t, more.String(), "\n  account.AUTH.signing.nk: ")
	talk.Reset()
	require.Equal(t, exitFine, run(t.Context(), []string{"-C", dir, "render", "prod"}, nil, &out, &talk), talk.String())
	require.NotContains(t, talk.String(), "warning")
}
