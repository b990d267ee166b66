package rule

import (
	"fmt"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

// signed is a claim, signed by a key of some kind.
func signed(claims jwt.Claims, kind nkeys.PrefixByte, n byte) string {
	seed := [32]byte{n}
	pair, err := nkeys.FromRawSeed(kind, seed[:])
	if err != nil {
		panic(err)
	}
	text, err := claims.Encode(pair)
	if err != nil {
		panic(err)
	}
	return text
}

// operatorClaim is the JWT of an operator that has a system account.
func operatorClaim() string {
	claims := jwt.NewOperatorClaims(publicKey(nkeys.PrefixByteOperator, 1))
	claims.SystemAccount = accountKey
	return signed(claims, nkeys.PrefixByteOperator, 1)
}

// preload is resolverPreload with one account, signed by an operator.
func preload(operator byte) string {
	return fmt.Sprintf("resolverPreload: %s: %q\n", accountKey, signed(jwt.NewAccountClaims(accountKey), nkeys.PrefixByteOperator, operator))
}

var operator = fmt.Sprintf("operator: %q\nresolver: {}\n", operatorClaim())

var operatorCases = table{
	"resolver-preload":      {operator + `resolver: type: "memory"`, "a resolver of type memory without a JWT", "8:17", operator + preload(1) + `resolver: type: "memory"`},
	"operator-only":         {"resolver: {}", "resolver is for operator mode", "6:1", operator},
	"operator-mode-refuses": {operator + `noAuthUser: "app"`, "noAuthUser has no place in operator mode", "8:13", operator + `accounts: A: users: u: {}`},
	"operator-remote-account": {operator + `leafnodes: remotes: hub: {` + hub + `}`, "the remote hub connects no account", "8:21",
		operator + `leafnodes: remotes: hub: {` + hub + `, account: "APP"}`},
	"operator-jwt": {operator + `systemAccount: "` + publicKey(nkeys.PrefixByteAccount, 2) + `"`, "the operator's JWT names another system account", "8:16",
		operator + `systemAccount: "` + accountKey + `"`},
	"resolver-option-type": {operator + `resolver: ttl: "1h"`, "ttl has no effect on a resolver of type full", "8:16", operator + `resolver: {type: "cache", ttl: "1h"}`},
	"resolver-dir-free":    {operator + store + `resolver: dir: "/data"`, "the JWTs cannot be in /data", "9:16", operator + store + `resolver: dir: "/data/jwt"`},
}

// Before natsyard auth has run it is the one thing that is missing, and users need no password.
func TestBeforeAuth(t *testing.T) {
	t.Parallel()
	found := Check(load(t, "resolver: type: \"memory\"\naccounts: A: users: u: {}"))
	require.Len(t, found, 1)
	require.Equal(t, "operator-only", found[0].Rule)
	require.Contains(t, found[0].Mend, "`natsyard auth ENV`")
	require.Len(t, named(Check(load(t, "accounts: A: users: u: {}")), "user-credentials"), 1)
}
