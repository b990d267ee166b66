package auth

import (
	"crypto/rand"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

const pair = `accounts: {
	A: {users: a: {}, imports: [{service: {account: "B", subject: "s"}}]}
	B: {users: b: {}, exports: [{service: "s", accounts: ["A"]}]}
}
`

// JWTs of other definitions are said to be stale, each at its account; the same ones are not.
func TestCheckStale(t *testing.T) {
	t.Parallel()
	out := issue(t, load(t, pair), nil, nil)
	require.Empty(t, messages(Check(withAuth(t, pair, out))))
	require.Empty(t, messages(Check(load(t, pair))), "not in operator mode")

	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"users":       {`users: b: {}`, `users: {b: {}, c: {}}`, []string{"auth-stale base/intent.cue:8:2 account B has changed since its JWT was made: its users have"}},
		"permissions": {`a: {}`, `a: permissions: publish: deny: ["x"]`, []string{"auth-stale base/intent.cue:7:2 account A has changed since its JWT was made: its users have"}},
		"limits":      {`{users: a`, `{limits: maxConnections: 1, users: a`, []string{"auth-stale base/intent.cue:7:2 account A has changed since its JWT was made"}},
		"public":      {`, accounts: ["A"]`, ``, []string{"auth-stale base/intent.cue:8:2 account B has changed since its JWT was made"}},
		"renamed": {`	B:`, `	B: {}, C:`, []string{
			"account-definition base/intent.cue:7:31 account B exports no service that has s",
			"account-jwt-missing base/intent.cue:8:9 account C has no JWT",
			"auth-stale base/intent.cue:8:2 account B has changed since its JWT was made"}},
		"added": {"accounts: {", "accounts: {\nC: {}", []string{"account-jwt-missing base/intent.cue:7:1 account C has no JWT"}},
		"removed": {"	A: {users: a: {}, imports: [{service: {account: \"B\", subject: \"s\"}}]}\n	B: {users: b: {}, exports: [{service: \"s\", accounts: [\"A\"]}]}", "	B: {users: b: {}}", []string{
			"auth-stale base/auth.cue account A has a JWT and is none of the accounts",
			"auth-stale base/intent.cue:7:2 account B has changed since its JWT was made"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fields := strings.Replace(pair, c.old, c.new, 1)
			require.NotEqual(t, pair, fields)
			found := Check(withAuth(t, fields, out))
			var got []string
			for _, m := range messages(found) {
				if place, after, ok := strings.Cut(m, "base/auth.cue:"); ok {
					_, after, _ = strings.Cut(after, " ")
					m = place + "base/auth.cue " + after
				}
				got = append(got, m)
			}
			require.ElementsMatch(t, c.want, got)
		})
	}

	// Where the servers find JWTs elsewhere too, one that is not here is no error.
	fields := "accounts: C: {}\nresolver: {}\n" + pair
	found := Check(withAuth(t, fields, out))
	require.Len(t, found, 1)
	require.False(t, found.HasErrors())

	// A server with preloaded JWTs and no resolver does not start.
	fields = "resolver: enabled: false\n" + pair
	require.Equal(t, []string{"resolver-missing base/intent.cue:6:1 operator mode needs a resolver, and there is none"}, messages(Check(withAuth(t, fields, out))))

	// Nor does one without any, unless the operator's JWT says where JWTs are to be had.
	operator, err := nkeys.CreateOperator()
	require.NoError(t, err)
	claims := jwt.NewOperatorClaims(public(operator))
	for url, want := range map[string][]string{
		"":                               {"resolver-missing base/intent.cue:6:1 operator mode needs a resolver, and there is none"},
		"https://jwt.example.com/jwt/v1": nil,
	} {
		claims.AccountServerURL = url
		token, err := claims.Encode(operator)
		require.NoError(t, err)
		require.Equal(t, want, messages(Check(load(t, "resolver: enabled: false\noperator: "+strconv.Quote(token)))), url)
	}
}

