package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
)

// accountName is a field that names an account.
type accountName struct {
	path   []string
	name   string
	others []string // names that it may have besides those of accounts
}

// accountNames are all such fields. Those of imports and exports are names in operator mode too.
func accountNames(in *intent.Intent) (out []accountName) {
	add := func(name string, others []string, path ...string) {
		if name != "" {
			out = append(out, accountName{path, name, others})
		}
	}
	list := func(names, others []string, path ...string) {
		for n, name := range names {
			add(name, others, below(path, fmt.Sprint(n))...)
		}
	}
	built := []string{"$G"}
	if in.SystemAccount == "" {
		built = append(built, "$SYS")
	}
	if !in.OperatorMode() {
		add(in.SystemAccount, nil, "systemAccount")
		if in.Clustered() {
			list(in.Cluster.Accounts, built, "cluster", "accounts")
		}
		for _, name := range keys(in.DefaultJSDomain) {
			add(name, []string{"$G"}, "defaultJSDomain", name)
		}
		if a := in.Authorization; a != nil && a.AuthCallout != nil {
			add(a.AuthCallout.Account, built, "authorization", "authCallout", "account")
			list(a.AuthCallout.AllowedAccounts, built, "authorization", "authCallout", "allowedAccounts")
		}
		if l := in.Leafnodes; in.LeafNodesEnabled() {
			if a := l.Authorization; a != nil && in.LeafNodesListen() {
				add(a.Account, built, "leafnodes", "authorization", "account")
				for _, name := range keys(a.Users) {
					add(a.Users[name].Account, built, "leafnodes", "authorization", "users", name, "account")
				}
			}
			for _, name := range keys(l.Remotes) {
				add(l.Remotes[name].Account, built, "leafnodes", "remotes", name, "account")
			}
		}
	}
	for _, name := range keys(in.Accounts) {
		for n, e := range in.Accounts[name].Exports {
			list(e.Accounts, nil, "accounts", name, "exports", fmt.Sprint(n), "accounts")
		}
		for n, i := range in.Accounts[name].Imports {
			path := []string{"accounts", name, "imports", fmt.Sprint(n)}
			if i.Stream != nil {
				add(i.Stream.Account, nil, below(path, "stream", "account")...)
			}
			if i.Service != nil {
				add(i.Service.Account, nil, below(path, "service", "account")...)
			}
		}
	}
	return out
}

var accountExists = rule{
	"account-exists", diag.Error,
	"an account is there when it stands under accounts; the servers know no other",
	func(in *intent.Intent, r *report) {
		if definesUsers(in) {
			return
		}
		for _, a := range accountNames(in) {
			_, given := in.Accounts[a.name]
			if given || slices.Contains(a.others, a.name) || in.OperatorMode() && isAccountKey(a.name) {
				continue
			}
			f := finding{
				path:    a.path,
				message: fmt.Sprintf("there is no account %s", a.name),
				allowed: strings.Join(append(keys(in.Accounts), a.others...), ", "),
				mend:    fmt.Sprintf("accounts: %s: {}", cueLabel(a.name)),
				needs:   "accounts operator extraConfig leafnodes systemAccount",
			}
			if a.path[0] == "systemAccount" { // for somebody to use
				f.mend = fmt.Sprintf(`accounts: %s: users: sys: password: {secretName: "nats-auth", key: "sys"}`, cueLabel(a.name))
			}
			if near := language.Closest(a.name, append(keys(in.Accounts), a.others...)); near != "" {
				f.message += "; did you mean " + near + "?"
				f.mend = inPlace(a.path, cueText(near))
			}
			if a.name == "$SYS" && a.path[0] == "systemAccount" {
				f.mend = "leave it out: where nothing is said the servers make $SYS"
			}
			r.add(f)
		}
	},
}

var accountNameToken = rule{
	"account-name", diag.Error,
	"the name becomes a part of subjects by which the servers answer for the account ($SYS.REQ.ACCOUNT.<name>), and of the path of its streams; they only log that such a one is invalid",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() { // there it is the public nkey
			return
		}
		for _, name := range keys(in.Accounts) {
			if !accountNamed(name) {
				r.add(finding{
					path:    []string{"accounts", name},
					message: fmt.Sprintf("%q cannot be the name of an account", name),
					allowed: `a name without spaces, '*', '>', '/' and '\', and with a dot between two other characters only`,
					mend:    cueField([]string{"accounts", cmp.Or(inLetters(name, func(string) bool { return true }), "APP")}, "{...}") + ", in its place",
					needs:   "operator",
				})
			}
		}
	},
}

func accountNamed(name string) bool {
	return !strings.ContainsAny(name, " \t\r\n\f*>/\\") && server.IsValidSubject(name)
}

var accountNameDots = rule{
	"account-name-dots", diag.Warning,
	"the servers look for the name of an account in one token of a subject: what its users ask of themselves ($SYS.REQ.USER.INFO) and of their account goes unanswered (events.go, addSystemAccountExports)",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() {
			return
		}
		for _, name := range keys(in.Accounts) {
			if accountNamed(name) && strings.Contains(name, ".") {
				r.add(finding{
					path:    []string{"accounts", name},
					message: fmt.Sprintf("the name of the account %s has a dot", name),
					mend:    cueField([]string{"accounts", strings.ReplaceAll(name, ".", "-")}, "{...}") + ", in its place",
					needs:   "operator",
				})
			}
		}
	},
}

var authCalloutUsers = rule{
	"auth-callout-user", diag.Error,
	"the service itself connects as one of them; without it nobody gets in, and the servers only log it (auth.go, configureAuthorization)",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() || in.Authorization == nil || in.Authorization.AuthCallout == nil || definesUsers(in) {
			return
		}
		known := map[string]bool{}
		for _, u := range users(in) {
			known[u.named()] = true
		}
		if in.Authorization.User != "" {
			known[in.Authorization.User] = true
		}
		path := at("authorization.authCallout.authUsers")
		if len(in.Authorization.AuthCallout.AuthUsers) == 0 {
			r.add(finding{path: path, message: "auth callout has no user for its service", allowed: oneOf(known), mend: cueField(path, `["auth"]`) + `, and accounts: AUTH: users: auth: password: {secretName: "nats-auth", key: "auth"}`, needs: "operator accounts extraConfig"})
		}
		for n, name := range in.Authorization.AuthCallout.AuthUsers {
			if !known[name] {
				r.add(finding{
					path:    below(path, fmt.Sprint(n)),
					message: fmt.Sprintf("there is no user %s", name),
					allowed: oneOf(known),
					mend:    fmt.Sprintf(`accounts: AUTH: users: %s: password: {secretName: "nats-auth", key: %q}`, cueLabel(name), name),
					needs:   "operator accounts extraConfig",
				})
			}
		}
	},
}
