package rule

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// usualClientPort is the port for clients where nobody chose another.
const usualClientPort = 4222

// peer is an address at which a server of this cluster looks for a listener of another.
type peer struct {
	path     []string
	url      *url.URL
	listener string // of the other side
}

// serverPeers are those of routes, gateways and leaf remotes. A leaf remote by a websocket asks the
// listener for websockets.
func serverPeers(in *intent.Intent) (out []peer) {
	for _, a := range addresses(in) {
		if list := a.path[len(a.path)-2]; list != "routes" && list != "urls" {
			continue
		}
		u, err := url.Parse(a.text)
		if err != nil {
			continue // address-port speaks of it
		}
		listener := a.path[0]
		if strings.HasPrefix(u.Scheme, "ws") {
			listener = intent.ListenerWebSocket
		}
		out = append(out, peer{a.path, u, listener})
	}
	return out
}

// at is an address with another port.
func (p peer) at(port int32) string {
	u := *p.url
	u.Host = net.JoinHostPort(u.Hostname(), fmt.Sprint(port))
	return u.String()
}

// peerNames are what a peer is to people, and its port where nobody chose another.
var peerNames = map[string]struct {
	what string
	port int32
}{
	intent.ListenerCluster:   {"routes", 6222},
	intent.ListenerGateway:   {"gateways", 7222},
	intent.ListenerLeafNodes: {"leaf nodes", 7422},
}

var remoteClientPort = rule{
	"remote-client-port", diag.Warning,
	"4222 is the port for clients where nobody chose another; the listener there hangs up on a server, which tries again for as long as it runs (nats-server#1265; leafnode.go: attempted to connect to wrong port; gateway.go, processGatewayInfo)",
	func(in *intent.Intent, r *report) {
		own := map[string]int32{intent.ListenerCluster: in.Cluster.Port}
		if in.GatewayEnabled() {
			own[intent.ListenerGateway] = in.Gateway.Port
		}
		if in.LeafNodesEnabled() {
			own[intent.ListenerLeafNodes] = in.Leafnodes.Port
		}
		for _, p := range serverPeers(in) {
			usual, speaks := peerNames[p.listener]
			number, _ := strconv.Atoi(p.url.Port())
			_, ours := ownHost(in, p.url.Hostname())
			if !speaks || number != usualClientPort || own[p.listener] == usualClientPort || ours && p.path[0] != "leafnodes" { // of these own-address-port speaks
				continue
			}
			r.add(finding{
				path:    p.path,
				message: fmt.Sprintf("port %d is that of clients, and this is an address of %s", number, usual.what),
				allowed: fmt.Sprintf("the port for %s of the other side, mostly %d", usual.what, usual.port),
				mend:    strconv.Quote(p.at(usual.port)),
				needs:   "name namespace service headlessService extraServices cluster",
			})
		}
	},
}

// shownPorts are the ports of a Service by number, each with its listener.
type shownPorts struct {
	service string
	ports   map[int32]string
}

// port is the one that leads to a listener.
func (s shownPorts) port(listener string) (int32, bool) {
	for number, shown := range s.ports {
		if shown == listener {
			return number, true
		}
	}
	return 0, false
}

// ownHost gives the Service of this installation that a host name is of: its own, or that of a
// pod behind the headless one.
func ownHost(in *intent.Intent, host string) (shownPorts, bool) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, end := range []string{".svc." + in.Cluster.RouteURLs.K8sClusterDomain, ".svc"} {
		if short, cut := strings.CutSuffix(host, end); cut {
			if host, cut = strings.CutSuffix(short, "."+in.Namespace); !cut {
				return shownPorts{}, false
			}
			break
		}
	}
	host = strings.TrimSuffix(host, "."+in.Namespace)
	headless := shownPorts{in.HeadlessName(), listeningAt(in)}
	if host == headless.service {
		return headless, true
	}
	for _, pod := range in.PodNames() {
		if host == pod+"."+headless.service {
			return headless, true
		}
	}
	for _, s := range services(in) {
		name := in.ServiceName()
		if s.path[0] == "extraServices" {
			name = in.ExtraServiceName(s.path[1])
		}
		if host == name {
			return shownPorts{name, s.shows(in)}, true
		}
	}
	return shownPorts{}, false
}

// listeningAt are the listeners by port.
func listeningAt(in *intent.Intent) map[int32]string {
	out := map[int32]string{}
	for _, l := range in.Listeners() {
		out[l.Port] = l.Name
	}
	return out
}

// shows are the listeners that a Service leads to, by its own ports.
func (s service) shows(in *intent.Intent) map[int32]string {
	out, on := map[int32]string{}, listening(in)
	for _, p := range s.ports {
		port, listens := on[p.listener]
		if p.port != nil {
			port = *p.port
		}
		if listens {
			out[port] = p.listener
		}
	}
	return out
}

// boxAddresses are those of nats-box's contexts.
func boxAddresses(in *intent.Intent) (out []peer) {
	if !in.NatsBox.Enabled {
		return nil
	}
	for _, name := range keys(in.NatsBox.Contexts) {
		given := in.NatsBox.Contexts[name].Url
		u, err := url.Parse(given)
		if err != nil || given == "" || strings.Contains(given, ",") || u.Hostname() == "" {
			continue
		}
		listener := intent.ListenerNats
		if strings.HasPrefix(u.Scheme, "ws") {
			listener = intent.ListenerWebSocket
		}
		out = append(out, peer{[]string{"natsBox", "contexts", name, "url"}, u, listener})
	}
	return out
}

var ownAddressPort = rule{
	"own-address-port", diag.Error,
	"the address is one of this installation's own, whose ports are known: there is nobody at this one, or somebody who hangs up",
	func(in *intent.Intent, r *report) {
		for _, p := range append(serverPeers(in), boxAddresses(in)...) {
			shown, ours := ownHost(in, p.url.Hostname())
			number, err := strconv.Atoi(p.url.Port())
			if !ours || err != nil || p.path[0] == "leafnodes" { // no remote is to be this cluster
				continue
			}
			found, there := shown.ports[int32(number)]
			if found == p.listener || p.listener == intent.ListenerNats && found == intent.ListenerWebSocket {
				continue
			}
			f := finding{
				path:    p.path,
				message: fmt.Sprintf("the Service %s has no port %d", shown.service, number),
				needs:   "name namespace service headlessService extraServices statefulSet zones cluster nats leafnodes websocket mqtt gateway monitor profiling natsBox",
			}
			if there {
				f.message = fmt.Sprintf("port %d of the Service %s leads to %s, and not to %s", number, shown.service, found, p.listener)
			}
			if port, has := shown.port(p.listener); has {
				f.allowed, f.mend = fmt.Sprint(port), strconv.Quote(p.at(port))
				if p.path[0] == "natsBox" { // the base may have another port
					f.mend = "leave it out: it is then that of the client Service, " + p.at(port)
				}
			} else if p.path[0] == "natsBox" {
				f.mend = "leave it out: it is then that of the client Service"
			} else {
				f.mend = fmt.Sprintf("leave it out, or the Service %s, which shows all ports", in.HeadlessName())
			}
			r.add(f)
		}
	},
}
