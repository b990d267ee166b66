package conf

import (
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// webSocketBlock says that the listener has no TLS where it has none: the server takes neither
// for granted.
func webSocketBlock(r *report) block {
	w, b := r.in.Websocket, newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, "websocket", name) }
	put("port", w.Port, "port")
	if b.tls("tls", intent.ListenerWebSocket); b.Block["tls"] == nil {
		put("no_tls", true, "tls")
	}
	put("advertise", w.Advertise, "advertise")
	put("same_origin", w.SameOrigin, "sameOrigin")
	put("allowed_origins", w.AllowedOrigins, "allowedOrigins")
	put("compression", w.Compression, "compression")
	put("handshake_timeout", w.HandshakeTimeout, "handshakeTimeout")
	put("ping_interval", w.PingInterval, "pingInterval")
	put("no_auth_user", w.NoAuthUser, "noAuthUser")
	put("jwt_cookie", w.JwtCookie, "jwtCookie")
	put("user_cookie", w.UserCookie, "userCookie")
	put("pass_cookie", w.PassCookie, "passCookie")
	put("token_cookie", w.TokenCookie, "tokenCookie")
	b.texts("headers", w.Headers, "websocket", "headers")
	b.simpleAuthorization(w.Authorization, "websocket", "authorization")
	return b
}

func mqttBlock(r *report) block {
	m, b := r.in.Mqtt, newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, "mqtt", name) }
	put("port", m.Port, "port")
	b.tls("tls", intent.ListenerMQTT)
	put("no_auth_user", m.NoAuthUser, "noAuthUser")
	put("ack_wait", m.AckWait, "ackWait")
	put("max_ack_pending", m.MaxAckPending, "maxAckPending")
	put("js_api_timeout", m.JsAPITimeout, "jsAPITimeout")
	put("js_domain", m.JsDomain, "jsDomain")
	put("stream_replicas", m.StreamReplicas, "streamReplicas")
	put("consumer_memory_storage", m.ConsumerMemoryStorage, "consumerMemoryStorage")
	put("consumer_inactive_threshold", m.ConsumerInactiveThreshold, "consumerInactiveThreshold")
	put("reject_qos2_publish", m.RejectQoS2Publish, "rejectQoS2Publish")
	put("downgrade_qos2_subscribe", m.DowngradeQoS2Subscribe, "downgradeQoS2Subscribe")
	b.simpleAuthorization(m.Authorization, "mqtt", "authorization")
	return b
}

// simpleAuthorization sets the one user or token of a listener.
func (b block) simpleAuthorization(a *schema.SimpleAuthorization, from ...string) {
	if a == nil {
		return
	}
	inner := userBlock(b.report, a.User, a.Password, a.Timeout, from...)
	inner.put("token", a.Token, tree.Below(from, "token")...)
	b.put("authorization", inner, from...)
}
