package auth

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// recall decodes the old JWTs. One that is none is as good as not there.
func (s *issuer) recall(old *Public) {
	if claims, err := jwt.DecodeOperatorClaims(old.Operator); err == nil {
		s.oldOperator = claims
	}
	for _, key := range slices.Sorted(maps.Keys(old.Accounts)) {
		if claims, err := jwt.DecodeAccountClaims(old.Accounts[key]); err == nil && claims.Subject == key {
			s.old[claims.Name] = claims
		}
	}
}

// pair is the key of a name, made where there is none.
func (s *issuer) pair(name string, kind nkeys.PrefixByte) nkeys.KeyPair {
	if pair, ok := s.keys.seeds[name]; ok {
		return pair
	}
	pair, err := nkeys.CreatePairWithRand(kind, s.random)
	if err != nil {
		s.fail(fmt.Errorf("make the key %s: %w", name, err))
		return nil
	}
	s.keys.seeds[name], s.made[name] = pair, true
	return pair
}

func public(pair nkeys.KeyPair) string {
	if pair == nil {
		return ""
	}
	key, _ := pair.PublicKey() // its seed has been decoded before
	return key
}

// choose finds the key of everybody, and what does not fit the old JWTs.
func (s *issuer) choose() {
	s.chooseOperator()
	for _, a := range s.accounts {
		s.chooseAccount(a)
	}
	for _, u := range sortedUsers(s.accounts) {
		if u.def.Nkey == "" {
			u.public = public(s.pair(u.key(), nkeys.PrefixByteUser))
		}
	}
	s.distinct()
}

func (s *issuer) chooseOperator() {
	_, have := s.keys.seeds[operatorKey]
	signing, haveSigning := s.keys.seeds[operatorSigningKey]
	if have || !s.given {
		s.operator = s.pair(operatorKey, nkeys.PrefixByteOperator)
		s.operatorSigning = s.pair(operatorSigningKey, nkeys.PrefixByteOperator)
		s.operatorPublic = public(s.operator)
		if s.oldOperator != nil && s.oldOperator.Subject != s.operatorPublic {
			s.problem("operator.nk is the seed of %s, and the operator in %s is %s: these are the keys of another environment, or of another time", s.operatorPublic, FileName, s.oldOperator.Subject)
		}
		return
	}
	// The seed may be kept elsewhere as long as nothing needs its signature.
	switch {
	case s.oldOperator == nil || !haveSigning:
		s.problem("operator.nk is missing")
	case !s.oldOperator.SigningKeys.Contains(public(signing)):
		s.problem("operator.nk is missing, and operator-signing.nk is no signing key of the operator in %s", FileName)
	default:
		s.operatorPublic, s.operatorSigning = s.oldOperator.Subject, signing
	}
}

func (s *issuer) chooseAccount(a *account) {
	name, old := accountKey(a.name), s.old[a.name]
	pair, have := s.keys.seeds[name]
	switch {
	case a.def.Nkey != "":
		if have && public(pair) != a.def.Nkey {
			s.wrong(a.path("nkey"), "the nkey of "+name+", "+public(pair)+", or none", "this is not the nkey of account %s among the keys", a.name)
		}
	case have && old != nil && old.Subject != public(pair):
		s.problem("%s is the seed of %s, and account %s in %s is %s", name, public(pair), a.name, FileName, old.Subject)
	case !have && old != nil:
		s.problem("%s is missing, and account %s is in %s (accounts: %s: nkey: %q says that its seed is kept elsewhere)", name, a.name, FileName, cueLabel(a.name), old.Subject)
	default:
		a.public = public(s.pair(name, nkeys.PrefixByteAccount))
	}
	if a.public == "" {
		a.public = "A" // something is wrong, and stays so
	}
	a.signing = public(s.pair(accountSigningKey(a.name), nkeys.PrefixByteAccount))
}

// distinct refuses nkeys that are given to two accounts, or to two users of one.
func (s *issuer) distinct() {
	accounts := map[string]string{}
	for _, a := range s.accounts {
		if other, taken := accounts[a.public]; taken && a.def.Nkey != "" {
			s.wrong(a.path("nkey"), "", "accounts %s and %s have the same nkey", other, a.name)
		}
		accounts[a.public] = a.name
		users := map[string]string{}
		for _, u := range a.users {
			if other, taken := users[u.def.Nkey]; taken && u.def.Nkey != "" {
				s.wrong(u.path("nkey"), "", "users %s and %s have the same nkey", other, u.name)
			}
			users[u.def.Nkey] = u.name
		}
	}
}
