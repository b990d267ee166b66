package rule

import (
	"fmt"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// isAccountKey tells whether a name is the public nkey of an account.
func isAccountKey(name string) bool { return nkeys.IsValidPublicAccountKey(name) }

// exampleKey stands for an account's key in what is to be pasted.
const exampleKey = `"A..."`

var resolverPreload = rule{
	"resolver-preload", diag.Error,
	"a resolver of type memory knows the JWTs of resolverPreload and never learns of another",
	func(in *intent.Intent, r *report) {
		if s := in.Resolver; in.OperatorMode() && s != nil && s.Enabled && s.Type == "memory" && len(in.ResolverPreload) == 0 {
			r.add(finding{
				path:    at("resolver.type"),
				message: "a resolver of type memory without a JWT",
				mend:    `resolver: type: "full", or resolverPreload with the JWT of each account`,
				needs:   "operator resolverPreload",
			})
		}
	},
}

// beforeAuth tells whether an environment is meant for operator mode, and `natsyard auth` has not
// run yet.
func beforeAuth(in *intent.Intent) bool {
	return !in.OperatorMode() && in.Resolver != nil && in.Resolver.Enabled
}

var operatorOnly = rule{
	"operator-only", diag.Error,
	"it is part of a JWT, or speaks of JWTs; without an operator nats.conf has no place for it, or the server refuses to start",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() {
			return
		}
		mend := "leave it out, or operator: with the JWT that `natsyard auth` makes"
		if beforeAuth(in) {
			mend = "`natsyard auth ENV`, which makes the operator and the users' credentials (docs/auth.md), or leave it out"
		}
		add := func(given bool, path ...string) {
			if given {
				r.add(finding{
					path:    path,
					message: fmt.Sprintf("%s is for operator mode", dotted(path)),
					mend:    mend,
					needs:   "operator",
				})
			}
		}
		add(in.Resolver != nil && in.Resolver.Enabled, "resolver")
		add(len(in.ResolverPreload) > 0, "resolverPreload")
		add(in.DefaultSentinel != "", "defaultSentinel")
		add(in.WebSocketEnabled() && in.Websocket.JwtCookie != "", "websocket", "jwtCookie")
		for _, u := range users(in) {
			add(len(u.Times) > 0, below(u.path, "times")...)
			add(u.TimesLocation != "", below(u.path, "timesLocation")...)
			add(len(u.Src) > 0, below(u.path, "src")...)
			add(u.Bearer != nil, below(u.path, "bearer")...)
		}
	},
}

var operatorRefuses = rule{
	"operator-mode-refuses", diag.Error,
	"in operator mode a client is who its JWT says; the servers take no user of nats.conf and do not start with one (jwt.go, validateTrustedOperators)",
	func(in *intent.Intent, r *report) {
		if !in.OperatorMode() {
			return
		}
		add := func(given bool, path ...string) {
			if given {
				r.add(finding{
					path:    path,
					message: fmt.Sprintf("%s has no place in operator mode", dotted(path)),
					mend:    "leave it out; users stand under accounts, and `natsyard auth` makes JWTs of them",
					needs:   "operator",
				})
			}
		}
		simple := func(a *schema.SimpleAuthorization, listener string) {
			if a != nil {
				add(a.User != "" || a.Password != nil, listener, "authorization", "user")
				add(a.Token != nil, listener, "authorization", "token")
			}
		}
		add(in.NoAuthUser != "", "noAuthUser")
		if a := in.Authorization; a != nil {
			add(a.User != "" || a.Password != nil, "authorization", "user")
			add(a.Token != nil, "authorization", "token")
			add(len(a.Users) > 0, "authorization", "users")
			add(a.DefaultPermissions != nil, "authorization", "defaultPermissions")
		}
		if w := in.Websocket; in.WebSocketEnabled() {
			add(w.NoAuthUser != "", "websocket", "noAuthUser")
			simple(w.Authorization, intent.ListenerWebSocket)
		}
		if m := in.Mqtt; in.MQTTEnabled() {
			add(m.NoAuthUser != "", "mqtt", "noAuthUser")
			simple(m.Authorization, intent.ListenerMQTT)
		}
		if in.LeafNodesListen() && in.Leafnodes.Authorization != nil {
			add(len(in.Leafnodes.Authorization.Users) > 0, "leafnodes", "authorization", "users")
		}
		for _, u := range users(in) {
			add(u.Password != nil && u.account != "", below(u.path, "password")...)
		}
	},
}

