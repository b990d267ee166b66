package conf

import (
	"slices"

	"github.com/natsyard/natsyard/gen/conf/internal/loader"
	"github.com/natsyard/natsyard/gen/diag"
)

// Rules gives the rules of this package: what nats-server.conf can say, and what nats-server has against
// it. In their examples eyJ... is a JWT, and A... the public nkey of an account.
func Rules() []diag.Rule { return slices.Concat(textRules, accountRules, serverRules) }

// textRules are about the text of nats-server.conf, and of the variables in it.
var textRules = []diag.Rule{
	diag.ErrorOf("conf-key", "nats-server.conf has no form for it (conf/lex.go)", `extraConfig: "a\"b'c": 1`, `extraConfig: server_metadata: "a b": "c"`),
	diag.ErrorOf("conf-value", "nats-server.conf has no form for it (conf/lex.go)",
		`extraConfig: server_tags: ["a", null]`, `extraConfig: server_tags: ["a"]`),
	diag.ErrorOf("conf-size", "the server would not run, or not with this size", `limits: maxControlLine: "2Gi"`, `limits: maxControlLine: "8Ki"`),
	diag.ErrorOf("conf-unprovable", "the server opens files, or calls other machines, while it only reads such options",
		`extraConfig: websocket: tls: cert_file: "/etc/tls/tls.crt"`, `websocket: tls: secretName: "nats-ws-tls"`),
	diag.ErrorOf("option-twice", "the server takes the one or the other at random",
		"extraConfig: {max_payload: 1048576, MAX_PAYLOAD: 2097152}", "extraConfig: max_payload: 2097152"),
	diag.ErrorOf("extra-config-list", "lists do not merge; what the field says would be lost in silence",
		`leafnodes: remotes: hub: urls: ["tls://hub:7422"]`+"\n"+`extraConfig: leafnodes: remotes: [{url: "tls://other:7422"}]`,
		`leafnodes: remotes: {hub: urls: ["tls://hub:7422"], other: urls: ["tls://other:7422"]}`),
	diag.ErrorOf("extra-config-field", "the one would take the place of the other in silence",
		`limits: maxPayload: "2Mi"`+"\n"+`extraConfig: max_payload: 1048576`, `limits: maxPayload: "1Mi"`),
	diag.ErrorOf("raw-token", "in text of more than one value, a second option could hide, or an include of a file",
		`extraConfig: max_subscriptions: "<< 5 6 >>"`, `extraConfig: max_subscriptions: "<< 5 >>"`),
	diag.ErrorOf("variable-undefined", "the server does not start with a variable that it cannot find",
		`extraConfig: authorization: {user: "app", password: "<< $PASS >>"}`,
		`env: PASS: valueFrom: secretKeyRef: {name: "nats-auth", key: "app"}`+"\n"+`extraConfig: authorization: {user: "app", password: "<< $PASS >>"}`),
	diag.ErrorOf("variable-shadowed", "the server looks among the keys of the enclosing blocks before it asks the environment",
		`env: app: "blue"`+"\n"+`extraConfig: server_metadata: {app: "nats", team: "<< $app >>"}`,
		`env: TEAM: "blue"`+"\n"+`extraConfig: server_metadata: {app: "nats", team: "<< $TEAM >>"}`),
	diag.ErrorOf("variable-value", "the server reads the text of a variable as it reads nats-server.conf",
		`env: SUBS: "1; 2"`+"\n"+`extraConfig: max_subscriptions: "<< $SUBS >>"`, `env: SUBS: "12"`+"\n"+`extraConfig: max_subscriptions: "<< $SUBS >>"`),
	diag.WarningOf("variable-unproven", "natsyard does not know the value, and none that it tried fits; the option is left out of the proof",
		`env: KEY: valueFrom: secretKeyRef: {name: "nats-auth", key: "nkey"}`+"\n"+`extraConfig: authorization: users: [{nkey: "<< $KEY >>"}]`,
		`env: PASS: valueFrom: secretKeyRef: {name: "nats-auth", key: "app"}`+"\n"+`extraConfig: authorization: users: [{user: "app", password: "<< $PASS >>"}]`),
	{
		Name: "secret-value", Severity: diag.Error,
		Why: "the server reads it between single quotes, and it is too late to escape one in it",
		Example: diag.Example{
			Trips:   "$ kubectl create secret generic nats-auth --from-literal=app=\"it's\"",
			Message: "nats-server cannot take the text of this Secret",
			Passes:  "$ kubectl create secret generic nats-auth --from-literal=app=its",
		},
	},
}

