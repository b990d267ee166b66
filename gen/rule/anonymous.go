package rule

import (
	"fmt"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// anonymous is the user that those become who come to a listener without credentials, and where that is
// said; none where they are turned away.
func anonymous(in *intent.Intent, listener string) (user, []string, bool) {
	if in.OperatorMode() {
		return user{}, nil, false
	}
	name, path := in.NoAuthUser, at("noAuthUser")
	switch {
	case listener == intent.ListenerWebSocket && in.WebSocketEnabled() && in.Websocket.NoAuthUser != "":
		name, path = in.Websocket.NoAuthUser, at("websocket.noAuthUser")
	case listener == intent.ListenerMQTT && in.MQTTEnabled() && in.Mqtt.NoAuthUser != "":
		name, path = in.Mqtt.NoAuthUser, at("mqtt.noAuthUser")
	}
	for _, u := range users(in) {
		if name != "" && u.named() == name {
			return u, path, true
		}
	}
	return user{}, nil, false
}

var noAuthUserSystem = rule{
	"no-auth-user-system", diag.Error,
	"users of the system account see all accounts and may stop JetStream's servers, and here that is everybody who connects",
	func(in *intent.Intent, r *report) {
		told := map[string]bool{}
		for _, listener := range []string{intent.ListenerNats, intent.ListenerWebSocket, intent.ListenerMQTT} {
			u, path, given := anonymous(in, listener)
			if !given || u.account == "" || u.account != systemAccount(in) || told[joined(path)] {
				continue
			}
			told[joined(path)] = true
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("whoever gives no credentials is %s, of the system account %s", u.name, u.account),
				allowed: "a user of another account, with permissions of its own",
				mend:    "leave it out",
				needs:   "systemAccount operator accounts websocket mqtt",
				see:     []see{{u.path, "the user"}},
			})
		}
	},
}

// mayAll tells whether nothing is said of what a user may do.
func mayAll(u user) bool {
	publish, subscribe := intent.Granted(u.permissions)
	return publish == nil && subscribe == nil
}

var publicNoAuthUser = rule{
	"public-no-auth-user", diag.Error,
	"whoever finds the address is that user, and reads, writes and deletes all that its account has",
	func(in *intent.Intent, r *report) {
		told := map[string]bool{}
		for _, e := range exposures(in) {
			u, path, given := anonymous(in, e.listener)
			proxy := e.path[0] == intent.ListenerWebSocket // an Ingress, which may ask who it is
			if !e.public || proxy || !given || !takesClients(e.listener) || e.listener == intent.ListenerLeafNodes || !mayAll(u) ||
				u.account != "" && u.account == systemAccount(in) || certified(in, e.listener) || told[joined(path)] {
				continue
			}
			told[joined(path)] = true
			permissions := below(u.path, "permissions")
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("%s leads to %s, where whoever gives no credentials is %s, who may do everything", e.by, e.listener, u.name),
				allowed: "a user with permissions, or none",
				mend:    cueField(permissions, `{publish: allow: ["public.>"], subscribe: allow: ["public.>", "_INBOX.>"]}`),
				needs:   authFields + " nats websocket mqtt",
				see:     []see{{e.path, "what leads there"}, {u.path, "the user"}},
			})
		}
	},
}

// certified tells whether a listener lets in only those with a certificate.
func certified(in *intent.Intent, listener string) bool {
	for _, use := range in.TLSUses() {
		if !use.Remote && use.Path[0] == listener {
			return usesTLS(use.TLS) && verifies(use.TLS)
		}
	}
	return false
}
