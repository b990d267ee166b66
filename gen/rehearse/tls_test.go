package rehearse_test

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
)

// issued is a certificate of cert-manager.
const issued = `certManager: issuerRef: name: "ca"`

// Routes, clients and monitoring speak TLS by the names that are in the certificates, and
// who does not trust the authority gets nothing.
func TestTLS(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		cluster: {replicas: 3, tls: {`+issued+`, verifyCertAndCheckKnownURLs: true}}
		nats: tls: {`+issued+`, minVersion: "1.3"}
		monitor: {tls: enabled: true, httpBasePath: "/nats"}
	}`)
	rehearsetest.Crosses(t, rehearsetest.Connect(t, r, "prod"), rehearsetest.Connect(t, r, "prod"), "a")
	for _, s := range r.Servers {
		conn, err := s.Connect()
		require.NoError(t, err)
		require.Equal(t, s.Name, conn.ConnectedServerName())
		state, err := conn.TLSConnectionState()
		require.NoError(t, err)
		require.EqualValues(t, tls.VersionTLS13, state.Version)
		conn.Close()
	}
	_, err := r.Connect("prod", nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}))
	require.ErrorContains(t, err, "certificate signed by unknown authority")
	_, err = r.Connect("prod", nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: r.TLS().RootCAs, ServerName: "nats.other"}))
	require.ErrorContains(t, err, "not nats.other")
	_, err = r.ConnectTo("prod", strings.Replace(r.URL("prod", intent.ListenerNats), "tls", "nats", 1))
	require.ErrorContains(t, err, "unknown authority", "the server insists on TLS")
}

// A certificate that lacks a name that is used is refused, as in the cluster.
func TestCertificateLacksName(t *testing.T) {
	t.Parallel()
	clusters := rehearsetest.Load(t, repo(map[string]string{"prod": `{nats: tls: {` + issued + `}}`}), "prod")
	r := rehearsetest.Start(t, rehearse.Plan{Clusters: clusters, Hosts: map[string]string{"nats.example.com": "prod"}})
	_, err := r.ConnectTo("prod", "tls://nats.example.com:4222")
	require.ErrorContains(t, err, "not nats.example.com")

	clusters = rehearsetest.Load(t, repo(map[string]string{"prod": `{nats: {
		clientAdvertise: "nats.example.com:443", tls: {` + issued + `, certManager: dnsNames: ["*.example.org"]}
	}}`}), "prod")
	r = rehearsetest.Start(t, rehearse.Plan{Clusters: clusters, Hosts: map[string]string{"a.example.org": "prod"}})
	for _, host := range []string{"nats.example.com", "a.example.org"} {
		conn, err := r.ConnectTo("prod", "tls://"+host+":4222")
		require.NoError(t, err)
		conn.Close()
	}
	seen, err := r.Observe()
	require.NoError(t, err)
	require.Equal(t, []rehearse.Change{{
		Environment: "prod", Option: "client_advertise", Was: "nats.example.com:443", Is: "nats.example.com",
		Why: "there is no load balancer before the listener",
	}}, seen.Changes)
}

// A client without a certificate is refused; one with a certificate is the user whom it names.
func TestMutualTLS(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		nats: tls: {`+issued+`, verifyAndMap: true}
		accounts: APP: users: {
			"alice@example.com": permissions: publish: allow: ["a.>"]
			"CN=bob": {}
		}
	}`)
	_, err := r.Connect("prod")
	require.Error(t, err)
	rehearsetest.Logs(t, r.Servers[0], "client didn't provide a certificate")
	known := func(h rehearse.Holder) nats.Option {
		cert, err := r.Certificate(h)
		require.NoError(t, err)
		return nats.Secure(r.TLS(cert))
	}
	failing, refused := rehearsetest.Errors()
	alice := rehearsetest.Connect(t, r, "prod", known(rehearse.Holder{CommonName: "whoever", Emails: []string{"alice@example.com"}}),
		failing)
	bob := rehearsetest.Connect(t, r, "prod", known(rehearse.Holder{CommonName: "bob"}))
	rehearsetest.Crosses(t, alice, bob, "a.b")
	require.NoError(t, alice.Publish("b", nil))
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Permissions Violation for Publish to "b"`)
	_, err = r.Connect("prod", known(rehearse.Holder{CommonName: "carol"}))
	require.ErrorIs(t, err, nats.ErrAuthorization)

	other, err := tls.X509KeyPair(foreign(t))
	require.NoError(t, err)
	foreigner := r.TLS()
	foreigner.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &other, nil }
	_, err = r.Connect("prod", nats.Secure(foreigner))
	require.Error(t, err)
	rehearsetest.Logs(t, r.Servers[0], "certificate signed by unknown authority")
}

// The handshake comes before the server's first word.
func TestHandshakeFirst(t *testing.T) {
	t.Parallel()
	r := one(t, `{nats: tls: {`+issued+`, handshakeFirst: true}}`)
	conn := rehearsetest.Connect(t, r, "prod")
	require.True(t, conn.IsConnected())
	raw, err := tls.Dial("tcp", r.Servers[0].Addr(intent.ListenerNats).String(), &tls.Config{
		RootCAs: r.TLS().RootCAs, ServerName: "nats", MinVersion: tls.VersionTLS12,
	})
	require.NoError(t, err, "no INFO in the way")
	require.NoError(t, raw.Close())
}

// A client that cannot meet the version, the cipher suites or the curves is refused, and one that can is let in.
func TestTLSLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields  string
		good    func(*tls.Config)
		bad     func(*tls.Config)
		refused string
	}{
		"version": {`minVersion: "1.3"`, func(*tls.Config) {}, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, "protocol version"},
		"cipher suites": {`cipherSuites: ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]`,
			func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 },
			func(c *tls.Config) {
				c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
			}, "handshake failure"},
		"curves": {`curvePreferences: ["CurveP384"]`, func(*tls.Config) {}, func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} }, "handshake failure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := one(t, `{nats: tls: {`+issued+`, `+c.fields+`}}`)
			able := r.TLS()
			c.good(able)
			rehearsetest.Connect(t, r, "prod", nats.Secure(able))
			unable := r.TLS()
			c.bad(unable)
			_, err := r.Connect("prod", nats.Secure(unable))
			require.ErrorContains(t, err, c.refused)
		})
	}
}

// While clients change over, those without TLS are let in where that is said, and only there.
func TestAllowNonTLS(t *testing.T) {
	t.Parallel()
	r := one(t, `{nats: {allowNonTLS: true, tls: {`+issued+`}}}`)
	plain, err := nats.Connect("nats://" + r.Servers[0].Addr(intent.ListenerNats).String())
	require.NoError(t, err)
	defer plain.Close()
	require.False(t, plain.TLSRequired())
	rehearsetest.Crosses(t, rehearsetest.Connect(t, r, "prod"), plain, "a")
}

// Servers that want TLS of a Secret, and routes with a password.
func TestRouteAuthorization(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		cluster: {
			replicas: 3
			authorization: {user: "route", password: {secretName: "routes", key: "password"}}
			tls: {secretName: "routes-tls", ca: "ca.crt"}
			routeURLs: useFQDN: true
		}
	}`)
	rehearsetest.Crosses(t, rehearsetest.Connect(t, r, "prod"), rehearsetest.Connect(t, r, "prod"), "a")
	password, ok := r.Secret("prod", secretKey("routes", "password"))
	require.True(t, ok)
	require.Contains(t, r.Servers[0].Conf(), "tls://route:"+password+"@nats-1.nats-headless.nats.svc.cluster.local:6222")
}

// A server that does not find its peers says so, with what it logged.
func TestNotReady(t *testing.T) {
	t.Parallel()
	clusters := rehearsetest.Load(t, repo(map[string]string{"prod": `{
		cluster: {replicas: 2, permissions: {}}
		extraConfig: cluster: authorization: {user: "other", password: "<< $POD_NAME >>"}
	}`}), "prod")
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := rehearse.Start(ctx, rehearse.Plan{Clusters: clusters})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "prod/nats-0: no route to nats-1")
	require.ErrorContains(t, err, "[ERR] ")
	require.ErrorContains(t, err, "Authorization Violation")
}

// What only shows when a server starts ends the rehearsal at once.
func TestServerGivesUp(t *testing.T) {
	t.Parallel()
	clusters := rehearsetest.Load(t, repo(map[string]string{"prod": `{
		jetstream: fileStore: maxSize: "1Gi"
		accounts: APP: {jetstream: maxFile: "2Gi", users: a: password: {secretName: "s", key: "a"}}
	}`}), "prod")
	_, err := rehearse.Start(context.Background(), rehearse.Plan{Clusters: clusters})
	require.ErrorContains(t, err, "prod/nats-0 gave up: ")
	require.ErrorContains(t, err, "insufficient storage")
}
