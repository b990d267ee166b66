package rehearse_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
)

// key is a key pair, its public half and its seed.
type key struct {
	nkeys.KeyPair
	public string
	seed   []byte
}

func newKey(t testing.TB, create func() (nkeys.KeyPair, error)) key {
	t.Helper()
	pair, err := create()
	require.NoError(t, err)
	public, err := pair.PublicKey()
	require.NoError(t, err)
	seed, err := pair.Seed()
	require.NoError(t, err)
	return key{pair, public, seed}
}

// operator is an operator with a system account and one for applications.
type operator struct {
	key
	token       string
	sys, app    key
	sysJWT, jwt string
}

func newOperator(t testing.TB) (o operator) {
	t.Helper()
	o.key = newKey(t, nkeys.CreateOperator)
	o.sys, o.app = newKey(t, nkeys.CreateAccount), newKey(t, nkeys.CreateAccount)
	claims := jwt.NewOperatorClaims(o.public)
	claims.Name, claims.SystemAccount = "op", o.sys.public
	o.token = signed(t, claims, o.key)
	sys := jwt.NewAccountClaims(o.sys.public)
	sys.Name = "SYS"
	o.sysJWT = signed(t, sys, o.key)
	app := jwt.NewAccountClaims(o.app.public)
	app.Name = "APP"
	o.jwt = signed(t, app, o.key)
	return o
}

func signed(t testing.TB, claims jwt.Claims, by key) string {
	t.Helper()
	token, err := claims.Encode(by)
	require.NoError(t, err)
	return token
}

// credentials are those of a user of an account, as a file holds them.
func credentials(t testing.TB, account key, name string, allowed ...string) []byte {
	t.Helper()
	user := newKey(t, nkeys.CreateUser)
	claims := jwt.NewUserClaims(user.public)
	claims.Name = name
	claims.Pub.Allow.Add(allowed...)
	file, err := jwt.FormatUserConfig(signed(t, claims, account), user.seed)
	require.NoError(t, err)
	return file
}

// loggedIn takes credentials without a file.
func loggedIn(t testing.TB, creds []byte) nats.Option {
	t.Helper()
	token, err := nkeys.ParseDecoratedJWT(creds)
	require.NoError(t, err)
	pair, err := nkeys.ParseDecoratedUserNKey(creds)
	require.NoError(t, err)
	seed, err := pair.Seed()
	require.NoError(t, err)
	return nats.UserJWTAndSeed(token, string(seed))
}

// Every server keeps an account that one of them is given.
func TestOperatorWithFullResolver(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	r := one(t, fmt.Sprintf(`{
		cluster: replicas: 2
		operator: %q
		systemAccount: %q
		resolver: {}
		resolverPreload: %q: %q
	}`, o.token, o.sys.public, o.sys.public, o.sysJWT))
	app := loggedIn(t, credentials(t, o.app, "app"))
	_, err := r.Connect("prod", app)
	require.ErrorIs(t, err, nats.ErrAuthorization, "nobody knows the account yet")

	admin := rehearsetest.Connect(t, r, "prod", loggedIn(t, credentials(t, o.sys, "admin")))
	answer, err := admin.Request("$SYS.REQ.CLAIMS.UPDATE", []byte(o.jwt), rehearsetest.Limit)
	require.NoError(t, err)
	require.Contains(t, string(answer.Data), "jwt updated")
	var conns []*nats.Conn
	for _, s := range r.Servers {
		require.Eventually(t, func() bool {
			conn, err := s.Connect(app)
			if err == nil {
				conns = append(conns, conn)
				t.Cleanup(conn.Close)
			}
			return err == nil
		}, rehearsetest.Limit, 20*time.Millisecond)
	}
	rehearsetest.Crosses(t, conns[0], conns[1], "x")
	for _, s := range r.Servers {
		rehearsetest.Stop(t, s)
	}
	for _, s := range r.Servers { // and still knows it
		require.NoError(t, s.Start())
	}
	rehearsetest.Ready(t, r)
	rehearsetest.Connect(t, r, "prod", app)
}

