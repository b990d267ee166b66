package intent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"
)

func TestLeafCredentials(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 63)
	in := mustLoad(t, `intent: base.intent & {leafnodes: remotes: {
	hub: {urls: ["tls://hub:7422"], credentials: secretName: "hub"}
	own: {urls: ["tls://hub:7422"], credentials: {secretName: "hub", key: "edge.creds"}}
	open: urls: ["tls://hub:7422"]
	`+long+`: {urls: ["tls://hub:7422"], credentials: secretName: "hub"}
}}
`)
	require.Equal(t, "/etc/nats-creds/hub/nats.creds", in.LeafCredentialsFile("hub"))
	require.Equal(t, "/etc/nats-creds/own/edge.creds", in.LeafCredentialsFile("own"))
	require.Empty(t, in.LeafCredentialsFile("open"))
	require.Empty(t, in.LeafCredentialsFile("none"))
	require.Equal(t, "leafnodes-hub-creds", in.LeafCredentialsVolume("hub"))
	require.Empty(t, validation.IsDNS1123Label(in.LeafCredentialsVolume(long)))

	in = mustLoad(t, `intent: base.intent & {leafnodes: {enabled: false, remotes: hub: {urls: ["tls://hub:7422"], credentials: secretName: "hub"}}}
`)
	require.Empty(t, in.LeafCredentialsFile("hub"))
}
