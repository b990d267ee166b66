package rule

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
)

// What nats-server says after a rule is left out, and nothing else is.
func TestOnce(t *testing.T) {
	t.Parallel()
	for name := range echoes {
		if name != "resolver-missing" { // gen/auth's own
			require.Contains(t, cases, name)
		}
	}
	first := Check(load(t, cases["leaf-gateway-system-account"].bad))
	again := diag.Diagnostic{Rule: "nats-server", Severity: diag.Error, Message: "nats-server refuses leafnodes.port: leaf nodes and gateways (both being defined) require a system account to also be configured"}
	other := diag.Diagnostic{Rule: "nats-server", Severity: diag.Error, Message: "nats-server refuses leafnodes.port: something else"}
	require.Equal(t, append(first[:len(first):len(first)], other), Once(append(first[:len(first):len(first)], again, other)))
	require.Equal(t, diag.List{again}, Once(diag.List{again}))
}
