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
)

// Check tells whether the JWTs of an intent in operator mode are valid, and whether those of the
// accounts still say what the accounts' definitions do. It has nothing to say of an intent that is
// not in operator mode, nor of one in which a field that it reads is broken.
func Check(in *intent.Intent) diag.List {
	for _, field := range []string{"operator", "accounts", "authorization", "systemAccount", "resolverPreload", "resolver", "defaultSentinel"} {
		if in.Broken[field] {
			return nil
		}
	}
	if !in.OperatorMode() {
		return nil
	}
	c := checker{realm: &realm{in: in}, tokens: map[string]*jwt.AccountClaims{}}
	c.operator()
	c.resolver()
	for _, key := range slices.Sorted(maps.Keys(in.ResolverPreload)) {
		c.account(key)
	}
	callout := in.Authorization != nil && in.Authorization.AuthCallout != nil
	if (len(in.Accounts) > 0 || callout) && !c.found.HasErrors() {
		c.definitions()
	}
	c.sentinel()
	return c.found
}

type checker struct {
	*realm
	op     *jwt.OperatorClaims
	tokens map[string]*jwt.AccountClaims // valid ones, by public nkey
}

func (c *checker) again() string {
	return "natsyard auth " + c.in.Environment + " --keys FILE"
}

func (c *checker) invalid(path []string, format string, args ...any) {
	c.add(diag.Diagnostic{
		Rule: ruleInvalid, Message: fmt.Sprintf(format, args...),
		Why: "the servers refuse such a JWT, and with it all who hang on it", Mend: c.again(),
	}, path...)
}

// problems are what the jwt library finds, the passing of time included.
func problems(claims jwt.Claims) string {
	results := jwt.CreateValidationResults()
	claims.Validate(results)
	var all []string
	for _, i := range results.Issues {
		if i.Blocking || i.TimeCheck {
			all = append(all, lower(i.Description))
		}
	}
	return strings.Join(all, "; ")
}

func (c *checker) operator() {
	claims, err := jwt.DecodeOperatorClaims(c.in.Operator)
	switch {
	case err != nil:
		c.invalid([]string{"operator"}, "this is not the JWT of an operator: %s", err)
		return
	case problems(claims) != "":
		c.invalid([]string{"operator"}, "the operator's JWT is not valid: %s", problems(claims))
	case !claims.DidSign(claims):
		c.invalid([]string{"operator"}, "the operator's JWT is not signed by the operator")
	}
	c.op = claims
}

// resolver is needed, unless the operator's JWT names a server of JWTs, and by preloaded JWTs even then: the
// server does not start otherwise. The proof does not see it, for it gives the server a resolver
// so that nobody is called.
func (c *checker) resolver() {
	r, why := c.in.Resolver, "the server does not start: it would fetch the JWTs of accounts from where the operator's JWT says, and that says nothing"
	switch preloaded := len(c.in.ResolverPreload) > 0; {
	case r != nil && r.Enabled:
		return
	case preloaded:
		why = "the server does not start: resolver preloads only available for writeable resolver types"
	case c.op == nil || c.op.AccountServerURL != "":
		return
	}
	at := "operator"
	if _, off := c.in.Written("resolver"); off {
		at = "resolver"
	}
	c.add(diag.Diagnostic{
		Rule: ruleResolver, Message: "operator mode needs a resolver, and there is none", Why: why,
		Mend: `resolver: type: "memory", or "full" for JWTs that are on a volume and are pushed`,
	}, at)
}

func (c *checker) account(key string) {
	path := []string{"resolverPreload", key}
	claims, err := jwt.DecodeAccountClaims(c.in.ResolverPreload[key])
	switch {
	case err != nil:
		c.invalid(path, "this is not the JWT of an account: %s", err)
	case claims.Subject != key:
		c.invalid(path, "this is the JWT of account %s, not of %s", claims.Subject, key)
	case c.op != nil && !c.op.DidSign(claims):
		c.invalid(path, "the JWT of account %s is signed by %s, which is no signing key of the operator", claims.Name, claims.Issuer)
	case problems(claims) != "":
		c.invalid(path, "the JWT of account %s is not valid: %s", claims.Name, problems(claims))
	default:
		c.tokens[key] = claims
	}
}

