package conf

import (
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// access is who may connect, as what. In operator mode accounts are JWTs, and no part of the
// configuration.
func access(b block) {
	in := b.in
	if in.OperatorMode() {
		operator(b)
	} else if len(in.Accounts) > 0 {
		accounts := newBlock(b.report)
		named(b.report, in.Accounts, []string{"accounts"}, func(name string, a schema.Account, from []string) {
			accounts.put(name, accountBlock(b.report, a, from), from...)
		})
		b.put("accounts", accounts, "accounts")
	}
	if in.Authorization != nil {
		b.under("authorization", authorization(b.report, *in.Authorization), "authorization")
	}
	b.put("system_account", b.account(in.SystemAccount, "systemAccount"), "systemAccount")
	b.put("no_auth_user", in.NoAuthUser, "noAuthUser")
	b.put("default_sentinel", in.DefaultSentinel, "defaultSentinel")
	jsDomains(b)
	b.mappings(in.Mappings, "mappings")
	if p := in.Proxies; p != nil {
		inner := newBlock(b.report)
		inner.put("trusted", list(b.report, p.Trusted, []string{"proxies", "trusted"}, func(r *report, key string, from []string) block {
			proxy := newBlock(r)
			proxy.put("key", key, from...)
			return proxy
		}), "proxies", "trusted")
		b.put("proxies", inner, "proxies")
	}
}

func accountBlock(r *report, a schema.Account, from []string) block {
	b := newBlock(r)
	at := func(name string) []string { return tree.Below(from, name) }
	b.put("nkey", a.Nkey, at("nkey")...)
	b.put("users", users(r, a.Users, at("users")), at("users")...)
	b.permissions("default_permissions", a.DefaultPermissions, at("defaultPermissions"))
	if a.Jetstream != nil {
		b.put("jetstream", accountJetStream(r, *a.Jetstream, at("jetstream")), at("jetstream")...)
	}
	if l := a.Limits; l != nil {
		inner := newBlock(r)
		inner.put("max_connections", l.MaxConnections, append(at("limits"), "maxConnections")...)
		inner.put("max_subscriptions", l.MaxSubscriptions, append(at("limits"), "maxSubscriptions")...)
		inner.size("max_payload", l.MaxPayload, smallSize, append(at("limits"), "maxPayload")...)
		inner.put("max_leafnodes", l.MaxLeafnodes, append(at("limits"), "maxLeafnodes")...)
		b.under("limits", inner, at("limits")...)
	}
	b.put("exports", list(r, a.Exports, at("exports"), export), at("exports")...)
	b.put("imports", list(r, a.Imports, at("imports"), imported), at("imports")...)
	b.mappings(a.Mappings, at("mappings")...)
	if t := a.MsgTrace; t != nil {
		inner := newBlock(r)
		inner.put("dest", t.Dest, append(at("msgTrace"), "dest")...)
		inner.put("sampling", t.Sampling, append(at("msgTrace"), "sampling")...)
		b.put("msg_trace", inner, at("msgTrace")...)
	}
	return b
}

// accountJetStream is a switch where the account has no limits.
func accountJetStream(r *report, j schema.AccountJetStream, from []string) any {
	if !j.Enabled {
		return false
	}
	b := newBlock(r)
	at := func(name string) []string { return tree.Below(from, name) }
	b.size("max_memory", j.MaxMemory, storeSize, at("maxMemory")...)
	b.size("max_file", j.MaxFile, storeSize, at("maxFile")...)
	b.put("max_streams", j.MaxStreams, at("maxStreams")...)
	b.put("max_consumers", j.MaxConsumers, at("maxConsumers")...)
	b.put("max_ack_pending", j.MaxAckPending, at("maxAckPending")...)
	b.put("max_bytes_required", j.MaxBytesRequired, at("maxBytesRequired")...)
	b.size("memory_max_stream_bytes", j.MemoryMaxStreamBytes, largeSize, at("memoryMaxStreamBytes")...)
	b.size("store_max_stream_bytes", j.StoreMaxStreamBytes, largeSize, at("storeMaxStreamBytes")...)
	b.put("cluster_traffic", j.ClusterTraffic, at("clusterTraffic")...)
	if len(b.Block) == 0 {
		return true
	}
	return b
}

// users are the entries of a list, each with the name that the intent gives it.
func users(r *report, all map[string]schema.User, from []string) tree.List {
	return each(r, all, from, func(name string, u schema.User, from []string) block {
		b := newBlock(r)
		at := func(name string) []string { return tree.Below(from, name) }
		if u.Nkey != "" {
			b.put("nkey", u.Nkey, at("nkey")...)
		} else {
			b.put("user", name, from...)
		}
		b.put("password", u.Password, at("password")...)
		b.permissions("permissions", u.Permissions, at("permissions"))
		b.put("allowed_connection_types", u.AllowedConnectionTypes, at("allowedConnectionTypes")...)
		b.put("proxy_required", u.ProxyRequired, at("proxyRequired")...)
		return b
	})
}

// permissions sets an option to what permissions come to.
func (b block) permissions(option string, p *schema.Permissions, from []string) {
	if p == nil {
		return
	}
	inner := newBlock(b.report)
	publish, subscribe := intent.Granted(p)
	inner.subjects("publish", publish, tree.Below(from, "publish")...)
	inner.subjects("subscribe", subscribe, tree.Below(from, "subscribe")...)
	if a := p.AllowResponses; a != nil {
		responses := newBlock(b.report)
		responses.put("max", a.Max, append(tree.Below(from, "allowResponses"), "max")...)
		responses.put("expires", a.Expires, append(tree.Below(from, "allowResponses"), "expires")...)
		inner.put("allow_responses", responses, tree.Below(from, "allowResponses")...)
	}
	b.under(option, inner, from...)
}

// subjects sets an option to the subjects of one direction. An empty list of what is allowed
// allows nothing, but the server reads it as none at all.
func (b block) subjects(option string, p *schema.SubjectPermission, from ...string) {
	if p == nil {
		return
	}
	inner, deny := newBlock(b.report), p.Deny
	if p.Allow != nil && len(p.Allow) == 0 {
		deny = []string{">"}
	}
	inner.put("allow", p.Allow, tree.Below(from, "allow")...)
	inner.put("deny", deny, tree.Below(from, "deny")...)
	b.under(option, inner, from...)
}

func export(r *report, e schema.Export, from []string) block {
	b := newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, tree.Below(from, name)...) }
	put("stream", e.Stream, "stream")
	put("service", e.Service, "service")
	put("accounts", e.Accounts, "accounts")
	put("account_token_position", e.AccountTokenPosition, "accountTokenPosition")
	put("response_type", e.ResponseType, "responseType")
	put("response_threshold", e.ResponseThreshold, "responseThreshold")
	put("allow_trace", e.AllowTrace, "allowTrace")
	if l := e.Latency; l != nil {
		inner := newBlock(r)
		inner.put("subject", l.Subject, append(tree.Below(from, "latency"), "subject")...)
		inner.put("sampling", l.Sampling, append(tree.Below(from, "latency"), "sampling")...)
		put("latency", inner, "latency")
	}
	return b
}

