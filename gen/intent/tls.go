package intent

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/schema"
)

// Where the servers find certificates: the chart's places.
const (
	certsDir = "/etc/nats-certs/"
	caDir    = "/etc/nats-ca-cert"
)

// TLSUse is one connection that uses TLS: that of a listener, or one to a remote.
type TLSUse struct {
	// Name is that of the listener, or "leafnodes-<remote>" and "gateway-<remote>".
	Name string
	Path []string // of the field
	TLS  *schema.TLS
	// Remote tells whether it is this side that connects, which needs no certificate.
	Remote bool

	secret string
	caKey  string // in the Secret
	ca     string
}

// TLSUses are all connections with TLS, those of listeners that are on and of remotes.
func (i *Intent) TLSUses() (uses []TLSUse) {
	add := func(name string, t *schema.TLS, remote bool, path ...string) {
		if enabled(t) {
			uses = append(uses, i.tlsUse(TLSUse{Name: name, Path: append(path, "tls"), TLS: t, Remote: remote}))
		}
	}
	add(ListenerNats, i.Nats.Tls, false, "nats")
	if l := i.Leafnodes; i.LeafNodesEnabled() {
		if i.LeafNodesListen() {
			add(ListenerLeafNodes, l.Tls, false, "leafnodes")
		}
		for _, name := range slices.Sorted(maps.Keys(l.Remotes)) {
			add(ListenerLeafNodes+"-"+name, l.Remotes[name].Tls, true, "leafnodes", "remotes", name)
		}
	}
	if i.WebSocketEnabled() {
		add(ListenerWebSocket, i.Websocket.Tls, false, "websocket")
	}
	if i.MQTTEnabled() {
		add(ListenerMQTT, i.Mqtt.Tls, false, "mqtt")
	}
	if i.Clustered() {
		add(ListenerCluster, i.Cluster.Tls, false, "cluster")
	}
	if g := i.Gateway; i.GatewayEnabled() {
		add(ListenerGateway, g.Tls, false, "gateway")
		for _, name := range slices.Sorted(maps.Keys(g.Gateways)) {
			add(ListenerGateway+"-"+name, g.Gateways[name].Tls, true, "gateway", "gateways", name)
		}
	}
	return uses
}

func (i *Intent) tlsUse(u TLSUse) TLSUse {
	u.secret = u.TLS.SecretName
	if u.secret == "" && u.TLS.CertManager != nil {
		u.secret = i.Name + "-" + volumeName(u.Name, "tls")
	}
	switch {
	case u.TLS.Ca != "" && u.secret != "":
		u.caKey = u.TLS.Ca
	case i.TLSCAEnabled():
		u.ca = caDir + "/" + i.TlsCA.Key
	case u.TLS.CertManager != nil:
		u.caKey = "ca.crt" // as all issuers write it that are an authority of their own
	}
	if u.caKey != "" {
		u.ca = u.Dir() + "/" + u.caKey
	}
	return u
}

// SecretName is the Secret that holds the certificate; "" where there is none.
func (u TLSUse) SecretName() string { return u.secret }

// Dir is where the Secret is mounted.
func (u TLSUse) Dir() string { return certsDir + fileName(u.Name) }

// Volume is the name of the Secret's volume: the chart's.
func (u TLSUse) Volume() string { return volumeName(u.Name, "tls") }

