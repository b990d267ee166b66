package rule

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var leafRemoteCredentials = rule{
	"leaf-remote-credentials", diag.Error,
	"a remote is told one thing about who connects; of two the server takes one, or refuses to start",
	func(in *intent.Intent, r *report) {
		if !in.LeafNodesEnabled() {
			return
		}
		for _, name := range keys(in.Leafnodes.Remotes) {
			remote, path := in.Leafnodes.Remotes[name], []string{"leafnodes", "remotes", name}
			var given []string
			for _, c := range []struct {
				name string
				is   bool
			}{{"credentials", remote.Credentials != nil}, {"nkey", remote.Nkey != nil}, {"user", remote.User != "" || remote.Password != nil}} {
				if c.is {
					given = append(given, c.name)
				}
			}
			if p := remote.Proxy; p != nil && (p.Username == "") != (p.Password == nil) {
				field, lacks, value := "username", "password", `{secretName: "nats-leaf", key: "proxy"}`
				if p.Username == "" {
					field, lacks, value = lacks, field, `"leaf"`
				}
				r.add(finding{
					path:    below(path, "proxy", field),
					message: fmt.Sprintf("the proxy of the remote %s has a %s and no %s", name, field, lacks),
					mend:    cueField(below(path, "proxy", lacks), value),
				})
			}
			switch {
			case len(given) > 1:
				r.add(finding{
					path:    below(path, given[1]),
					message: fmt.Sprintf("the remote %s has %s", name, strings.Join(given, " and ")),
					allowed: "one of credentials, nkey, and user with password",
					mend:    "leave all but one out",
					see:     []see{{below(path, given[0]), "the other"}},
				})
			case remote.User != "" && remote.Password == nil:
				r.add(finding{
					path:    below(path, "user"),
					message: fmt.Sprintf("the user of the remote %s has no password", name),
					mend:    cueField(below(path, "password"), `{secretName: "nats-leaf", key: "password"}`),
				})
			case remote.User == "" && remote.Password != nil:
				r.add(finding{
					path:    below(path, "password"),
					message: fmt.Sprintf("the remote %s has a password and no user", name),
					mend:    cueField(below(path, "user"), `"leaf"`),
				})
			}
		}
	},
}

var remoteURLs = rule{
	"remote-urls", diag.Error,
	"a remote is reached by its addresses, all through a websocket or none, and through a proxy by the TLS that is said here",
	func(in *intent.Intent, r *report) {
		if in.LeafNodesEnabled() {
			for _, name := range keys(in.Leafnodes.Remotes) {
				remote, path := in.Leafnodes.Remotes[name], []string{"leafnodes", "remotes", name}
				webSockets := 0
				for _, u := range remote.Urls {
					if strings.HasPrefix(u, "ws") {
						webSockets++
					}
				}
				switch {
				case len(remote.Urls) == 0:
					r.add(finding{
						path:    below(path, "urls"),
						message: fmt.Sprintf("the remote %s has no address", name),
						mend:    cueField(below(path, "urls"), `["tls://hub.example.com:7422"]`),
					})
				case webSockets > 0 && webSockets < len(remote.Urls):
					r.add(finding{
						path:    below(path, "urls"),
						message: fmt.Sprintf("some addresses of the remote %s are websockets, and some are not", name),
						mend: cueField(below(path, "urls"), cueValue(ofKind(remote.Urls, false))) + ", and " +
							cueField(below(path[:len(path)-1], name+"-ws", "urls"), cueValue(ofKind(remote.Urls, true))),
					})
				}
				if remote.Proxy != nil && !usesTLS(remote.Tls) && slices.ContainsFunc(remote.Urls, func(u string) bool { return strings.HasPrefix(u, "wss:") }) {
					r.add(finding{
						path:    below(path, "proxy"),
						message: fmt.Sprintf("the remote %s goes through a proxy to a wss:// address, and has no tls", name),
						mend:    cueField(path, "tls: {}"),
					})
				}
				for _, o := range []struct {
					name  string
					given bool
				}{{"wsCompression", isSet(remote.WsCompression)}, {"wsNoMasking", isSet(remote.WsNoMasking)}} {
					if o.given && webSockets == 0 && len(remote.Urls) > 0 {
						r.add(finding{
							path:    below(path, o.name),
							message: fmt.Sprintf("%s has no effect on a remote that is reached without a websocket", o.name),
							mend:    "leave it out, or urls that begin with wss://",
							see:     []see{{below(path, "urls"), "its addresses"}},
						})
					}
				}
			}
		}
		if in.GatewayEnabled() {
			for _, name := range keys(in.Gateway.Gateways) {
				if path := []string{"gateway", "gateways", name, "urls"}; len(in.Gateway.Gateways[name].Urls) == 0 {
					r.add(finding{
						path:    path,
						message: fmt.Sprintf("the gateway of %s has no address", name),
						mend:    cueField(path, `["tls://nats.`+name+`.example.com:7222"]`),
					})
				}
			}
		}
	},
}

var leafLeadsToItself = rule{
	"leaf-leads-to-itself", diag.Error,
	"a server turns away a leaf node of its own name or cluster, and it tries again every 30 seconds (leafnode.go, ErrLeafNodeHasSameClusterName)",
	func(in *intent.Intent, r *report) {
		if !in.LeafNodesListen() {
			return
		}
		ports, hosts := ownLeafPorts(in), hostsOf(in, intent.ListenerLeafNodes, in.Leafnodes.Tls)
		for _, name := range keys(in.Leafnodes.Remotes) {
			remote := in.Leafnodes.Remotes[name]
			for n, address := range remote.Urls {
				u, err := url.Parse(address)
				if err != nil || isSet(remote.Disabled) || !ports[cmp.Or(u.Port(), fmt.Sprint(peerNames[intent.ListenerLeafNodes].port))] {
					continue
				}
				pod, domain, _ := strings.Cut(u.Hostname(), ".")
				isPod := slices.Contains(in.PodNames(), pod) && slices.Contains(hosts, "*."+domain)
				if !isPod && !slices.Contains(hosts, u.Hostname()) {
					continue
				}
				path := []string{"leafnodes", "remotes", name, "urls", strconv.Itoa(n)}
				r.add(finding{
					path:    path,
					message: fmt.Sprintf("the remote %s leads to these servers themselves", name),
					allowed: "the address of another cluster",
					mend:    `"tls://another.example.com:7422"`,
					needs:   "name namespace headlessService service extraServices cluster global serverNamePrefix statefulSet zones",
				})
			}
		}
	},
}

var leafRemoteAccount = rule{
	"leaf-remote-account", diag.Warning,
	"a remote without an account joins that of users without one ($G), in which there is nobody where all users have an account",
	func(in *intent.Intent, r *report) {
		if !in.LeafNodesEnabled() || in.OperatorMode() || definesUsers(in) || in.Authorization != nil {
			return
		}
		var others []string
		for _, name := range keys(in.Accounts) {
			if name == "$G" {
				return
			}
			if name != systemAccount(in) && len(in.Accounts[name].Users) > 0 {
				others = append(others, name)
			}
		}
		for _, name := range keys(in.Leafnodes.Remotes) {
			if remote := in.Leafnodes.Remotes[name]; remote.Account != "" || isSet(remote.Disabled) || len(others) == 0 {
				continue
			}
			path := []string{"leafnodes", "remotes", name}
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("the remote %s connects no account, and all users have one", name),
				allowed: strings.Join(others, ", "),
				mend:    cueField(below(path, "account"), fmt.Sprintf("%q", others[0])),
				needs:   "accounts operator authorization systemAccount extraConfig",
			})
		}
	},
}

// ownLeafPorts are the ports by which leaf nodes reach the servers.
func ownLeafPorts(in *intent.Intent) map[string]bool {
	ports := map[string]bool{strconv.Itoa(int(in.Leafnodes.Port)): true}
	if u, err := url.Parse("any://" + in.Leafnodes.Advertise); err == nil && u.Port() != "" {
		ports[u.Port()] = true
	}
	for _, s := range services(in) {
		for _, p := range s.ports {
			if p.listener == intent.ListenerLeafNodes && p.port != nil {
				ports[strconv.Itoa(int(*p.port))] = true
			}
		}
	}
	return ports
}

// ofKind are the addresses that are websockets, or those that are not.
func ofKind(urls []string, webSockets bool) []string {
	return slices.DeleteFunc(slices.Clone(urls), func(u string) bool { return strings.HasPrefix(u, "ws") != webSockets })
}