func imported(r *report, i schema.Import, from []string) block {
	b := newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, tree.Below(from, name)...) }
	for name, source := range map[string]*schema.ImportSource{"stream": i.Stream, "service": i.Service} {
		if source != nil {
			inner := newBlock(r)
			inner.put("account", source.Account, append(tree.Below(from, name), "account")...)
			inner.put("subject", source.Subject, append(tree.Below(from, name), "subject")...)
			put(name, inner, name)
		}
	}
	put("prefix", i.Prefix, "prefix")
	put("to", i.To, "to")
	put("share", i.Share, "share")
	put("allow_trace", i.AllowTrace, "allowTrace")
	return b
}

// mappings sets the option of that name to what subjects become.
func (b block) mappings(m map[string]schema.Mapping, from ...string) {
	inner := newBlock(b.report)
	named(b.report, m, from, func(subject string, to schema.Mapping, from []string) {
		if to.Destinations == nil {
			inner.put(subject, to.Subject, from...)
			return
		}
		inner.put(subject, list(b.report, to.Destinations, from, func(r *report, d schema.MapDestination, from []string) block {
			one := newBlock(r)
			one.put("destination", d.Destination, tree.Below(from, "destination")...)
			one.put("weight", d.Weight, tree.Below(from, "weight")...)
			one.put("cluster", d.Cluster, tree.Below(from, "cluster")...)
			return one
		}), from...)
	})
	b.under("mappings", inner, from...)
}

