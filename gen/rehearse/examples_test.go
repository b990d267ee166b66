package rehearse_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
	"github.com/natsyard/natsyard/gen/tree"
)

var examples = os.DirFS("../../examples")

// Every example is rehearsed below: a new one without a rehearsal fails here.
func TestEveryExampleIsRehearsed(t *testing.T) {
	t.Parallel()
	all, err := intent.Environments(examples)
	require.NoError(t, err)
	require.Equal(t, []string{"auth", "leaf-edge", "leaf-hub", "mqtt", "region-ap", "region-eu", "region-us", "tls", "websocket", "zones"}, all)
}

func jetStream(t testing.TB, conn *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}

// ctx ends when a wait of a rehearsal should.
func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), rehearsetest.Limit)
	t.Cleanup(cancel)
	return ctx
}

// ordersBy is what both examples with orders promise: one user makes the stream, another stores in it and reads it,
// and may do nothing else.
func ordersBy(t *testing.T, admin, shop *nats.Conn, refused <-chan error) {
	ctx := bounded(t)
	_, err := jetStream(t, admin).CreateStream(ctx, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}, Replicas: 3, MaxBytes: 1 << 20})
	require.NoError(t, err)
	js := jetStream(t, shop)
	for range 20 {
		// A stream of three replicas answers once it has chosen its leader.
		_, err := js.Publish(ctx, "orders.new", []byte("an order"), jetstream.WithRetryWait(100*time.Millisecond), jetstream.WithRetryAttempts(100))
		require.NoError(t, err)
	}
	consumer, err := js.CreateOrUpdateConsumer(ctx, "ORDERS", jetstream.ConsumerConfig{Durable: "shop", AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(t, err)
	for received := 0; received < 20; received++ {
		msg, err := consumer.Next(jetstream.FetchMaxWait(rehearsetest.Limit))
		require.NoError(t, err)
		require.NoError(t, msg.DoubleAck(ctx))
	}

	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err = js.CreateStream(short, jetstream.StreamConfig{Name: "OTHER", Subjects: []string{"other"}})
	require.Error(t, err)
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Publish to "$JS.API.STREAM.CREATE.OTHER"`)
	_, err = shop.SubscribeSync("orders.>")
	require.NoError(t, err)
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Subscription to "orders.>"`)
}

func TestExampleTLS(t *testing.T) {
	t.Parallel()
	r := rehearsetest.Run(t, examples, "tls")
	handler, refused := rehearsetest.Errors()
	ordersBy(t, rehearsetest.As(t, r, "tls", "ORDERS", "admin"), rehearsetest.As(t, r, "tls", "ORDERS", "shop", handler), refused)

	login, err := r.Login("tls", "ORDERS", "shop")
	require.NoError(t, err)
	_, err = r.Connect("tls", login, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}))
	require.ErrorContains(t, err, "certificate signed by unknown authority")
	_, err = r.Connect("tls", nats.UserInfo("shop", "wrong"))
	require.ErrorIs(t, err, nats.ErrAuthorization)
	_, err = r.Connect("tls")
	require.ErrorIs(t, err, nats.ErrAuthorization)

	seen, err := r.Observe()
	require.NoError(t, err)
	for n, s := range r.Servers {
		require.Len(t, seen.Servers[n].Routes, 2)
		trust := r.TLS()
		trust.ServerName = "localhost" // as the exporter asks
		client := http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
		answer, err := client.Get(fmt.Sprintf("https://%s/healthz", s.Addr(intent.ListenerMonitor)))
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode)
		client.CloseIdleConnections()
	}
}

