package auth

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

// doored is accounts of which AUTH has a service at the door. Its xkey, and the accounts that it may
// place users in, are for the caller.
const doored = `
accounts: {
	AUTH: users: {
		door: {}
		sentinel: {bearer: true, permissions: {publish: deny: [">"], subscribe: deny: [">"]}}
	}
	APP: users: alice: {}
	OTHER: users: {}
}
authorization: authCallout: {account: "AUTH", authUsers: ["door"], %s}
`

// door is a service of auth callout: it places bob into an account, whose signing key it has.
type door struct {
	keys      *Keys
	into      string // name of the account
	identity  bool   // sign with the account's own key
	xkey      nkeys.KeyPair
	encrypted atomic.Int32 // questions
}

func (d *door) open(t *testing.T, nc *nats.Conn) {
	t.Helper()
	_, err := nc.Subscribe(server.AuthCalloutSubject, func(m *nats.Msg) {
		answer, err := d.answer(m)
		if err != nil {
			answer = []byte(err.Error())
		}
		_ = m.Respond(answer)
	})
	require.NoError(t, err)
	require.NoError(t, nc.Flush())
}

func (d *door) answer(m *nats.Msg) ([]byte, error) {
	question, sender := m.Data, m.Header.Get(server.AuthRequestXKeyHeader)
	if !bytes.HasPrefix(question, []byte("eyJ")) {
		d.encrypted.Add(1)
		var err error
		if question, err = d.xkey.Open(question, sender); err != nil {
			return nil, err
		}
	}
	asked, err := jwt.DecodeAuthorizationRequestClaims(string(question))
	if err != nil {
		return nil, err
	}
	out := jwt.NewAuthorizationResponseClaims(asked.UserNkey)
	out.Audience = asked.Server.ID
	out.IssuerAccount = public(d.keys.seeds[accountKey("AUTH")])
	if asked.ConnectOptions.Username == "bob" && asked.ConnectOptions.Password == "secret" {
		user := jwt.NewUserClaims(asked.UserNkey)
		user.Name = "bob"
		user.IssuerAccount = public(d.keys.seeds[accountKey(d.into)])
		user.Pub.Deny.Add("closed")
		key := accountSigningKey(d.into)
		if d.identity {
			key = accountKey(d.into)
		}
		if out.Jwt, err = user.Encode(d.keys.seeds[key]); err != nil {
			return nil, err
		}
	} else {
		out.Error = "nobody knows you"
	}
	text, err := out.Encode(d.keys.seeds[accountSigningKey("AUTH")])
	if err != nil || sender == "" {
		return []byte(text), err
	}
	return d.xkey.Seal([]byte(text), sender)
}

