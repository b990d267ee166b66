package conf

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
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

// A client that gives the text of the Secret is let in, one that gives another is not: as the password of a user, of
// the one user, and as a token. What begins as a bcrypt hash is one to the server.
func TestSecretsLetClientsIn(t *testing.T) {
	for name, test := range map[string]struct {
		source string
		as     func(text string) nats.Option
	}{
		"user of an account": {`{accounts: A: users: alice: password: {secretName: "s", key: "k"}}`, func(text string) nats.Option { return nats.UserInfo("alice", text) }},
		"the one user":       {`{authorization: {user: "alice", password: {secretName: "s", key: "k"}}}`, func(text string) nats.Option { return nats.UserInfo("alice", text) }},
		"token":              {`{authorization: token: {secretName: "s", key: "k"}}`, nats.Token},
	} {
		t.Run(name, func(t *testing.T) {
			in := newIntent(t, test.source)
			c, found := Build(in)
			require.Empty(t, found)
			for _, text := range hard {
				for name, value := range PodsWith(in, func(schema.SecretKey) string { return text })[0].Env {
					t.Setenv(name, value)
				}
				url := started(t, c)
				for given, let := range map[string]bool{text: !strings.HasPrefix(text, "$2a$"), text + "x": false, "": false} {
					conn, err := nats.Connect(url, test.as(given), nats.NoReconnect())
					if !let {
						require.ErrorIs(t, err, nats.ErrAuthorization, "%q is let in as %q", given, text)
						continue
					}
					require.NoError(t, err, "%q", text)
					require.NoError(t, conn.Publish("a", []byte(text)))
					require.NoError(t, conn.Flush())
					conn.Close()
				}
			}
		})
	}
}

// An empty Secret is what the guide warns of: natsyard never sees it, and to the server an empty token is none.
func TestSecretThatIsEmpty(t *testing.T) {
	in := newIntent(t, `{authorization: token: {secretName: "s", key: "k"}}`)
	c, found := Build(in)
	require.Empty(t, found)
	for name, value := range PodsWith(in, func(schema.SecretKey) string { return "" })[0].Env {
		t.Setenv(name, value)
	}
	conn, err := nats.Connect(started(t, c))
	require.NoError(t, err, "if the server refuses it now, the guide need not warn")
	conn.Close()
}

// started runs a configuration on a port of its own until the test ends, and gives its address.
func started(t *testing.T, c *Conf) string {
	t.Helper()
	o := &server.Options{}
	require.NoError(t, o.ProcessConfigString(string(c.Text())))
	o.Host, o.Port, o.HTTPPort, o.PidFile, o.NoSigs, o.NoLog = "127.0.0.1", server.RANDOM_PORT, 0, "", true, true
	s, err := server.NewServer(o)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s.ClientURL()
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