// definitions compares the accounts with their JWTs.
func (c *checker) definitions() {
	c.realm = newRealm(c.in)
	byName := map[string]*jwt.AccountClaims{}
	for _, key := range slices.Sorted(maps.Keys(c.tokens)) {
		byName[c.tokens[key].Name] = c.tokens[key]
	}
	c.calloutAccount()
	jwts := map[*account]*jwt.AccountClaims{}
	for _, a := range c.accounts {
		claims, ok := byName[a.name]
		if a.def.Nkey != "" {
			claims, ok = c.tokens[a.def.Nkey]
		}
		if a.public = "A"; ok {
			jwts[a], a.public = claims, claims.Subject
		}
	}
	for _, a := range c.accounts {
		before := len(c.found)
		wanted, grants := c.claims(a)
		_, defined := c.in.Accounts[a.name]
		switch had := jwts[a]; {
		case len(c.found) > before: // no JWT could say this
		case had != nil && (defined || madeHere(had)):
			c.compare(a, had, wanted, grants, jwts)
		case defined:
			c.missing(a)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if c.byName[name] == nil && madeHere(byName[name]) {
			c.stale([]string{"resolverPreload", byName[name].Subject}, fmt.Sprintf("account %s has a JWT and is none of the accounts", name))
		}
	}
}

// madeHere tells whether natsyard has made a JWT.
func madeHere(claims *jwt.AccountClaims) bool {
	return slices.ContainsFunc(claims.Tags, func(t string) bool { return strings.HasPrefix(t, usersTag) })
}

func (c *checker) missing(a *account) {
	d := diag.Diagnostic{
		Rule: ruleMissing, Severity: diag.Warning, Message: fmt.Sprintf("account %s has no JWT", a.name),
		Why: "in operator mode the servers know an account by its JWT alone", Mend: c.again(),
	}
	if !c.in.ResolverOnDisk() {
		d.Rule, d.Severity = ruleLost, diag.Error // there is no other place that it could come from
	}
	c.add(d, a.path()...)
}

func (c *checker) stale(path []string, message string) {
	c.add(diag.Diagnostic{
		Rule: ruleStale, Severity: diag.Warning, Message: message,
		Why: "the servers go by the JWT, not by the definition", Mend: c.again(),
	}, path...)
}

// compare takes from the JWT what hangs on keys, and then it must be what is wanted.
func (c *checker) compare(a *account, had, wanted *jwt.AccountClaims, grants []grant, jwts map[*account]*jwt.AccountClaims) {
	for _, g := range grants {
		c.granted(a, had, g, jwts[g.exporter])
	}
	plain := *had
	plain.Imports = nil
	for _, i := range had.Imports {
		without := *i
		without.Token = ""
		plain.Imports.Add(&without)
	}
	wanted.Issuer, wanted.SigningKeys, wanted.Revocations = had.Issuer, had.SigningKeys, had.Revocations
	if users := &wanted.Authorization.AuthUsers; len(*users) == len(had.Authorization.AuthUsers) {
		*users = had.Authorization.AuthUsers // the tag tells whose they are
	}
	if !same(&plain, wanted) {
		c.stale(a.path(), fmt.Sprintf("account %s has changed since its JWT was made%s", a.name, onlyUsers(&plain, wanted)))
	}
}

// onlyUsers says when nothing but users has changed.
func onlyUsers(had, wanted *jwt.AccountClaims) string {
	clone := *wanted
	if clone.Tags = had.Tags; same(had, &clone) {
		return ": its users have"
	}
	return ""
}

// granted tells whether the token of an import is there, and the exporting account's.
func (c *checker) granted(a *account, had *jwt.AccountClaims, g grant, exporter *jwt.AccountClaims) {
	for _, i := range had.Imports {
		if i.Account != g.to.Account || i.Subject != g.to.Subject || i.Type != g.to.Type {
			continue
		}
		token, err := jwt.DecodeActivationClaims(i.Token)
		if err == nil && exporter != nil && nkeys.IsValidPublicAccountKey(token.Issuer) && !exporter.DidSign(token) {
			c.stale(a.path("imports"), fmt.Sprintf("account %s may not import %s any more: its token is not signed by account %s", a.name, i.Subject, g.exporter.name))
		}
		if err != nil {
			c.stale(a.path("imports"), fmt.Sprintf("account %s has no valid token to import %s from account %s", a.name, i.Subject, g.exporter.name))
		}
		return
	}
}
