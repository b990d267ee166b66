package auth

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// shop is two accounts that serve each other, openly and by permission, and one who may not.
const shop = `
accounts: {
	APP: {
		jetstream: {maxMemory: "64Mi", maxFile: "1Gi", maxStreams: 2, maxConsumers: 7, maxBytesRequired: true, storeMaxStreamBytes: "512Mi"}
		limits: {maxConnections: 5, maxPayload: "4Ki"}
		defaultPermissions: publish: deny: ["admin.>"]
		users: {
			alice: permissions: {publish: allow: ["orders.>", "bill.*", "tell.APP", "$JS.API.>"], subscribe: allow: ["_INBOX.>", "orders.>", "news.>"]}
			bob: {}
			batch: allowedConnectionTypes: ["LEAFNODE"]
			far: src: ["192.0.2.0/24"]
			open: bearer: true
		}
		imports: [
			{service: {account: "BILLING", subject: "invoice.*"}, to: "bill.*"},
			{service: {account: "BILLING", subject: "tell.APP"}},
			{stream: {account: "BILLING", subject: "feed.>"}, prefix: "news"},
		]
		mappings: "orders.old.*": "orders.new.{{wildcard(1)}}"
	}
	BILLING: {
		users: clerk: {}
		exports: [
			{service: "invoice.*", accounts: ["APP"], responseThreshold: "5s"},
			{service: "tell.*", accountTokenPosition: 2},
			{stream: "feed.>"},
		]
	}
}
`

// write writes what a render would of the JWTs, the resolver being on disk or in memory.
func write(t *testing.T, dir, resolver string, public *Public) (file string) {
	t.Helper()
	conf := fmt.Sprintf("listen: \"127.0.0.1:-1\"\njetstream: {store_dir: %q}\noperator: %s\nsystem_account: %s\nresolver: %s\nresolver_preload: {\n",
		filepath.Join(dir, "js"), public.Operator, public.SystemAccount, resolver)
	for key, token := range public.Accounts {
		conf += fmt.Sprintf("%s: %s\n", key, token)
	}
	file = filepath.Join(dir, "nats.conf")
	require.NoError(t, os.WriteFile(file, []byte(conf+"}\n"), 0o600))
	return file
}

// start runs a real server in operator mode, on a port of the system's choice.
func start(t *testing.T, public *Public) *server.Server {
	t.Helper()
	return startFile(t, write(t, t.TempDir(), "MEMORY", public))
}

func startFile(t *testing.T, file string) *server.Server {
	t.Helper()
	options, err := server.ProcessConfigFile(file)
	require.NoError(t, err)
	options.NoSigs, options.NoLog = true, true
	s, err := server.NewServer(options)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s
}

