package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// permissionLists are all lists of allowed subjects and where they stand.
func permissionLists(in *intent.Intent) map[string]*schema.SubjectPermission {
	out := map[string]*schema.SubjectPermission{}
	add := func(p *schema.Permissions, path []string) {
		if p != nil && p.Jetstream == nil { // what JetStream needs makes a list that is not empty
			out[joined(below(path, "publish"))] = p.Publish
			out[joined(below(path, "subscribe"))] = p.Subscribe
		}
	}
	for _, u := range users(in) {
		add(u.User.Permissions, below(u.path, "permissions"))
	}
	for _, name := range keys(in.Accounts) {
		add(in.Accounts[name].DefaultPermissions, []string{"accounts", name, "defaultPermissions"})
	}
	if a := in.Authorization; a != nil {
		add(a.DefaultPermissions, at("authorization.defaultPermissions"))
	}
	if p := in.Cluster.Permissions; p != nil {
		out[joined(at("cluster.permissions.import"))] = p.Import
		out[joined(at("cluster.permissions.export"))] = p.Export
	}
	return out
}

var permissionEmpty = rule{
	"permission-list-empty", diag.Error,
	"the server takes an empty list for none given (opts.go, parsePermSubjects)",
	func(in *intent.Intent, r *report) {
		lists := permissionLists(in)
		for _, path := range keys(lists) {
			if p := lists[path]; p != nil && p.Allow != nil && len(p.Allow) == 0 && !slices.Contains(p.Deny, ">") {
				steps := split(path)
				r.add(finding{
					path:    below(steps, "allow"),
					message: "an empty list of what is allowed allows everything",
					mend:    cueField(steps, `deny: [">"]`) + ", to allow nothing",
				})
			}
		}
	},
}

var permissionDenied = rule{
	"permission-denied", diag.Warning,
	"what is denied goes before what is allowed (client.go, canSubscribe and pubAllowed)",
	func(in *intent.Intent, r *report) {
		lists := permissionLists(in)
		for _, path := range keys(lists) {
			p := lists[path]
			if p == nil {
				continue
			}
			for n, allowed := range p.Allow {
				subject, _, _ := strings.Cut(allowed, " ") // a queue group may follow
				i := slices.IndexFunc(p.Deny, func(d string) bool { return !strings.Contains(d, " ") && server.SubjectMatchesFilter(subject, d) })
				if i < 0 {
					continue
				}
				steps := split(path)
				r.add(finding{
					path:    below(steps, "allow", strconv.Itoa(n)),
					message: fmt.Sprintf("%s is allowed, and %s denies it", allowed, p.Deny[i]),
					mend:    "leave one of them out",
					see:     []see{{below(steps, "deny", strconv.Itoa(i)), "denied here"}},
				})
			}
		}
	},
}

// connectionTypes are the ways in which a user connects, and the listeners that each takes.
var connectionTypes = map[string][]string{
	"STANDARD": {intent.ListenerNats}, "WEBSOCKET": {intent.ListenerWebSocket}, "MQTT": {intent.ListenerMQTT}, "LEAFNODE": {intent.ListenerLeafNodes},
	"MQTT_WS": {intent.ListenerMQTT, intent.ListenerWebSocket}, "LEAFNODE_WS": {intent.ListenerLeafNodes, intent.ListenerWebSocket},
}

var userConnectionTypes = rule{
	"user-connection-types", diag.Warning,
	"a user connects in the ways that are allowed to it, and each takes a listener",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() { // the same JWT may be of use elsewhere
			return
		}
		on := listening(in)
		for _, u := range users(in) {
			var lacks []string
			able := slices.ContainsFunc(u.AllowedConnectionTypes, func(kind string) bool {
				needed, known := connectionTypes[kind]
				var off []string
				for _, l := range needed {
					if _, listens := on[l]; !listens {
						off = append(off, l)
					}
				}
				lacks = append(lacks, off...)
				return known && len(off) == 0
			})
			if able || len(u.AllowedConnectionTypes) == 0 {
				continue
			}
			f := finding{
				path:    below(u.path, "allowedConnectionTypes"),
				message: fmt.Sprintf("user %s may connect by %s alone, for which no server listens", u.name, strings.Join(u.AllowedConnectionTypes, " and ")),
				mend:    `"STANDARD" among them`,
				needs:   "operator websocket mqtt leafnodes",
			}
			if len(lacks) > 0 {
				f.mend = lacks[0] + ": {}, or \"STANDARD\" among them"
			}
			r.add(f)
		}
	},
}