// JWTs that the servers would refuse are errors.
func TestCheckInvalid(t *testing.T) {
	t.Parallel()
	in := load(t, pair)
	out := issue(t, in, nil, nil)
	keys := read(t, stream(t, in, out))
	signing := keys.seeds[operatorSigningKey]
	stranger, err := nkeys.CreateOperator()
	require.NoError(t, err)
	key := public(keys.seeds[accountKey("A")])
	account := func(change func(*jwt.AccountClaims), by nkeys.KeyPair) func(*Public) {
		return func(p *Public) {
			claims, err := jwt.DecodeAccountClaims(p.Accounts[key])
			require.NoError(t, err)
			change(claims)
			p.Accounts[key], err = claims.Encode(by)
			require.NoError(t, err)
		}
	}
	for name, c := range map[string]struct {
		change func(*Public)
		want   string
	}{
		"no operator":  {func(p *Public) { p.Operator = "eyJh.eyJi.c" }, "this is not the JWT of an operator: "},
		"user's JWT":   {func(p *Public) { p.Operator = p.Accounts[key] }, "this is not the JWT of an operator: not operator claim"},
		"tampered":     {func(p *Public) { p.Accounts[key] = strings.Replace(p.Accounts[key], ".ey", ".eyJ9", 1) }, "this is not the JWT of an account: "},
		"other key":    {func(p *Public) { p.Accounts[key] = p.Accounts[p.SystemAccount] }, "this is the JWT of account " + out.Public.SystemAccount + ", not of " + key},
		"stranger":     {account(func(*jwt.AccountClaims) {}, stranger), "the JWT of account A is signed by " + public(stranger) + ", which is no signing key of the operator"},
		"identity key": {account(func(*jwt.AccountClaims) {}, keys.seeds[operatorKey]), "which is no signing key of the operator"},
		"expired":      {account(func(c *jwt.AccountClaims) { c.Expires = time.Now().Unix() - 10 }, signing), "the JWT of account A is not valid: claim is expired"},
		"no token":     {account(func(c *jwt.AccountClaims) { c.Imports[0].Token = "" }, signing), "account A has no valid token to import s from account B"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := *out.Public
			p.Accounts = maps.Clone(p.Accounts)
			c.change(&p)
			found := Check(withAuth(t, pair, &Issued{Public: &p}))
			require.Len(t, found, 1, messages(found))
			require.Contains(t, found[0].Message, c.want)
			require.Equal(t, name != "no token", found.HasErrors())
		})
	}
}

// What one run makes, the next leaves as it is; and keys that are made are all different.
func TestSameAgain(t *testing.T) {
	t.Parallel()
	in := load(t, shop)
	out := issue(t, in, nil, nil)
	text := stream(t, in, out)
	keys := read(t, text)
	seen := map[string]bool{}
	for _, pair := range keys.seeds {
		require.False(t, seen[public(pair)])
		seen[public(pair)] = true
	}
	time.Sleep(1100 * time.Millisecond) // what is signed again has another time
	again := issue(t, in, keys, out.Public)
	require.Equal(t, out.Public, again.Public)
	require.Equal(t, text, stream(t, in, again))
	require.Empty(t, again.Notes)

	// Without the old JWTs the keys are the same, and all is signed again.
	fresh, found, err := Issue(in, keys, nil, rand.Reader)
	require.NoError(t, err)
	require.Empty(t, found)
	require.NotEqual(t, out.Public.Operator, fresh.Public.Operator)
	require.Equal(t, out.Public.SystemAccount, fresh.Public.SystemAccount)
	require.Equal(t, text, stream(t, in, fresh), "those of the users were among the keys")

	// auth.cue is read back as it was written.
	file, err := out.Public.File("// Code generated by natsyard", "prod", "prod")
	require.NoError(t, err)
	back, err := ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, out.Public, back)
}

// Whoever was a user once stays out, in every run that follows, until he is one again.
func TestRevocationsStay(t *testing.T) {
	t.Parallel()
	both, one := `accounts: A: users: {a: {}, b: {}}`, `accounts: A: users: a: {}`
	first := issue(t, load(t, both), nil, nil)
	keys := read(t, stream(t, load(t, both), first))
	second := issue(t, load(t, one), keys, first.Public)
	require.Contains(t, second.Notes, "revoked the credentials that user b of account A had")
	fewer := read(t, stream(t, load(t, one), second))
	require.NotContains(t, fewer.seeds, userKey("A", "b"))

	third := issue(t, load(t, one), fewer, second.Public)
	require.Equal(t, second.Public, third.Public)
	fourth := issue(t, load(t, one), keys, third.Public) // with the old keys once more
	require.Equal(t, second.Public, fourth.Public)

	back := issue(t, load(t, both), keys, fourth.Public)
	for key, token := range back.Public.Accounts {
		claims, err := jwt.DecodeAccountClaims(token)
		require.NoError(t, err)
		require.Empty(t, claims.Revocations, key)
	}
}
