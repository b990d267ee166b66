package conf

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

// Nothing that the server opens while it loads is the machine's own, and nothing is left behind.
func TestCheckLeavesNothing(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	jwts := filepath.Join(t.TempDir(), "resolver")
	for name, in := range goldens(t) {
		if in.Resolver != nil {
			in.Resolver.Dir = jwts
		}
		c, found := Build(in)
		require.Empty(t, found, name)
		checked(t, c, in, Pods(in))
	}
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, left)
	require.NoDirExists(t, jwts)
}

// Without a place for the certificates there is no proof, and that is no mistake of the user's.
func TestCheckWithoutAPlace(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	in := newIntent(t, `{nats: tls: secretName: "s"}`)
	c, _ := Build(in)
	_, err := Check(c, in, Pods(in))
	require.ErrorContains(t, err, "check overlays/prod/nats-0: make a place for the certificates")
}

// A check calls nobody, though the server would: the account server that an operator's JWT names, and a
// responder of OCSP.
func TestCheckCallsNobody(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer elsewhere.Close()
	operator, err := nkeys.CreateOperator()
	require.NoError(t, err)
	public, err := operator.PublicKey()
	require.NoError(t, err)
	claims := jwt.NewOperatorClaims(public)
	claims.AccountServerURL = elsewhere.URL + "/jwt/v1"
	token, err := claims.Encode(operator)
	require.NoError(t, err)

	for _, source := range []string{
		`{operator: "` + token + `"}`,
		`{nats: tls: secretName: "s", ocsp: {mode: "always", url: "` + elsewhere.URL + `"}}`,
		`{nats: tls: {secretName: "s", verify: true, ocspPeer: {}}}`,
	} {
		in := newIntent(t, source)
		c, found := Build(in)
		require.Empty(t, found)
		require.Empty(t, checked(t, c, in, Pods(in)), source)
	}
	require.Zero(t, calls.Load())
}
