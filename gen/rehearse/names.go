package rehearse

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/intent"
)

// names are the DNS names of a rehearsal. What a pod or Service is called within its namespace
// depends on who asks: the clusters of a super-cluster are often called alike.
type names struct {
	inner []map[string][]netip.Addr // by cluster: its pods and Services
	outer map[string]int            // the cluster behind a name that the world knows
	all   [][]netip.Addr            // by cluster: its servers
}

// newNames knows the names of all clusters, whose servers have these addresses.
func newNames(p Plan, all [][]netip.Addr) (*names, error) {
	n := &names{outer: map[string]int{}, all: all}
	for c, cluster := range p.Clusters {
		n.inner = append(n.inner, innerNames(cluster.Intent, all[c]))
	}
	for c, cluster := range p.Clusters {
		for _, host := range outerNames(cluster.Intent, p.Clusters) {
			if other, taken := n.outer[canonical(host)]; taken && other != c {
				return nil, fmt.Errorf("the name %s leads to both %s and %s: say in Hosts which",
					host, p.Clusters[other].Intent.Environment, cluster.Intent.Environment)
			}
			n.outer[canonical(host)] = c
		}
	}
	for host, env := range p.Hosts {
		c := slices.IndexFunc(p.Clusters, func(c Cluster) bool { return c.Intent.Environment == env })
		if c < 0 {
			return nil, fmt.Errorf("host %s leads to %s, which is no environment of the rehearsal", host, env)
		}
		n.outer[canonical(host)] = c
	}
	return n, nil
}

func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// innerNames are those that Kubernetes' DNS gives to pods and Services.
func innerNames(in *intent.Intent, servers []netip.Addr) map[string][]netip.Addr {
	known := map[string][]netip.Addr{}
	add := func(name string, to ...netip.Addr) {
		for _, below := range []string{"", "." + in.Namespace, ".svc", "." + in.Cluster.RouteURLs.K8sClusterDomain} {
			name += below
			known[canonical(name)] = to
		}
	}
	add(in.HeadlessName(), servers...)
	for n, pod := range in.PodNames() {
		add(pod+"."+in.HeadlessName(), servers[n])
	}
	if in.Service.Enabled {
		add(in.ServiceName(), servers...)
	}
	for key, s := range in.ExtraServices {
		if s.Enabled {
			add(in.ExtraServiceName(key), servers...)
		}
	}
	return known
}

// outerNames are those by which a cluster is known outside, as far as the intents say: what it
// advertises, has in its certificates and answers behind a proxy, and what others call its gateway.
func outerNames(in *intent.Intent, all []Cluster) (hosts []string) {
	add := func(names ...string) {
		for _, host := range names {
			if _, err := netip.ParseAddr(host); err != nil && host != "" && !strings.HasPrefix(host, "*") {
				hosts = append(hosts, host)
			}
		}
	}
	add(hostOf(in.Nats.ClientAdvertise))
	if in.Clustered() {
		add(hostOf(in.Cluster.Advertise))
	}
	if in.LeafNodesListen() {
		add(hostOf(in.Leafnodes.Advertise))
	}
	if w := in.Websocket; in.WebSocketEnabled() {
		add(hostOf(w.Advertise))
		if w.Ingress != nil && w.Ingress.Enabled {
			add(w.Ingress.Hosts...)
		}
		if w.HttpRoute != nil && w.HttpRoute.Enabled {
			add(w.HttpRoute.Hostnames...)
		}
	}
	for _, use := range in.TLSUses() {
		if !use.Remote && use.TLS.CertManager != nil {
			add(use.TLS.CertManager.DnsNames...)
		}
	}
	if !in.GatewayEnabled() {
		return hosts
	}
	add(hostOf(in.Gateway.Advertise))
	for _, other := range all {
		if other.Intent.GatewayEnabled() {
			for _, address := range other.Intent.Gateway.Gateways[in.GatewayName()].Urls {
				if u, err := url.Parse(address); err == nil {
					add(u.Hostname())
				}
			}
		}
	}
	return hosts
}

// hostOf is the host of an address that is advertised.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	return strings.Trim(host, "[]")
}

// lookup gives the addresses of a name as a pod of a cluster sees it, and the cluster behind it.
func (n *names) lookup(from int, host string) (addresses []netip.Addr, owner int, found bool) {
	host = canonical(host)
	if to, ok := n.inner[from][host]; ok {
		return to, from, true
	}
	if c, ok := n.outer[host]; ok {
		return n.all[c], c, true
	}
	// A name with its namespace is known to the whole Kubernetes cluster, which others may share.
	if strings.Contains(host, ".") {
		for c, known := range n.inner {
			if to, ok := known[host]; ok {
				return to, c, true
			}
		}
	}
	return nil, 0, false
}

// hostsOf are the names by which the world outside knows a cluster.
func (n *names) hostsOf(cluster int) (hosts []string) {
	for _, host := range sorted(n.outer) {
		if n.outer[host] == cluster && net.ParseIP(host) == nil {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// movedIPs are the addresses among hosts. Those that lead to a cluster bring with them the
// addresses of its servers, to which connections to them are moved.
func (n *names) movedIPs(cluster int, hosts []string) (ips []net.IP) {
	for _, host := range hosts {
		ip := net.ParseIP(host)
		if ip == nil {
			continue
		}
		ips = append(ips, ip)
		if owner, ok := n.outer[host]; ok && owner == cluster {
			for _, a := range n.all[cluster] {
				ips = append(ips, a.AsSlice())
			}
		}
	}
	return ips
}

// resolver answers what the servers of one cluster ask, from memory and nowhere else.
type resolver struct {
	*names
	cluster int
}

// LookupHost is that of a net.Resolver.
func (r resolver) LookupHost(_ context.Context, host string) ([]string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []string{ip.String()}, nil
	}
	found, _, ok := r.lookup(r.cluster, host)
	if !ok {
		return nil, &net.DNSError{Err: "no such host in the rehearsal", Name: host, IsNotFound: true}
	}
	var texts []string
	for _, a := range found {
		texts = append(texts, a.String())
	}
	return texts, nil
}

// resolveWith has a server look up the names of other servers through r. The server has a place for that,
// for its own tests and without an exported name. The other way would be net.DefaultResolver, one for
// the process: then two clusters of one rehearsal could not have the same names.
func resolveWith(o *server.Options, r resolver) error {
	for _, part := range []any{&o.Cluster, &o.Gateway, &o.LeafNode} {
		field := reflect.ValueOf(part).Elem().FieldByName("resolver")
		answer := reflect.ValueOf(r)
		if !field.IsValid() || field.Kind() != reflect.Interface || !answer.Type().Implements(field.Type()) {
			return fmt.Errorf("%T of this nats-server takes no resolver: a rehearsal cannot give it names", part)
		}
		reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem().Set(answer)
	}
	return nil
}

// sorted are the keys of a map, in order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