// The committed auth.cue has keys that nobody has; this makes others, as `natsyard auth auth --new-keys` does.
func TestExampleAuth(t *testing.T) {
	t.Parallel()
	repo := fstest.MapFS{}
	for _, name := range []string{"cue.mod/module.cue", "base/intent.cue", "overlays/auth/intent.cue"} {
		data, err := fs.ReadFile(examples, name)
		require.NoError(t, err)
		repo[name] = &fstest.MapFile{Data: data}
	}
	made, found, err := gen.Authorize(bounded(t), repo, "auth", tree.MarkerCUE, nil, nil, rand.Reader)
	require.NoError(t, err)
	require.Empty(t, found)
	repo["overlays/auth/auth.cue"] = &fstest.MapFile{Data: made.File}
	credentials := map[string][]byte{}
	for document := range strings.SplitSeq(string(made.Secrets), "---\n") {
		var secret corev1.Secret
		require.NoError(t, yaml.Unmarshal([]byte(document), &secret))
		credentials[secret.Name] = secret.Data["nats.creds"]
	}
	r := rehearsetest.Run(t, repo, "auth")
	as := func(user string, options ...nats.Option) *nats.Conn {
		return rehearsetest.Connect(t, r, "auth", append(options, nats.UserCredentialBytes(credentials["nats-creds-"+user]))...)
	}
	handler, refused := rehearsetest.Errors()
	admin := as("orders-admin")
	ordersBy(t, admin, as("orders-shop", handler), refused)

	// A stream that only one account may import crosses, another subject does not.
	billing := as("billing-billing")
	rehearsetest.Crosses(t, admin, billing, "orders.7.shipped")
	rehearsetest.Stays(t, admin, billing, "orders.7.paid")
	_, err = admin.Subscribe("orders.get", func(m *nats.Msg) { _ = m.Respond([]byte("7")) })
	require.NoError(t, err)
	require.NoError(t, admin.Flush())
	require.Eventually(t, func() bool {
		answer, err := billing.Request("orders.get", nil, time.Second)
		return err == nil && string(answer.Data) == "7"
	}, rehearsetest.Limit, 10*time.Millisecond)

	_, err = r.Connect("auth")
	require.ErrorIs(t, err, nats.ErrAuthorization)
	other, found, err := gen.Authorize(bounded(t), repo, "auth", tree.MarkerCUE, nil, nil, rand.Reader)
	require.NoError(t, err)
	require.Empty(t, found)
	for document := range strings.SplitSeq(string(other.Secrets), "---\n") {
		var secret corev1.Secret
		require.NoError(t, yaml.Unmarshal([]byte(document), &secret))
		if secret.Name == "nats-creds-orders-shop" {
			_, err = r.Connect("auth", nats.UserCredentialBytes(secret.Data["nats.creds"]))
			require.ErrorIs(t, err, nats.ErrAuthorization, "of another operator")
		}
	}
}

func TestExampleLeaf(t *testing.T) {
	t.Parallel()
	r := rehearsetest.Run(t, examples, "leaf-hub", "leaf-edge")
	control := rehearsetest.As(t, r, "leaf-hub", "SITES", "control")
	machine := rehearsetest.As(t, r, "leaf-edge", "SITE", "machine")
	rehearsetest.Crosses(t, machine, control, "telemetry.1")
	rehearsetest.Crosses(t, control, machine, "commands.1")
	rehearsetest.Stays(t, machine, control, "local.secret")

	login, err := r.Login("leaf-hub", "SITES", "edge")
	require.NoError(t, err)
	_, err = r.Connect("leaf-hub", login)
	require.ErrorIs(t, err, nats.ErrAuthorization, "a leaf node only")

	// Each side has streams of its own, and reaches those of the other by their domain.
	ctx := bounded(t)
	_, err = jetStream(t, machine).CreateStream(ctx, jetstream.StreamConfig{Name: "LOCAL", Subjects: []string{"local.>"}})
	require.NoError(t, err)
	site, err := jetstream.NewWithDomain(control, "site1")
	require.NoError(t, err)
	s, err := site.Stream(ctx, "LOCAL")
	require.NoError(t, err)
	require.Equal(t, "LOCAL", s.CachedInfo().Config.Name)
	_, err = jetStream(t, control).Stream(ctx, "LOCAL")
	require.ErrorIs(t, err, jetstream.ErrStreamNotFound)
}

func TestExampleRegions(t *testing.T) {
	t.Parallel()
	regions := []string{"region-ap", "region-eu", "region-us"}
	r := rehearsetest.Run(t, examples, regions...)
	conns := map[string]*nats.Conn{}
	for _, region := range regions {
		conns[region] = rehearsetest.As(t, r, region, "APP", "app")
	}
	for _, from := range regions {
		for _, to := range regions {
			rehearsetest.Crosses(t, conns[from], conns[to], "news."+to)
		}
	}
	seen, err := r.Observe()
	require.NoError(t, err)
	require.Len(t, seen.Servers, 9)
	require.Empty(t, seen.Missing)
	for _, o := range seen.Servers {
		require.Len(t, o.GatewaysOut, 2, o.Name)
		require.True(t, strings.HasPrefix(o.Name, o.Cluster+"-"), o.Name)
	}
	// A stream lives where it is asked for.
	ctx := bounded(t)
	var s jetstream.Stream
	require.Eventually(t, func() bool {
		s, err = jetStream(t, conns["region-us"]).CreateStream(ctx, jetstream.StreamConfig{
			Name: "AP", Subjects: []string{"ap.>"}, Replicas: 3, Placement: &jetstream.Placement{Cluster: "ap"},
		})
		return err == nil
	}, rehearsetest.Limit, 100*time.Millisecond)
	require.Equal(t, "ap", s.CachedInfo().Cluster.Name)
}

