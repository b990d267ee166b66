package auth

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// callout is what the intent says of auth callout where it speaks of an account; nil otherwise.
func (r *realm) callout(a *account) *schema.AuthCallout {
	if r.in.Authorization == nil || r.in.Authorization.AuthCallout == nil || r.in.Authorization.AuthCallout.Account != a.name {
		return nil
	}
	return r.in.Authorization.AuthCallout
}

func calloutPath(names ...string) []string {
	return append([]string{"authorization", "authCallout"}, names...)
}

// calloutAccount finds auth callout whose account has no JWT that could say it.
func (r *realm) calloutAccount() {
	if r.in.Authorization == nil || r.in.Authorization.AuthCallout == nil {
		return
	}
	name := r.in.Authorization.AuthCallout.Account
	if r.byName[name] != nil {
		return
	}
	if name != "" {
		r.unknown(calloutPath("account"), name)
		return
	}
	var all []string
	for _, a := range r.accounts {
		if a != r.system {
			all = append(all, a.name)
		}
	}
	mend := "AUTH"
	if len(all) > 0 {
		mend = all[0]
	}
	r.add(diag.Diagnostic{
		Rule: ruleDefinition, Message: "authCallout names no account",
		Why:     "in operator mode auth callout is part of the JWT of the account in which the service is",
		Allowed: strings.Join(all, ", "), Mend: fmt.Sprintf("authorization: authCallout: account: %q", mend),
	}, calloutPath()...)
}

// external is the part of an account's JWT that is auth callout. The key of a user is "" before it
// is known.
func (r *realm) external(a *account) (out jwt.ExternalAuthorization) {
	c := r.callout(a)
	if c == nil {
		return out
	}
	for n, name := range c.AuthUsers {
		if key, ok := a.userKey(name); ok {
			out.AuthUsers = append(out.AuthUsers, key)
			continue
		}
		r.noUser(a, name, calloutPath("authUsers", strconv.Itoa(n)))
	}
	if len(c.AuthUsers) == 0 {
		r.wrong(calloutPath("authUsers"), "users of account "+a.name+", or public nkeys", "the service needs a user whom the servers let in without asking")
	}
	slices.Sort(out.AuthUsers)
	for n, name := range c.AllowedAccounts {
		out.AllowedAccounts = append(out.AllowedAccounts, r.allowed(c, name, calloutPath("allowedAccounts", strconv.Itoa(n))))
	}
	if c.AllowedAccounts == nil {
		out.AllowedAccounts = jwt.StringList{jwt.AnyAccount} // all, as without an operator; the JWT's own default is none
	}
	slices.Sort(out.AllowedAccounts)
	if out.XKey = c.Xkey; c.Xkey != "" && !nkeys.IsValidPublicCurveKey(c.Xkey) {
		r.wrong(calloutPath("xkey"), "what nk -gen curve -pubout prints", "this is no xkey: its checksum is wrong")
	}
	return out
}

// userKey is the public nkey of a user of the account, by name or itself.
func (a *account) userKey(name string) (string, bool) {
	for _, u := range a.users {
		if u.name == name {
			return cmp.Or(u.def.Nkey, u.public), true
		}
	}
	return name, nkeys.IsValidPublicUserKey(name)
}

func (r *realm) allowed(c *schema.AuthCallout, name string, path []string) string {
	switch a := r.byName[name]; {
	case a != nil:
		return a.public
	case name == jwt.AnyAccount && len(c.AllowedAccounts) > 1:
		r.wrong(path, `"*" alone, or accounts`, "\"*\" is all accounts already")
	case name != jwt.AnyAccount && !nkeys.IsValidPublicAccountKey(name):
		r.unknown(path, name)
	}
	return name
}

func (r *realm) noUser(a *account, name string, path []string) {
	var all []string
	for _, u := range a.users {
		all = append(all, u.name)
	}
	d := diag.Diagnostic{
		Rule: ruleDefinition, Message: fmt.Sprintf("account %s has no user %s", a.name, name),
		Why:     "the service connects to the account whose JWT says auth callout, and would be asked about itself",
		Allowed: strings.Join(append(all, "a public nkey"), ", "),
		Mend:    "accounts: " + cueLabel(a.name) + ": users: " + cueLabel(name) + ": {}",
	}
	if near := language.Closest(name, all); near != "" {
		d.Mend = fmt.Sprintf("%q", near)
	}
	r.add(d, path...)
}
