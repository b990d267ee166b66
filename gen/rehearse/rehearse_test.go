package rehearse_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/schema"
)

// limit is how long one rehearsal of a test may take to start, and each wait in it.
const limit = 45 * time.Second

// load loads environments of a repository, in the order of their names here.
func load(t testing.TB, repo fs.FS, envs ...string) (clusters []rehearse.Cluster) {
	t.Helper()
	loader, found := intent.NewLoader(repo)
	require.Empty(t, found)
	for _, env := range envs {
		in, found := loader.Load(env)
		require.Empty(t, found)
		c, found := conf.Build(in)
		require.Empty(t, found)
		checked, err := conf.Check(c, in, conf.Pods(in))
		require.NoError(t, err)
		require.Empty(t, checked)
		clusters = append(clusters, rehearse.Cluster{Intent: in, Conf: c})
	}
	return clusters
}

// repo is a repository with one environment for each intent, by name.
func repo(intents map[string]string) fs.FS {
	files := fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/nats@v0\"\nlanguage: version: \"v0.17.0\"\n")},
		"base/intent.cue":    {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent\n")},
	}
	for env, text := range intents {
		files["overlays/"+env+"/intent.cue"] = &fstest.MapFile{Data: fmt.Appendf(nil,
			"package %s\n\nimport \"example.com/nats/base\"\n\nintent: base.intent & %s\n", env, text)}
	}
	return files
}

// start starts a plan and stops it at the end of the test.
func start(t testing.TB, plan rehearse.Plan) *rehearse.Rehearsal {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r, err := rehearse.Start(ctx, plan)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		require.NoError(t, r.Stop(ctx))
	})
	return r
}

// one rehearses one environment.
func one(t testing.TB, text string) *rehearse.Rehearsal {
	t.Helper()
	return start(t, rehearse.Plan{Clusters: load(t, repo(map[string]string{"prod": text}), "prod")})
}

// connect connects a client and closes it at the end of the test.
func connect(t testing.TB, r *rehearse.Rehearsal, env string, options ...nats.Option) *nats.Conn {
	t.Helper()
	conn, err := r.Connect(env, options...)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

// as connects a user of an account.
func as(t testing.TB, r *rehearse.Rehearsal, env, account, user string, options ...nats.Option) *nats.Conn {
	t.Helper()
	login, err := r.Login(env, account, user)
	require.NoError(t, err)
	return connect(t, r, env, append(options, login)...)
}

// crosses publishes on one connection until another receives it: interest takes a moment to spread.
func crosses(t testing.TB, from, to *nats.Conn, subject string) {
	t.Helper()
	sub, err := to.SubscribeSync(subject)
	require.NoError(t, err)
	require.NoError(t, to.Flush())
	require.Eventually(t, func() bool {
		require.NoError(t, from.Publish(subject, []byte("hello")))
		msg, err := sub.NextMsg(50 * time.Millisecond)
		return err == nil && string(msg.Data) == "hello"
	}, limit, time.Millisecond)
	require.NoError(t, sub.Unsubscribe())
}

// stays publishes on one connection what another must not receive.
func stays(t testing.TB, from, to *nats.Conn, subject string) {
	t.Helper()
	sub, err := to.SubscribeSync(subject)
	require.NoError(t, err)
	require.NoError(t, to.Flush())
	for range 5 {
		require.NoError(t, from.Publish(subject, nil))
		_, err := sub.NextMsg(50 * time.Millisecond)
		require.ErrorIs(t, err, nats.ErrTimeout)
	}
	require.NoError(t, sub.Unsubscribe())
}

func stop(t testing.TB, s *rehearse.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	require.NoError(t, s.Stop(ctx))
}

func ready(t testing.TB, r *rehearse.Rehearsal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	require.NoError(t, r.Ready(ctx))
}

// within is what a channel gives before the limit.
func within[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(limit):
		require.Fail(t, "nothing came")
	}
	return v
}

func secretKey(name, key string) schema.SecretKey {
	return schema.SecretKey{SecretName: name, Key: key}
}

// foreign is a certificate and a key of an authority that no rehearsal trusts.
func foreign(t testing.TB) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bob"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// logs waits until a server has logged a text.
func logs(t testing.TB, s *rehearse.Server, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(strings.Join(s.Log(), "\n"), text) }, limit, 10*time.Millisecond, "%s", text)
}
