package auth

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// Issued is what Issue makes.
type Issued struct {
	Public  *Public
	Secrets []Secret
	Notes   []string // what is new, in plain sentences
}

// Secret is one Secret of Kubernetes.
type Secret struct {
	Name string
	Data map[string][]byte
}

// Issue makes the JWTs and credentials of an intent's accounts, of which the intent itself has none
// yet: it is one without its auth.cue. It uses the keys that are given, nil
// for none yet, and makes those that are missing, from random; of the old JWTs, nil for none, and of
// those among the keys it keeps every one that still says what it would say.
//
// What is wrong with the intent comes back as findings, and what is wrong with the keys as
// *KeysError; there is then nothing else.
func Issue(in *intent.Intent, keys *Keys, old *Public, random io.Reader) (*Issued, diag.List, error) {
	s := &issuer{realm: newRealm(in), given: keys != nil, random: random, old: map[string]*jwt.AccountClaims{}, made: map[string]bool{}}
	if s.given {
		s.keys = *keys
	}
	if s.keys.seeds = maps.Clone(s.keys.seeds); s.keys.seeds == nil {
		s.keys.seeds = map[string]nkeys.KeyPair{}
	}
	if old == nil {
		old = &Public{}
	}
	s.oldTokens = old.Accounts
	if in.OperatorMode() {
		s.add(diag.Diagnostic{
			Rule: ruleGiven, Message: "an operator is given here, and natsyard auth makes one of its own",
			Why:  FileName + " gives the operator, the system account and the JWTs of the accounts",
			Mend: "leave operator, systemAccount and resolverPreload out; or keep them, and make the JWTs with the tool that made these",
		}, "operator")
	}
	s.recall(old)
	s.choose()
	switch {
	case s.err != nil:
		return nil, nil, s.err
	case len(s.problems) > 0:
		return nil, s.found, &KeysError{s.problems}
	}
	claims := map[*account]*jwt.AccountClaims{}
	grants := map[*account][]grant{}
	for _, a := range s.accounts {
		claims[a], grants[a] = s.claims(a)
	}
	if s.found.HasErrors() {
		return nil, s.found, nil
	}
	out := &Issued{Public: &Public{SystemAccount: s.system.public, Accounts: map[string]string{}}}
	out.Public.Operator = s.signOperator(old.Operator)
	for _, a := range s.accounts {
		out.Public.Accounts[a.public] = s.signAccount(a, claims[a], grants[a])
	}
	out.Secrets = s.secrets()
	switch {
	case s.err != nil:
		return nil, nil, s.err
	case len(s.problems) > 0:
		return nil, nil, &KeysError{s.problems}
	case s.found.HasErrors():
		return nil, s.found, nil
	}
	out.Notes = s.report()
	return out, s.found, nil
}

type issuer struct {
	*realm
	given  bool // keys were given
	keys   Keys // and those that were made
	random io.Reader

	operator        nkeys.KeyPair // nil where its seed is kept elsewhere
	operatorPublic  string
	operatorSigning nkeys.KeyPair
	oldOperator     *jwt.OperatorClaims           // nil for none
	old             map[string]*jwt.AccountClaims // by name
	oldTokens       map[string]string             // by public nkey

	made     map[string]bool // names of seeds
	problems []string
	notes    []string
	err      error // natsyard's own fault
}

func (s *issuer) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *issuer) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

func (s *issuer) fail(err error) { s.err = errors.Join(s.err, err) }

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
			s.pair(u.key(), nkeys.PrefixByteUser)
		}
	}
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

// same tells whether an old JWT says what a new one would.
func same(old jwt.Claims, wanted jwt.Claims) bool {
	text := canonical(wanted)
	return text != "" && canonical(old) == text
}

func (s *issuer) signOperator(old string) string {
	c := jwt.NewOperatorClaims(s.operatorPublic)
	c.Name = s.in.Name
	c.SigningKeys = jwt.StringList{public(s.operatorSigning)}
	c.SystemAccount = s.system.public
	c.StrictSigningKeyUsage = true
	if s.oldOperator != nil && same(s.oldOperator, c) {
		return old
	}
	if s.operator == nil {
		s.problem("operator.nk is missing, and the operator's JWT must be signed again")
		return ""
	}
	if s.oldOperator != nil {
		s.note("signed the operator's JWT again")
	}
	token, err := c.Encode(s.operator)
	if err != nil {
		s.fail(fmt.Errorf("sign the operator's JWT: %w", err))
	}
	return token
}

func (s *issuer) signAccount(a *account, c *jwt.AccountClaims, grants []grant) string {
	old := s.old[a.name]
	c.Issuer = public(s.operatorSigning)
	c.SigningKeys.Add(a.signing)
	for _, g := range grants {
		g.to.Token = s.token(a, g, old)
	}
	s.revoke(a, c, old)
	s.judge(a.path(), c.Validate)
	if old != nil && old.Subject == a.public && same(old, c) {
		return s.oldTokens[a.public]
	}
	if old != nil {
		s.note("signed the JWT of account %s again", a.name)
	}
	token, err := c.Encode(s.operatorSigning)
	if err != nil {
		s.fail(fmt.Errorf("sign the JWT of account %s: %w", a.name, err))
	}
	return token
}

// token is what allows an import: the old one where it says the same.
func (s *issuer) token(importer *account, g grant, old *jwt.AccountClaims) string {
	c := jwt.NewActivationClaims(importer.public)
	c.Name = string(g.to.Subject)
	c.ImportSubject, c.ImportType = g.to.Subject, g.to.Type
	c.IssuerAccount, c.Issuer = g.exporter.public, g.exporter.signing
	if old != nil {
		for _, i := range old.Imports {
			if had, err := jwt.DecodeActivationClaims(i.Token); err == nil && same(had, c) {
				return i.Token
			}
		}
	}
	token, err := c.Encode(s.pair(accountSigningKey(g.exporter.name), nkeys.PrefixByteAccount))
	if err != nil {
		s.fail(fmt.Errorf("sign what lets account %s import from %s: %w", importer.name, g.exporter.name, err))
	}
	return token
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

func (s *issuer) publicOf(u *user) string {
	if u.def.Nkey != "" {
		return u.def.Nkey
	}
	return public(s.keys.seeds[u.key()])
}

// report says what is new.
func (s *issuer) report() []string {
	var out []string
	if len(s.made) > 0 {
		out = append(out, "made the keys "+strings.Join(slices.Sorted(maps.Keys(s.made)), ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(s.old)) {
		if s.byName[name] == nil {
			out = append(out, fmt.Sprintf("account %s is none of the accounts any more: servers whose resolver is on disk keep its JWT until it is deleted there", name))
		}
	}
	return append(out, s.notes...)
}
