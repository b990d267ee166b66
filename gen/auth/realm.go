// Package auth makes the JWTs of operator mode of an intent's accounts, and judges those that an
// intent holds.
//
// It writes nothing and asks nobody: keys come in as they were printed, and go out as Secrets for
// standard output. The one thing that it takes from outside is the time of day, which the
// jwt library writes into what it signs and compares with when a JWT expires.
package auth

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// The system account and its user where the intent names none.
const (
	systemName = "SYS"
	systemUser = "sys"
)

// realm is all accounts of an intent, the system account among them, and what is found wrong.
type realm struct {
	in       *intent.Intent
	accounts []*account // by name
	byName   map[string]*account
	system   *account // nil where it cannot be told
	found    diag.List
}

// account is one account and, once they are known, its public nkeys.
type account struct {
	name    string
	def     schema.Account
	users   []*user // by name
	public  string
	signing string // the nkey that signs for it
}

// below is a path that is longer by names.
func below(path []string, names ...string) []string {
	return append(path[:len(path):len(path)], names...)
}

func (a *account) path(below ...string) []string {
	return append([]string{"accounts", a.name}, below...)
}

// user is one user, with claims once they are made.
type user struct {
	name    string
	def     schema.User
	account *account
	claims  *jwt.UserClaims
	public  string // nkey; "" before it is known, and where the definition has it
}

func (u *user) key() string { return userKey(u.account.name, u.name) }

func (u *user) path(below ...string) []string {
	return u.account.path(append([]string{"users", u.name}, below...)...)
}

func newRealm(in *intent.Intent) *realm {
	r := &realm{in: in, byName: map[string]*account{}}
	definitions := maps.Clone(in.Accounts)
	if definitions == nil {
		definitions = map[string]schema.Account{}
	}
	system := r.systemName()
	if _, defined := definitions[system]; !defined && system != "" {
		definitions[system] = schema.Account{}
	}
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		a := &account{name: name, def: definitions[name], public: definitions[name].Nkey}
		if name == system && len(a.def.Users) == 0 {
			a.def.Users = map[string]schema.User{systemUser: {}}
		}
		for _, user := range slices.Sorted(maps.Keys(a.def.Users)) {
			a.users = append(a.users, newUser(a, user))
		}
		r.accounts, r.byName[name] = append(r.accounts, a), a
		r.names(a)
	}
	r.system = r.byName[system]
	return r
}

func newUser(a *account, name string) *user {
	return &user{name: name, def: a.def.Users[name], account: a}
}

// systemName is the name of the system account; "" where its JWT is not in the intent, and with a
// finding where it is none of the accounts.
func (r *realm) systemName() string {
	asked := r.in.SystemAccount
	if asked == "" {
		return systemName
	}
	if nkeys.IsValidPublicAccountKey(asked) {
		for _, name := range slices.Sorted(maps.Keys(r.in.Accounts)) {
			if r.in.Accounts[name].Nkey == asked {
				return name
			}
		}
		if claims, err := jwt.DecodeAccountClaims(r.in.ResolverPreload[asked]); err == nil {
			return claims.Name
		}
		if r.in.OperatorMode() {
			return "" // its JWT is somewhere else
		}
	}
	if r.in.OperatorMode() && len(r.in.AccountKeys()[asked]) > 0 {
		return asked
	}
	if _, ok := r.in.Accounts[asked]; ok || asked == systemName {
		return asked
	}
	mend := "accounts: " + cueLabel(asked) + ": {}"
	if near := language.Closest(asked, slices.Sorted(maps.Keys(r.in.Accounts))); near != "" {
		mend = fmt.Sprintf("systemAccount: %q", near)
	}
	r.add(diag.Diagnostic{
		Rule: ruleSystem, Message: fmt.Sprintf("the system account %s is none of the accounts", asked), Mend: mend,
	}, "systemAccount")
	return ""
}

// names refuses what neither a Secret nor a JWT can be named by.
func (r *realm) names(a *account) {
	const allowed = "a name of 1 to 80 characters"
	usable := func(name string) bool {
		return name != "" && len(name) <= 80 && !strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f })
	}
	if !usable(a.name) {
		r.add(diag.Diagnostic{Rule: ruleDefinition, Message: fmt.Sprintf("an account cannot be named %q", a.name), Allowed: allowed}, a.path()...)
	}
	if a.def.Nkey != "" && !nkeys.IsValidPublicAccountKey(a.def.Nkey) {
		r.wrong(a.path("nkey"), "what nk -gen account -pubout prints", "this is no nkey of an account: its checksum is wrong")
	}
	for _, u := range a.users {
		if u.def.Nkey != "" && !nkeys.IsValidPublicUserKey(u.def.Nkey) {
			r.wrong(u.path("nkey"), "what nk -gen user -pubout prints", "this is no nkey of a user: its checksum is wrong")
		}
		if !usable(u.name) {
			r.add(diag.Diagnostic{Rule: ruleDefinition, Message: fmt.Sprintf("a user cannot be named %q", u.name), Allowed: allowed}, u.path()...)
		}
	}
}

// add is a finding about a field, an error unless it says otherwise.
func (r *realm) add(d diag.Diagnostic, path ...string) {
	if d.Severity == "" {
		d.Severity = diag.Error
	}
	d.Path, d.Span = strings.Join(path, "."), r.in.At(path...)
	r.found = append(r.found, d)
}

// wrong is an error in the definition of an account.
func (r *realm) wrong(path []string, allowed, format string, args ...any) {
	r.add(diag.Diagnostic{Rule: ruleDefinition, Message: fmt.Sprintf(format, args...), Allowed: allowed}, path...)
}

// judge turns what the jwt library says of a claim into findings at a field.
func (r *realm) judge(path []string, validate func(*jwt.ValidationResults)) {
	results := jwt.CreateValidationResults()
	validate(results)
	for _, err := range results.Errors() {
		r.add(diag.Diagnostic{
			Rule: ruleDefinition, Message: lower(err.Error()), Why: "the server refuses a JWT that says so",
		}, path...)
	}
}

// lower begins a foreign sentence as the messages here begin.
func lower(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// cueLabel is a name as CUE has it for a label.
func cueLabel(name string) string {
	for i, c := range name {
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return fmt.Sprintf("%q", name)
		}
	}
	return name
}
