package conf

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/schema"
)

// hard are texts that the server would read as something else, were they not in quotes.
var hard = []string{
	"plain", "12345", "0x1f", "1k", "1Gi", "1.5", "-5", "true", "off", "30s", "2026-01-02T03:04:05Z",
	"with spaces ", " ", "a#b", "# a", "a;b", "a,b", "$HOME", "$2a$11$notbcrypt", "a$(POD_NAME)b", "$$", "%41",
	`"quoted"`, `in"side`, `back\slash`, `\x41`, "{a: b}", "[1, 2]", "(", ")", "include x", "a=b", "a: b", "//", "ünïcödé ✓", "日本語", "tab\there", "line\nbreak",
}

// The server that runs the rendered text as it is, with the environment that Kubernetes makes of the
// Secret, has the very text of the Secret as the password.
func TestSecretsReachTheServerAsTheyAre(t *testing.T) {
	in := newIntent(t, `{
		authorization: users: {alice: password: {secretName: "nats.auth", key: "alice"}, bob: password: {secretName: "nats-auth", key: "alice"}}
		jetstream: {memoryStore: maxSize: "1Gi", encryptionKey: {secretName: "js", key: "k"}}
	}`)
	c, found := Build(in)
	require.Empty(t, found)
	for _, text := range hard {
		env := PodsWith(in, func(schema.SecretKey) string { return text })[0].Env
		for name, value := range env {
			t.Setenv(name, value)
		}
		o := &server.Options{}
		require.NoError(t, o.ProcessConfigString(string(c.Text())), "%q", text)
		require.Len(t, o.Users, 2)
		require.Equal(t, text, o.Users[0].Password)
		require.Equal(t, text, o.Users[1].Password)
		require.Equal(t, text, o.JetStreamKey)
	}
}

// A text that quotes cannot hold is refused by the server, and never read as another one.
func TestSecretsThatCannotBe(t *testing.T) {
	in := newIntent(t, `{authorization: users: alice: password: {secretName: "nats-auth", key: "alice"}}`)
	c, _ := Build(in)
	refused := func(text string) {
		pods := PodsWith(in, func(schema.SecretKey) string { return text })
		found := checked(t, c, in, pods)
		require.Len(t, found, 1, "%q", text)
		require.Equal(t, "secret-value authorization.users.alice.password", found[0].Rule+" "+found[0].Path)
		require.NotContains(t, found[0].Message, text)
		for name, value := range pods[0].Env {
			t.Setenv(name, value)
		}
	}
	for _, text := range []string{"it's", "'", "a' b", "'a'"} {
		refused(text)
		require.Error(t, (&server.Options{}).ProcessConfigString(string(c.Text())), "%q", text)
	}
	refused("a'\nport: 1\nb: 'c") // the server alone would take it for a
}

// Two Secrets never share a variable, however alike their names are.
func TestSecretVariablesDiffer(t *testing.T) {
	t.Parallel()
	in := newIntent(t, `{authorization: users: {
		a: password: {secretName: "nats-auth", key: "x"}, b: password: {secretName: "nats.auth", key: "x"}
		c: password: {secretName: "nats", key: "auth.x"}, d: password: {secretName: "nats-auth", key: "X"}
	}}`)
	names := map[string]bool{}
	for _, use := range in.SecretUses() {
		names[in.Secrets().Quoted(use.Ref)] = true
	}
	require.Len(t, names, 4)
}

// An address with a password inside is one that the server splits as it was meant.
func TestSecretsInAddresses(t *testing.T) {
	t.Parallel()
	in := newIntent(t, `{
		cluster: {replicas: 2, authorization: {user: "route", password: {secretName: "s", key: "route"}}}
		leafnodes: remotes: hub: {urls: ["tls://hub.example.com:7422/path"], user: "edge", password: {secretName: "s", key: "hub"}}
	}`)
	c, _ := Build(in)
	pod := PodsWith(in, func(key schema.SecretKey) string { return "pa.ss-" + key.Key })[1]
	text, found := c.Settled(in, pod, func(_, text string) string { return text })
	require.Empty(t, found)
	o := &server.Options{}
	require.NoError(t, o.ProcessConfigString(string(text)))
	require.Equal(t, "nats://route:pa.ss-route@nats-1.nats-headless:6222", o.Routes[1].String())
	require.Equal(t, "pa.ss-route", o.Cluster.Password)
	require.Equal(t, "tls://edge:pa.ss-hub@hub.example.com:7422/path", o.LeafNode.Remotes[0].URLs[0].String())
}

// Settled moves strings and nothing else, and leaves the configuration as it was.
func TestSettled(t *testing.T) {
	t.Parallel()
	in := newIntent(t, `{cluster: replicas: 2, nats: tls: secretName: "s", env: NAME: valueFrom: secretKeyRef: {name: "a", key: "b"}}`)
	c, _ := Build(in)
	before := string(c.Text())
	var options []string
	text, found := c.Settled(in, Pods(in)[1], func(option, text string) string {
		options = append(options, option)
		return strings.ReplaceAll(text, "/etc/", "/moved/")
	})
	require.Empty(t, found)
	require.Contains(t, string(text), `cert_file: "/moved/nats-certs/nats/tls.crt"`)
	require.Contains(t, string(text), `server_name: "nats-1"`)
	require.Contains(t, options, "cluster.routes[1]")
	require.Equal(t, before, string(c.Text()))

	in.ExtraConfig = map[string]any{"max_payload": "<< $NAME >>"}
	c, _ = Build(in)
	text, found = c.Settled(in, Pods(in)[0], func(_, text string) string { return text })
	require.Empty(t, text)
	require.Equal(t, "variable-unproven", found[0].Rule)
}