// In operator mode a service at the door lets clients into the accounts that it may, and asks
// for no more than a password where there is a default sentinel.
func TestServerCallout(t *testing.T) {
	t.Parallel()
	curve, err := nkeys.CreateCurveKeys()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		fields, into string
		xkey         nkeys.KeyPair
		identity     bool
		refused      bool
	}{
		"allowed":        {fields: `allowedAccounts: ["APP"]`, into: "APP"},
		"not allowed":    {fields: `allowedAccounts: ["APP"]`, into: "OTHER", refused: true},
		"by own key":     {fields: `allowedAccounts: ["APP"]`, into: "APP", identity: true, refused: true},
		"its own":        {fields: `allowedAccounts: ["APP"]`, into: "AUTH"},
		"all by default": {fields: ``, into: "OTHER"},
		"all":            {fields: `allowedAccounts: ["*"]`, into: "OTHER"},
		"encrypted":      {fields: fmt.Sprintf(`xkey: %q`, public(curve)), into: "APP", xkey: curve},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := load(t, fmt.Sprintf(doored, c.fields))
			out := issue(t, in, nil, nil)
			require.Empty(t, messages(Check(withAuth(t, fmt.Sprintf(doored, c.fields), out))))
			creds := secret(t, out, "nats-creds-auth-sentinel", CredsKey)
			sentinel, err := jwt.ParseDecoratedJWT([]byte(creds))
			require.NoError(t, err)

			file := write(t, t.TempDir(), "MEMORY", out.Public)
			conf, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, append(conf, "default_sentinel: "+sentinel+"\n"...), 0o600))
			s := startFile(t, file)
			d := &door{keys: read(t, stream(t, in, out)), into: c.into, identity: c.identity, xkey: c.xkey}
			d.open(t, dial(t, s, out, "nats-creds-auth-door"))

			dial(t, s, out, "nats-creds-app-alice") // nobody asks

			_, err = nats.Connect(s.ClientURL(), nats.UserInfo("bob", "guess"))
			require.ErrorIs(t, err, nats.ErrAuthorization)
			_, err = nats.Connect(s.ClientURL())
			require.ErrorIs(t, err, nats.ErrAuthorization)
			_, err = connect(t, s, creds)
			require.ErrorIs(t, err, nats.ErrAuthorization, "the sentinel alone")
			for _, how := range [][]nats.Option{
				{nats.UserInfo("bob", "secret")},
				{nats.UserInfo("bob", "secret"), nats.UserCredentialBytes([]byte(creds))},
			} {
				bob, err := nats.Connect(s.ClientURL(), append(how, nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))...)
				if c.refused {
					require.ErrorIs(t, err, nats.ErrAuthorization)
					continue
				}
				require.NoError(t, err)
				defer bob.Close()
				info, err := bob.Request("$SYS.REQ.USER.INFO", nil, 5*time.Second)
				require.NoError(t, err)
				require.Contains(t, string(info.Data), `"account":"`+public(d.keys.seeds[accountKey(c.into)])+`"`)
				require.False(t, refused(t, bob))
				require.NoError(t, bob.Publish("closed", nil))
				require.True(t, refused(t, bob), "what the service says of him holds")
			}
			require.Equal(t, c.xkey != nil, d.encrypted.Load() > 0)
		})
	}
}

// What auth callout says that is not so is found, all of it, before anything is made.
func TestCalloutDefinition(t *testing.T) {
	t.Parallel()
	const accounts = "accounts: {AUTH: users: door: {}, APP: users: a: {}}\nauthorization: authCallout: "
	const unknown = "account-definition base/intent.cue:7:"
	for name, c := range map[string]struct {
		callout string
		want    []string
	}{
		"no account":      {`authUsers: ["door"]`, []string{unknown + "16 authCallout names no account"}},
		"unknown account": {`{account: "AUHT", authUsers: ["door"]}`, []string{unknown + "39 there is no account AUHT"}},
		"user of another": {`{account: "AUTH", authUsers: ["door", "a"]}`, []string{unknown + "67 account AUTH has no user a"}},
		"no user":         {`{account: "AUTH", authUsers: []}`, []string{unknown + "58 the service needs a user whom the servers let in without asking"}},
		"slips of the pen": {`{account: "AUTH", authUsers: ["door"], allowedAccounts: ["APPP", "*"], xkey: "XAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`, []string{
			unknown + "86 there is no account APPP",
			unknown + "94 \"*\" is all accounts already",
			unknown + "106 this is no xkey: its checksum is wrong",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, found, err := Issue(load(t, accounts+c.callout), nil, nil, rand.Reader)
			require.NoError(t, err)
			require.Nil(t, out)
			require.Equal(t, c.want, messages(found))
		})
	}
}

