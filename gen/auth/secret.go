package auth

import (
	"fmt"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// JWTKey is the key of the Secret of a user who keeps the seed: it holds the JWT alone.
const JWTKey = "nats.jwt"

// maxSecret is how many bytes Kubernetes takes in a Secret.
const maxSecret = 1 << 20

// secrets are the one with all seeds and those of the users. The seeds of users who are gone are
// left out; those of accounts stay, for an account's streams hang on its nkey.
func (s *issuer) secrets() []Secret {
	users := sortedUsers(s.accounts)
	current := map[string]bool{}
	for _, u := range users {
		current[u.key()] = u.def.Nkey == ""
	}
	seeds := map[string][]byte{}
	size := 0
	for name, pair := range s.keys.seeds {
		if n, _ := parseSeedName(name); n.kind == nkeys.PrefixByteUser && !current[name] {
			continue
		}
		seed, err := pair.Seed()
		if err != nil {
			s.fail(fmt.Errorf("the seed %s: %w", name, err))
		}
		seeds[name], size = seed, size+len(name)+len(seed)
	}
	if size > maxSecret {
		s.fail(fmt.Errorf("the seeds of %d users do not fit into a Secret, which holds 1 MiB", len(users)))
	}
	out := []Secret{{KeysName(s.in), seeds}}
	names := credsNames(s.in, users)
	for _, u := range users {
		out = append(out, Secret{names[u.key()], s.credentials(u)})
	}
	return out
}

// credentials are what a user connects with: the old ones where they say the same.
func (s *issuer) credentials(u *user) map[string][]byte {
	c := u.claims
	c.Subject = s.publicOf(u)
	c.Issuer, c.IssuerAccount = u.account.signing, u.account.public
	token := s.keys.jwts[c.Subject]
	if had, ok := s.keys.users[c.Subject]; !ok || !same(had, c) {
		if s.given && !s.made[u.key()] {
			why := "they are not among the keys"
			if ok {
				why = "its definition or the account's signing key has changed"
			}
			s.note("made the credentials of user %s of account %s again: %s", u.name, u.account.name, why)
		}
		s.judge(u.path(), c.Validate)
		var err error
		if token, err = c.Encode(s.pair(accountSigningKey(u.account.name), nkeys.PrefixByteAccount)); err != nil {
			s.fail(fmt.Errorf("sign the JWT of %s: %w", strings.Join(u.path(), "."), err))
			return nil
		}
	}
	if u.def.Nkey != "" {
		return map[string][]byte{JWTKey: []byte(token)}
	}
	seed, err := s.keys.seeds[u.key()].Seed()
	if err == nil {
		var creds []byte
		if creds, err = jwt.FormatUserConfig(token, seed); err == nil {
			return map[string][]byte{CredsKey: creds}
		}
	}
	s.fail(fmt.Errorf("write the credentials of %s: %w", strings.Join(u.path(), "."), err))
	return nil
}
