package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// user is someone who connects, of an account or of none.
type user struct {
	schema.User
	name, account string
	path          []string

	permissions     *schema.Permissions // what holds for it
	permissionsPath []string
}

// subject is the user in a message: alone, or one of all to whom the same permissions apply.
func (u user) subject() string {
	switch {
	case u.User.Permissions != nil:
		return "user " + u.name
	case u.account != "":
		return "a user of account " + u.account
	}
	return "a user without permissions of its own"
}

// users are all of them: those without an account first, then by account.
func users(in *intent.Intent) (out []user) {
	add := func(given map[string]schema.User, account string, usual *schema.Permissions, path ...string) {
		for _, name := range keys(given) {
			u := user{User: given[name], name: name, account: account, path: below(path, "users", name)}
			u.permissions, u.permissionsPath = u.User.Permissions, below(u.path, "permissions")
			if u.permissions == nil {
				u.permissions, u.permissionsPath = usual, below(path, "defaultPermissions")
			}
			out = append(out, u)
		}
	}
	if a := in.Authorization; a != nil {
		add(a.Users, "", a.DefaultPermissions, "authorization")
	}
	for _, name := range keys(in.Accounts) {
		add(in.Accounts[name].Users, name, in.Accounts[name].DefaultPermissions, "accounts", name)
	}
	return out
}

// named is what the servers know a user by.
func (u user) named() string {
	if u.Nkey != "" {
		return u.Nkey
	}
	return u.name
}

// mapsCertificates tells whether certificates say who a client is.
func mapsCertificates(in *intent.Intent) bool {
	return slices.ContainsFunc(in.TLSUses(), func(u intent.TLSUse) bool { return isSet(u.TLS.VerifyAndMap) })
}

var userCredentials = rule{
	"user-credentials", diag.Error,
	"a user proves itself by one thing; to one without a password the servers let in whoever knows its name",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() || beforeAuth(in) { // there natsyard auth makes the keys
			return
		}
		for _, u := range users(in) {
			f := finding{path: u.path, needs: "operator nats leafnodes websocket mqtt"}
			switch {
			case u.Password != nil && u.Nkey != "":
				f.path = below(u.path, "nkey")
				f.message = fmt.Sprintf("user %s has a password and an nkey", u.name)
				f.mend = "leave one of them out"
			case u.Password == nil && u.Nkey == "" && !mapsCertificates(in):
				f.message = fmt.Sprintf("user %s has no password and no nkey", u.name)
				f.allowed = "a key of a Secret, a bcrypt hash, or a public nkey"
				f.mend = cueField(u.path, fmt.Sprintf(`password: {secretName: "nats-auth", key: %q}`, u.name))
			default:
				continue
			}
			r.add(f)
		}
	},
}

var userNamesDistinct = rule{
	"user-names-distinct", diag.Error,
	"a client says its name and not its account, so that a name or nkey can stand for one user only",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() {
			return
		}
		taken := map[string]user{}
		for _, u := range users(in) {
			first, clash := taken[u.named()]
			if !clash {
				taken[u.named()] = u
				continue
			}
			f := finding{
				path:    u.path,
				message: fmt.Sprintf("%s and %s have the same name", dotted(first.path), dotted(u.path)),
				mend:    cueField(below(u.path[:len(u.path)-1], strings.ToLower(u.account)+"-"+u.name), "{...}") + ", in its place",
				see:     []see{{first.path, "the other user"}},
				needs:   "operator",
			}
			if u.Nkey != "" {
				f.path, f.see[0].path = below(u.path, "nkey"), below(first.path, "nkey")
				f.message = fmt.Sprintf("%s and %s have the same nkey", dotted(first.path), dotted(u.path))
				f.mend = "an nkey of its own: nk -gen user -pubout"
			}
			r.add(f)
		}
	},
}