// A change of auth callout makes the account's JWT stale, whoever is named.
func TestCalloutStale(t *testing.T) {
	t.Parallel()
	stranger, err := nkeys.CreateUser()
	require.NoError(t, err)
	const accounts = "accounts: {AUTH: users: {door: {}, gate: {}}, APP: users: a: {}}\n"
	const callout = accounts + `authorization: authCallout: {account: "AUTH", authUsers: ["door"], allowedAccounts: ["APP"]}`
	in := load(t, callout)
	out := issue(t, in, nil, nil)
	require.Empty(t, messages(Check(withAuth(t, callout, out))))
	keys := read(t, stream(t, in, out))
	again := issue(t, in, keys, out.Public)
	require.Equal(t, out.Public, again.Public)
	for name, changed := range map[string]string{
		"gone":         accounts,
		"another user": accounts + `authorization: authCallout: {account: "AUTH", authUsers: ["gate"], allowedAccounts: ["APP"]}`,
		"a user's key": accounts + `authorization: authCallout: {account: "AUTH", authUsers: ["` + public(stranger) + `"], allowedAccounts: ["APP"]}`,
		"more users":   accounts + `authorization: authCallout: {account: "AUTH", authUsers: ["door", "gate"], allowedAccounts: ["APP"]}`,
		"all accounts": accounts + `authorization: authCallout: {account: "AUTH", authUsers: ["door"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := Check(withAuth(t, changed, out))
			require.Len(t, found, 1)
			require.Equal(t, ruleStale, found[0].Rule)
			require.Contains(t, found[0].Message, "account AUTH has changed")
			second := issue(t, load(t, changed), keys, out.Public)
			require.Empty(t, messages(Check(withAuth(t, changed, second))))
		})
	}

	// A rotated user is still the service, by another key.
	require.NoError(t, keys.Rotate("user.AUTH.door"))
	rotated := issue(t, in, keys, out.Public)
	require.Empty(t, messages(Check(withAuth(t, callout, rotated))))
	key := public(read(t, stream(t, in, rotated)).seeds[userKey("AUTH", "door")])
	require.NotEqual(t, public(keys.seeds[userKey("AUTH", "door")]), key)
	for _, token := range rotated.Public.Accounts {
		if claims, err := jwt.DecodeAccountClaims(token); err == nil && claims.Name == "AUTH" {
			require.Equal(t, jwt.StringList{key}, claims.Authorization.AuthUsers)
		}
	}
}

// Without an account that has a JWT, auth callout would be left out in silence.
func TestCalloutWithoutAccount(t *testing.T) {
	t.Parallel()
	out := issue(t, load(t, ""), nil, nil)
	found := Check(withAuth(t, `authorization: authCallout: authUsers: ["door"]`, out))
	require.Equal(t, []string{"account-definition base/intent.cue:6:16 authCallout names no account"}, messages(found))
	require.Equal(t, `authorization: authCallout: account: "AUTH"`, found[0].Mend)
}

// A sentinel that lets nobody in is said to be one.
func TestSentinel(t *testing.T) {
	t.Parallel()
	const fields = `accounts: AUTH: users: sentinel: bearer: true` + "\n"
	in := load(t, fields)
	first := issue(t, in, nil, nil)
	token, err := jwt.ParseDecoratedJWT([]byte(secret(t, first, "nats-creds-auth-sentinel", CredsKey)))
	require.NoError(t, err)
	with := func(sentinel string, out *Issued) []string {
		return messages(Check(withAuth(t, fmt.Sprintf("%sdefaultSentinel: %q", fields, sentinel), out)))
	}
	require.Empty(t, with(token, first))

	keys := read(t, stream(t, in, first))
	require.NoError(t, keys.Rotate("account.AUTH.signing"))
	require.Equal(t, []string{"sentinel-stale base/intent.cue:7:18 the JWT of sentinel is signed by a key that account AUTH does not have any more"},
		with(token, issue(t, in, keys, first.Public)))
	keys = read(t, stream(t, in, first))
	require.NoError(t, keys.Rotate("user.AUTH.sentinel"))
	require.Equal(t, []string{"sentinel-stale base/intent.cue:7:18 account AUTH has revoked the JWT of sentinel"},
		with(token, issue(t, in, keys, first.Public)))
	for _, operator := range first.Public.Accounts {
		require.Equal(t, []string{"jwt-invalid base/intent.cue:7:18 this is not the JWT of a user: not user claim"}, with(operator, first))
	}
	other := issue(t, in, nil, nil)
	require.Empty(t, with(token, other), "of an account whose JWT is elsewhere")
}