// hasJetStream tells whether users of an account can use JetStream on these servers, by what is
// said of the account. An account of "" is that of users without one.
func hasJetStream(in *intent.Intent, account string) bool {
	if account == "" {
		account = "$G"
	}
	if a, given := in.Accounts[account]; given {
		return a.Jetstream != nil && a.Jetstream.Enabled
	}
	for name := range in.Accounts { // with other accounts, that of users without one has no JetStream (jetstream.go, globalAccountOnly)
		if name != systemAccount(in) && name != "$G" {
			return false
		}
	}
	return account == "$G" && in.JetStreamEnabled()
}

// touches tells whether a list allows any subject of a kind.
func touches(p *schema.SubjectPermission, kinds ...string) bool {
	if p == nil || len(p.Allow) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Allow, func(allowed string) bool {
		subject, _, _ := strings.Cut(allowed, " ") // a queue group may follow
		return slices.ContainsFunc(kinds, func(kind string) bool { return server.SubjectsCollide(subject, kind) })
	})
}

// denies tells whether all subjects of a kind are denied in so many words.
func denies(p *schema.SubjectPermission, kind string) bool {
	return p != nil && slices.ContainsFunc(p.Deny, func(d string) bool { return server.SubjectMatchesFilter(kind, d) })
}

// isInbox tells whether a subject is one for answers: each client may choose its own prefix.
func isInbox(subject string) bool { return strings.Contains(strings.ToLower(subject), "inbox") }

// withPermissions are the users, those who share the permissions of all as one.
func withPermissions(in *intent.Intent) (out []user) {
	seen := map[string]bool{}
	for _, u := range users(in) {
		if path := joined(u.permissionsPath); u.permissions != nil && !seen[path] {
			seen[path] = true
			out = append(out, u)
		}
	}
	return out
}

// isClient tells whether a user connects with a client of NATS. For one of MQTT the servers themselves
// use JetStream, and what a leaf node carries is for others to ask.
func isClient(u user) bool {
	return len(u.AllowedConnectionTypes) == 0 || slices.ContainsFunc(u.AllowedConnectionTypes, func(kind string) bool {
		return kind == "STANDARD" || kind == "WEBSOCKET" || kind == "IN_PROCESS"
	})
}

var jetStreamLockedOut = rule{
	"jetstream-locked-out", diag.Warning,
	"a client asks JetStream on $JS.API subjects and gets its answers on an inbox; without either every call ends in a timeout that names no reason",
	func(in *intent.Intent, r *report) {
		for _, u := range withPermissions(in) {
			if u.permissions.Jetstream != nil || !hasJetStream(in, u.account) || !isClient(u) {
				continue
			}
			publish, subscribe := intent.Granted(u.permissions)
			asks := touches(publish, "$JS.API.>", "$JS.*.API.>")
			hears := touches(subscribe, "_INBOX.>") || slices.ContainsFunc(subscribe.Allow, isInbox)
			if denies(publish, "$JS.API.>") || asks && hears {
				continue
			}
			f := finding{
				path:    u.permissionsPath,
				message: fmt.Sprintf("%s may not ask JetStream for anything", u.subject()),
				allowed: cueField(u.permissionsPath, `publish: deny: ["$JS.API.>"]`) + " for a user that is to do without",
				mend:    cueField(u.permissionsPath, `jetstream: {streams: ["*"]}`),
				needs:   "accounts authorization jetstream systemAccount",
			}
			if asks {
				f.message = fmt.Sprintf("%s may ask JetStream, and not hear the answers", u.subject())
			}
			r.add(f)
		}
	},
}

var jetStreamPermissionIdle = rule{
	"jetstream-permission-idle", diag.Error,
	"JetStream is on for the accounts that say so; the permission alone gives a user no streams",
	func(in *intent.Intent, r *report) {
		if reachesOthers(in) || definesUsers(in) {
			return
		}
		for _, u := range withPermissions(in) {
			if u.permissions.Jetstream == nil || u.permissions.Jetstream.Domain != "" || hasJetStream(in, u.account) {
				continue
			}
			f := finding{
				path:    below(u.permissionsPath, "jetstream"),
				message: fmt.Sprintf("%s has permissions for JetStream, which its account does not have", u.subject()),
				mend:    fmt.Sprintf("accounts: %s: jetstream: {}", cueLabel(u.account)),
				needs:   "accounts authorization jetstream systemAccount extraConfig " + reachers,
			}
			if u.account == "" {
				f.message = fmt.Sprintf("%s has permissions for JetStream, which users without an account do not have", u.subject())
				f.mend = `jetstream: fileStore: pvc: size: "10Gi"`
				if in.JetStreamEnabled() {
					f.mend = "accounts: APP: jetstream: {}, and the user among those of APP"
				}
			}
			r.add(f)
		}
	},
}
