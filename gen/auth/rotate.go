package auth

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// Rotate forgets a key, so that Issue makes another: operator-signing, account.APP.signing or
// user.APP.alice. What the old one has signed is signed again; a user's old credentials are revoked.
func (k *Keys) Rotate(name string) error {
	key := strings.TrimSuffix(name, seedSuffix) + seedSuffix
	n, ok := parseSeedName(key)
	pair, have := k.seeds[key]
	switch {
	case !ok || !have:
		return fmt.Errorf("there is no key %s: there are %s", name, strings.Join(k.rotatable(), ", "))
	case !slices.Contains(k.rotatable(), strings.TrimSuffix(key, seedSuffix)):
		return fmt.Errorf("%s is who the operator or account is, and cannot be another: only signing keys and users can", name)
	}
	if n.kind == nkeys.PrefixByteUser {
		if k.rotated == nil {
			k.rotated = map[string]seedName{}
		}
		k.rotated[public(pair)] = n
	}
	delete(k.seeds, key)
	return nil
}

func (k *Keys) rotatable() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(k.seeds)) {
		if n, _ := parseSeedName(name); n.kind == nkeys.PrefixByteUser || name == operatorSigningKey || strings.HasSuffix(name, ".signing"+seedSuffix) {
			names = append(names, strings.TrimSuffix(name, seedSuffix))
		}
	}
	return names
}

// revoke keeps out those who were users of an account and are no more. A JWT is good for ever
// otherwise. One who is a user again is let in again.
func (s *issuer) revoke(a *account, c *jwt.AccountClaims, old *jwt.AccountClaims) {
	current := map[string]bool{}
	for _, u := range a.users {
		current[s.publicOf(u)] = true
	}
	if old != nil {
		for key, at := range old.Revocations {
			if !current[key] {
				if c.Revocations == nil {
					c.Revocations = jwt.RevocationList{}
				}
				c.Revocations[key] = at
			}
		}
	}
	former := map[string]string{} // names by public nkey
	for name, pair := range s.keys.seeds {
		if n, ok := parseSeedName(name); ok && n.kind == nkeys.PrefixByteUser && n.account == a.name {
			former[public(pair)] = n.user
		}
	}
	for key, claims := range s.keys.users {
		if claims.IssuerAccount == a.public {
			former[key] = claims.Name
		}
	}
	for key, name := range s.keys.rotated {
		if name.account == a.name {
			former[key] = name.user
		}
	}
	for _, key := range slices.Sorted(maps.Keys(former)) {
		if _, done := c.Revocations[key]; !done && !current[key] {
			c.Revoke(key)
			s.note("revoked the credentials that user %s of account %s had", former[key], a.name)
		}
	}
}

func (s *issuer) publicOf(u *user) string { return cmp.Or(u.def.Nkey, u.public) }