// connect connects with credentials as they stand in a Secret.
func connect(t *testing.T, s *server.Server, creds string) (*nats.Conn, error) {
	t.Helper()
	nc, err := nats.Connect(s.ClientURL(), nats.UserCredentialBytes([]byte(creds)), nats.MaxReconnects(0),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err == nil {
		t.Cleanup(nc.Close)
	}
	return nc, err
}

// dial is connect where it must work.
func dial(t *testing.T, s *server.Server, out *Issued, name string) *nats.Conn {
	t.Helper()
	nc, err := connect(t, s, secret(t, out, name, CredsKey))
	require.NoError(t, err)
	return nc
}

// refused tells whether the server refuses what a client did last.
func refused(t *testing.T, nc *nats.Conn) bool {
	t.Helper()
	require.NoError(t, nc.Flush())
	return nc.LastError() != nil
}

// A real server takes what is made, and enforces it.
func TestServer(t *testing.T) {
	t.Parallel()
	out := issue(t, load(t, shop), nil, nil)
	s := start(t, out.Public)

	alice := dial(t, s, out, "nats-creds-app-alice")
	clerk := dial(t, s, out, "nats-creds-billing-clerk")
	require.Equal(t, int64(4096), alice.MaxPayload())

	// Permissions.
	orders, err := alice.SubscribeSync("orders.>")
	require.NoError(t, err)
	require.NoError(t, alice.Publish("orders.old.7", nil))
	got, err := orders.NextMsg(5 * time.Second)
	require.NoError(t, err)
	require.Equal(t, "orders.new.7", got.Subject, "mapped")
	require.False(t, refused(t, alice))
	require.NoError(t, alice.Publish("other", nil))
	require.True(t, refused(t, alice))
	bob := dial(t, s, out, "nats-creds-app-bob")
	require.NoError(t, bob.Publish("other", nil))
	require.False(t, refused(t, bob))
	require.NoError(t, bob.Publish("admin.x", nil))
	require.True(t, refused(t, bob), "the account's default permissions")

	// JetStream's limits.
	js, err := alice.JetStream()
	require.NoError(t, err)
	info, err := js.AccountInfo()
	require.NoError(t, err)
	require.Equal(t, nats.AccountLimits{MaxMemory: 64 << 20, MaxStore: 1 << 30, MaxStreams: 2, MaxConsumers: 7, MaxAckPending: -1, MemoryMaxStreamBytes: -1, StoreMaxStreamBytes: 512 << 20, MaxBytesRequired: true}, info.Limits)
	_, err = js.AddStream(&nats.StreamConfig{Name: "S", Subjects: []string{"orders.x"}})
	require.Error(t, err, "a stream must have a limit")

	// A service for one account alone, by a token; one that says who asks; a stream for all.
	_, err = clerk.Subscribe("invoice.*", func(m *nats.Msg) { _ = m.Respond([]byte("paid " + m.Subject)) })
	require.NoError(t, err)
	_, err = clerk.Subscribe("tell.*", func(m *nats.Msg) { _ = m.Respond([]byte(m.Subject)) })
	require.NoError(t, err)
	require.NoError(t, clerk.Flush())
	answer, err := alice.Request("bill.9", nil, 5*time.Second)
	require.NoError(t, err)
	require.Equal(t, "paid invoice.9", string(answer.Data))
	answer, err = alice.Request("tell.APP", nil, 5*time.Second)
	require.NoError(t, err)
	app := account{}
	for key, token := range out.Public.Accounts {
		if claims, err := jwt.DecodeAccountClaims(token); err == nil && claims.Name == "APP" {
			app.public = key
		}
	}
	require.Equal(t, "tell."+app.public, string(answer.Data))
	news, err := alice.SubscribeSync("news.>")
	require.NoError(t, err)
	require.NoError(t, alice.Flush())
	require.NoError(t, clerk.Publish("feed.a", nil))
	got, err = news.NextMsg(5 * time.Second)
	require.NoError(t, err)
	require.Equal(t, "news.feed.a", got.Subject)

	// How, and from where, a user may connect.
	for _, user := range []string{"batch", "far"} {
		_, err = connect(t, s, secret(t, out, "nats-creds-app-"+user, CredsKey))
		require.ErrorIs(t, err, nats.ErrAuthorization, user)
	}
	token, err := jwt.ParseDecoratedJWT([]byte(secret(t, out, "nats-creds-app-open", CredsKey)))
	require.NoError(t, err)
	open, err := nats.Connect(s.ClientURL(), nats.UserJWT(func() (string, error) { return token, nil }, func([]byte) ([]byte, error) { return nil, nil }))
	require.NoError(t, err, "a bearer needs no seed")
	open.Close()

	// The system account.
	sys := dial(t, s, out, "nats-creds-sys-sys")
	answer, err = sys.Request("$SYS.REQ.SERVER.PING", nil, 5*time.Second)
	require.NoError(t, err)
	require.True(t, json.Valid(answer.Data))
}

// The token of a private export is what lets an account in: without it the server does not.
func TestServerNeedsToken(t *testing.T) {
	t.Parallel()
	in := load(t, shop)
	out := issue(t, in, nil, nil)
	keys := read(t, stream(t, in, out))
	for key, token := range out.Public.Accounts {
		claims, err := jwt.DecodeAccountClaims(token)
		require.NoError(t, err)
		for _, i := range claims.Imports {
			i.Token = ""
		}
		out.Public.Accounts[key], err = claims.Encode(keys.seeds[operatorSigningKey])
		require.NoError(t, err)
	}
	s := start(t, out.Public)
	alice, clerk := dial(t, s, out, "nats-creds-app-alice"), dial(t, s, out, "nats-creds-billing-clerk")
	_, err := clerk.Subscribe("invoice.*", func(m *nats.Msg) { _ = m.Respond(nil) })
	require.NoError(t, err)
	require.NoError(t, clerk.Flush())
	_, err = alice.Request("bill.9", nil, time.Second)
	require.Error(t, err)
}

// Who is no user any more does not get in, nor whose key was rotated, nor anybody whose account's
// signing key was; those who stay do.
func TestServerRevokes(t *testing.T) {
	t.Parallel()
	in := load(t, `accounts: APP: users: {alice: {}, bob: {}, carol: {}}`)
	first := issue(t, in, nil, nil)
	keys := read(t, stream(t, in, first))
	require.NoError(t, keys.Rotate("user.APP.carol"))
	in = load(t, `accounts: APP: users: {alice: {}, carol: {}}`)
	second := issue(t, in, keys, first.Public)
	s := start(t, second.Public)
	for _, user := range []string{"bob", "carol"} {
		_, err := connect(t, s, secret(t, first, "nats-creds-app-"+user, CredsKey))
		require.ErrorIs(t, err, nats.ErrAuthorization, user)
	}
	require.Equal(t, secret(t, first, "nats-creds-app-alice", CredsKey), secret(t, second, "nats-creds-app-alice", CredsKey))
	for _, user := range []string{"alice", "carol"} {
		dial(t, s, second, "nats-creds-app-"+user)
	}

	keys = read(t, stream(t, in, second))
	require.NoError(t, keys.Rotate("account.APP.signing"))
	require.NoError(t, keys.Rotate("operator-signing.nk"))
	third := issue(t, in, keys, second.Public)
	s = start(t, third.Public)
	_, err := connect(t, s, secret(t, second, "nats-creds-app-alice", CredsKey))
	require.ErrorIs(t, err, nats.ErrAuthorization)
	dial(t, s, third, "nats-creds-app-alice")
}

// New JWTs reach servers that keep them in memory with a reload, and those that keep them on disk
// with a restart; who is no user any more is then out.
func TestServerTakesNewJWTs(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"memory", "full"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			in := load(t, `accounts: APP: users: {alice: {}, bob: {}}`)
			first := issue(t, in, nil, nil)
			dir, resolver := t.TempDir(), "MEMORY"
			if kind == "full" {
				resolver = fmt.Sprintf("{type: full, dir: %q}", filepath.Join(dir, "jwt"))
			}
			s := startFile(t, write(t, dir, resolver, first.Public))
			dial(t, s, first, "nats-creds-app-alice")
			bob := dial(t, s, first, "nats-creds-app-bob")

			time.Sleep(1100 * time.Millisecond) // servers tell JWTs apart by their second
			in2 := load(t, `accounts: {APP: users: {alice: {}, carol: {}}, NEW: users: x: {}}`)
			second := issue(t, in2, read(t, stream(t, in, first)), first.Public)
			file := write(t, dir, resolver, second.Public)
			if kind == "memory" {
				require.NoError(t, s.Reload())
			} else {
				s.Shutdown()
				s.WaitForShutdown()
				s = startFile(t, file)
			}
			require.Eventually(t, bob.IsClosed, 5*time.Second, 10*time.Millisecond)
			_, err := connect(t, s, secret(t, first, "nats-creds-app-bob", CredsKey))
			require.ErrorIs(t, err, nats.ErrAuthorization)
			dial(t, s, second, "nats-creds-app-carol")
			dial(t, s, second, "nats-creds-new-x")
			dial(t, s, first, "nats-creds-app-alice")
		})
	}
}