// A hub in operator mode, and a leaf node with credentials of it.
func TestOperatorWithMemoryResolver(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	clusters := rehearsetest.Load(t, repo(map[string]string{
		"hub": fmt.Sprintf(`{
			operator: %q
			resolver: type: "memory"
			resolverPreload: {%q: %q, %q: %q}
			leafnodes: {}
		}`, o.token, o.sys.public, o.sysJWT, o.app.public, o.jwt),
		"edge": `{
			namespace: "edge", serverNamePrefix: "edge-"
			leafnodes: remotes: hub: {urls: ["nats-leaf://nats.nats.svc.cluster.local:7422"], credentials: secretName: "hub"}
		}`,
	}), "hub", "edge")
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: clusters, Secrets: map[rehearse.Secret]string{
		{Environment: "edge", SecretKey: secretKey("hub", "nats.creds")}: string(credentials(t, o.app, "edge")),
	}})
	rehearsetest.Crosses(t, rehearsetest.Connect(t, r, "edge"), rehearsetest.Connect(t, r, "hub", loggedIn(t, credentials(t, o.app, "app"))), "x")

	failing, refused := rehearsetest.Errors()
	bound := rehearsetest.Connect(t, r, "hub", loggedIn(t, credentials(t, o.app, "bound", "a.>")),
		failing)
	require.NoError(t, bound.Publish("b", nil))
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Permissions Violation for Publish to "b"`)
	_, err := r.Connect("hub", loggedIn(t, credentials(t, newOperator(t).app, "stranger")))
	require.ErrorIs(t, err, nats.ErrAuthorization)
}

// A service of the test decides who may connect, as what user of what account.
func TestAuthCallout(t *testing.T) {
	t.Parallel()
	issuer := newKey(t, nkeys.CreateAccount)
	r := one(t, fmt.Sprintf(`{
		cluster: replicas: 2
		accounts: {
			AUTH: users: callout: password: {secretName: "auth", key: "callout"}
			APP: {}
		}
		authorization: authCallout: {issuer: %q, account: "AUTH", authUsers: ["callout"], allowedAccounts: ["APP"]}
	}`, issuer.public))
	service := rehearsetest.As(t, r, "prod", "AUTH", "callout")
	_, err := service.Subscribe("$SYS.REQ.USER.AUTH", func(m *nats.Msg) {
		asked, err := jwt.DecodeAuthorizationRequestClaims(string(m.Data))
		if err != nil {
			return
		}
		answer := jwt.NewAuthorizationResponseClaims(asked.UserNkey)
		answer.Audience = asked.Server.ID
		if asked.ConnectOptions.Password == "open sesame" {
			user := jwt.NewUserClaims(asked.UserNkey)
			user.Audience, user.Name = "APP", asked.ConnectOptions.Username
			user.Pub.Allow.Add("app.>", "_INBOX.>")
			answer.Jwt, err = user.Encode(issuer)
		} else {
			answer.Error = "who are you"
		}
		token, failed := answer.Encode(issuer)
		if err == nil && failed == nil {
			_ = m.Respond([]byte(token))
		}
	})
	require.NoError(t, err)
	require.NoError(t, service.Flush())

	_, err = r.Connect("prod", nats.UserInfo("alice", "wrong"))
	require.ErrorIs(t, err, nats.ErrAuthorization)
	failing, refused := rehearsetest.Errors()
	var alice *nats.Conn
	require.Eventually(t, func() bool { // the other server hears of the service a moment later
		alice, err = r.Connect("prod", nats.UserInfo("alice", "open sesame"),
			failing)
		return err == nil
	}, rehearsetest.Limit, 10*time.Millisecond)
	defer alice.Close()
	rehearsetest.Crosses(t, alice, alice, "app.x")
	require.NoError(t, alice.Publish("other", nil))
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Permissions Violation for Publish to "other"`)
	rehearsetest.Stays(t, service, alice, "app.x")
}

func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	r, err := rehearse.Start(context.Background(), rehearse.Plan{Clusters: rehearsetest.Load(t, repo(map[string]string{"prod": `{}`}), "prod")})
	require.NoError(t, err)
	dir := r.Servers[0].Dir()
	require.DirExists(t, dir)
	require.NoError(t, r.Stop(context.Background()))
	require.NoDirExists(t, dir)
	require.NoError(t, r.Stop(context.Background()), "twice")
	_, err = r.Connect("prod")
	require.Error(t, err)
	seen, err := r.Observe()
	require.NoError(t, err)
	require.False(t, seen.Servers[0].Running)
}
