package rehearse_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rehearse"
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
