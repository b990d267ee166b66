package intent

import (
	"maps"
	"slices"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// AccountKeys are the public nkeys of the accounts of operator mode, by the accounts' names: that
// of the definition, or else those of the JWTs in resolverPreload that have the name. More than
// one JWT may. What is no JWT of an account has no name. A caller keeps the result, for it is
// made anew each time.
func (i *Intent) AccountKeys() map[string][]string {
	out := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(i.ResolverPreload)) {
		claims, err := jwt.DecodeAccountClaims(i.ResolverPreload[key])
		if err == nil && claims.Subject == key && claims.Name != "" {
			out[claims.Name] = append(out[claims.Name], key)
		}
	}
	for name, a := range i.Accounts {
		if nkeys.IsValidPublicAccountKey(a.Nkey) {
			out[name] = []string{a.Nkey}
		}
	}
	return out
}
