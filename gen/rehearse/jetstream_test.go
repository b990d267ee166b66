package rehearse_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
)

// stream makes a stream of three replicas on the subjects of its name.
func stream(ctx context.Context, t testing.TB, conn *nats.Conn, name string) (jetstream.JetStream, jetstream.Stream) {
	t.Helper()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	s, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{strings.ToLower(name) + ".>"}, Replicas: 3})
	require.NoError(t, err)
	return js, s
}

// A server that stops loses nothing: publishing goes on, and the server catches up.
func TestClusterOutlivesOneServer(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		cluster: replicas: 3
		jetstream: fileStore: pvc: size: "900Ti"
		resources: limits: memory: "4Gi"
	}`)
	ctx, cancel := context.WithTimeout(context.Background(), rehearsetest.Limit)
	defer cancel()
	js, s := stream(ctx, t, rehearsetest.Connect(t, r, "prod", nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond)), "ORDERS")
	publish := func(n int) {
		require.Eventually(t, func() bool {
			ctx, cancel := context.WithTimeout(ctx, time.Second) // the acknowledgement may have been the stopped server's to give
			defer cancel()
			_, err := js.Publish(ctx, "orders.new", fmt.Append(nil, n), jetstream.WithMsgID(fmt.Sprint(n)))
			return err == nil
		}, rehearsetest.Limit, 10*time.Millisecond)
	}
	for n := range 50 {
		publish(n)
	}
	info, err := s.Info(ctx)
	require.NoError(t, err)
	down := r.Find("prod", info.Cluster.Leader)
	rehearsetest.Stop(t, down)
	for n := 50; n < 100; n++ {
		publish(n)
	}
	require.NoError(t, down.Start())
	rehearsetest.Ready(t, r)
	info, err = s.Info(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 100, info.State.Msgs)

	seen, err := r.Observe()
	require.NoError(t, err)
	require.Len(t, seen.Servers, 3)
	for _, o := range seen.Servers {
		require.True(t, o.Running)
		require.Len(t, o.Routes, 2)
		require.EqualValues(t, 720<<40, o.JetStream.MaxStore, "80 %% of the claim, whatever this disk has")
		require.Equal(t, r.Leader("prod").Name, o.JetStream.Leader)
	}
	require.Empty(t, seen.Changes)
	require.Empty(t, seen.Missing)
}

// The servers of each zone have its tag, and replicas go to different zones.
func TestZones(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		cluster: replicas: 6
		zones: names: ["a", "b", "c"]
		jetstream: fileStore: pvc: size: "1Gi"
	}`)
	ctx, cancel := context.WithTimeout(context.Background(), rehearsetest.Limit)
	defer cancel()
	zones := map[string]string{}
	seen, err := r.Observe()
	require.NoError(t, err)
	for _, o := range seen.Servers {
		require.Len(t, o.Tags, 1)
		require.Equal(t, "az:"+strings.Split(o.Pod, "-")[1], o.Tags[0])
		zones[o.Name] = o.Tags[0]
	}
	conn := rehearsetest.Connect(t, r, "prod")
	for n := range 5 { // by chance they would differ in one of five
		_, s := stream(ctx, t, conn, fmt.Sprintf("S%d", n))
		info, err := s.Info(ctx)
		require.NoError(t, err)
		used := map[string]bool{zones[info.Cluster.Leader]: true}
		for _, replica := range info.Cluster.Replicas {
			used[zones[replica.Name]] = true
		}
		require.Len(t, used, 3, "%v", used)
	}
}

// Zones that nodes have, and the servers learn from a label.
func TestZonesOfNodes(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		cluster: replicas: 3
		zones: tag: "rack"
		jetstream: memoryStore: maxSize: "64Mi"
	}`)
	seen, err := r.Observe()
	require.NoError(t, err)
	for n, o := range seen.Servers {
		require.Equal(t, []string{fmt.Sprintf("rack:zone-%d", n)}, o.Tags)
		require.Equal(t, "rack:", o.JetStream.UniqueTag)
	}
}

// What is stored is there after a restart, and not in plain text.
func TestEncryptionAtRest(t *testing.T) {
	t.Parallel()
	const plain = "a text that nobody else may read"
	for name, test := range map[string]struct {
		fields  string
		legible bool
	}{
		"without": {"", true},
		"chacha":  {`encryptionKey: {secretName: "js", key: "key"}`, false},
		"aes":     {`encryptionKey: {secretName: "js", key: "key"}, cipher: "aes"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := one(t, `{jetstream: {fileStore: pvc: size: "1Gi", `+test.fields+`}}`)
			ctx, cancel := context.WithTimeout(context.Background(), rehearsetest.Limit)
			defer cancel()
			js, err := jetstream.New(rehearsetest.Connect(t, r, "prod", nats.ReconnectWait(10*time.Millisecond)))
			require.NoError(t, err)
			s, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
			require.NoError(t, err)
			_, err = js.Publish(ctx, "s", []byte(plain))
			require.NoError(t, err)
			rehearsetest.Stop(t, r.Servers[0])
			require.Equal(t, test.legible, stored(t, r.Servers[0], plain))
			require.NoError(t, r.Servers[0].Start())
			rehearsetest.Ready(t, r)
			require.Eventually(t, func() bool {
				msg, err := s.GetMsg(ctx, 1)
				return err == nil && string(msg.Data) == plain
			}, rehearsetest.Limit, 10*time.Millisecond)
		})
	}
}

// stored tells whether a text is in a file of the server's store.
func stored(t testing.TB, s *rehearse.Server, text string) (found bool) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(s.Dir(), "data"), func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		found = found || bytes.Contains(data, []byte(text))
		files++
		return err
	}))
	require.NotZero(t, files)
	return found
}
