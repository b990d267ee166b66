package auth

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

func seedOf(t testing.TB, kind nkeys.PrefixByte) string {
	t.Helper()
	pair, err := nkeys.CreatePair(kind)
	require.NoError(t, err)
	seed, err := pair.Seed()
	require.NoError(t, err)
	return string(seed)
}

// Names of seeds are read as they are written, and differ where accounts and users do.
func TestSeedNames(t *testing.T) {
	t.Parallel()
	odd := []string{"APP", "app", "a.b", "a_b", "_x2e", "_x", "__x", "a_", "x2e", "ä", "a b", "\xff", "signing", "A.signing", "a/b", "-"}
	seen := map[string]bool{}
	for _, account := range odd {
		for _, name := range []string{accountKey(account), accountSigningKey(account)} {
			require.False(t, seen[name], name)
			seen[name] = true
			require.Regexp(t, `^[-._A-Za-z0-9]+$`, name)
			got, ok := parseSeedName(name)
			require.True(t, ok, name)
			require.Equal(t, seedName{kind: nkeys.PrefixByteAccount, account: account}, got)
		}
		for _, user := range odd {
			name := userKey(account, user)
			require.False(t, seen[name], name)
			seen[name] = true
			got, ok := parseSeedName(name)
			require.True(t, ok, name)
			require.Equal(t, seedName{nkeys.PrefixByteUser, account, user}, got)
		}
	}
	for _, name := range []string{"", ".nk", "operator", "account.nk", "account.a.b.nk", "user.a.nk", "user.a.b.c.nk", "account.a_x62.nk", "user.a.b", "account..nk.nk"} {
		_, ok := parseSeedName(name)
		require.False(t, ok, name)
	}
}

// The names of users' Secrets are such as Kubernetes takes, and none is there twice.
func TestCredsNames(t *testing.T) {
	t.Parallel()
	in := load(t, `accounts: {
		APP: users: {alice: {}, "a.b": {}, "a-b": {}, "\u00e4": {}, "...": {}}
		app: users: alice: {}
		"A-b": users: c: {}
		A: users: "b-c": {}
		"`+strings.Repeat("x", 80)+`": users: "`+strings.Repeat("y", 80)+`": {}
	}
	name: "`+strings.Repeat("n", 47)+`"`)
	r := newRealm(in)
	require.Empty(t, r.found)
	names := credsNames(in, sortedUsers(r.accounts))
	seen := map[string]bool{}
	for _, name := range names {
		require.Regexp(t, `^[a-z0-9][-a-z0-9]*[a-z0-9]$`, name)
		require.LessOrEqual(t, len(name), maxName)
		require.False(t, seen[name], name)
		seen[name] = true
	}
	require.Len(t, names, 10)
	require.Equal(t, in.Name+"-creds-sys-sys", names[userKey("SYS", "sys")])
	require.Regexp(t, "-creds-app-alice-[0-9a-f]{10}$", names[userKey("app", "alice")])
}

