package conf

import (
	"fmt"

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
	b.put("port", in.Nats.Port, "nats", "port")
	b.put("pid_file", pidFile)
	b.put("lame_duck_duration", in.LameDuckDuration, "lameDuckDuration")
	b.put("lame_duck_grace_period", in.LameDuckGracePeriod, "lameDuckGracePeriod")
	b.put("server_tags", in.ServerTags, "serverTags")
	if in.Monitor.Enabled {
		b.put("http_port", in.Monitor.Port, "monitor", "port")
	}
	if in.ProfilingEnabled() {
		b.put("prof_port", in.Profiling.Port, "profiling", "port")
	}
	if len(in.ServerMetadata) > 0 {
		b.put("server_metadata", metadataBlock(r), "serverMetadata")
	}
	if in.Clustered() {
		b.put("cluster", clusterBlock(r), "cluster")
	}
	if in.JetStreamEnabled() {
		b.put("jetstream", jetStreamBlock(r), "jetstream")
	}
	limits(b, in.Limits)
	logging(b, in.Logging)
	return b.Block
}

// metadataBlock has the only keys that an intent's typed fields bring into the tree.
func metadataBlock(r *report) block {
	b := newBlock(r)
	for k, v := range r.in.ServerMetadata {
		if from := []string{"serverMetadata", k}; r.sayable(k, from) {
			b.Block[k] = &tree.Node{Value: v, From: from}
		}
	}
	return b
}

func clusterBlock(r *report) block {
	in, c, b := r.in, r.in.Cluster, newBlock(r)
	b.put("name", in.ClusterName(), "cluster", "name")
	b.put("port", c.Port, "cluster", "port")
	b.put("no_advertise", c.NoAdvertise, "cluster", "noAdvertise")
	b.put("pool_size", c.PoolSize, "cluster", "poolSize")
	b.put("compression", c.Compression, "cluster", "compression")
	b.put("connect_retries", c.ConnectRetries, "cluster", "connectRetries")
	b.put("connect_backoff", c.ConnectBackoff, "cluster", "connectBackoff")
	b.put("ping_interval", c.PingInterval, "cluster", "pingInterval")
	b.put("ping_max", c.PingMax, "cluster", "pingMax")
	b.put("write_deadline", c.WriteDeadline, "cluster", "writeDeadline")

	routes := tree.List{}
	for _, pod := range in.PodNames() {
		routes = append(routes, &tree.Node{Value: route(in, pod), From: []string{"cluster", "routeURLs"}})
	}
	routes = append(routes, tree.Strings(c.Routes, []string{"cluster", "routes"})...)
	b.put("routes", routes, "cluster", "routes")
	return b
}

// route is the address of one server for the others. Every server gets the route to itself
// too, and drops it: all have one configuration.
func route(in *intent.Intent, pod string) string {
	host := pod + "." + in.HeadlessName()
	if in.Cluster.RouteURLs.UseFQDN {
		host += "." + in.Namespace + ".svc." + in.Cluster.RouteURLs.K8sClusterDomain
	}
	return fmt.Sprintf("nats://%s:%d", host, in.Cluster.Port)
}

// jetStreamBlock names the directory even where there is no store on disk: streams in memory
// keep their Raft log there, and the server's own choice is below /tmp.
func jetStreamBlock(r *report) block {
	in, b := r.in, newBlock(r)
	b.put("store_dir", in.StoreDir(), "jetstream", "fileStore", "dir")
	b.size("max_memory_store", in.MaxMemoryStore(), storeSize, "jetstream", "memoryStore", "maxSize")
	b.size("max_file_store", in.MaxFileStore(), storeSize, "jetstream", "fileStore", "maxSize")
	return b
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
	b.put("no_fast_producer_stall", l.NoFastProducerStall, "limits", "noFastProducerStall")
}

func logging(b block, l schema.Logging) {
	b.put("debug", l.Debug, "logging", "debug")
	// trace_verbose sets trace as well, in whichever order the loader happens on them: where
	// both are written the server's choice is random.
	if verbose := l.TraceVerbose; verbose != nil && (*verbose || l.Trace == nil) {
		b.put("trace_verbose", verbose, "logging", "traceVerbose")
	} else {
		b.put("trace", l.Trace, "logging", "trace")
	}
	b.put("max_traced_msg_len", l.MaxTracedMsgLen, "logging", "maxTracedMsgLen")
	b.put("logtime", l.Logtime, "logging", "logtime")
	b.put("logtime_utc", l.LogtimeUTC, "logging", "logtimeUTC")
	b.put("connect_error_reports", l.ConnectErrorReports, "logging", "connectErrorReports")
	b.put("reconnect_error_reports", l.ReconnectErrorReports, "logging", "reconnectErrorReports")
}
