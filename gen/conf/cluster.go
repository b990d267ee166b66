package conf

import (
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

func clusterBlock(r *report) block {
	in, c, b := r.in, r.in.Cluster, newBlock(r)
	b.put("name", in.ClusterName(), "cluster", "name")
	b.put("port", c.Port, "cluster", "port")
	b.put("no_advertise", c.NoAdvertise, "cluster", "noAdvertise")
	b.put("advertise", c.Advertise, "cluster", "advertise")
	b.put("pool_size", c.PoolSize, "cluster", "poolSize")
	b.put("accounts", b.accountNames(c.Accounts, "cluster", "accounts"), "cluster", "accounts")
	b.put("compression", c.Compression, "cluster", "compression")
	b.put("connect_retries", c.ConnectRetries, "cluster", "connectRetries")
	b.put("connect_backoff", c.ConnectBackoff, "cluster", "connectBackoff")
	b.put("ping_interval", c.PingInterval, "cluster", "pingInterval")
	b.put("ping_max", c.PingMax, "cluster", "pingMax")
	b.put("write_deadline", c.WriteDeadline, "cluster", "writeDeadline")
	b.put("write_timeout", c.WriteTimeout, "cluster", "writeTimeout")
	b.tls("tls", intent.ListenerCluster)
	if a := c.Authorization; a != nil {
		b.put("authorization", userBlock(r, a.User, &schema.Password{SecretKey: &a.Password}, a.Timeout, "cluster", "authorization"), "cluster", "authorization")
	}
	if p := c.Permissions; p != nil {
		inner := newBlock(r)
		inner.subjects("import", p.Import, "cluster", "permissions", "import")
		inner.subjects("export", p.Export, "cluster", "permissions", "export")
		b.under("permissions", inner, "cluster", "permissions")
	}
	b.put("routes", append(routes(in), tree.Strings(c.Routes, []string{"cluster", "routes"})...), "cluster", "routes")
	return b
}

// routes are the addresses of the servers. Every server gets the route to itself too, and drops
// it: all have one configuration. With a password they come from variables.
func routes(in *intent.Intent) (list tree.List) {
	if in.Cluster.Authorization != nil {
		for _, variable := range in.RouteVariables() {
			list = append(list, &tree.Node{Value: tree.Raw("$" + variable), From: []string{"cluster", "authorization"}})
		}
		return list
	}
	for _, pod := range in.PodNames() {
		list = append(list, &tree.Node{Value: in.RouteURL(pod), From: []string{"cluster", "routeURLs"}})
	}
	return list
}

// userBlock is a user and a password that the other side must give.
func userBlock(r *report, user string, password *schema.Password, timeout schema.Duration, from ...string) block {
	b := newBlock(r)
	b.put("user", user, tree.Below(from, "user")...)
	b.put("password", password, tree.Below(from, "password")...)
	b.put("timeout", timeout, tree.Below(from, "timeout")...)
	return b
}

func gatewayBlock(r *report) block {
	in, g, b := r.in, r.in.Gateway, newBlock(r)
	b.put("name", in.GatewayName(), "gateway", "name")
	b.put("port", g.Port, "gateway", "port")
	b.tls("tls", intent.ListenerGateway)
	b.put("advertise", g.Advertise, "gateway", "advertise")
	if a := g.Authorization; a != nil {
		b.put("authorization", userBlock(r, a.User, &a.Password, a.Timeout, "gateway", "authorization"), "gateway", "authorization")
	}
	b.put("reject_unknown_cluster", g.RejectUnknownCluster, "gateway", "rejectUnknownCluster")
	b.put("connect_retries", g.ConnectRetries, "gateway", "connectRetries")
	b.put("connect_backoff", g.ConnectBackoff, "gateway", "connectBackoff")
	b.put("write_deadline", g.WriteDeadline, "gateway", "writeDeadline")
	b.put("write_timeout", g.WriteTimeout, "gateway", "writeTimeout")
	b.put("gateways", each(r, g.Gateways, []string{"gateway", "gateways"}, func(name string, remote schema.RemoteGateway, from []string) block {
		b := newBlock(r)
		b.put("name", name, from...)
		b.put("urls", remote.Urls, tree.Below(from, "urls")...)
		b.tls("tls", intent.ListenerGateway+"-"+name)
		return b
	}), "gateway", "gateways")
	return b
}

func leafNodesBlock(r *report) block {
	in, l, b := r.in, r.in.Leafnodes, newBlock(r)
	if in.LeafNodesListen() {
		b.put("port", l.Port, "leafnodes", "port")
		b.put("no_advertise", l.NoAdvertise, "leafnodes", "noAdvertise")
		b.put("advertise", l.Advertise, "leafnodes", "advertise")
		b.tls("tls", intent.ListenerLeafNodes)
		b.put("min_version", l.MinVersion, "leafnodes", "minVersion")
		if l.Authorization != nil {
			b.put("authorization", leafAuthorization(r, *l.Authorization), "leafnodes", "authorization")
		}
	}
	b.put("compression", l.Compression, "leafnodes", "compression")
	b.put("isolate_leafnode_interest", l.IsolateLeafnodeInterest, "leafnodes", "isolateLeafnodeInterest")
	b.put("reconnect_delay", l.ReconnectDelay, "leafnodes", "reconnectDelay")
	b.put("dial_timeout", l.DialTimeout, "leafnodes", "dialTimeout")
	b.put("write_deadline", l.WriteDeadline, "leafnodes", "writeDeadline")
	b.put("write_timeout", l.WriteTimeout, "leafnodes", "writeTimeout")
	b.put("remotes", each(r, l.Remotes, []string{"leafnodes", "remotes"}, func(name string, remote schema.LeafRemote, from []string) block {
		return leafRemote(r, name, remote, from)
	}), "leafnodes", "remotes")
	return b
}

func leafAuthorization(r *report, a schema.LeafAuthorization) block {
	from := []string{"leafnodes", "authorization"}
	b := userBlock(r, a.User, a.Password, a.Timeout, from...)
	b.put("nkey", a.Nkey, tree.Below(from, "nkey")...)
	b.put("account", r.account(a.Account, tree.Below(from, "account")...), tree.Below(from, "account")...)
	from = tree.Below(from, "users")
	b.put("users", each(r, a.Users, from, func(name string, u schema.LeafUser, from []string) block {
		b := userBlock(r, name, &u.Password, "", from...)
		b.put("account", r.account(u.Account, tree.Below(from, "account")...), tree.Below(from, "account")...)
		return b
	}), from...)
	return b
}

func leafRemote(r *report, name string, remote schema.LeafRemote, from []string) block {
	b := newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, tree.Below(from, name)...) }
	if remote.User != "" && remote.Password != nil {
		var urls tree.List
		for _, variable := range r.in.RemoteVariables(name) {
			urls = append(urls, &tree.Node{Value: tree.Raw("$" + variable), From: tree.Below(from, "password")})
		}
		put("urls", urls, "user")
	} else {
		put("urls", remote.Urls, "urls")
	}
	put("account", r.account(remote.Account, tree.Below(from, "account")...), "account")
	put("credentials", r.in.LeafCredentialsFile(name), "credentials")
	put("nkey", remote.Nkey, "nkey")
	b.tls("tls", intent.ListenerLeafNodes+"-"+name)
	put("hub", remote.Hub, "hub")
	put("deny_imports", remote.DenyImports, "denyImports")
	put("deny_exports", remote.DenyExports, "denyExports")
	put("compression", remote.Compression, "compression")
	put("no_randomize", remote.NoRandomize, "noRandomize")
	put("ws_compression", remote.WsCompression, "wsCompression")
	put("ws_no_masking", remote.WsNoMasking, "wsNoMasking")
	put("jetstream_cluster_migrate", remote.JetstreamClusterMigrate, "jetstreamClusterMigrate")
	put("isolate_leafnode_interest", remote.IsolateLeafnodeInterest, "isolateLeafnodeInterest")
	put("request_isolation", remote.RequestIsolation, "requestIsolation")
	put("ignore_discovered_servers", remote.IgnoreDiscoveredServers, "ignoreDiscoveredServers")
	put("first_info_timeout", remote.FirstInfoTimeout, "firstInfoTimeout")
	put("dial_timeout", remote.DialTimeout, "dialTimeout")
	put("disabled", remote.Disabled, "disabled")
	if p := remote.Proxy; p != nil {
		from, inner := tree.Below(from, "proxy"), newBlock(r)
		inner.put("url", p.Url, tree.Below(from, "url")...)
		inner.put("username", p.Username, tree.Below(from, "username")...)
		inner.put("password", p.Password, tree.Below(from, "password")...)
		inner.put("timeout", p.Timeout, tree.Below(from, "timeout")...)
		b.put("proxy", inner, from...)
	}
	return b
}
