package conf

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// account is the account of a name as nats.conf has it: in operator mode by its public nkey. A
// name that nobody has is a finding, and "" is given.
func (r *report) account(name string, from ...string) string {
	if name == "" || !r.in.OperatorMode() || nkeys.IsValidPublicAccountKey(name) {
		return name
	}
	if r.accounts == nil {
		r.accounts = r.in.AccountKeys()
	}
	switch keys := r.accounts[name]; len(keys) {
	case 1:
		return keys[0]
	case 0:
		r.noAccount(name, from)
	default:
		r.add(from, diag.Diagnostic{
			Rule:    "account-ambiguous",
			Message: fmt.Sprintf("%d JWTs of resolverPreload are of accounts named %s", len(keys), name),
			Allowed: strings.Join(keys, ", "),
			Mend:    fmt.Sprintf("%q, or the other", keys[0]),
		})
	}
	return ""
}

func (r *report) noAccount(name string, from []string) {
	known := slices.Sorted(maps.Keys(r.accounts))
	d := diag.Diagnostic{
		Rule:    "account-unknown",
		Message: fmt.Sprintf("no JWT of resolverPreload is of an account named %s", name),
		Why:     "in operator mode nats.conf has the public nkey of an account, which is found by the name in its JWT",
		Allowed: strings.Join(append(known, "the public nkey of another account"), ", "),
		Mend:    `its public nkey, "A..."`,
	}
	if near := language.Closest(name, known); near != "" {
		d.Mend = fmt.Sprintf("%q", near)
	}
	if _, defined := r.in.Accounts[name]; defined {
		d.Mend = "natsyard auth " + r.in.Environment + " --keys FILE, which makes its JWT"
	}
	r.add(from, d)
}

// accountNames are accounts of a list.
func (r *report) accountNames(names []string, from ...string) (list tree.List) {
	for i, name := range names {
		at := tree.Below(from, tree.Index(i))
		if key := r.account(name, at...); key != "" {
			list = append(list, &tree.Node{Value: key, From: at})
		}
	}
	return list
}

// jsDomains sets the JetStream domain of each account.
func jsDomains(b block) {
	inner, names := newBlock(b.report), map[string]string{}
	named(b.report, b.in.DefaultJSDomain, []string{"defaultJSDomain"}, func(name, domain string, from []string) {
		key := b.account(name, from...)
		if key == "" && name != "" {
			return
		}
		if other, twice := names[key]; twice {
			b.add(from, diag.Diagnostic{
				Rule: "account-twice", Message: fmt.Sprintf("%s and %s are the same account", other, name), Mend: "leave one of them out",
			})
		}
		names[key], inner.Block[key] = name, &tree.Node{Value: domain, From: from}
	})
	if len(b.in.DefaultJSDomain) > 0 {
		b.put("default_js_domain", inner, "defaultJSDomain")
	}
}
