package options_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue/cuecontext"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/gen/options"
	"github.com/natsyard/natsyard/gen/rule"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"max_payload":                        "max_payload",
		"Max_Conn":                           "max_connections",
		"leaf.remotes.url":                   "leafnodes.remotes.urls",
		"CLUSTER.poolSize":                   "cluster.pool_size",
		"accounts.users.permission.pub.deny": "accounts.users.permissions.publish.deny",
		"accounts.A.users":                   "",
		"nonsense":                           "",
		"":                                   "",
	} {
		o, ok := options.Find(strings.Split(path, ".")...)
		require.Equal(t, want != "", ok, path)
		if ok {
			require.Equal(t, want, o.Path(), path)
		}
	}
}

// What came with a minor is told of the option itself, and of what is as old as the table not at all.
func TestSince(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		"max_payload": 0, "cluster.pool_size": 10, "jetstream.strict": 11, "proxies": 12, "feature_flags": 14, "jetstream.limits.default_max_consumers": 15,
	} {
		o, ok := options.Find(strings.Split(path, ".")...)
		require.True(t, ok, path)
		require.Equal(t, want, o.Since(), path)
	}
	newer := 0
	for _, o := range options.All() {
		if o.Since() > 0 {
			newer++
		}
	}
	require.Greater(t, newer, 200)
}

// A new option of the server needs a field, or a word about why it has none.
func TestEveryOptionIsAnswered(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(options.All()), 700)
	for _, o := range options.All() {
		if len(language.Setters(o)) == 0 {
			require.NotZero(t, o.Reason().Way, "no field sets %s: give it one in schema/, or say in reason.go why not", o.Path())
		}
	}
}

// within is an intent that has a block of nats.conf, and the same block in extraConfig, by the
// beginning of the block's path. %s is the place of an option.
var within = []struct{ block, conf string }{
	{"accounts.users.permissions", `accounts: A: users: [{user: "u", permissions: %s}]`},
	{"accounts.users", `accounts: A: users: [%s]`},
	{"accounts.exports", `accounts: A: exports: [%s]`},
	{"accounts.imports", `accounts: A: imports: [%s]`},
	{"accounts", `accounts: A: %s`},
	{"leafnodes.remotes.proxy.tls.certs", `leafnodes: remotes: [{urls: ["ws://a:1"], proxy: {url: "https://b:1", tls: certs: [%s]}}]`},
	{"leafnodes.remotes.proxy", `leafnodes: remotes: [{urls: ["ws://a:1"], proxy: %s & {url: "https://b:1"}}]`},
	{"leafnodes.remotes.compression", `leafnodes: remotes: [{urls: ["nats://a:1"], compression: %s & {mode: "s2_auto"}}]`},
	{"leafnodes.remotes.tls.certs", `leafnodes: remotes: [{urls: ["nats://a:1"], tls: certs: [%s]}]`},
	{"leafnodes.remotes", `leafnodes: remotes: [%s & {urls: ["nats://a:1"]}]`},
	{"leafnodes.authorization.users", `leafnodes: authorization: users: [%s & {user: "u", account: "$G"}]`},
	{"leafnodes.compression", `leafnodes: compression: %s & {mode: "s2_auto"}`},
	{"cluster.compression", `cluster: compression: %s & {mode: "s2_auto"}`},
	{"gateway.gateways.tls.certs", `gateway: {name: "nats", port: 7222, gateways: [{name: "o", urls: ["nats://a:1"], tls: certs: [%s]}]}`},
	{"gateway.gateways", `gateway: {name: "nats", port: 7222, gateways: [%s & {name: "o", urls: ["nats://a:1"]}]}`},
}

// values are tried for an option in turn.
var values = []string{
	`true`, `"x"`, `5`, `"45s"`, `["x"]`, `["45s"]`, `{x: "y"}`, `{x: true}`, `{}`, `[{cert_file: "/x", key_file: "/y"}]`, `{cert_file: "/x"}`,
	`[{user: "u", password: "<< $PW >>"}]`, `"will_extend"`, `"none"`, `"1.3"`, `["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]`, `["X25519"]`,
	`["OCIGNMPRGBTTEIJTRLXWNI5ZX53BBIBCVU4EIQZ7HN53KKBA4UDYNFPU"]`,
}

// pairs are options of which the one is nothing without the other.
var pairs = map[string]string{"cert_file": "key_file", "key_file": "cert_file"}

// What is said of options without a field is so: by extraConfig some value passes all proofs, and
// no value of those that are refused does.
func TestReasonsHold(t *testing.T) {
	t.Parallel()
	for _, o := range options.All() {
		reason := o.Reason()
		if len(language.Setters(o)) > 0 || reason.Way == options.Idle {
			continue
		}
		t.Run(o.Path(), func(t *testing.T) {
			t.Parallel()
			var passed []string
			var all diag.List
			for _, value := range values {
				found := prove(t, o, value)
				if !found.HasErrors() {
					passed = append(passed, value)
				}
				all = append(all, found...)
			}
			if reason.Way == options.Extra {
				require.NotEmpty(t, passed, "%v", all)
				return
			}
			require.Empty(t, passed)
			about := func(d diag.Diagnostic) bool { return strings.HasPrefix(d.Path, "extraConfig") }
			require.True(t, slices.ContainsFunc(all, about), "%v", all)
		})
	}
}

// prove gives what natsyard finds in an intent whose extraConfig sets an option.
func prove(t *testing.T, o options.Option, value string) diag.List {
	t.Helper()
	text := fmt.Sprintf("{%s: %s}", o.Names[0], value)
	if other, ok := pairs[o.Names[0]]; ok {
		text = fmt.Sprintf("{%s: %s, %s: \"/x\"}", o.Names[0], value, other)
	}
	frame, rest := "%s", o.Block
	for _, w := range within {
		if below, ok := strings.CutPrefix(o.Block+".", w.block+"."); ok {
			frame, rest = w.conf, strings.TrimSuffix(below, ".")
			break
		}
	}
	if rest != "" {
		text = "{" + strings.ReplaceAll(rest, ".", ": ") + ": " + text + "}"
	}
	if strings.Contains(frame, ":") {
		text = "{" + fmt.Sprintf(frame, text) + "}"
	}
	in := *frameIntent()
	require.NoError(t, cuecontext.New().CompileString(text).Decode(&in.ExtraConfig), text)
	if found := rule.Check(&in); found.HasErrors() {
		return found
	}
	c, found := conf.Build(&in)
	if found.HasErrors() {
		return found
	}
	found, err := conf.Check(c, &in, conf.Pods(&in)[:1])
	require.NoError(t, err)
	return found
}

// frameIntent is what extraConfig is laid over.
var frameIntent = sync.OnceValue(func() *intent.Intent {
	loader, _ := intent.NewLoader(fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/nats@v0\"\n")},
		"base/intent.cue": {Data: []byte(`package base

import "github.com/natsyard/natsyard/schema"

intent: schema.#Intent & {
	cluster: replicas: 3
	jetstream: fileStore: {}
	env: PW: valueFrom: secretKeyRef: {name: "a", key: "b"}
}
`)},
	})
	in, found := loader.Load(intent.Base)
	if found.HasErrors() {
		panic(fmt.Sprint(found))
	}
	return in
})
