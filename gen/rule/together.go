package rule

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// Together checks environments of one repository against each other: those that meet in a
// super-cluster or at one hub. It gives what it finds by the environment that it is found in. Environments
// that are partial or nil are left out.
func Together(all []*intent.Intent) map[string]diag.List {
	found := map[string]diag.List{}
	all = slices.DeleteFunc(slices.Clone(all), func(in *intent.Intent) bool { return in == nil || len(in.Broken) > 0 })
	slices.SortFunc(all, func(a, b *intent.Intent) int { return strings.Compare(a.Environment, b.Environment) })
	for n, in := range all {
		if c, other := misnamed(in, all); c != nil {
			found[in.Environment] = append(found[in.Environment], c.diagnostic(in, other))
		}
		for _, check := range []func(in, other *intent.Intent) *collision{sameCluster, sameServers, sameLeafs, sameHub} {
			for _, other := range all[:n] {
				c := check(in, other)
				if c == nil {
					continue
				}
				found[in.Environment] = append(found[in.Environment], c.diagnostic(in, other))
				break // one mistake, one message
			}
		}
	}
	return found
}

// IsTogether tells whether a rule is one of Together.
func IsTogether(name string) bool {
	return slices.ContainsFunc(together, func(r rule) bool { return r.name == name })
}

// feared are the rules of one environment that only fear what a rule of Together knows.
var feared = map[string]string{
	serverNamesCollide.name:  serverNamesDiffer.name,
	leafNamesCollide.name:    leafServerNames.name,
	leafClusterCollides.name: leafClusterName.name,
}

// Sure is the findings of a single environment without what it only fears, where the findings of Together
// know it of the same files.
func Sure(found, together diag.List) diag.List {
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(together, func(t diag.Diagnostic) bool {
			return feared[t.Rule] == d.Rule && (t.Span.File == d.Span.File ||
				slices.ContainsFunc(t.Related, func(r diag.Related) bool { return r.Span.File == d.Span.File }))
		})
	})
}

// together are the rules of Together.
var together = []rule{clusterNamesCollide, serverNamesCollide, leafNamesCollide, leafClusterCollides, gatewayRemoteName}

var clusterNamesCollide = rule{
	name: "cluster-names-collide", severity: diag.Warning,
	why: "a super-cluster tells its clusters apart by their names: one of two with the same name is never reached",
}

var serverNamesCollide = rule{
	name: "server-names-collide", severity: diag.Error,
	why: "a server refuses the gateway of another with the name of one of its own cluster (gateway.go, processGatewayInfo)",
}

var leafNamesCollide = rule{name: "leaf-names-collide", severity: diag.Warning, why: leafServerNames.why}

var leafClusterCollides = rule{
	name: "leaf-cluster-collides", severity: diag.Error,
	why: "a hub turns away a leaf node whose cluster has its own name (leafnode.go, processLeafNodeConnect)",
}

// collision is a name that two environments share and should not.
type collision struct {
	rule          rule
	message, mend string
	path          []string
}

func (c *collision) diagnostic(in, other *intent.Intent) diag.Diagnostic {
	d := diag.Diagnostic{
		Rule: c.rule.name, Severity: c.rule.severity, Message: c.message, Why: c.rule.why, Mend: c.mend,
		Path: dotted(c.path), Span: in.At(c.path...),
	}
	if span := other.At(c.path...); span != d.Span {
		d.Related = []diag.Related{{Span: span, Message: "environment " + other.Environment}}
	}
	return d
}

func sameCluster(in, other *intent.Intent) *collision {
	if !in.GatewayEnabled() || !other.GatewayEnabled() || in.GatewayName() != other.GatewayName() {
		return nil
	}
	if c, _ := misnamed(in, []*intent.Intent{in, other}); c != nil {
		return nil // the name is wrong in another way too
	}
	for _, name := range keys(in.Gateway.Gateways) {
		if name != in.GatewayName() && overlap(in.Gateway.Gateways[name].Urls, other.Gateway.Gateways[name].Urls) {
			return &collision{
				rule: clusterNamesCollide, path: writtenOr(in, "cluster.name", "gateway"),
				message: fmt.Sprintf("this cluster is named %s, and so is that of %s, which joins the same super-cluster by %s", in.GatewayName(), other.Environment, name),
				mend:    fmt.Sprintf("cluster: name: %q, before the first stream is made", in.Environment),
			}
		}
	}
	return nil
}

