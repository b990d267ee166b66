package conf

import (
	"slices"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// pidFile is where the reloader and the preStop hook look for the server; the chart's place.
const pidFile = "/var/run/nats/nats.pid"

// serverBlock is all that the typed fields of an intent say. What they cannot say is reported
// and left out.
func serverBlock(r *report) tree.Block {
	in, b := r.in, newBlock(r)
	b.put("server_name", tree.Raw("$SERVER_NAME"), "serverNamePrefix")
	b.put("pid_file", pidFile)
	b.put("lame_duck_duration", in.LameDuckDuration, "lameDuckDuration")
	b.put("lame_duck_grace_period", in.LameDuckGracePeriod, "lameDuckGracePeriod")
	b.put("server_tags", serverTags(in), "serverTags")
	b.texts("server_metadata", in.ServerMetadata, "serverMetadata")
	clients(b)
	monitoring(b)
	if in.Clustered() {
		b.put("cluster", clusterBlock(r), "cluster")
	}
	if in.JetStreamEnabled() {
		b.put("jetstream", jetStreamBlock(r), "jetstream")
	}
	if in.LeafNodesEnabled() {
		b.put("leafnodes", leafNodesBlock(r), "leafnodes")
	}
	if in.GatewayEnabled() {
		b.put("gateway", gatewayBlock(r), "gateway")
	}
	if in.WebSocketEnabled() {
		b.put("websocket", webSocketBlock(r), "websocket")
	}
	if in.MQTTEnabled() {
		b.put("mqtt", mqttBlock(r), "mqtt")
	}
	access(b)
	limits(b, in.Limits)
	logging(b, in.Logging)
	return b.Block
}

func serverTags(in *intent.Intent) tree.List {
	tags := tree.Strings(in.ServerTags, []string{"serverTags"})
	if in.ZonesEnabled() {
		tags = append(tags, &tree.Node{Value: tree.Raw("$" + intent.ZoneTagVariable), From: []string{"zones", "tag"}})
	}
	return tags
}

// clients is the listener for clients.
func clients(b block) {
	nats := b.in.Nats
	b.put("port", nats.Port, "nats", "port")
	b.tls("tls", intent.ListenerNats)
	b.put("allow_non_tls", nats.AllowNonTLS, "nats", "allowNonTLS")
	b.put("client_advertise", nats.ClientAdvertise, "nats", "clientAdvertise")
	b.put("proxy_protocol", nats.ProxyProtocol, "nats", "proxyProtocol")
	if o := b.in.Ocsp; o != nil {
		inner := newBlock(b.report)
		inner.put("mode", o.Mode, "ocsp", "mode")
		inner.put("url", o.Url, "ocsp", "url")
		b.put("ocsp", inner, "ocsp")
	}
	if slices.ContainsFunc(b.in.TLSUses(), func(u intent.TLSUse) bool { return u.TLS.OcspPeer != nil }) {
		b.put("ocsp_cache", false) // by default a file in the image, which is read-only
	}
}

// monitoring is the listeners for those who watch the server.
func monitoring(b block) {
	if m := b.in.Monitor; m.Enabled {
		if m.Tls.Enabled {
			b.put("https_port", m.Port, "monitor", "tls", "enabled")
		} else {
			b.put("http_port", m.Port, "monitor", "port")
		}
		b.put("http_base_path", m.HttpBasePath, "monitor", "httpBasePath")
	}
	if p := b.in.Profiling; b.in.ProfilingEnabled() {
		b.put("prof_port", p.Port, "profiling", "port")
		b.put("prof_block_rate", p.BlockRate, "profiling", "blockRate")
	}
}

func limits(b block, l schema.Limits) {
	b.put("max_connections", l.MaxConnections, "limits", "maxConnections")
	b.put("max_subscriptions", l.MaxSubscriptions, "limits", "maxSubscriptions")
	// The loader takes "no limit" only as the option's absence.
	if l.MaxSubTokens != nil && *l.MaxSubTokens > 0 {
		b.put("max_sub_tokens", l.MaxSubTokens, "limits", "maxSubTokens")
	}
	b.size("max_payload", l.MaxPayload, smallSize, "limits", "maxPayload")
	b.size("max_pending", l.MaxPending, largeSize, "limits", "maxPending")
	b.size("max_control_line", l.MaxControlLine, smallSize, "limits", "maxControlLine")
	b.put("max_closed_clients", l.MaxClosedClients, "limits", "maxClosedClients")
	b.put("ping_interval", l.PingInterval, "limits", "pingInterval")
	b.put("ping_max", l.PingMax, "limits", "pingMax")
	b.put("write_deadline", l.WriteDeadline, "limits", "writeDeadline")
	b.put("write_timeout", l.WriteTimeout, "limits", "writeTimeout")
	b.put("no_fast_producer_stall", l.NoFastProducerStall, "limits", "noFastProducerStall")
}

func logging(b block, l schema.Logging) {
	b.put("debug", l.Debug, "logging", "debug")
	tracing(b, l)
	b.put("max_traced_msg_len", l.MaxTracedMsgLen, "logging", "maxTracedMsgLen")
	b.put("logtime", l.Logtime, "logging", "logtime")
	b.put("logtime_utc", l.LogtimeUTC, "logging", "logtimeUTC")
	b.put("connect_error_reports", l.ConnectErrorReports, "logging", "connectErrorReports")
	b.put("reconnect_error_reports", l.ReconnectErrorReports, "logging", "reconnectErrorReports")
}

// tracing writes no two options that contradict each other: trace_verbose and trace_headers set
// trace as well, in whichever order the loader happens on them.
func tracing(b block, l schema.Logging) {
	on := func(p *bool) bool { return p != nil && *p }
	switch verbose, headers := on(l.TraceVerbose), on(l.TraceHeaders); {
	case verbose || headers:
		if verbose {
			b.put("trace_verbose", true, "logging", "traceVerbose")
		}
		if headers {
			b.put("trace_headers", true, "logging", "traceHeaders")
		}
	case l.Trace != nil:
		b.put("trace", l.Trace, "logging", "trace")
	case l.TraceVerbose != nil:
		b.put("trace_verbose", l.TraceVerbose, "logging", "traceVerbose")
	default:
		b.put("trace_headers", l.TraceHeaders, "logging", "traceHeaders")
	}
}
