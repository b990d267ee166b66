package rehearse_test

import (
	"testing"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"

	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
)

// An MQTT client with a password, TLS and QoS 1, whose messages NATS clients see.
func TestMQTT(t *testing.T) {
	t.Parallel()
	r := one(t, `{
		mqtt: tls: {`+issued+`}
		jetstream: fileStore: pvc: size: "1Gi"
		accounts: HOME: {
			jetstream: {}
			users: {
				lamp: password: {secretName: "u", key: "lamp"}
				service: password: {secretName: "u", key: "service"}
			}
		}
	}`)
	password, ok := r.Secret("prod", secretKey("u", "lamp"))
	require.True(t, ok)
	tls := r.TLS()
	tls.ServerName = "nats.nats.svc"
	options := mqtt.NewClientOptions().AddBroker("mqtts://" + r.Servers[0].Addr(intent.ListenerMQTT).String()).
		SetClientID("lamp").SetUsername("lamp").SetTLSConfig(tls).SetConnectTimeout(rehearsetest.Limit).SetAutoReconnect(false)
	done := func(token mqtt.Token) error {
		require.True(t, token.WaitTimeout(rehearsetest.Limit))
		return token.Error()
	}
	require.Error(t, done(mqtt.NewClient(options.SetPassword("wrong")).Connect()))
	lamp := mqtt.NewClient(options.SetPassword(password))
	require.NoError(t, done(lamp.Connect()))
	defer lamp.Disconnect(100)

	service := rehearsetest.As(t, r, "prod", "HOME", "service")
	sub, err := service.SubscribeSync("lamp.state")
	require.NoError(t, err)
	require.NoError(t, service.Flush())
	require.NoError(t, done(lamp.Publish("lamp/state", 1, false, "on")))
	msg, err := sub.NextMsg(rehearsetest.Limit)
	require.NoError(t, err)
	require.Equal(t, "on", string(msg.Data))

	got := make(chan string, 1)
	require.NoError(t, done(lamp.Subscribe("lamp/set", 1, func(_ mqtt.Client, m mqtt.Message) { got <- string(m.Payload()) })))
	require.NoError(t, service.Publish("lamp.set", []byte("off")))
	require.Equal(t, "off", rehearsetest.Within(t, got))
}
