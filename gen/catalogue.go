package gen

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/natsyard/natsyard/gen/accept"
	"github.com/natsyard/natsyard/gen/argocd"
	"github.com/natsyard/natsyard/gen/auth"
	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/krm"
	"github.com/natsyard/natsyard/gen/own"
	"github.com/natsyard/natsyard/gen/rule"
	"github.com/natsyard/natsyard/gen/scaffold"
	"github.com/natsyard/natsyard/gen/valid"
)

// messagesJSON is what natsyard says of the examples that do not say it themselves: the tests of this
// package try them, and write it.
//
//go:embed messages.json
var messagesJSON []byte

// Rules gives the rules of all packages, by name: every name that a finding can have.
var Rules = sync.OnceValue(func() []diag.Rule {
	all := gathered()
	var messages map[string]string
	if err := json.Unmarshal(messagesJSON, &messages); err != nil {
		panic("messages.json: " + err.Error()) // a test reads it
	}
	for n := range all {
		if said, ok := messages[all[n].Name]; ok {
			all[n].Message = said
		}
	}
	slices.SortFunc(all, byName)
	return all
})

// gathered are the rules as their packages have them.
func gathered() []diag.Rule {
	return slices.Concat(intent.Rules(), rule.Rules(), auth.Rules(), conf.Rules(), valid.Rules(), own.Rules(),
		accept.Rules(), scaffold.Rules(), argocd.Rules(), krm.Rules(), []diag.Rule{evaluationLost, proofLost, FileStale})
}

func byName(a, b diag.Rule) int { return strings.Compare(a.Name, b.Name) }

// Rule gives the rule of a name.
func Rule(name string) (diag.Rule, bool) {
	i, ok := slices.BinarySearchFunc(Rules(), diag.Rule{Name: name}, byName)
	if !ok {
		return diag.Rule{}, false
	}
	return Rules()[i], true
}

// RuleNames gives the names of all rules, in their order.
func RuleNames() []string {
	names := make([]string, len(Rules()))
	for i, r := range Rules() {
		names[i] = r.Name
	}
	return names
}

// FileStale is the rule of files that a render would write anew. Whoever compares them reports it.
var FileStale = diag.Rule{
	Name: "file-stale", Severity: diag.Error,
	Why: "what is applied to the cluster is what is committed, and it is not what the intents say",
	Example: diag.Example{
		Trips:   "$ natsyard render --check --format json\nafter an intent has changed",
		Message: "this file is not what the intents say",
		Passes:  "$ natsyard render\n$ natsyard render --check --format json",
	},
}