var noAuthUserNamed = rule{
	"no-auth-user", diag.Error,
	"those who give no credentials become a user that is there; the server does not start otherwise",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() {
			return
		}
		given := map[string]string{"noAuthUser": in.NoAuthUser}
		if in.WebSocketEnabled() {
			given["websocket.noAuthUser"] = in.Websocket.NoAuthUser
		}
		if in.MQTTEnabled() {
			given["mqtt.noAuthUser"] = in.Mqtt.NoAuthUser
		}
		known, byName := map[string]bool{}, map[string]user{}
		for _, u := range users(in) {
			known[u.named()], byName[u.name] = true, u
		}
		for _, path := range keys(given) {
			name := given[path]
			if name == "" || known[name] || definesUsers(in) {
				continue
			}
			f := finding{
				path:    at(path),
				message: fmt.Sprintf("there is no user %s", name),
				allowed: oneOf(known),
				mend:    fmt.Sprintf(`accounts: APP: users: %s: password: {secretName: "nats-auth", key: %q}`, cueLabel(name), name),
				needs:   "operator accounts authorization extraConfig",
			}
			if u, labelled := byName[name]; labelled {
				f.message = fmt.Sprintf("user %s is known by its nkey, and not by that name", name)
				f.mend = cueField(at(path), fmt.Sprintf("%q", u.Nkey))
			}
			r.add(f)
		}
	},
}

// definesUsers tells whether extraConfig has users or accounts that the typed fields do not know.
func definesUsers(in *intent.Intent) bool {
	_, accounts := in.ExtraConfig["accounts"]
	_, authorization := in.ExtraConfig["authorization"]
	return accounts || authorization
}

var authorizationOneWay = rule{
	"authorization-one-way", diag.Error,
	"the servers know one user, one token or several users; they refuse to start with more than one of these",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() {
			return
		}
		check := func(path []string, user string, password, token *schema.Password, several bool) {
			add := func(field, message, mend string) {
				r.add(finding{path: below(path, field), message: message, mend: mend, needs: "operator accounts authorization"})
			}
			name := dotted(path)
			switch {
			case user != "" && password == nil:
				add("user", fmt.Sprintf("the user of %s has no password", name), cueField(path, `password: {secretName: "nats-auth", key: "password"}`))
			case user == "" && password != nil:
				add("password", fmt.Sprintf("%s has a password and no user", name), cueField(path, `user: "app"`))
			case user != "" && token != nil:
				add("token", fmt.Sprintf("%s has a user and a token", name), "leave one of them out")
			case user != "" && several:
				add("user", fmt.Sprintf("%s has one user, and there are several", name), "leave user and password out, and put that user among the others")
			case token != nil && several:
				add("token", fmt.Sprintf("%s has a token, and there are users", name), "leave one of them out")
			}
		}
		several := len(users(in)) > 0
		if a := in.Authorization; a != nil {
			check(at("authorization"), a.User, a.Password, a.Token, several)
		}
		if in.WebSocketEnabled() && in.Websocket.Authorization != nil {
			a := in.Websocket.Authorization
			check(at("websocket.authorization"), a.User, a.Password, a.Token, several)
		}
		if in.MQTTEnabled() && in.Mqtt.Authorization != nil {
			a := in.Mqtt.Authorization
			check(at("mqtt.authorization"), a.User, a.Password, a.Token, several)
		}
		if in.LeafNodesListen() && in.Leafnodes.Authorization != nil {
			a := in.Leafnodes.Authorization
			check(at("leafnodes.authorization"), a.User, a.Password, nil, len(a.Users) > 0)
			if a.Nkey != "" && (a.User != "" || len(a.Users) > 0) {
				r.add(finding{
					path:    at("leafnodes.authorization.nkey"),
					message: "leafnodes.authorization has an nkey and another user",
					mend:    "leave one of them out", needs: "operator",
				})
			}
		}
	},
}

var proxyTrusted = rule{
	"proxy-trusted", diag.Error,
	"a proxy is known by its nkey; where none is trusted, whoever must come through one never gets in",
	func(in *intent.Intent, r *report) {
		if in.Proxies != nil && len(in.Proxies.Trusted) > 0 {
			return
		}
		add := func(required *bool, path ...string) {
			if isSet(required) {
				r.add(finding{
					path:    path,
					message: fmt.Sprintf("%s, and no proxy is trusted", dotted(path)),
					mend:    `proxies: trusted: ["U..."], or leave it out`,
					needs:   "proxies",
				})
			}
		}
		if a := in.Authorization; a != nil {
			add(a.ProxyRequired, "authorization", "proxyRequired")
		}
		for _, u := range users(in) {
			add(u.ProxyRequired, below(u.path, "proxyRequired")...)
		}
	},
}
