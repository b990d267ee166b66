// Package rule holds the checks that need more than one field to judge, or what CUE
// cannot say: quantities, durations, names of other objects. Each is one function with a
// stable name.
package rule

import (
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// rule is one check. It reports nothing for an intent that keeps it.
type rule struct {
	name     string
	severity diag.Severity
	why      string                        // the reason, with its source where it is not plain
	check    func(*intent.Intent, *report) // nil for one of Together
}

// every rule that there is, those of Together too.
var every = slices.Concat(rules, together)

// Check runs every rule of one environment and gives all that they found. Of a partial intent it gives only
// what does not hang on a broken field.
func Check(in *intent.Intent) diag.List {
	r := report{in: in}
	for i := range rules {
		r.rule = &rules[i]
		rules[i].check(in, &r)
	}
	return unprintable(r.found)
}

// unprintable leaves out what else rules say of a text that holds a control character.
func unprintable(found diag.List) diag.List {
	known := map[string]bool{}
	for _, d := range found {
		known[d.Path] = known[d.Path] || d.Rule == controlCharacterName
	}
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return known[d.Path] && d.Rule != controlCharacterName })
}

// report collects findings on behalf of the rule that is running.
type report struct {
	in    *intent.Intent
	rule  *rule
	found diag.List
}

// finding is what a rule has to say; the rest of the Diagnostic is known.
type finding struct {
	path    []string // the field to point at
	message string
	allowed string
	mend    string
	see     []see
	needs   string // other top-level fields without which it would not be one
	secret  bool   // what was written may be a secret
}

// hangsOn tells whether there might be no finding if a top-level field were another.
func (f finding) hangsOn(field string) bool {
	return f.path[0] == field || slices.Contains(strings.Fields(f.needs), field) ||
		slices.ContainsFunc(f.see, func(s see) bool { return s.path[0] == field })
}

// see points at another field that the finding speaks of.
type see struct {
	path    []string
	message string
}

func (r *report) add(f finding) {
	for field := range r.in.Broken {
		if f.hangsOn(field) {
			return
		}
	}
	d := diag.Diagnostic{
		Rule: r.rule.name, Severity: r.rule.severity, Why: r.rule.why,
		Message: f.message, Allowed: f.allowed, Mend: f.mend,
		Path: strings.Join(f.path, "."), Span: r.in.At(f.path...), Secret: f.secret,
	}
	for _, s := range f.see {
		if span, ok := r.in.Written(s.path...); ok && span != d.Span {
			d.Related = append(d.Related, diag.Related{Span: span, Message: s.message})
		}
	}
	r.found = append(r.found, d)
}
