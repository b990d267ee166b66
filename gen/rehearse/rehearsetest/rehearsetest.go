// Package rehearsetest rehearses environments in tests.
//
//	r := rehearsetest.Run(t, os.DirFS("examples"), "hub", "edge")
//	hub := rehearsetest.As(t, r, "hub", "SITES", "control")
//	edge := rehearsetest.As(t, r, "edge", "SITE", "machine")
//	rehearsetest.Crosses(t, hub, edge, "orders.new")
//
// What fails fails the test. Everything is stopped and removed at its end.
package rehearsetest

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rehearse"
)

// Limit is how long a rehearsal may take to start, and how long each wait here is at most.
const Limit = 45 * time.Second

// silence is how long a message that must not come may take.
const silence = 50 * time.Millisecond

// Load loads environments of a repository in the order in which they are named, proven as by a render.
func Load(t testing.TB, repo fs.FS, envs ...string) (clusters []rehearse.Cluster) {
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

// Run rehearses environments of a repository together.
func Run(t testing.TB, repo fs.FS, envs ...string) *rehearse.Rehearsal {
	t.Helper()
	return Start(t, rehearse.Plan{Clusters: Load(t, repo, envs...)})
}

// Start starts a plan.
func Start(t testing.TB, plan rehearse.Plan) *rehearse.Rehearsal {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Limit)
	defer cancel()
	r, err := rehearse.Start(ctx, plan)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), Limit)
		defer cancel()
		require.NoError(t, r.Stop(ctx))
	})
	return r
}

// Connect connects a client to the Service of an environment.
func Connect(t testing.TB, r *rehearse.Rehearsal, env string, options ...nats.Option) *nats.Conn {
	t.Helper()
	conn, err := r.Connect(env, options...)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

// As connects a user of an account; account "" is the authorization block.
func As(t testing.TB, r *rehearse.Rehearsal, env, account, user string, options ...nats.Option) *nats.Conn {
	t.Helper()
	login, err := r.Login(env, account, user)
	require.NoError(t, err)
	return Connect(t, r, env, append(options, login)...)
}

// Crosses publishes on one connection until another receives it: interest takes a moment to spread.
func Crosses(t testing.TB, from, to *nats.Conn, subject string) {
	t.Helper()
	sub, err := to.SubscribeSync(subject)
	require.NoError(t, err)
	require.NoError(t, to.Flush())
	require.Eventually(t, func() bool {
		if from.Publish(subject, []byte("hello")) != nil {
			return false
		}
		msg, err := sub.NextMsg(silence)
		return err == nil && string(msg.Data) == "hello"
	}, Limit, time.Millisecond, "%s does not cross", subject)
	require.NoError(t, sub.Unsubscribe())
}

// Stays publishes on one connection what another must not receive. It is of use where something else Crosses.
func Stays(t testing.TB, from, to *nats.Conn, subject string) {
	t.Helper()
	sub, err := to.SubscribeSync(subject)
	require.NoError(t, err)
	require.NoError(t, to.Flush())
	for range 5 {
		require.NoError(t, from.Publish(subject, nil))
		_, err := sub.NextMsg(silence)
		require.ErrorIs(t, err, nats.ErrTimeout, "%s crosses", subject)
	}
	require.NoError(t, sub.Unsubscribe())
}

// Errors is an option that gives the errors which the server sends to a connection, such as those of
// permissions, and where they come.
func Errors() (nats.Option, <-chan error) {
	came := make(chan error, 64)
	return nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		select {
		case came <- err:
		default: // nobody looks
		}
	}), came
}

// Within is what a channel gives before the limit.
func Within[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(Limit):
		require.Fail(t, "nothing came")
	}
	return v
}

// Logs waits until a server has logged a text.
func Logs(t testing.TB, s *rehearse.Server, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(strings.Join(s.Log(), "\n"), text) },
		Limit, 10*time.Millisecond, "%s", text)
}

// Stop stops one server.
func Stop(t testing.TB, s *rehearse.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Limit)
	defer cancel()
	require.NoError(t, s.Stop(ctx))
}

// Ready waits until all that run are ready.
func Ready(t testing.TB, r *rehearse.Rehearsal) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Limit)
	defer cancel()
	require.NoError(t, r.Ready(ctx))
}
