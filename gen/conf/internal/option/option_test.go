package option

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for want, path := range map[string][]string{
		"max_connections":            {"Max_Conn"},
		"cluster.host":               {"CLUSTER", "net"},
		"leafnodes.port":             {"leaf", "port"},
		"jetstream.max_memory_store": {"jetstream", "max_mem"},
		"accounts.App.Users":         {"Accounts", "App", "Users"},
		"TOKEN":                      {"TOKEN"},
		"cluster.Nonsense":           {"cluster", "Nonsense"},
	} {
		require.Equal(t, want, Canonical(path...))
	}
}

func TestReloadable(t *testing.T) {
	t.Parallel()
	for _, hot := range []string{"max_payload", "cluster.routes", "cluster.pool_size", "accounts", "debug", "server_tags"} {
		require.True(t, Reloadable(hot), hot)
	}
	for _, cold := range []string{
		"port", "server_name", "http_port", "cluster.port", "max_pending", "lame_duck_duration", "max_subscriptions",
		"jetstream.max_memory_store", "jetstream.max_file_store", "jetstream.store_dir", "store_dir", "jetstream", "tls",
		"system_account", "websocket.port", "gateway.gateways", "unheard_of",
	} {
		require.False(t, Reloadable(cold), cold)
	}
}

func TestBeside(t *testing.T) {
	t.Parallel()
	require.NotContains(t, Beside(""), "cluster.port")
	require.Contains(t, Beside("jetstream.limits"), "max_ha_assets")
}
