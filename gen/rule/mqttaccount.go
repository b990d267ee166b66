package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var mqttAccountJetStream = rule{
	"mqtt-account-jetstream", diag.Error,
	"sessions, retained messages and what is sent with QoS 1 and 2 live in streams of the user's account; a client of an account without them is turned away (mqtt.go, mqttCreateAccountSessionManager)",
	func(in *intent.Intent, r *report) {
		if !in.MQTTEnabled() || in.Mqtt.JsDomain != "" || !in.JetStreamEnabled() || in.OperatorMode() || reachesOthers(in) || definesUsers(in) {
			return
		}
		told := map[string]bool{}
		for _, u := range users(in) {
			mqtt := len(u.AllowedConnectionTypes) > 0 && !slices.ContainsFunc(u.AllowedConnectionTypes, func(kind string) bool { return !strings.HasPrefix(kind, "MQTT") })
			if !mqtt || hasJetStream(in, u.account) || told[u.account] {
				continue
			}
			told[u.account] = true
			f := finding{
				path:    u.path,
				message: fmt.Sprintf("user %s is for MQTT, and account %s has no JetStream", u.name, u.account),
				mend:    cueField([]string{"accounts", u.account, "jetstream"}, "{}"),
				needs:   "accounts authorization mqtt jetstream operator systemAccount extraConfig " + reachers,
				see:     []see{{at("mqtt"), "MQTT"}},
			}
			if u.account == "" || u.account == systemAccount(in) {
				f.message = fmt.Sprintf("user %s is for MQTT, and has no account with JetStream", u.name)
				f.mend = "accounts: APP: jetstream: {}, and the user among those of APP"
			}
			r.add(f)
		}
	},
}
