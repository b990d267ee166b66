package auth

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const someUser = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"

// What a JWT cannot say, and what the server would leave out in silence, is a finding at the
// user's own place; what comes near is none.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bad     string
		message string
		at      string
		good    string
	}{
		"empty account":      {`accounts: "": {}`, `an account cannot be named ""`, "6:11", `accounts: "ä b": {}`},
		"empty user":         {`accounts: A: users: "": {}`, `a user cannot be named ""`, "6:21", `accounts: A: users: " ": {}`},
		"long user":          {`accounts: A: users: "` + strings.Repeat("x", 81) + `": {}`, "a user cannot be named", "6:21", `accounts: A: users: "` + strings.Repeat("x", 80) + `": {}`},
		"system":             {`systemAccount: "AP", accounts: APP: {}`, "the system account AP is none of the accounts", "6:16", `systemAccount: *"APP" | string, accounts: APP: {}`},
		"system jetstream":   {`accounts: SYS: jetstream: {}`, "the system account cannot have JetStream", "6:16", `accounts: SYS: jetstream: enabled: false`},
		"no storage":         {`accounts: A: jetstream: {maxMemory: "0", maxFile: "0"}`, "JetStream without memory and without disk is off", "6:14", `accounts: A: jetstream: {maxMemory: "0", maxFile: "1Gi"}`},
		"payload":            {`accounts: A: limits: maxPayload: "4Gi"`, "maxPayload cannot be 4294967296", "6:34", `accounts: A: limits: maxPayload: "64Mi"`},
		"connections":        {`accounts: A: limits: maxConnections: 2147483648`, "maxConnections cannot be 2147483648", "6:38", `accounts: A: limits: maxConnections: -1`},
		"publish":            {`accounts: A: users: a: permissions: publish: allow: ["a..b"]`, `"a..b" is no subject`, "6:54", `accounts: A: users: a: permissions: publish: allow: ["a.*.>"]`},
		"publish queue":      {`accounts: A: users: a: permissions: publish: deny: ["a q"]`, `"a q": only a subscription has a queue group`, "6:53", `accounts: A: users: a: permissions: subscribe: deny: ["a q"]`},
		"default permission": {`accounts: A: defaultPermissions: subscribe: allow: ["a."]`, `"a." is no subject`, "6:53", `accounts: A: defaultPermissions: subscribe: allow: ["a"]`},
		"network":            {`accounts: A: users: a: src: ["10.0.0.0/40"]`, `"10.0.0.0/40" is no network`, "6:30", `accounts: A: users: a: src: ["2001:DB8::/32"]`},
		"time":               {`accounts: A: users: a: times: [{start: "08:00:00", end: "25:00:00"}]`, `end in time range is invalid "25:00:00"`, "6:32", `accounts: A: users: a: times: [{start: "22:00:00", end: "06:00:00"}]`},
		"zone":               {`accounts: A: users: a: timesLocation: "Mars"`, `"Mars" is no time zone`, "6:39", `accounts: A: users: a: timesLocation: "Asia/Tokyo"`},
		"no export kind":     {`accounts: A: exports: [{}]`, "an export is of a stream or of a service", "6:24", `accounts: A: exports: [{stream: "a"}]`},
		"stream threshold":   {`accounts: A: exports: [{stream: "a", responseThreshold: "1s"}]`, "response threshold only valid for services", "6:24", `accounts: A: exports: [{service: "a", responseThreshold: "1s"}]`},
		"export twice":       {`accounts: A: exports: [{service: "a.*"}, {service: "a.b"}]`, `service export subject "a.*" already exports "a.b"`, "6:23", `accounts: A: exports: [{service: "a.*"}, {stream: "a.b"}]`},
		"export to nobody":   {`accounts: A: exports: [{service: "a", accounts: ["B"]}]`, "there is no account B", "6:50", `accounts: {A: exports: [{service: "a", accounts: ["B"]}], B: {}}`},
		"latency":            {`accounts: A: exports: [{service: "a", latency: subject: "l.>"}]`, `"l.>" has a wildcard, and messages are published there`, "6:57", `accounts: A: exports: [{service: "a", latency: {subject: "l", sampling: "headers"}}]`},
		"token position":     {`accounts: A: exports: [{service: "a.*", accountTokenPosition: 3}]`, "a.* has no token 3", "6:63", `accounts: A: exports: [{service: "a.*", accountTokenPosition: 2}]`},
		"no import kind":     {`accounts: A: imports: [{}]`, "an import is of a stream or of a service", "6:24", `accounts: A: imports: []`},
		"no exporter":        {`accounts: A: imports: [{stream: {account: "B", subject: "b"}}]`, "there is no account B", "6:43", `accounts: {A: imports: [{stream: {account: "B", subject: "b"}}], B: exports: [{stream: "b"}]}`},
		"no export": {`accounts: {A: imports: [{service: {account: "B", subject: "b"}}], B: exports: [{stream: "b"}]}`, "account B exports no service that has b", "6:26",
			`accounts: {A: imports: [{service: {account: "B", subject: "b.c"}}], B: exports: [{service: "b.*"}]}`},
		"not for this one": {`accounts: {A: imports: [{stream: {account: "B", subject: "b"}}], B: exports: [{stream: "b", accounts: ["B"]}]}`, "account B exports b to others, not to A", "6:26",
			`accounts: {A: imports: [{stream: {account: "B", subject: "b"}}], B: exports: [{stream: "b", accounts: ["A"]}]}`},
		"not its own token": {`accounts: {A: imports: [{stream: {account: "B", subject: "b.C"}}], B: exports: [{stream: "b.*", accountTokenPosition: 2}]}`, `token 2 of b.C must be "A", the account that asks`, "6:26",
			`accounts: {A: imports: [{stream: {account: "B", subject: "b.A"}}], B: exports: [{stream: "b.*", accountTokenPosition: 2}]}`},
		"service prefix": {`accounts: {A: imports: [{service: {account: "B", subject: "b"}, prefix: "p"}], B: exports: [{service: "b"}]}`, "this import cannot have a prefix", "6:73",
			`accounts: {A: imports: [{stream: {account: "B", subject: "b.*"}, prefix: "p"}], B: exports: [{stream: "b.>"}]}`},
		"renamed": {`accounts: {A: imports: [{stream: {account: "B", subject: "b.*"}, to: "x"}], B: exports: [{stream: "b.*"}]}`, "subject does not contain enough * or reference wildcards", "6:25",
			`accounts: {A: imports: [{stream: {account: "B", subject: "b.*"}, to: "x.$1"}], B: exports: [{stream: "b.*"}]}`},
		"overlap": {`accounts: {A: imports: [{service: {account: "B", subject: "b.*"}}, {service: {account: "B", subject: "b.c"}}], B: exports: [{service: "b.*"}]}`, "overlapping subject namespace", "6:24",
			`accounts: {A: imports: [{service: {account: "B", subject: "b.d"}}, {service: {account: "B", subject: "b.c"}}], B: exports: [{service: "b.*"}]}`},
		"mapping weights": {`accounts: A: mappings: a: [{destination: "b", weight: 60}, {destination: "c", weight: 50}]`, `mapping "a" exceeds 100%`, "6:27", `accounts: A: mappings: a: [{destination: "b", weight: 60}, {destination: "c", weight: 0}]`},
		"mapping cluster": {`accounts: A: mappings: a: [{destination: "b", weight: 0, cluster: "c"}]`, "a JWT cannot say that cluster c gets nothing", "6:27", `accounts: A: mappings: a: [{destination: "b", weight: 1, cluster: "c"}]`},
		"mapping":         {`accounts: A: mappings: a: "b.{{wildcard(1)}}"`, "a cannot become b.{{wildcard(1)}}", "6:27", `accounts: A: mappings: "a.*": "b.{{wildcard(1)}}"`},
		"trace":           {`accounts: A: msgTrace: dest: "t.*"`, `"t.*" has a wildcard`, "6:30", `accounts: A: msgTrace: dest: "t"`},
		"account nkey":    {`accounts: A: nkey: "A` + strings.Repeat("B", 55) + `"`, "this is no nkey of an account: its checksum is wrong", "6:20", `accounts: A: {}`},
		"user nkey":       {`accounts: A: users: a: nkey: "U` + strings.Repeat("B", 55) + `"`, "this is no nkey of a user: its checksum is wrong", "6:30", `accounts: A: users: a: nkey: "` + someUser + `"`},
		"two users":       {`accounts: A: users: {a: nkey: "` + someUser + `", b: nkey: "` + someUser + `"}`, "users a and b have the same nkey", "6:100", `accounts: {A: users: a: nkey: "` + someUser + `", B: users: a: nkey: "` + someUser + `"}`},
		"operator":        {`operator: "eyJh.eyJi.c"`, "an operator is given here", "6:11", `name: "n"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, found, err := Issue(load(t, c.bad), nil, nil, rand.Reader)
			require.NoError(t, err)
			require.Nil(t, out)
			require.Len(t, found, 1, messages(found))
			require.Contains(t, found[0].Message, c.message)
			require.Equal(t, "base/intent.cue:"+c.at, found[0].Span.String())

			out = issue(t, load(t, c.good), nil, nil)
			require.Empty(t, messages(Check(withAuth(t, c.good, out))))
		})
	}
}

// An account's seed may be kept elsewhere: its nkey is then in the definition.
func TestAccountKeptElsewhere(t *testing.T) {
	t.Parallel()
	in := load(t, `accounts: A: users: a: {}`)
	out := issue(t, in, nil, nil)
	text := stream(t, in, out)
	nkey := ""
	for key, token := range out.Public.Accounts {
		if key != out.Public.SystemAccount {
			nkey = key
			require.NotEmpty(t, token)
		}
	}
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, accountKey("A")) {
			lines = append(lines, line)
		}
	}
	fewer := strings.Join(lines, "")
	_, _, err := Issue(in, read(t, fewer), out.Public, rand.Reader)
	require.ErrorContains(t, err, `account.A.nk is missing, and account A is in auth.cue (accounts: A: nkey: "`+nkey+`" says that its seed is kept elsewhere)`)

	in = load(t, `accounts: A: {nkey: "`+nkey+`", users: a: {}}`)
	again := issue(t, in, read(t, fewer), out.Public)
	require.Equal(t, out.Public, again.Public)
	require.Equal(t, fewer, stream(t, in, again))

	_, found, err := Issue(load(t, `accounts: A: {nkey: "`+out.Public.SystemAccount+`", users: a: {}}`), read(t, text), nil, rand.Reader)
	require.NoError(t, err)
	require.Equal(t, []string{"account-definition base/intent.cue:6:21 this is not the nkey of account A among the keys"}, messages(found))
}