func sameServers(in, other *intent.Intent) *collision {
	if !in.GatewayEnabled() || !other.GatewayEnabled() {
		return nil
	}
	meet := in.GatewayName() != other.GatewayName() && (gatewayLeads(in, other) || gatewayLeads(other, in))
	if !meet && knownAs(in, other) == "" && knownAs(other, in) == "" {
		return nil
	}
	name := sharedServer(in, other)
	if name == "" {
		return nil
	}
	return &collision{
		rule: serverNamesCollide, path: writtenOr(in, "serverNamePrefix", "gateway"),
		message: fmt.Sprintf("a server is named %s here and in %s, and their gateways connect them", name, other.Environment),
		mend:    fmt.Sprintf("serverNamePrefix: %q", cmp.Or(knownAs(other, in), in.GatewayName())+"-"),
	}
}

func sameLeafs(in, other *intent.Intent) *collision {
	if !in.LeafNodesEnabled() || !other.LeafNodesEnabled() {
		return nil
	}
	if in.Clustered() != other.Clustered() || in.Clustered() && in.ClusterName() != other.ClusterName() {
		return nil // the hub tells them apart by the names of their clusters
	}
	name := sharedServer(in, other)
	for _, a := range keys(in.Leafnodes.Remotes) {
		for _, b := range keys(other.Leafnodes.Remotes) {
			here, there := in.Leafnodes.Remotes[a], other.Leafnodes.Remotes[b]
			if name != "" && here.Account == there.Account && overlap(here.Urls, there.Urls) {
				return &collision{
					rule: leafNamesCollide, path: writtenOr(in, "serverNamePrefix", "leafnodes.remotes"),
					message: fmt.Sprintf("a server is named %s here and in %s, and both are leaf nodes of %s", name, other.Environment, a),
					mend:    fmt.Sprintf("serverNamePrefix: %q", in.Environment+"-"),
				}
			}
		}
	}
	return nil
}

func sameHub(in, other *intent.Intent) *collision {
	if !in.Clustered() || !other.Clustered() || in.ClusterName() != other.ClusterName() || !leafLeads(in, other) && !leafLeads(other, in) {
		return nil
	}
	return &collision{
		rule: leafClusterCollides, path: writtenOr(in, "cluster.name", "leafnodes"),
		message: fmt.Sprintf("this cluster is named %s, and so is that of %s, to which a leaf node connects it", in.ClusterName(), other.Environment),
		mend:    fmt.Sprintf("cluster: name: %q, before the first stream is made", in.Environment),
	}
}

// writtenOr is the field to point at: the one to change where it is written, or the one that makes it matter.
func writtenOr(in *intent.Intent, field, cause string) []string {
	if _, written := in.Written(at(field)...); written {
		return at(field)
	}
	return at(cause)
}

// sharedServer is the name of a server that both have; "" where they differ.
func sharedServer(a, b *intent.Intent) string {
	taken := b.PodNames()
	for _, pod := range a.PodNames() {
		name := a.ServerNamePrefix + pod
		if slices.ContainsFunc(taken, func(other string) bool { return b.ServerNamePrefix+other == name }) {
			return name
		}
	}
	return ""
}

// overlap tells whether two lists of addresses have one in common.
func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(address string) bool { return slices.Contains(b, address) })
}

// gatewayLeads tells whether the gateway of one environment leads to that of another.
func gatewayLeads(from, to *intent.Intent) bool {
	return leads(from, from.Gateway.Gateways[to.GatewayName()].Urls, to, intent.ListenerGateway, to.Gateway.Tls)
}

// leafLeads tells whether a leaf remote of one environment leads to another.
func leafLeads(from, to *intent.Intent) bool {
	if !from.LeafNodesEnabled() || !to.LeafNodesListen() {
		return false
	}
	return slices.ContainsFunc(keys(from.Leafnodes.Remotes), func(name string) bool {
		return leads(from, from.Leafnodes.Remotes[name].Urls, to, intent.ListenerLeafNodes, to.Leafnodes.Tls)
	})
}

// leads tells whether an address that one environment has is that of a listener of another: what
// the listener advertises, has in its certificate, calls itself, or a Service that shows it.
func leads(from *intent.Intent, urls []string, to *intent.Intent, listener string, tls *schema.TLS) bool {
	known := hostsOf(to, listener, tls)
	return slices.ContainsFunc(urls, func(address string) bool {
		u, err := url.Parse(address)
		if err != nil {
			return false
		}
		_, domain, _ := strings.Cut(u.Hostname(), ".")
		return slices.ContainsFunc(known, func(name string) bool {
			rest, wild := strings.CutPrefix(name, "*.")
			if !strings.Contains(rest, ".") && from.Namespace != to.Namespace {
				return false // known within its namespace alone
			}
			return name == u.Hostname() || wild && rest == domain
		})
	})
}

// hostsOf are the names and addresses of a listener, of which a certificate may have some with a '*'.
func hostsOf(in *intent.Intent, listener string, tls *schema.TLS) []string {
	use := intent.TLSUse{Name: listener, TLS: tls}
	if tls == nil {
		use.TLS = &schema.TLS{}
	}
	return append(in.DNSNames(use), in.IPAddresses(use)...)
}
