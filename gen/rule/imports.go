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

// appears is the subject under which an account has what it imports.
func appears(i schema.Import, subject string) string {
	switch {
	case i.To != "":
		return i.To
	case i.Prefix != "" && i.Stream != nil:
		return i.Prefix + "." + subject
	}
	return subject
}

// asksItself tells whether an account may use what it imports without a user who does: its streams, a
// leaf node that is bound to it, or users that this intent does not know.
func asksItself(in *intent.Intent, name string, i schema.Import, subject string) bool {
	if len(in.Accounts[name].Users) == 0 || in.OperatorMode() || in.Authorization != nil && in.Authorization.AuthCallout != nil || definesUsers(in) {
		return true
	}
	if strings.HasPrefix(subject, "$JS.") || i.Stream != nil && hasJetStream(in, name) {
		return true
	}
	if in.LeafNodesEnabled() {
		if a := in.Leafnodes.Authorization; a != nil {
			return true
		}
		for _, remote := range in.Leafnodes.Remotes {
			if remote.Account == name {
				return true
			}
		}
	}
	return slices.ContainsFunc(in.Accounts[name].Exports, func(e schema.Export) bool { return e.Stream != "" || e.Service != "" })
}

var importPermitted = rule{
	"import-permitted", diag.Warning,
	"an import only brings a subject into the account; a user needs the permission for it as for every other subject",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accounts) {
			for n, i := range in.Accounts[name].Imports {
				kind, source, side, verb := "stream", i.Stream, "subscribe", "receive"
				if i.Service != nil {
					kind, source, side, verb = "service", i.Service, "publish", "ask for"
				}
				if source == nil || i.Stream != nil && i.Service != nil || asksItself(in, name, i, source.Subject) {
					continue
				}
				subject := appears(i, source.Subject)
				var last user
				may := false
				for _, u := range users(in) {
					if u.account != name {
						continue
					}
					publish, subscribe := intent.Granted(u.permissions)
					list := subscribe
					if kind == "service" {
						list = publish
					}
					last, may = u, may || touches(list, subject) && !denies(list, subject)
				}
				if may {
					continue
				}
				var allow []string
				if last.permissions != nil {
					publish, subscribe := last.permissions.Publish, last.permissions.Subscribe
					if side == "publish" && publish != nil {
						allow = publish.Allow
					}
					if side == "subscribe" && subscribe != nil {
						allow = subscribe.Allow
					}
				}
				f := finding{
					path:    []string{"accounts", name, "imports", strconv.Itoa(n), kind},
					message: fmt.Sprintf("account %s imports %s, and no user of it may %s it", name, subject, verb),
					needs:   "operator authorization extraConfig leafnodes jetstream systemAccount",
					see:     []see{{below(last.permissionsPath, side), "what one of them may"}},
				}
				if len(allow) > 0 {
					f.mend = cueField(below(last.permissionsPath, side), fmt.Sprintf("allow: [%s]", quoted(append(slices.Clone(allow), subject))))
				} else {
					f.mend = "no import, or a user who may " + verb + " " + subject
				}
				r.add(f)
			}
		}
	},
}

// quoted are texts as elements of a list in CUE.
func quoted(texts []string) string {
	out := make([]string, len(texts))
	for n, text := range texts {
		out[n] = cueText(text)
	}
	return strings.Join(out, ", ")
}
