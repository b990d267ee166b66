package conf

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

// running is the real server of an intent of one, on a port of the system's choice.
func running(t *testing.T, source string) *server.Server {
	t.Helper()
	in := newIntent(t, source)
	c, found := Build(in)
	require.Empty(t, found)
	pods := Pods(in)
	require.Empty(t, checked(t, c, in, pods))
	text, found := c.Settled(in, pods[0], func(_, text string) string { return text })
	require.Empty(t, found)
	options := &server.Options{NoSigs: true, NoLog: true}
	require.NoError(t, options.ProcessConfigString(string(text)))
	options.Host, options.Port, options.HTTPPort, options.PidFile = "127.0.0.1", -1, 0, ""
	s, err := server.NewServer(options)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s
}

// Without an operator a service at the door lets clients into accounts of nats.conf, and
// signs with the issuer's key.
func TestAuthCallout(t *testing.T) {
	t.Parallel()
	pair := func(kind nkeys.PrefixByte) (nkeys.KeyPair, string) {
		keys, err := nkeys.CreatePair(kind)
		require.NoError(t, err)
		public, err := keys.PublicKey()
		require.NoError(t, err)
		return keys, public
	}
	issuer, issuerKey := pair(nkeys.PrefixByteAccount)
	door, doorKey := pair(nkeys.PrefixByteUser)
	stranger, _ := pair(nkeys.PrefixByteAccount)
	curve, curveKey := pair(nkeys.PrefixByteCurve)
	for name, c := range map[string]struct {
		fields  string
		signer  nkeys.KeyPair
		into    string
		refused bool
	}{
		"let in":           {signer: issuer, into: "APP"},
		"of no account":    {signer: issuer, into: "NONE", refused: true},
		"by another's key": {signer: stranger, into: "APP", refused: true},
		"encrypted":        {fields: fmt.Sprintf("xkey: %q", curveKey), signer: issuer, into: "APP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := running(t, fmt.Sprintf(`{
				accounts: {AUTH: users: door: nkey: %[1]q, APP: {}}
				authorization: authCallout: {issuer: %[2]q, account: "AUTH", authUsers: [%[1]q], %[3]s}
			}`, doorKey, issuerKey, c.fields))
			service, err := nats.Connect(s.ClientURL(), nats.Nkey(doorKey, door.Sign))
			require.NoError(t, err)
			defer service.Close()
			_, err = service.Subscribe(server.AuthCalloutSubject, func(m *nats.Msg) {
				question, sender := m.Data, m.Header.Get(server.AuthRequestXKeyHeader)
				if c.fields != "" {
					if question, err = curve.Open(question, sender); err != nil {
						return // the client is refused, and the test fails
					}
				}
				asked, err := jwt.DecodeAuthorizationRequestClaims(string(question))
				if err != nil {
					return
				}
				user := jwt.NewUserClaims(asked.UserNkey)
				user.Name, user.Audience = asked.ConnectOptions.Username, c.into
				answer := jwt.NewAuthorizationResponseClaims(asked.UserNkey)
				answer.Audience = asked.Server.ID
				if asked.ConnectOptions.Password != "secret" {
					answer.Error = "nobody knows you"
				} else if answer.Jwt, err = user.Encode(c.signer); err != nil {
					return
				}
				if text, err := answer.Encode(c.signer); err == nil {
					_ = m.Respond([]byte(text))
				}
			})
			require.NoError(t, err)
			require.NoError(t, service.Flush())

			_, err = nats.Connect(s.ClientURL(), nats.UserInfo("bob", "guess"))
			require.ErrorIs(t, err, nats.ErrAuthorization)
			bob, err := nats.Connect(s.ClientURL(), nats.UserInfo("bob", "secret"))
			if c.refused {
				require.ErrorIs(t, err, nats.ErrAuthorization)
				return
			}
			require.NoError(t, err)
			defer bob.Close()
			info, err := bob.Request("$SYS.REQ.USER.INFO", nil, 5*time.Second)
			require.NoError(t, err)
			require.True(t, bytes.Contains(info.Data, []byte(`"account":"APP"`)), string(info.Data))
		})
	}
}

// In operator mode auth callout is part of an account's JWT, and needs no issuer; else it does.
func TestAuthCalloutIssuer(t *testing.T) {
	t.Parallel()
	const callout = `accounts: AUTH: users: door: nkey: "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4", authorization: authCallout: {account: "AUTH", authUsers: ["door"]}`
	_, found := Build(newIntent(t, "{"+callout+"}"))
	require.Len(t, found, 1)
	require.Equal(t, "callout-issuer", found[0].Rule)
	require.Equal(t, "authorization.authCallout.issuer", found[0].Path)

	fields, _ := operated(t, "SYS")
	in := newIntent(t, "{"+fields+callout+"}")
	c, found := Build(in)
	require.Empty(t, found)
	require.Empty(t, checked(t, c, in, Pods(in)))
	require.NotContains(t, string(c.Text()), "auth")
}
