package rehearse

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/natsyard/natsyard/gen/intent"
)

// Change is a difference between what a server reads in a rehearsal and what is rendered, besides paths, which
// lead to the server's own directory, and the address that it listens on.
type Change struct {
	Environment string
	Option      string
	Was, Is     string
	Why         string
}

const noBalancer = "there is no load balancer before the listener"

// paths are the options that name a file or a directory, as nats-server spells them.
var paths = map[string]bool{
	"cert_file": true, "key_file": true, "ca_file": true, "store_dir": true, "storedir": true, "dir": true,
	"pid_file": true, "pidfile": true, "log_file": true, "logfile": true, "ports_file_dir": true, "credentials": true, "creds": true,
}

// addresses are the options that name another server.
var addresses = map[string]bool{
	"cluster.routes": true, "gateway.gateways.urls": true, "gateway.gateways.url": true,
	"leafnodes.remotes.urls": true, "leafnodes.remotes.url": true,
}

var (
	listIndex  = regexp.MustCompile(`\[[0-9]+\]`)
	bcryptHash = regexp.MustCompile(`^\$2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53}$`)
	userKey    = regexp.MustCompile(`^U[A-Z2-7]{55}$`)
)

// mover brings the configuration of one server to loopback.
type mover struct {
	*Rehearsal
	cluster int
	server  *Server
	err     error
}

// move is the text of an option in the rehearsal.
func (m *mover) move(option, text string) string {
	at := listIndex.ReplaceAllString(option, "")
	last := at[strings.LastIndexByte(at, '.')+1:]
	switch {
	case paths[last] && strings.HasPrefix(text, "/"):
		return m.server.path(text)
	case addresses[at]:
		return m.address(option, text)
	case advertised[option] != "":
		return m.advertise(option, text)
	case bcryptHash.MatchString(text) && at != "gateway.authorization.password": // gateways give it as well, and would give the hash
		return m.replace(option, "a hash", m.secrets.unhashed(m.environment(), text), "a password", "a client needs the password of the hash")
	case userKey.MatchString(text) && !m.secrets.known[text]:
		return m.key(option, text)
	}
	return text
}

func (m *mover) environment() string { return m.server.Environment }

// replace notes a change and gives the new text. What is secret of it is not noted.
func (m *mover) replace(option, was, text, is, why string) string {
	m.note(Change{m.environment(), option, was, is, why})
	return text
}

func (m *mover) key(option, public string) string {
	pair, err := m.secrets.pair(m.environment(), public)
	if err != nil {
		m.err = cmp.Or(m.err, err)
		return public
	}
	ours, err := pair.PublicKey()
	if err != nil {
		m.err = cmp.Or(m.err, err)
		return public
	}
	return m.replace(option, public, ours, ours, "a client needs the seed of the key")
}

// address moves the URL of another server. A load balancer leads from its own port to that of the
// listener, and may end TLS on the way; here it is the listener that is reached.
func (m *mover) address(option, text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text // the server says so
	}
	owner, first, present := target(m.names, m.cluster, text)
	if !present {
		m.miss(m.environment(), option, u.Hostname())
		if _, err := netip.ParseAddr(u.Hostname()); err != nil {
			return text // nobody knows the name
		}
		u.Host = netip.AddrPortFrom(m.subnet.nowhere(), 1).String()
		return m.replace(option, text, u.String(), u.String(), "the address is no part of the rehearsal")
	}
	listener, ok := listenerFor(m.Plan.Clusters[owner].Intent, option, u.Scheme)
	if !ok {
		m.err = cmp.Or(m.err, fmt.Errorf("%s of environment %s leads to %s, which has no such listener", option, m.environment(), m.Plan.Clusters[owner].Intent.Environment))
		return text
	}
	moved := *u
	if u.Scheme == "wss" && !listener.TLS {
		moved.Scheme = "ws"
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		host = first.String()
	}
	moved.Host = host
	if u.Port() != "" || listener.Port != defaultPorts[listener.Name] {
		moved.Host = fmt.Sprintf("%s:%d", host, listener.Port)
	}
	if moved == *u {
		return text
	}
	return m.replace(option, u.Redacted(), moved.String(), moved.Redacted(), noBalancer)
}

// defaultPorts are those that the server takes where a URL has none.
var defaultPorts = map[string]int32{intent.ListenerLeafNodes: 7422}

// target is the cluster that an address leads to from another one, and the first of its servers.
func target(n *names, from int, address string) (owner int, first netip.Addr, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, first, false
	}
	addresses, owner, ok := n.lookup(from, u.Hostname())
	if !ok || len(addresses) == 0 {
		return 0, first, false
	}
	return owner, addresses[0], true
}

// listenerFor is the listener that an address of an option leads to.
func listenerFor(in *intent.Intent, option, scheme string) (intent.Listener, bool) {
	name := intent.ListenerLeafNodes
	switch {
	case strings.HasPrefix(option, "cluster."):
		name = intent.ListenerCluster
	case strings.HasPrefix(option, "gateway."):
		name = intent.ListenerGateway
	case scheme == "ws" || scheme == "wss":
		name = intent.ListenerWebSocket
	}
	return listenerNamed(in, name)
}

func listenerNamed(in *intent.Intent, name string) (intent.Listener, bool) {
	for _, l := range in.Listeners() {
		if l.Name == name {
			return l, true
		}
	}
	return intent.Listener{}, false
}

// advertised are the listeners whose address an option tells others.
var advertised = map[string]string{
	"client_advertise": intent.ListenerNats, "cluster.advertise": intent.ListenerCluster, "gateway.advertise": intent.ListenerGateway,
	"leafnodes.advertise": intent.ListenerLeafNodes, "websocket.advertise": intent.ListenerWebSocket,
}

// advertise moves an address that a server tells others: an IP address is that of a load balancer,
// and so is a port that is not the listener's.
func (m *mover) advertise(option, text string) string {
	listener, _ := listenerNamed(m.server.intent(), advertised[option])
	host, ports := hostOf(text), ""
	_, port, err := net.SplitHostPort(text)
	if err == nil && port == fmt.Sprint(listener.Port) {
		ports = ":" + port
	}
	if _, err := netip.ParseAddr(host); err == nil {
		host = m.server.address.String()
	}
	if host+ports == text {
		return text
	}
	return m.replace(option, text, host+ports, host+ports, noBalancer)
}

// path is where a file of the server is: its directory plays the root of its file system.
func (s *Server) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }
