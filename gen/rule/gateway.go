package rule

import (
	"fmt"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var gatewayName = rule{
	"gateway-name", diag.Error,
	"a cluster has one name, among its own servers and in the super-cluster; the server refuses to start otherwise",
	func(in *intent.Intent, r *report) {
		if !in.GatewayEnabled() || in.GatewayName() == in.ClusterName() {
			return
		}
		f := finding{
			path:    at("gateway.name"),
			message: fmt.Sprintf("the gateway is named %s, and the cluster %s", in.GatewayName(), in.ClusterName()),
			allowed: in.ClusterName(),
			mend:    "leave it out: it is the cluster's name",
			needs:   "cluster name statefulSet",
			see:     []see{{at("cluster.name"), "the cluster's name"}},
		}
		if in.Cluster.Name == "" {
			f.mend = fmt.Sprintf("cluster: name: %q, before the first stream is made, or no gateway.name", in.GatewayName())
		}
		r.add(f)
	},
}

var gatewayRemotes = rule{
	"gateway-remotes", diag.Warning,
	"a gateway joins clusters: those that it names, and those that name it",
	func(in *intent.Intent, r *report) {
		if !in.GatewayEnabled() {
			return
		}
		for name := range in.Gateway.Gateways {
			if name != in.GatewayName() {
				return
			}
		}
		another := "us"
		if in.GatewayName() == another {
			another = "eu"
		}
		f := finding{
			path:    at("gateway"),
			message: "the gateway names no other cluster",
			mend:    fmt.Sprintf(`gateway: gateways: %s: urls: ["tls://nats.%s.example.com:7222"]`, another, another),
			needs:   "cluster name statefulSet",
		}
		if isSet(in.Gateway.RejectUnknownCluster) {
			f.path = at("gateway.rejectUnknownCluster")
			f.message = "the gateway names no other cluster, and refuses all whom it does not name"
		}
		r.add(f)
	},
}

var serverNamesDiffer = rule{
	"server-names-differ", diag.Warning,
	"the servers of a super-cluster are told apart by their names; with two of one name, JetStream loses track of both",
	func(in *intent.Intent, r *report) {
		if !in.GatewayEnabled() || in.ServerNamePrefix != "" || strings.Contains(in.StatefulSetName(), in.ClusterName()) {
			return
		}
		r.add(finding{
			path:    at("gateway"),
			message: fmt.Sprintf("the servers are named %s-0 and so on, as those of another cluster may be", in.StatefulSetName()),
			mend:    fmt.Sprintf("serverNamePrefix: %q", in.ClusterName()+"-"),
			needs:   "serverNamePrefix cluster name statefulSet",
		})
	},
}

var leafGatewaySystem = rule{
	"leaf-gateway-system-account", diag.Error,
	"what leaf nodes and gateways tell each other goes over it; the server takes none for granted there and refuses to start (leafnode.go, validateLeafNode)",
	func(in *intent.Intent, r *report) {
		if in.GatewayEnabled() && in.LeafNodesListen() && in.SystemAccount == "" && !in.OperatorMode() {
			r.add(finding{
				path:    at("gateway"),
				message: "a gateway and leaf nodes without a system account",
				mend:    `accounts: SYS: {}, and systemAccount: "SYS"`,
				needs:   "systemAccount operator",
				see:     []see{{at("leafnodes"), "leaf nodes"}},
			})
		}
	},
}

var gatewayPassword = rule{
	"gateway-password-readable", diag.Error,
	"this cluster gives the very password to the others (gateway.go, sendGatewayConnect), and a hash of it is not the password",
	func(in *intent.Intent, r *report) {
		if in.GatewayEnabled() && in.Gateway.Authorization != nil && in.Gateway.Authorization.Password.Bcrypt != "" {
			r.add(finding{
				path:    at("gateway.authorization.password"),
				message: "the password of gateways is a hash",
				allowed: "a key of a Secret that holds the password itself",
				mend:    `gateway: authorization: password: {secretName: "nats-gateway", key: "password"}`,
			})
		}
	},
}