var operatorRemoteAccount = rule{
	"operator-remote-account", diag.Error,
	"in operator mode there is no account of those without one; the servers do not start with a remote that connects none",
	func(in *intent.Intent, r *report) {
		if !in.OperatorMode() || !in.LeafNodesEnabled() {
			return
		}
		for _, name := range keys(in.Leafnodes.Remotes) {
			if path := []string{"leafnodes", "remotes", name}; in.Leafnodes.Remotes[name].Account == "" {
				r.add(finding{
					path:    path,
					message: fmt.Sprintf("the remote %s connects no account", name),
					mend:    cueField(below(path, "account"), `"APP"`),
					needs:   "operator",
				})
			}
		}
	},
}

var operatorJWT = rule{
	"operator-jwt", diag.Error,
	"the servers read the JWTs when they start, and do not start where one is not what it should be",
	func(in *intent.Intent, r *report) {
		if !in.OperatorMode() {
			return
		}
		operator, err := jwt.DecodeOperatorClaims(in.Operator)
		if err != nil {
			r.add(finding{
				path:    at("operator"),
				message: "this is not the JWT of an operator, or not all of it",
				mend:    "the JWT that `natsyard auth` or `nsc describe operator --raw` prints",
			})
			return
		}
		system := in.SystemAccount
		if named := in.AccountKeys()[system]; len(named) == 1 {
			system = named[0]
		}
		switch {
		case system == "" && operator.SystemAccount == "" && in.ResolverOnDisk():
			r.add(finding{
				path:    at("operator"),
				message: "neither the operator's JWT nor the intent names a system account",
				allowed: "servers exchange the JWTs of accounts over it",
				mend:    "systemAccount: " + exampleKey,
				needs:   "systemAccount resolver",
			})
		case isAccountKey(system) && operator.SystemAccount != "" && system != operator.SystemAccount:
			r.add(finding{
				path:    at("systemAccount"),
				message: "the operator's JWT names another system account",
				mend:    fmt.Sprintf("systemAccount: %q", operator.SystemAccount),
				needs:   "operator",
			})
		case system == "":
			system = operator.SystemAccount
		}
		for _, key := range keys(in.ResolverPreload) {
			account, err := jwt.DecodeAccountClaims(in.ResolverPreload[key])
			f := finding{path: []string{"resolverPreload", key}, mend: "the JWT that `natsyard auth` or `nsc describe account --raw` prints", needs: "operator"}
			switch {
			case err != nil:
				f.message = "this is not the JWT of an account, or not all of it"
			case account.Subject != key:
				f.message = "this is the JWT of account " + account.Subject
			case !operator.DidSign(account):
				f.message = "this JWT was signed by another operator"
			default:
				continue
			}
			r.add(f)
		}
		if _, known := in.ResolverPreload[system]; in.Resolver != nil && in.Resolver.Type == "memory" && len(in.ResolverPreload) > 0 && system != "" && !known {
			r.add(finding{
				path:    at("resolverPreload"),
				message: "the JWT of the system account is not among them",
				mend:    cueField([]string{"resolverPreload", system}, `"eyJ..."`),
				needs:   "operator systemAccount resolver",
			})
		}
	},
}

var nkeyForm = rule{
	"nkey-form", diag.Error,
	"the last characters of an nkey check the others: with a slip of the pen nobody has the key that fits",
	func(in *intent.Intent, r *report) {
		check := func(key string, valid func(string) bool, what string, path ...string) {
			if key != "" && !valid(key) {
				r.add(finding{
					path:    path,
					message: fmt.Sprintf("this is no public nkey of %s", what),
					allowed: "the key as `nk -pubout` prints it",
					mend:    "copy it again",
				})
			}
		}
		for _, u := range users(in) {
			check(u.Nkey, nkeys.IsValidPublicUserKey, "a user", below(u.path, "nkey")...)
		}
		for _, name := range keys(in.Accounts) {
			check(in.Accounts[name].Nkey, isAccountKey, "an account", "accounts", name, "nkey")
		}
		for _, key := range keys(in.ResolverPreload) {
			check(key, isAccountKey, "an account", "resolverPreload", key)
		}
		if a := in.Authorization; a != nil && a.AuthCallout != nil {
			check(a.AuthCallout.Issuer, isAccountKey, "an account", "authorization", "authCallout", "issuer")
			check(a.AuthCallout.Xkey, nkeys.IsValidPublicCurveKey, "a curve", "authorization", "authCallout", "xkey")
		}
		if l := in.Leafnodes; in.LeafNodesListen() && l.Authorization != nil {
			check(l.Authorization.Nkey, nkeys.IsValidPublicUserKey, "a user", "leafnodes", "authorization", "nkey")
		}
		if in.Proxies != nil {
			for n, key := range in.Proxies.Trusted {
				check(key, nkeys.IsValidPublicKey, "a proxy", "proxies", "trusted", fmt.Sprint(n))
			}
		}
	},
}
