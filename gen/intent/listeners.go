package intent

import (
	"github.com/natsyard/natsyard/schema"
)

// Names of the listeners: of the ports in Kubernetes, the keys of service.ports, and the fields
// of the intent.
const (
	ListenerNats      = "nats"
	ListenerLeafNodes = "leafnodes"
	ListenerWebSocket = "websocket"
	ListenerMQTT      = "mqtt"
	ListenerCluster   = "cluster"
	ListenerGateway   = "gateway"
	ListenerMonitor   = "monitor"
	ListenerProfiling = "profiling"
)

// Listener is a port that the server listens on.
type Listener struct {
	Name     string
	Port     int32
	HostPort *int32
	TLS      bool
	HTTP     bool // speaks HTTP, or HTTPS with TLS
}

// AppProtocol is the protocol as a Service names it.
func (l Listener) AppProtocol() string {
	switch {
	case l.HTTP && l.TLS:
		return "https"
	case l.HTTP:
		return "http"
	case l.TLS:
		return "tls"
	}
	return "tcp"
}

// Listeners are the ports that are on, in the chart's order, which every object keeps.
func (i *Intent) Listeners() []Listener {
	on := []Listener{{Name: ListenerNats, Port: i.Nats.Port, HostPort: i.Nats.HostPort, TLS: enabled(i.Nats.Tls)}}
	if l := i.Leafnodes; i.LeafNodesListen() {
		on = append(on, Listener{Name: ListenerLeafNodes, Port: l.Port, HostPort: l.HostPort, TLS: enabled(l.Tls)})
	}
	if w := i.Websocket; i.WebSocketEnabled() {
		on = append(on, Listener{Name: ListenerWebSocket, Port: w.Port, HostPort: w.HostPort, TLS: enabled(w.Tls), HTTP: true})
	}
	if m := i.Mqtt; i.MQTTEnabled() {
		on = append(on, Listener{Name: ListenerMQTT, Port: m.Port, HostPort: m.HostPort, TLS: enabled(m.Tls)})
	}
	if c := i.Cluster; i.Clustered() {
		on = append(on, Listener{Name: ListenerCluster, Port: c.Port, HostPort: c.HostPort, TLS: enabled(c.Tls)})
	}
	if g := i.Gateway; i.GatewayEnabled() {
		on = append(on, Listener{Name: ListenerGateway, Port: g.Port, HostPort: g.HostPort, TLS: enabled(g.Tls)})
	}
	if m := i.Monitor; m.Enabled {
		on = append(on, Listener{Name: ListenerMonitor, Port: m.Port, HostPort: m.HostPort, TLS: m.Tls.Enabled, HTTP: true})
	}
	if p := i.Profiling; i.ProfilingEnabled() {
		on = append(on, Listener{Name: ListenerProfiling, Port: p.Port, HostPort: p.HostPort, HTTP: true})
	}
	return on
}

// enabled tells whether a connection uses TLS.
func enabled(t *schema.TLS) bool { return t != nil && t.Enabled }

// ProfilingEnabled tells whether the profiling listener is on.
func (i *Intent) ProfilingEnabled() bool { return i.Profiling != nil && i.Profiling.Enabled }

// LeafNodesEnabled tells whether there are leaf nodes, in either direction.
func (i *Intent) LeafNodesEnabled() bool { return i.Leafnodes != nil && i.Leafnodes.Enabled }

// LeafNodesListen tells whether the servers listen for leaf nodes.
func (i *Intent) LeafNodesListen() bool {
	if !i.LeafNodesEnabled() {
		return false
	}
	if i.Leafnodes.Listen != nil {
		return *i.Leafnodes.Listen
	}
	return len(i.Leafnodes.Remotes) == 0
}

// WebSocketEnabled tells whether the servers listen for websockets.
func (i *Intent) WebSocketEnabled() bool { return i.Websocket != nil && i.Websocket.Enabled }

// MQTTEnabled tells whether the servers listen for MQTT.
func (i *Intent) MQTTEnabled() bool { return i.Mqtt != nil && i.Mqtt.Enabled }

// GatewayEnabled tells whether the cluster has a gateway.
func (i *Intent) GatewayEnabled() bool { return i.Gateway != nil && i.Gateway.Enabled }

// OperatorMode tells whether accounts are JWTs that an operator has signed.
func (i *Intent) OperatorMode() bool { return i.Operator != "" }

// ResolverClaimed tells whether each server keeps JWTs on a volume.
func (i *Intent) ResolverClaimed() bool {
	return i.ResolverOnDisk() && i.Resolver.Pvc.Enabled
}

// ResolverOnDisk tells whether each server keeps JWTs in a directory.
func (i *Intent) ResolverOnDisk() bool {
	return i.Resolver != nil && i.Resolver.Enabled && i.Resolver.Type != "memory"
}
