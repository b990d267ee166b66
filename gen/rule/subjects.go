package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// subjects are those of the intent that may have wildcards, by path. A queue group may follow after a space.
func subjects(in *intent.Intent) map[string]string {
	out := map[string]string{}
	one := func(subject string, path ...string) {
		if subject != "" {
			out[joined(path)] = subject
		}
	}
	list := func(all []string, path ...string) {
		for n, subject := range all {
			one(subject, below(path, strconv.Itoa(n))...)
		}
	}
	sides := func(path []string, given map[string]*schema.SubjectPermission) {
		for side, p := range given {
			if p != nil {
				list(p.Allow, below(path, side, "allow")...)
				list(p.Deny, below(path, side, "deny")...)
			}
		}
	}
	permissions := func(p *schema.Permissions, path ...string) {
		if p != nil {
			sides(path, map[string]*schema.SubjectPermission{"publish": p.Publish, "subscribe": p.Subscribe})
		}
	}
	for _, u := range users(in) {
		permissions(u.User.Permissions, below(u.path, "permissions")...)
	}
	if a := in.Authorization; a != nil {
		permissions(a.DefaultPermissions, "authorization", "defaultPermissions")
	}
	if p := in.Cluster.Permissions; p != nil && in.Clustered() {
		sides(at("cluster.permissions"), map[string]*schema.SubjectPermission{"import": p.Import, "export": p.Export})
	}
	for name, a := range in.Accounts {
		path := []string{"accounts", name}
		permissions(a.DefaultPermissions, below(path, "defaultPermissions")...)
		for n, e := range a.Exports {
			one(e.Stream, below(path, "exports", strconv.Itoa(n), "stream")...)
			one(e.Service, below(path, "exports", strconv.Itoa(n), "service")...)
		}
		for n, i := range a.Imports {
			for kind, source := range map[string]*schema.ImportSource{"stream": i.Stream, "service": i.Service} {
				if source != nil {
					one(source.Subject, below(path, "imports", strconv.Itoa(n), kind, "subject")...)
				}
			}
		}
		for subject := range a.Mappings {
			one(subject, below(path, "mappings", subject)...)
		}
	}
	for subject := range in.Mappings {
		one(subject, "mappings", subject)
	}
	if in.LeafNodesEnabled() {
		for name, remote := range in.Leafnodes.Remotes {
			list(remote.DenyImports, "leafnodes", "remotes", name, "denyImports")
			list(remote.DenyExports, "leafnodes", "remotes", name, "denyExports")
		}
	}
	return out
}

var subjectWildcard = rule{
	"subject-wildcard", diag.Warning,
	"'*' and '>' are wildcards only as whole tokens; in the midst of one they stand for themselves, and the subject is one that nobody uses (sublist.go, subjectIsLiteral)",
	func(in *intent.Intent, r *report) {
		all := subjects(in)
		for _, path := range keys(all) {
			subject, queue, grouped := strings.Cut(all[path], " ")
			tokens := strings.Split(subject, ".")
			n := slices.IndexFunc(tokens, func(token string) bool { return len(token) > 1 && strings.ContainsAny(token, "*>") })
			if n < 0 {
				continue
			}
			bare := strings.Trim(tokens[n], "*>")
			f := finding{
				path:    split(path),
				message: fmt.Sprintf("%s is one token, in which %q is no wildcard", tokens[n], strings.Trim(tokens[n], bare)),
				allowed: "'*' for any one token, and '>' for all that follow, with dots around them",
			}
			if bare != "" && !strings.ContainsAny(bare, "*>") {
				replaced := slices.Clone(tokens)
				replaced[n] = bare + ".>"
				if n < len(tokens)-1 {
					replaced[n] = bare + ".*"
				}
				text := strings.Join(replaced, ".")
				if grouped {
					text += " " + queue
				}
				f.mend = fmt.Sprintf("%q", text)
			} else {
				f.message = fmt.Sprintf("%s is one token, and no wildcard", tokens[n])
				f.mend = `"*" or ">", alone between dots`
			}
			r.add(f)
		}
	},
}