func TestExampleWebSocket(t *testing.T) {
	t.Parallel()
	r := rehearsetest.Run(t, examples, "websocket")
	login, err := r.Login("websocket", "WEB", "browser")
	require.NoError(t, err)
	handler, refused := rehearsetest.Errors()
	address := r.URL("websocket", intent.ListenerWebSocket)
	require.True(t, strings.HasPrefix(address, "ws://"), address)
	browser, err := r.ConnectTo("websocket", address, login, handler)
	require.NoError(t, err)
	defer browser.Close()
	service := rehearsetest.As(t, r, "websocket", "WEB", "service")
	rehearsetest.Crosses(t, service, browser, "public.news")

	require.NoError(t, browser.Publish("public.news", nil))
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Publish to "public.news"`)
	_, err = browser.SubscribeSync("private.news")
	require.NoError(t, err)
	require.ErrorContains(t, rehearsetest.Within(t, refused), `Subscription to "private.news"`)

	_, err = r.Connect("websocket", login)
	require.ErrorIs(t, err, nats.ErrAuthorization, "a browser comes by websocket")
	login, err = r.Login("websocket", "WEB", "service")
	require.NoError(t, err)
	_, err = r.ConnectTo("websocket", address, login)
	require.ErrorIs(t, err, nats.ErrAuthorization, "a service does not")
}

func TestExampleMQTT(t *testing.T) {
	t.Parallel()
	r := rehearsetest.Run(t, examples, "mqtt")
	password, ok := r.Secret("mqtt", secretKey("nats-users", "device"))
	require.True(t, ok)
	trust := r.TLS()
	trust.ServerName = "mqtt.example.com" // as the load balancer is known
	options := func(password string) *mqtt.ClientOptions {
		return mqtt.NewClientOptions().AddBroker("mqtts://" + r.Servers[1].Addr(intent.ListenerMQTT).String()).
			SetClientID("device-1").SetUsername("device").SetPassword(password).
			SetTLSConfig(trust).SetConnectTimeout(rehearsetest.Limit).SetAutoReconnect(false)
	}
	done := func(token mqtt.Token) error {
		require.True(t, token.WaitTimeout(rehearsetest.Limit))
		return token.Error()
	}
	require.Error(t, done(mqtt.NewClient(options("wrong")).Connect()))
	device := mqtt.NewClient(options(password))
	require.NoError(t, done(device.Connect()))
	defer device.Disconnect(100)

	service := rehearsetest.As(t, r, "mqtt", "DEVICES", "service")
	all, err := service.SubscribeSync(">")
	require.NoError(t, err)
	require.NoError(t, service.Flush())
	next := func() (subject, text string) {
		for {
			msg, err := all.NextMsg(rehearsetest.Limit)
			require.NoError(t, err)
			if strings.HasPrefix(msg.Subject, "sensors.") || strings.HasPrefix(msg.Subject, "other.") {
				return msg.Subject, string(msg.Data)
			}
		}
	}
	require.NoError(t, done(device.Publish("other/1/temperature", 0, false, "refused")))
	require.NoError(t, done(device.Publish("sensors/1/temperature", 1, false, "21")))
	subject, text := next()
	require.Equal(t, "sensors.1.temperature 21", subject+" "+text, "what was refused did not come before")

	commands := make(chan string, 1)
	require.NoError(t, done(device.Subscribe("commands/1", 1, func(_ mqtt.Client, m mqtt.Message) { commands <- string(m.Payload()) })))
	require.NoError(t, service.Publish("commands.1", []byte("off")))
	require.Equal(t, "off", rehearsetest.Within(t, commands))

	login, err := r.Login("mqtt", "DEVICES", "device")
	require.NoError(t, err)
	_, err = r.Connect("mqtt", login)
	require.ErrorIs(t, err, nats.ErrAuthorization, "a device speaks MQTT")
}

func TestExampleZones(t *testing.T) {
	t.Parallel()
	r := rehearsetest.Run(t, examples, "zones")
	conn := rehearsetest.As(t, r, "zones", "", "app")
	ctx := bounded(t)
	_, err := jetStream(t, conn).CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}, Replicas: 3})
	require.NoError(t, err)
	seen, err := r.Observe()
	require.NoError(t, err)
	for n, zone := range []string{"eu-1a", "eu-1b", "eu-1c"} {
		require.Equal(t, "nats-"+zone+"-0", seen.Servers[n].Pod)
		require.Equal(t, []string{"az:" + zone}, seen.Servers[n].Tags)
		require.NotEmpty(t, seen.Servers[n].JetStream.Cipher)
	}
	// A zone fails, and everything that was acknowledged is there.
	rehearsetest.Stop(t, r.Servers[0])
	rehearsetest.Ready(t, r)
	stored := 0
	for stored < 10 {
		if _, err := jetStream(t, conn).Publish(ctx, "s", []byte("x")); err == nil {
			stored++
		}
		require.NoError(t, ctx.Err())
	}
	s, err := jetStream(t, conn).Stream(ctx, "S")
	require.NoError(t, err)
	require.GreaterOrEqual(t, s.CachedInfo().State.Msgs, uint64(stored))
}
