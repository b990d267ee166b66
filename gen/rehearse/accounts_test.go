package rehearse_test

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
)

// hash is a bcrypt hash, and public a key, of which nobody here knows the other half.
const (
	hash   = "$2a$11$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy"
	public = "UCNGL4W5QX66CFX6A6DCBVDH5VOHMI7B2UZZU7TXAUQQSI2JPHULCKBR"
)

// Users of every kind log in, see their account and what it imports, and nothing else.
func TestAccounts(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		cluster: replicas: 2
		accounts: {
			SHOP: {
				exports: [{stream: "orders.>", accounts: ["BILLING"]}, {service: "price"}]
				users: {
					till: password: {secretName: "users", key: "till"}
					app: password: "`+hash+`"
				}
			}
			BILLING: {
				imports: [{stream: {account: "SHOP", subject: "orders.>"}, prefix: "shop"}, {service: {account: "SHOP", subject: "price"}, to: "shop.price"}]
				users: ledger: {nkey: "`+public+`", permissions: {publish: deny: ["secret.>"], subscribe: allow: ["shop.>", "_INBOX.>", "note"]}}
			}
			OTHER: users: guest: {}
		}
		noAuthUser: "guest"
	}`)
	till, app := rehearsetest.As(t, r, "prod", "SHOP", "till"), rehearsetest.As(t, r, "prod", "SHOP", "app")
	rehearsetest.Crosses(t, till, app, "a")

	failing, refused := rehearsetest.Errors()
	ledger := rehearsetest.As(t, r, "prod", "BILLING", "ledger", failing)
	got := make(chan *nats.Msg, 100)
	_, err := ledger.ChanSubscribe("shop.orders.>", got)
	require.NoError(t, err)
	require.NoError(t, ledger.Flush())
	require.Eventually(t, func() bool {
		require.NoError(t, till.Publish("orders.new", []byte("1")))
		select {
		case msg := <-got:
			return msg.Subject == "shop.orders.new"
		case <-time.After(50 * time.Millisecond):
			return false
		}
	}, rehearsetest.Limit, time.Millisecond)

	_, err = app.Subscribe("price", func(m *nats.Msg) { _ = m.Respond([]byte("7")) })
	require.NoError(t, err)
	require.NoError(t, app.Flush())
	require.Eventually(t, func() bool {
		answer, err := ledger.Request("shop.price", nil, time.Second)
		return err == nil && string(answer.Data) == "7"
	}, rehearsetest.Limit, 10*time.Millisecond)

	require.NoError(t, ledger.Publish("secret.plan", nil))
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Permissions Violation for Publish to "secret.plan"`)
	_, err = ledger.Subscribe("orders.>", func(*nats.Msg) {})
	require.NoError(t, err)
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Permissions Violation for Subscription to "orders.>"`)

	rehearsetest.Stays(t, till, rehearsetest.Connect(t, r, "prod"), "a") // a guest is in another account
	_, err = r.Connect("prod", nats.UserInfo("till", "wrong"))
	require.ErrorIs(t, err, nats.ErrAuthorization)
	_, err = r.Login("prod", "SHOP", "ledger")
	require.ErrorContains(t, err, `no user "ledger" in account "SHOP"`)

	seen, err := r.Observe()
	require.NoError(t, err)
	require.Len(t, seen.Changes, 2)
	require.Equal(t, rehearse.Change{
		Environment: "prod", Option: "accounts.SHOP.users[0].password", Was: "a hash", Is: "a password",
		Why: "a client needs the password of the hash",
	}, seen.Changes[1])
}

// The grant of permissions.jetstream is enough to consume and not enough to manage; without it a
// user who may publish the stream's subjects is locked out of JetStream.
func TestJetStreamPermissions(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		jetstream: fileStore: pvc: size: "1Gi"
		accounts: APP: {
			jetstream: {}
			users: {
				admin: {password: {secretName: "u", key: "admin"}, permissions: jetstream: manage: true, permissions: publish: allow: ["orders.>"]}
				worker: {password: {secretName: "u", key: "worker"}, permissions: {publish: allow: ["orders.>"], jetstream: {streams: ["ORDERS"], buckets: ["cfg"]}}}
				outsider: {password: {secretName: "u", key: "outsider"}, permissions: {publish: allow: ["orders.>"], subscribe: allow: ["_INBOX.>"]}}
			}
		}
	}`)
	ctx, cancel := context.WithTimeout(context.Background(), rehearsetest.Limit)
	defer cancel()
	silent := nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})
	js := func(user string) jetstream.JetStream {
		js, err := jetstream.New(rehearsetest.As(t, r, "prod", "APP", user, silent), jetstream.WithDefaultTimeout(time.Second))
		require.NoError(t, err)
		return js
	}
	soon := func() context.Context {
		ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	admin, worker, outsider := js("admin"), js("worker"), js("outsider")
	_, err := admin.CreateStream(ctx, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}})
	require.NoError(t, err)
	_, err = admin.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "cfg"})
	require.NoError(t, err)

	_, err = worker.Publish(ctx, "orders.new", []byte("1"))
	require.NoError(t, err)
	consumer, err := worker.CreateConsumer(ctx, "ORDERS", jetstream.ConsumerConfig{Durable: "worker", AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(t, err)
	msg, err := consumer.Next()
	require.NoError(t, err)
	require.NoError(t, msg.DoubleAck(ctx))
	bucket, err := worker.KeyValue(ctx, "cfg")
	require.NoError(t, err)
	_, err = bucket.PutString(ctx, "k", "v")
	require.NoError(t, err)
	entry, err := bucket.Get(ctx, "k")
	require.NoError(t, err)
	require.Equal(t, "v", string(entry.Value()))

	_, err = worker.CreateStream(soon(), jetstream.StreamConfig{Name: "MINE", Subjects: []string{"mine"}})
	require.Error(t, err)
	require.Error(t, worker.DeleteStream(soon(), "ORDERS"))
	_, err = outsider.Stream(soon(), "ORDERS")
	require.Error(t, err)
	_, err = admin.Stream(ctx, "MINE")
	require.ErrorIs(t, err, jetstream.ErrStreamNotFound)
	_, err = admin.Stream(ctx, "ORDERS")
	require.NoError(t, err)
}

// One user, a token, users without an account.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	r := one(t, `{authorization: {user: "me", password: {secretName: "s", key: "p"}}}`)
	rehearsetest.As(t, r, "prod", "", "me")
	_, err := r.Connect("prod")
	require.ErrorIs(t, err, nats.ErrAuthorization)

	r = one(t, `{authorization: token: {secretName: "s", key: "p"}}`)
	rehearsetest.As(t, r, "prod", "", "")
	_, err = r.Connect("prod", nats.Token("wrong"))
	require.ErrorIs(t, err, nats.ErrAuthorization)

	r = one(t, `{
		env: MORE: valueFrom: secretKeyRef: {name: "mine", key: "token"}
		authorization: users: {a: password: "`+hash+`", b: nkey: "`+public+`"}
		extraConfig: server_metadata: token: "<< $MORE >>"
	}`)
	rehearsetest.Crosses(t, rehearsetest.As(t, r, "prod", "", "a"), rehearsetest.As(t, r, "prod", "", "b"), "x")
	more, ok := r.Secret("prod", secretKey("mine", "token"))
	require.True(t, ok)
	require.Contains(t, r.Servers[0].Conf(), more)
}

// A Secret that the caller knows, and an nkey whose seed is in it.
func TestGivenSecrets(t *testing.T) {
	t.Parallel()
	pair, err := nkeys.CreateUser()
	require.NoError(t, err)
	own, err := pair.PublicKey()
	require.NoError(t, err)
	seed, err := pair.Seed()
	require.NoError(t, err)
	clusters := rehearsetest.Load(t, repo(map[string]string{"prod": `{accounts: A: users: {a: password: {secretName: "s", key: "a"}, b: nkey: "` + own + `"}}`}), "prod")
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: clusters, Secrets: map[rehearse.Secret]string{
		{Environment: "prod", SecretKey: secretKey("s", "a")}:    "12345",
		{Environment: "prod", SecretKey: secretKey("s", "seed")}: string(seed),
	}})
	rehearsetest.Crosses(t, rehearsetest.Connect(t, r, "prod", nats.UserInfo("a", "12345")), rehearsetest.Connect(t, r, "prod", nats.Nkey(own, pair.Sign)), "x")
}