func TestReadKeys(t *testing.T) {
	t.Parallel()
	operator, account, user, other := seedOf(t, nkeys.PrefixByteOperator), seedOf(t, nkeys.PrefixByteAccount), seedOf(t, nkeys.PrefixByteUser), seedOf(t, nkeys.PrefixByteUser)
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, c := range map[string]struct {
		text     string
		problems []string
	}{
		"data":        {"kind: Secret\ndata: {operator.nk: " + b64(operator) + "}", nil},
		"text":        {"kind: Secret\nstringData: {operator.nk: \"" + operator + "\\n\"}", nil},
		"both":        {"kind: Secret\ndata: {operator.nk: " + b64("x") + "}\nstringData: {operator.nk: " + operator + "}", nil},
		"list":        {"kind: List\nitems: [{kind: Secret, data: {a: Yg==}}, {kind: Secret, stringData: {operator.nk: " + operator + "}}]", nil},
		"twice same":  {"kind: Secret\nstringData: {operator.nk: " + operator + "}\n---\nkind: Secret\nstringData: {operator.nk: " + operator + "}", nil},
		"json":        {`{"kind": "Secret", "stringData": {"operator.nk": "` + operator + `"}}`, nil},
		"nothing":     {"", []string{"there is no seed in them: they are the Secrets that natsyard auth has printed"}},
		"no seed":     {"kind: Secret\ndata: {tls.key: YQ==}", []string{"there is no seed in them: they are the Secrets that natsyard auth has printed"}},
		"no kind":     {"a: b", []string{"document 1 is something without a kind, not a Secret"}},
		"text alone":  {operator, []string{"document 1 is not a Secret: it is a string"}},
		"number":      {"kind: Secret\ndata: {operator.nk: 5}", []string{"document 1 is not a Secret: data is a number"}},
		"one alias":   {"kind: Secret\nstringData: {operator.nk: &a " + operator + ", b: *a}", []string{"document 1 repeats parts of itself with * and &, which keys never do"}},
		"an asterisk": {"kind: Secret\nmetadata: {annotations: {a: \"*a &a\"}}\nstringData: {operator.nk: " + operator + "}", nil},
		"documents":   {strings.Repeat("null\n---\n", maxDocuments+10), []string{"document 50001: there are more than 50000"}},
		"wrong kinds": {"kind: Secret\nstringData: {operator.nk: " + account + ", user.A.b.nk: " + operator + "}",
			[]string{"document 1: operator.nk is the seed of a key of account, not of operator", "document 1: user.A.b.nk is the seed of a key of operator, not of user"}},
		"public":    {"kind: Secret\nmetadata: {name: k}\nstringData: {user.A.b.nk: UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4}", []string{"Secret k: user.A.b.nk is not a seed"}},
		"no name":   {"kind: Secret\nstringData: {alice.nk: " + user + "}", []string{"document 1: alice.nk is no name of a seed"}},
		"two seeds": {"kind: Secret\nstringData: {user.A.b.nk: " + user + "}\n---\nkind: Secret\nstringData: {user.A.b.nk: " + other + "}", []string{"document 2: user.A.b.nk is given twice, with different seeds"}},
		"one twice": {"kind: Secret\nstringData: {user.A.b.nk: " + user + ", user.A.c.nk: " + user + "}", []string{"document 1: user.A.c.nk is the same seed as user.A.b.nk"}},
		"creds":     {"kind: Secret\nstringData: {nats.creds: x}", []string{"document 1: nats.creds holds no valid JWT of a user"}},
		"nested":    {"kind: List\nitems: [{kind: List, items: [{kind: List, items: [{kind: List, items: [{kind: List}]}]}]}]", []string{"document 1, item 1, item 1, item 1, item 1 is a List, not a Secret"}},
		"two keys":  {"kind: Secret\nkind: Secret", []string{"document 1 is not YAML: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, err := ReadKeys([]byte(c.text))
			if c.problems == nil {
				require.NoError(t, err)
				require.Contains(t, keys.seeds, operatorKey)
				return
			}
			var wrong *KeysError
			require.ErrorAs(t, err, &wrong)
			require.Len(t, wrong.Problems, len(c.problems), wrong)
			for i, p := range c.problems {
				require.Contains(t, wrong.Problems[i], p)
			}
			for _, seed := range []string{operator, account, user, other} {
				require.NotContains(t, err.Error(), seed)
				require.NotContains(t, err.Error(), b64(seed))
			}
		})
	}
}

func TestKeysErrorIsBounded(t *testing.T) {
	t.Parallel()
	err := &KeysError{Problems: slices.Repeat([]string{"p"}, 102)}
	require.Equal(t, "these are not the keys:"+strings.Repeat("\n  p", 100)+"\n  and 2 more", err.Error())
}

// Whatever is given for keys, reading it ends, and says nothing of a seed.
func FuzzReadKeys(f *testing.F) {
	in := load(f, `accounts: APP: users: {alice: {}, bob: nkey: "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"}`)
	whole := stream(f, in, issue(f, in, nil, nil))
	f.Add([]byte(whole))
	f.Add([]byte("kind: List\nitems: [{kind: Secret, stringData: {nats.creds: \"-----BEGIN\\nx\\n------END\"}}]"))
	f.Add([]byte("a: &a [*a]\n---\n\xff"))
	f.Add([]byte("kind: Secret\nstringData: {user.A_x.b.nk: SU}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := ReadKeys(text)
		if err != nil {
			require.NotRegexp(t, `S[OAU][A-Z2-7]{40}`, err.Error())
			return
		}
		// What was read can be used, or is refused.
		_, _, err = Issue(in, keys, nil, fixed{})
		var wrong *KeysError
		if err != nil {
			require.ErrorAs(t, err, &wrong, fmt.Sprintf("%q", text))
		}
	})
}

// fixed is a source of bytes that is not random, so that a test is the same each time.
type fixed struct{}

func (fixed) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}