// Keys are the keys of the Secret that the server reads; none without a Secret.
func (u TLSUse) Keys() (keys []string) {
	for _, key := range []string{u.TLS.Cert, u.TLS.Key, u.caKey} {
		if u.secret != "" && key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// CAKey is the key of the certificate authority in the Secret; "" where it is not there.
func (u TLSUse) CAKey() string { return u.caKey }

// CertFile is the file of the certificate, and KeyFile that of its key; "" without a Secret.
func (u TLSUse) CertFile() string { return u.file(u.TLS.Cert) }

// KeyFile is the file of the private key; "" without a Secret.
func (u TLSUse) KeyFile() string { return u.file(u.TLS.Key) }

// CAFile is the file of the certificate authority; "" for those of the image.
func (u TLSUse) CAFile() string { return u.ca }

func (u TLSUse) file(key string) string {
	if u.secret == "" {
		return ""
	}
	return u.Dir() + "/" + key
}

// TLSCAEnabled tells whether there is a certificate authority for all.
func (i *Intent) TLSCAEnabled() bool { return i.TlsCA != nil && i.TlsCA.Enabled }

// TLSCADir is where it is mounted.
func (i *Intent) TLSCADir() string { return caDir }

// DNSNames are the names by which a listener is reached, sorted: those of the Services that show
// it, of the pods, and what it advertises. A certificate that lacks one is refused at the first
// connection that uses it. Of the pods it is a wildcard, so that scaling needs no new certificate.
func (i *Intent) DNSNames(u TLSUse) []string {
	names := map[string]bool{}
	for _, host := range i.hosts(u) {
		if ipOf(host) == nil {
			names[host] = true
		}
	}
	if u.TLS.CertManager != nil {
		for _, name := range u.TLS.CertManager.DnsNames {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// IPAddresses are those by which a listener is reached besides its DNS names: those that the
// user names, and what it advertises.
func (i *Intent) IPAddresses(u TLSUse) []string {
	addresses := map[string]bool{}
	for _, host := range i.hosts(u) {
		if ip := ipOf(host); ip != nil {
			addresses[ip.String()] = true
		}
	}
	if u.TLS.CertManager != nil {
		for _, address := range u.TLS.CertManager.IpAddresses {
			addresses[address] = true
		}
	}
	return slices.Sorted(maps.Keys(addresses))
}

// ipOf is the address that a host is; nil for a name.
func ipOf(host string) net.IP { return net.ParseIP(strings.Trim(host, "[]")) }

// hosts are the names and addresses by which a listener is reached, in no order.
func (i *Intent) hosts(u TLSUse) (hosts []string) {
	add := func(more ...string) {
		for _, host := range more {
			if host != "" {
				hosts = append(hosts, host)
			}
		}
	}
	if u.Remote { // shown by this side, and reached by nobody
		add(i.serviceNames(i.HeadlessName())[3])
		return hosts
	}
	add(i.serviceNames("*." + i.HeadlessName())...)
	if u.Name != ListenerCluster {
		add(i.serviceNames(i.HeadlessName())...)
	}
	if i.Service.Enabled && i.Service.Ports[u.Name].Enabled {
		add(i.serviceNames(i.ServiceName())...)
	}
	for key, s := range i.ExtraServices {
		if _, shown := s.Ports[u.Name]; shown && s.Enabled {
			add(i.serviceNames(i.ExtraServiceName(key))...)
		}
	}
	add(advertised(i.advertise(u.Name)))
	switch u.Name {
	case ListenerNats:
		if i.Monitor.Enabled && i.Monitor.Tls.Enabled {
			add(i.PromExporter.MonitorDomain)
		}
	case ListenerGateway:
		for _, address := range i.Gateway.Gateways[i.GatewayName()].Urls {
			if parsed, err := url.Parse(address); err == nil {
				add(parsed.Hostname())
			}
		}
	}
	return hosts
}

// serviceNames are the names by which a Service is known, from within its namespace to the whole.
func (i *Intent) serviceNames(service string) []string {
	inNamespace := service + "." + i.Namespace
	return []string{service, inNamespace, inNamespace + ".svc", inNamespace + ".svc." + i.Cluster.RouteURLs.K8sClusterDomain}
}

func (i *Intent) advertise(listener string) string {
	switch listener {
	case ListenerNats:
		return i.Nats.ClientAdvertise
	case ListenerLeafNodes:
		return i.Leafnodes.Advertise
	case ListenerWebSocket:
		return i.Websocket.Advertise
	case ListenerCluster:
		return i.Cluster.Advertise
	case ListenerGateway:
		return i.Gateway.Advertise
	}
	return ""
}

// advertised is the host of an address that is advertised.
func advertised(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}
