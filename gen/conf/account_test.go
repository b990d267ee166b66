package conf

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

// operated is the fields of operator mode with the JWTs of accounts of these names, and the public
// nkeys in their order.
func operated(t testing.TB, names ...string) (fields string, keys []string) {
	t.Helper()
	operator, err := nkeys.CreateOperator()
	require.NoError(t, err)
	public, err := operator.PublicKey()
	require.NoError(t, err)
	token, err := jwt.NewOperatorClaims(public).Encode(operator)
	require.NoError(t, err)
	preload := map[string]string{}
	for _, name := range names {
		account, err := nkeys.CreateAccount()
		require.NoError(t, err)
		key, err := account.PublicKey()
		require.NoError(t, err)
		claims := jwt.NewAccountClaims(key)
		claims.Name = name
		preload[key], err = claims.Encode(operator)
		require.NoError(t, err)
		keys = append(keys, key)
	}
	text, err := json.Marshal(preload)
	require.NoError(t, err)
	return fmt.Sprintf("operator: %q, resolver: type: \"memory\", resolverPreload: %s,\n", token, text), keys
}

// In operator mode accounts are named as elsewhere, and the real server knows them by their keys.
func TestAccountsByName(t *testing.T) {
	t.Parallel()
	fields, keys := operated(t, "SYS", "APP", "GEO")
	in := newIntent(t, `{`+fields+`
		systemAccount: "SYS"
		cluster: {replicas: 2, accounts: ["APP", "`+keys[2]+`"]}
		jetstream: fileStore: {}
		defaultJSDomain: {APP: "hub", "`+keys[2]+`": "far"}
		leafnodes: {
			listen: true
			authorization: account: "GEO"
			remotes: {
				a: {urls: ["nats://a:7422"], account: "APP"}
				b: {urls: ["nats://b:7422"], account: "`+keys[1]+`"}
			}
		}
	}`)
	c, found := Build(in)
	require.Empty(t, found)
	require.Empty(t, checked(t, c, in, Pods(in)))
	text := string(c.Text())
	for _, want := range []string{
		"system_account: \"" + keys[0] + "\"\n",
		"accounts: [\n    \"" + keys[1] + "\"\n    \"" + keys[2] + "\"\n  ]\n",
		"\n  " + keys[1] + ": \"hub\"\n",
		"\n  " + keys[2] + ": \"far\"\n",
		"account: \"" + keys[2] + "\"\n",
	} {
		require.Contains(t, text, want)
	}
	require.Equal(t, 2, strings.Count(text, "account: \""+keys[1]+"\"\n"), "of the remotes")
}

func TestAccountsThatNobodyKnows(t *testing.T) {
	t.Parallel()
	fields, keys := operated(t, "SYS", "APP", "TWIN", "TWIN")
	for name, test := range map[string]struct {
		source string
		want   []string // "rule path: message"
	}{
		"leaf node": {`leafnodes: remotes: a: {urls: ["nats://a:7422"], account: "AP"}`,
			[]string{"account-unknown leafnodes.remotes.a.account: no JWT of resolverPreload is of an account named AP"}},
		"all at once": {`systemAccount: "SYST", cluster: {replicas: 2, accounts: ["SYS", "X"]}, defaultJSDomain: Y: "hub", leafnodes: {listen: true, authorization: account: "Z"}`, []string{
			"account-unknown cluster.accounts.1: no JWT of resolverPreload is of an account named X",
			"account-unknown defaultJSDomain.Y: no JWT of resolverPreload is of an account named Y",
			"account-unknown leafnodes.authorization.account: no JWT of resolverPreload is of an account named Z",
			"account-unknown systemAccount: no JWT of resolverPreload is of an account named SYST",
		}},
		"two of a name": {`leafnodes: remotes: a: {urls: ["nats://a:7422"], account: "TWIN"}`,
			[]string{"account-ambiguous leafnodes.remotes.a.account: 2 JWTs of resolverPreload are of accounts named TWIN"}},
		"the definition has the key": {`accounts: TWIN: nkey: "` + keys[2] + `", leafnodes: remotes: a: {urls: ["nats://a:7422"], account: "TWIN"}`, nil},
		"name and key": {`defaultJSDomain: {APP: "hub", "` + keys[1] + `": "far"}`,
			[]string{"account-twice defaultJSDomain.APP: " + keys[1] + " and APP are the same account"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := Build(newIntent(t, "{"+fields+test.source+"}"))
			var got []string
			for _, d := range found {
				got = append(got, d.Rule+" "+d.Path+": "+d.Message)
			}
			require.ElementsMatch(t, test.want, got)
		})
	}

	_, found := Build(newIntent(t, "{"+fields+`leafnodes: remotes: a: {urls: ["nats://a:7422"], account: "AP"}}`))
	require.Equal(t, "APP, SYS, TWIN, the public nkey of another account", found[0].Allowed)
	require.Equal(t, `"APP"`, found[0].Mend)
	_, found = Build(newIntent(t, "{"+fields+`accounts: NEW: {}, leafnodes: remotes: a: {urls: ["nats://a:7422"], account: "NEW"}}`))
	require.Equal(t, "natsyard auth prod --keys FILE, which makes its JWT", found[0].Mend)
}
