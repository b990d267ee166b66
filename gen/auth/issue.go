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
	s.calloutAccount()
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
