package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
)

var acceptNamed = rule{
	name:     "accept-named",
	severity: diag.Error,
	why:      "a name that is slightly wrong would accept nothing, and nobody would know why the warning is still there",
	check: func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accept) {
			if _, known := severityOf(r.all, name); known {
				continue
			}
			f := finding{
				path: []string{"accept", name}, message: fmt.Sprintf("%q is no rule that can be accepted", name),
				allowed: "the name of a rule whose findings are warnings; `natsyard explain rules` lists them",
			}
			if near := language.Closest(name, warnings(r.all)); near != "" {
				f.message += "; did you mean " + near + "?"
				f.mend = cueField([]string{"accept", near}, cueText(in.Accept[name])) + ", in its place"
			}
			r.add(f)
		}
	},
}

var acceptWarning = rule{
	name:     "accept-warning",
	severity: diag.Error,
	why:      "what an error speaks of is refused by the server or by Kubernetes, or is other than what the intent says; no reason changes that",
	check: func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accept) {
			if severity, known := severityOf(r.all, name); known && severity == diag.Error {
				r.add(finding{
					path: []string{"accept", name}, message: fmt.Sprintf("%s is an error, and only a warning can be accepted", name),
					mend: fmt.Sprintf("leave it out; `natsyard explain rule %s` has an intent that passes", name),
				})
			}
		}
	},
}

func severityOf(all []rule, name string) (diag.Severity, bool) {
	i := slices.IndexFunc(all, func(r rule) bool { return r.name == name })
	if i < 0 {
		return "", false
	}
	return all[i].severity, true
}

// warnings are the names of the rules whose findings are warnings.
func warnings(all []rule) (names []string) {
	for _, r := range all {
		if r.severity == diag.Warning {
			names = append(names, r.name)
		}
	}
	return names
}

// Accept leaves out of the findings of one intent the warnings that it accepts. What the environment's
// own files accept and nothing was found of is a warning itself, once there is no error that may be in
// the way of it; what the base accepts is meant for several environments. A nil intent accepts nothing.
func Accept(in *intent.Intent, found diag.List) diag.List {
	if in == nil || len(in.Accept) == 0 {
		return found
	}
	idle := idle(in, found)
	found = slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
		return accepted(in, d)
	})
	return append(found, idle...)
}

func accepted(in *intent.Intent, d diag.Diagnostic) bool {
	_, named := in.Accept[d.Rule]
	return named && d.Severity == diag.Warning
}

func idle(in *intent.Intent, found diag.List) (out diag.List) {
	if found.HasErrors() || in.Environment == intent.Base {
		return nil
	}
	for _, name := range keys(in.Accept) {
		span := in.At("accept", name)
		_, ofOne := severityOf(rules, name) // else Together's, which has not run
		finds := slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Rule == name })
		if finds || !ofOne || !strings.HasPrefix(span.File, in.Dir()+"/") {
			continue
		}
		out = append(out, diag.Diagnostic{
			Rule: "accept-idle", Severity: diag.Warning, Path: dotted([]string{"accept", name}), Span: span,
			Message: fmt.Sprintf("accepts %s, which finds nothing here", name),
			Why:     "when the rule finds something one day, it would be accepted unread",
			Mend:    "an intent without it",
		})
	}
	return out
}
