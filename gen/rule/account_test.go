package rule

import (
	"github.com/nats-io/nkeys"
)

// publicKey is an nkey that is the same in every run.
func publicKey(kind nkeys.PrefixByte, n byte) string {
	seed := [32]byte{n}
	pair, err := nkeys.FromRawSeed(kind, seed[:])
	if err != nil {
		panic(err)
	}
	key, err := pair.PublicKey()
	if err != nil {
		panic(err)
	}
	return key
}

var (
	userKey    = publicKey(nkeys.PrefixByteUser, 1)
	accountKey = publicKey(nkeys.PrefixByteAccount, 1)
)

// secret is a password from a Secret.
const secret = `password: {secretName: "nats-auth", key: "app"}`

var accountCases = table{
	"account-name":        {`accounts: "x y": {}`, `"x y" cannot be the name of an account`, "6:11", `accounts: "x-y-é'": {}`},
	"user-credentials":    {`accounts: A: users: u: {}`, "user u has no password and no nkey", "6:21", `accounts: A: users: u: nkey: "` + userKey + `"`},
	"user-names-distinct": {`accounts: {A: users: u: ` + secret + `, B: users: u: ` + secret + `}`, "accounts.A.users.u and accounts.B.users.u have the same name", "6:84", `accounts: {A: users: u: ` + secret + `, B: users: v: ` + secret + `}`},
	"user-times":          {`accounts: A: users: u: times: [{start: "08:00:00", end: "25:00:00"}]`, "25:00:00 is no time of day", "6:57", `accounts: A: users: u: times: [{start: "08:00:00", end: "23:59:59"}]`},
	"no-auth-user":        {app + `noAuthUser: "guest"`, "there is no user guest", "7:13", app + `noAuthUser: "app"`},
	"authorization-one-way": {app + `authorization: token: {secretName: "a", key: "b"}`, "authorization has a token, and there are users", "7:16",
		`authorization: token: {secretName: "a", key: "b"}`},
	"account-exists": {app + `systemAccount: "SYS"`, "there is no account SYS", "7:16", app + "accounts: SYS: {}\n" + `systemAccount: "SYS"`},
	"auth-callout-user": {app + `authorization: authCallout: {issuer: "` + accountKey + `", authUsers: ["auth"]}`, "there is no user auth", "7:110",
		app + `authorization: authCallout: {issuer: "` + accountKey + `", authUsers: ["app"]}`},
	"proxy-trusted": {`accounts: A: users: u: {` + secret + `, proxyRequired: true}`, "accounts.A.users.u.proxyRequired, and no proxy is trusted", "6:89",
		`accounts: A: users: u: {` + secret + `, proxyRequired: true}` + "\n" + `proxies: trusted: ["` + userKey + `"]`},
	"permission-list-empty": {`accounts: A: users: u: {` + secret + `, permissions: publish: allow: []}`, "an empty list of what is allowed allows everything", "6:103",
		`accounts: A: users: u: {` + secret + `, permissions: {publish: allow: [], jetstream: {}}}`},
	"jetstream-locked-out": {`accounts: A: {jetstream: {}, users: u: {` + secret + `, permissions: publish: allow: ["orders.>"]}}`, "user u may not ask JetStream for anything", "6:90",
		`accounts: A: {jetstream: {}, users: u: {` + secret + `, permissions: {publish: allow: ["orders.>"], jetstream: {}}}}`},
	"jetstream-permission-idle": {store + `accounts: A: users: u: {` + secret + `, permissions: jetstream: {}}`, "user u has permissions for JetStream, which its account does not have", "7:87",
		store + `accounts: A: {jetstream: {}, users: u: {` + secret + `, permissions: jetstream: {}}}`},
	"system-account-jetstream": {store + `accounts: SYS: jetstream: {}` + "\n" + `systemAccount: "SYS"`, "JetStream is on for the system account SYS", "7:16",
		store + `accounts: {SYS: {}, APP: jetstream: {}}` + "\n" + `systemAccount: "SYS"`},
	"account-jetstream-off": {`accounts: A: jetstream: {}`, "account A is to have JetStream, which is off on the servers", "6:14", store + `accounts: A: jetstream: {}`},
	"jetstream-for-nobody":  {store + `accounts: A: {}`, "JetStream is on, and no account may use it", "6:1", store + `accounts: "$SYS": {}`},
	"account-reservations-fit": {store + `accounts: {A: jetstream: maxFile: "6Gi", B: jetstream: maxFile: "3Gi"}`, "the accounts reserve 9Gi of disk, and the servers have 8Gi", "7:35",
		store + `accounts: {A: jetstream: maxFile: "6Gi", B: jetstream: maxFile: "2Gi"}`},
	"account-reservations-overbooked": {three + store + `accounts: A: jetstream: maxFile: "25Gi"`, "the accounts reserve 25Gi of disk, and the servers have 3 times 8Gi", "8:34",
		three + store + `accounts: A: jetstream: maxFile: "24Gi"`},
	"stream-or-service": {`accounts: A: exports: [{stream: "a", responseType: "stream"}]`, "responseType belongs to a service, and this export is of a stream", "6:52",
		`accounts: A: exports: [{service: "a", responseType: "stream"}]`},
	"subject-form": {`accounts: A: exports: [{stream: "orders.>.new"}]`, "orders.>.new has a '>' that is not its last token", "6:33",
		`accounts: A: exports: [{stream: "orders.*.new"}, {service: "a>b.>"}]`},
	"import-exported": {`accounts: {A: exports: [{stream: "a.>"}], B: imports: [{stream: {account: "A", subject: "b"}}]}`, "account A does not export the stream b to B", "6:89",
		`accounts: {A: exports: [{stream: "a.>", accounts: ["B"]}], B: imports: [{stream: {account: "A", subject: "a.b.>"}}]}`},
	"mapping-weights": {`mappings: a: [{destination: "b", weight: 60}, {destination: "c", weight: 50}]`, "the weights of a come to 110", "6:14",
		`mappings: a: [{destination: "b", weight: 100}, {destination: "c", weight: 50, cluster: "x"}]`},
	"nkey-form": {`accounts: A: users: u: nkey: "` + userKey[:55] + `2"`, "this is no public nkey of a user", "6:30", `accounts: A: users: u: nkey: "` + userKey + `"`},
}
