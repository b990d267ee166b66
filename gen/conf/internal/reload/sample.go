package reload

// candidates are tried as the value of every option; the loader knows which ones fit. A
// path is below the working directory, for some reloads write files.
var candidates = []string{
	"true", "false",
	"5", "70", "9000", "40000000",
	`"45s"`, `"75s"`,
	`"s2_fast"`, `"off"`,
	`"127.0.0.1:4300"`, `"127.0.0.1:4400"`,
	`"one"`, `"two"`,
	`["one"]`, `["one", "two"]`,
	`["nats://127.0.0.1:6300"]`, `["nats://127.0.0.1:6400"]`,
	`{one: "1"}`, `{one: "1", two: "2"}`,
}

// samples are the values of options that take a block of their own form. They are judged as
// a whole: the server takes over all of them or none.
var samples = map[string][]string{
	"accounts": {
		`{A: {users: [{user: a, password: a}]}}`,
		`{A: {users: [{user: a, password: b}], limits: {max_connections: 5}}}`,
		`{A: {users: [{user: a, password: a}], exports: [{stream: "x.>"}]}, B: {imports: [{stream: {account: A, subject: "x.>"}}]}}`,
		`{A: {users: [{user: a, password: a, permissions: {publish: "x"}}], mappings: {x: y}}}`,
	},
	"authorization.auth_callout": {
		`{issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, auth_users: [a]}`,
	},
	"authorization.default_permissions": {`{publish: "x"}`, `{publish: "y", subscribe: {deny: "x"}}`},
	"authorization.users": {
		`[{user: a, password: a}]`, `[{user: a, password: b}]`,
		`[{user: a, password: b, permissions: {publish: "x"}}, {user: b, password: b}]`,
	},
	"cluster.authorization": {`{user: a, password: a}`, `{user: a, password: b}`, `{user: a, password: b, timeout: 5}`},
	"cluster.permissions":   {`{import: "a"}`, `{import: ["a", "b"], export: {allow: "x", deny: "y"}}`},
	"cluster.accounts":      {`[A]`, `[B]`, `[A, B]`},
	"default_js_domain":     {`{A: "one"}`, `{A: "two"}`},
	"feature_flags":         {`{one: true}`, `{one: false, two: true}`},
	"gateway.authorization": {`{user: a, password: a}`, `{user: a, password: b}`},
	"gateway.gateways":      {`[{name: X, url: "nats://127.0.0.1:7300"}]`, `[{name: Y, url: "nats://127.0.0.1:7300"}]`},
	"leafnodes.authorization": {
		`{user: a, password: a}`, `{user: a, password: b}`, `{users: [{user: a, password: a}]}`,
	},
	"mappings":                {`{a: b}`, `{a: c, x: [{destination: y, weight: 50%}]}`},
	"mqtt.authorization":      {`{user: a, password: a}`, `{user: a, password: b}`},
	"websocket.authorization": {`{user: a, password: a}`, `{user: a, password: b}`},
	"no_auth_user":            {`a`, `b`},
	"system_account":          {`A`, `B`},
	"http_base_path":          {`"/one"`, `"/two"`},
	"jetstream.cipher":        {`aes`, `chacha`},
	"write_timeout":           {`close`, `retry`},
	"cluster.write_timeout":   {`close`, `retry`},
	"gateway.write_timeout":   {`close`, `retry`},
	"leafnodes.write_timeout": {`close`, `retry`},
}

// accounts stand beside options that name one.
const accounts = "accounts: {A: {users: [{user: a, password: a}]}, B: {users: [{user: b, password: b}]}}\n"

// beside is what must stand beside an option.
var beside = map[string]string{
	"cluster.accounts":       accounts,
	"default_js_domain":      accounts,
	"no_auth_user":           accounts,
	"system_account":         accounts,
	"mqtt.no_auth_user":      accounts,
	"websocket.no_auth_user": accounts,
	"store_dir":              "jetstream: enabled\n",
}

// inside is what must stand in a block for its other options to mean anything.
var inside = map[string]string{
	"cluster":   `name: c, port: 6222`,
	"gateway":   `name: c, port: 7222`,
	"jetstream": `store_dir: "js"`,
	"leafnodes": `port: 7422`,
	"mqtt":      `port: 1883`,
	"websocket": `port: 8080, no_tls: true`,
}

// siblings are what must stand in the same block as one option.
var siblings = map[string]string{
	"authorization.auth_callout":        `users: [{user: a, password: a}]`,
	"authorization.default_permissions": `users: [{user: a, password: a}]`,
}

// untried are options that no two configurations would tell the truth about. They count as
// not hot.
var untried = map[string]string{
	"jetstream":         "a server that cannot switch JetStream on says so only in its log",
	"jetstream.enable":  "a server that cannot switch JetStream on says so only in its log",
	"leafnodes.remotes": "the server compares them only while it is connected",
	"operator":          "the loader reads a file",
	"resolver":          "the loader asks another machine",
	"resolver_preload":  "it needs an operator",
	"resolver_tls":      "the loader reads files",
	"tls":               "the loader reads files",
	"cluster.tls":       "the loader reads files",
	"gateway.tls":       "the loader reads files",
	"leafnodes.tls":     "the loader reads files",
	"mqtt.tls":          "the loader reads files",
	"websocket.tls":     "the loader reads files",
}