var leafListens = rule{
	"leafnodes-listen", diag.Warning,
	"with remotes, the servers listen for leaf nodes only where that is asked for",
	func(in *intent.Intent, r *report) {
		l := in.Leafnodes
		if !in.LeafNodesEnabled() || in.LeafNodesListen() {
			return
		}
		for _, o := range []struct {
			name  string
			given bool
		}{
			{"hostPort", l.HostPort != nil}, {"tls", l.Tls != nil}, {"advertise", l.Advertise != ""},
			{"authorization", l.Authorization != nil}, {"minVersion", l.MinVersion != ""},
		} {
			if o.given {
				r.add(finding{
					path:    []string{"leafnodes", o.name},
					message: fmt.Sprintf("leafnodes.%s is of a listener, and the servers do not listen for leaf nodes", o.name),
					mend:    "leafnodes: listen: true, or no " + o.name,
					see:     []see{{at("leafnodes.listen"), "said here"}},
				})
			}
		}
	},
}

var leafClusterName = rule{
	"leaf-cluster-name", diag.Warning,
	"a leaf node whose cluster has the same name as its hub's is turned away, and nats is the name that all have who give none",
	func(in *intent.Intent, r *report) {
		if !in.LeafNodesEnabled() || len(in.Leafnodes.Remotes) == 0 || !in.Clustered() || in.Cluster.Name != "" || in.ClusterName() != "nats" {
			return
		}
		r.add(finding{
			path:    at("leafnodes.remotes"),
			message: "this cluster is named nats, as its hub may be",
			mend:    `cluster: name: "edge", before the first stream is made: JetStream's state hangs on the name`,
			needs:   "cluster name statefulSet",
		})
	},
}

var leafAdvertise = rule{
	"leaf-advertise", diag.Warning,
	"no_advertise keeps every address from leaf nodes, also one that is advertised (leafnode.go, startLeafNodeAcceptLoop)",
	func(in *intent.Intent, r *report) {
		if !in.LeafNodesListen() || in.Leafnodes.Advertise == "" || !in.Leafnodes.NoAdvertise {
			return
		}
		r.add(finding{
			path:    at("leafnodes.advertise"),
			message: "leafnodes.advertise has no effect with noAdvertise, which is true by default",
			mend:    "leafnodes: noAdvertise: false",
			see:     []see{{at("leafnodes.noAdvertise"), "said here"}},
		})
	},
}

var leafServerNames = rule{
	"leaf-server-names", diag.Warning,
	"a hub knows a leaf node by the names of its server, its cluster and the two accounts; of two that are alike in all each throws the other out, without end (leafnode.go, addLeafNodeConnection)",
	func(in *intent.Intent, r *report) {
		// In a cluster its name tells them apart: see leaf-cluster-name.
		if !in.LeafNodesEnabled() || len(in.Leafnodes.Remotes) == 0 || in.Clustered() || in.ServerNamePrefix != "" || in.StatefulSetName() != "nats" {
			return
		}
		r.add(finding{
			path:    at("leafnodes.remotes"),
			message: "the server is named nats-0, as that of another leaf node of the hub may be",
			mend:    `serverNamePrefix: "edge1-"`,
			needs:   "serverNamePrefix cluster name statefulSet",
		})
	},
}

var jetStreamDomain = rule{
	"jetstream-domain", diag.Warning,
	"where both sides of a leaf node connection have JetStream, a domain tells them apart; without one a client may reach the other side's streams, or none",
	func(in *intent.Intent, r *report) {
		if !in.LeafNodesEnabled() || !in.JetStreamEnabled() || in.Jetstream.Domain != "" {
			return
		}
		if own, ok := in.ExtraConfig["jetstream"].(map[string]any); ok && own["domain"] != nil {
			return
		}
		domain := "hub"
		if len(in.Leafnodes.Remotes) > 0 {
			domain = "edge"
		}
		r.add(finding{
			path:    at("jetstream"),
			message: "JetStream has no domain, and there are leaf nodes",
			mend:    fmt.Sprintf("jetstream: domain: %q", domain),
			needs:   "leafnodes extraConfig",
			see:     []see{{at("leafnodes"), "leaf nodes"}},
		})
	},
}
