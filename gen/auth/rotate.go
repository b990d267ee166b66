package auth

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
