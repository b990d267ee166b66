package rule

import (
	"regexp"
	"slices"

	"github.com/natsyard/natsyard/gen/diag"
)

// echoes are what nats-server says of the mistakes that rules find, where it says it of another
// option and thus of another place.
var echoes = map[string]*regexp.Regexp{
	"account-exists":              regexp.MustCompile(`cannot find local account|references non existing account|account not defined|not found in configured accounts|error resolving system account`),
	"auth-callout-user":           regexp.MustCompile(`Authorization callouts require`),
	"authorization-one-way":       regexp.MustCompile(`an not have a (single user/pass|token) and (a users array|accounts)|annot have a user/pass and token|not compatible with presence of users`),
	"gateway-name":                regexp.MustCompile(`cluster name conflicts`),
	"import-exported":             regexp.MustCompile(`(stream|service) import not authorized`),
	"leaf-gateway-system-account": regexp.MustCompile(`leaf nodes and gateways \(both being defined\)`),
	"leaf-remote-credentials":     regexp.MustCompile(`creds and nkey defined|proxy username and password`),
	"nkey-form":                   regexp.MustCompile(`Authorization callouts require|ot a valid public nkey`),
	"no-auth-user":                regexp.MustCompile(`no_auth_user: `),
	"ocsp-peer-needs-verify":      regexp.MustCompile(`OCSP peer verification for`),
	"operator-remote-account":     regexp.MustCompile(`account nkey`),
	"operator-jwt":                regexp.MustCompile(`system account needs to be specified|system_account in config and operator JWT`),
	"operator-only":               regexp.MustCompile(`trusted operators or trusted keys configuration is required`),
	"operator-mode-refuses":       regexp.MustCompile(`not found in configured accounts|operator mode does not allow|operators do not allow|not compatible with Trusted Operator`),
	"resolver-missing":            regexp.MustCompile(`error resolving system account|require an account resolver`),
	"resolver-preload":            regexp.MustCompile(`error resolving system account`),
	"payload-fits-pending":        regexp.MustCompile(`cannot be higher than max_pending`),
	"remote-urls":                 regexp.MustCompile(`mix of websocket and non-websocket|requires TLS and no TLS|has no URL`),
	"resolver-option-type":        regexp.MustCompile(`does not accept|has no effect without delete`),
	"stream-or-service":           regexp.MustCompile(`but already saw a|can not have a 'prefix' and a 'to'|directive on non-service`),
	"user-credentials":            regexp.MustCompile(`Nkey users do not take`),
	"user-names-distinct":         regexp.MustCompile(`Duplicate (user|nkey)|User entry requires a user`),
	"zone-names-distinct":         regexp.MustCompile(`Duplicate route entry`),
}

// Once leaves out of the findings of one intent what nats-server says of a mistake that a rule has
// already found: one mistake, one message.
func Once(found diag.List) diag.List {
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
		switch d.Rule {
		case "nats-config", "nats-config-warning", "nats-server":
		default:
			return false
		}
		return slices.ContainsFunc(found, func(first diag.Diagnostic) bool {
			echo, has := echoes[first.Rule]
			return has && echo.MatchString(d.Message)
		})
	})
}
