package rule

import (
	"regexp"
	"slices"

	"github.com/natsyard/natsyard/gen/diag"
)

// echoes are what nats-server says of the mistakes that rules find, where it says it of another
// option and thus of another place.
var echoes = map[string]*regexp.Regexp{
	"authorization-one-way":       regexp.MustCompile(`an not have a (single user/pass|token) and (a users array|accounts)|annot have a user/pass and token`),
	"auth-callout-user":           regexp.MustCompile(`Authorization callouts require`),
	"nkey-form":                   regexp.MustCompile(`Authorization callouts require`),
	"import-exported":             regexp.MustCompile(`(stream|service) import not authorized`),
	"leaf-gateway-system-account": regexp.MustCompile(`leaf nodes and gateways \(both being defined\)`),
	"ocsp-peer-needs-verify":      regexp.MustCompile(`OCSP peer verification for`),
	"operator-account-key":        regexp.MustCompile(`account nkeys`),
	"operator-needs-resolver":     regexp.MustCompile(`error resolving system account|require an account resolver`),
	"operator-jwt":                regexp.MustCompile(`system account needs to be specified|system_account in config and operator JWT`),
	"remote-urls":                 regexp.MustCompile(`mix of websocket and non-websocket|requires TLS and no TLS`),
	"resolver-option-type":        regexp.MustCompile(`does not accept`),
	"zone-names-distinct":         regexp.MustCompile(`Duplicate route entry`),
}

// Once leaves out of the findings of one intent what nats-server says of a mistake that a rule has
// already found: one mistake, one message.
func Once(found diag.List) diag.List {
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
		if d.Rule != "nats-config" && d.Rule != "nats-server" {
			return false
		}
		return slices.ContainsFunc(found, func(first diag.Diagnostic) bool {
			echo, has := echoes[first.Rule]
			return has && echo.MatchString(d.Message)
		})
	})
}