// list makes a list of one block an element.
func list[E any](r *report, elements []E, from []string, make func(*report, E, []string) block) (out tree.List) {
	for i, e := range elements {
		at := tree.Below(from, tree.Index(i))
		out = append(out, &tree.Node{Value: make(r, e, at).Block, From: at})
	}
	return out
}

func authorization(r *report, a schema.Authorization) block {
	from := []string{"authorization"}
	at := func(name string) []string { return tree.Below(from, name) }
	b := userBlock(r, a.User, a.Password, a.Timeout, from...)
	b.put("token", a.Token, at("token")...)
	b.put("users", users(r, a.Users, at("users")), at("users")...)
	b.permissions("default_permissions", a.DefaultPermissions, at("defaultPermissions"))
	b.put("proxy_required", a.ProxyRequired, at("proxyRequired")...)
	if c := a.AuthCallout; c != nil && !r.in.OperatorMode() { // there it is in the account's JWT
		inner, from := newBlock(r), at("authCallout")
		if c.Issuer == "" {
			r.add(tree.Below(from, "issuer"), diag.Diagnostic{
				Rule: "callout-issuer", Message: "authCallout has no issuer, by whose key the servers know the service's answers",
				Why:  "without an operator there is no account's JWT that could say it, and the server does not start",
				Mend: `authorization: authCallout: issuer: "A...", of which the service has the seed (nk -gen account -pubout)`,
			})
		}
		inner.put("issuer", c.Issuer, tree.Below(from, "issuer")...)
		inner.put("account", c.Account, tree.Below(from, "account")...)
		inner.put("auth_users", c.AuthUsers, tree.Below(from, "authUsers")...)
		inner.put("xkey", c.Xkey, tree.Below(from, "xkey")...)
		inner.put("allowed_accounts", c.AllowedAccounts, tree.Below(from, "allowedAccounts")...)
		b.put("auth_callout", inner, from...)
	}
	return b
}

// operator is the servers' trust in an operator, and where they find what it has signed.
func operator(b block) {
	in := b.in
	b.put("operator", in.Operator, "operator")
	b.texts("resolver_preload", in.ResolverPreload, "resolverPreload")
	if in.Resolver == nil || !in.Resolver.Enabled {
		return
	}
	if !in.ResolverOnDisk() {
		b.put("resolver", "MEMORY", "resolver", "type")
		return
	}
	s, inner := in.Resolver, newBlock(b.report)
	put := func(option string, field any, name string) { inner.put(option, field, "resolver", name) }
	put("type", s.Type, "type")
	put("dir", s.Dir, "dir")
	put("allow_delete", s.AllowDelete, "allowDelete")
	put("hard_delete", s.HardDelete, "hardDelete")
	put("interval", s.Interval, "interval")
	put("ttl", s.Ttl, "ttl")
	put("limit", s.Limit, "limit")
	put("timeout", s.Timeout, "timeout")
	b.put("resolver", inner, "resolver")
}
