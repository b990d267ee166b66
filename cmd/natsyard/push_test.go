package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An interrupt ends a push to a registry that hangs, and says what that means.
func TestPushInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		interrupt()
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer server.Close()
	var out, talk strings.Builder
	code := run(ctx, []string{"-C", "../..", "push", "prod", "oci://" + strings.TrimPrefix(server.URL, "http://") + "/team/nats"}, nil, &out, &talk)
	require.Equal(t, exitUsage, code)
	require.Equal(t, "natsyard: interrupted; what is in the registry is whole: push again\n", talk.String())
	require.Empty(t, out.String())
}