// accountRules are about names of accounts in operator mode.
var accountRules = []diag.Rule{
	diag.ErrorOf("account-unknown", "in operator mode nats-server.conf has the public nkey of an account, which is found by the name in its JWT",
		`operator: "eyJ..."`+"\nresolver: {}\nresolverPreload: \"A...\": \"eyJ...\"\n"+`leafnodes: remotes: hub: {urls: ["tls://hub:7422"], account: "AP"}`,
		`operator: "eyJ..."`+"\nresolver: {}\nresolverPreload: \"A...\": \"eyJ...\"\n"+`leafnodes: remotes: hub: {urls: ["tls://hub:7422"], account: "APP"}`),
	{
		Name: "account-ambiguous", Severity: diag.Error,
		Why: "a name in a JWT is for people; where two accounts have one name, the public nkey tells them apart",
		Example: diag.Example{
			Trips:   "$ natsyard vet prod\nwith leafnodes: remotes: hub: account: \"APP\", and resolverPreload with two JWTs of accounts named APP",
			Message: "2 JWTs of resolverPreload are of accounts named APP",
			Passes:  "$ natsyard vet prod\nwith leafnodes: remotes: hub: account: \"A...\", the public nkey of one of them",
		},
	},
	{
		Name: "account-twice", Severity: diag.Error,
		Why: "an account has one JetStream domain by default",
		Example: diag.Example{
			Trips:   "$ natsyard vet prod\nwith defaultJSDomain: {APP: \"hub\", \"A...\": \"edge\"}, of which A... is the public nkey of APP",
			Message: "APP and A... are the same account",
			Passes:  "$ natsyard vet prod\nwith defaultJSDomain: APP: \"hub\"",
		},
	},
	diag.ErrorOf("callout-issuer", "without an operator there is no account's JWT that could say it, and the server does not start",
		`accounts: AUTH: users: auth: password: {secretName: "nats-auth", key: "auth"}`+"\n"+`authorization: authCallout: {account: "AUTH", authUsers: ["auth"]}`,
		`accounts: AUTH: users: auth: password: {secretName: "nats-auth", key: "auth"}`+"\n"+
			`authorization: authCallout: {account: "AUTH", authUsers: ["auth"], issuer: "ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA"}`),
}

// ruleNewer is about options that the server in the image does not know.
const ruleNewer = "image-option"

// serverRules are what nats-server itself has to say, and an older one in the image would.
var serverRules = []diag.Rule{
	diag.ErrorOf(ruleNewer, "the server of the image does not know the option: it refuses it and does not start",
		`image: tag: "2.10.27-alpine"`+"\n"+`serverMetadata: region: "eu"`, `image: tag: "2.12.15-alpine"`+"\n"+`serverMetadata: region: "eu"`),
	diag.ErrorOf(loader.RuleConfig, "the loader of nats-server refuses the configuration, and the server does not start",
		"extraConfig: max_payloud: 1048576", "extraConfig: max_payload: 1048576"),
	diag.WarningOf(loader.RuleWarning, "the loader of nats-server warns of it, and goes on with another value",
		three+`cluster: pingInterval: "5m"`, three+`cluster: pingInterval: "10s"`),
	diag.ErrorOf(loader.RuleServer, "the options are right each by itself, and nats-server refuses them together",
		"extraConfig: {max_payload: 16777216, max_pending: 8388608}", "extraConfig: {max_payload: 16777216, max_pending: 67108864}"),
}

const three = "cluster: replicas: 3\n"
