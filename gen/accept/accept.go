// Package accept holds what an intent may do about findings: accept a warning by the name of its rule,
// with a reason.
package accept

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue/literal"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
)

// Rules gives the rules of this package.
func Rules() []diag.Rule { return []diag.Rule{named, warning, idle} }

var named = diag.Rule{
	Name: "accept-named", Severity: diag.Error,
	Why: "a name that is slightly wrong would accept nothing, and nobody would know why the warning is still there",
	Example: diag.Example{
		Trips:   `accept: "jetstream-quorun": "four rooms"`,
		Message: `"jetstream-quorun" is no rule that can be accepted; did you mean jetstream-quorum?`,
		Passes:  four + `accept: "jetstream-quorum": "four rooms"`,
	},
}

var warning = diag.Rule{
	Name: "accept-warning", Severity: diag.Error,
	Why: "what an error speaks of is refused by the server or by Kubernetes, or is other than what the intent says; no reason changes that",
	Example: diag.Example{
		Trips:   `accept: "ports-distinct": "it works"`,
		Message: "ports-distinct is an error, and only a warning can be accepted",
		Passes:  four + `accept: "jetstream-quorum": "four rooms"`,
	},
}

var idle = diag.Rule{
	Name: "accept-idle", Severity: diag.Warning,
	Why: "when the rule finds something one day, it would be accepted unread",
	Example: diag.Example{
		Trips:   `accept: "jetstream-quorum": "four rooms"`,
		Message: "accepts jetstream-quorum, which finds nothing here",
		Passes:  four + `accept: "jetstream-quorum": "four rooms"`,
	},
}

const four = `jetstream: fileStore: {}
cluster: replicas: 4
`

// Check finds the names that an intent accepts and that are no rules, or those of errors. rules are all
// that there are.
func Check(in *intent.Intent, rules []diag.Rule) (found diag.List) {
	if in.Broken["accept"] {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(in.Accept)) {
		n := slices.IndexFunc(rules, func(r diag.Rule) bool { return r.Name == name })
		switch {
		case n < 0:
			d := finding(in, named, name, fmt.Sprintf("%q is no rule that can be accepted", name))
			d.Allowed = "the name of a rule whose findings are warnings; `natsyard explain rules` lists them"
			if near := language.Closest(name, warnings(rules)); near != "" {
				d.Message += "; did you mean " + near + "?"
				d.Mend = fmt.Sprintf("accept: %q: %s, in its place", near, literal.String.Quote(in.Accept[name]))
			}
			found = append(found, d)
		case rules[n].Severity != diag.Warning:
			d := finding(in, warning, name, fmt.Sprintf("%s is an error, and only a warning can be accepted", name))
			d.Mend = fmt.Sprintf("leave it out; `natsyard explain rule %s` has an example that passes", name)
			found = append(found, d)
		}
	}
	return found
}

func warnings(rules []diag.Rule) (names []string) {
	for _, r := range rules {
		if r.Severity == diag.Warning {
			names = append(names, r.Name)
		}
	}
	return names
}

func finding(in *intent.Intent, r diag.Rule, name, message string) diag.Diagnostic {
	return diag.Diagnostic{
		Rule: r.Name, Severity: r.Severity, Message: message, Why: r.Why,
		Path: "accept." + name, Span: in.At("accept", name),
	}
}

// Left gives what an intent does not accept of what was found in it. A nil intent accepts nothing.
func Left(in *intent.Intent, found diag.List) diag.List {
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return Accepts(in, d) })
}

// Accepts tells whether an intent accepts a finding.
func Accepts(in *intent.Intent, d diag.Diagnostic) bool {
	if in == nil || d.Severity != diag.Warning {
		return false
	}
	_, accepted := in.Accept[d.Rule]
	return accepted
}

// Idle warns of what the files of an intent's own folder accept and nothing was found of. It has nothing
// to say where there is an error, which may be in the way of a finding, nor of rules that did not see all
// that they would.
func Idle(in *intent.Intent, found diag.List, unsure func(rule string) bool) (out diag.List) {
	if in == nil || found.HasErrors() {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(in.Accept)) {
		finds := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Rule == name })
		if finds || unsure(name) || !strings.HasPrefix(in.At("accept", name).File, in.Dir()+"/") {
			continue
		}
		d := finding(in, idle, name, fmt.Sprintf("accepts %s, which finds nothing here", name))
		d.Mend = "leave it out"
		out = append(out, d)
	}
	return Left(in, out)
}
