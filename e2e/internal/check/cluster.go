package check

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/e2e/internal/cluster"
)

// Kubectl runs kubectl, which must succeed within a time, and gives what it prints.
func Kubectl(t *testing.T, c *cluster.Cluster, within time.Duration, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	out, err := c.Kubectl(ctx, args...)
	require.NoError(t, err)
	return out
}

// Eventually waits until something is so, which must be within a time.
func Eventually(t *testing.T, what string, within time.Duration, try func() error) {
	t.Helper()
	require.NoError(t, cluster.Until(what, within, try))
}
