package intent_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// variables writes them as name=value, name@secret/key and name@field, a line each.
func variables(in *intent.Intent, set intent.ServerSet) string {
	var texts []string
	for _, v := range in.Variables(set) {
		switch {
		case v.Secret != nil:
			texts = append(texts, v.Name+"@"+v.Secret.SecretName+"/"+v.Secret.Key)
		case v.Field != "":
			texts = append(texts, v.Name+"@"+v.Field)
		default:
			texts = append(texts, v.Name+"="+v.Value)
		}
	}
	return strings.Join(texts, "\n")
}

func TestVariables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fields, want string }{
		"none": {``, ""},
		"zone from the pod's label": {`zones: {}`,
			"NATS_ZONE@metadata.labels['topology.kubernetes.io/zone']\nNATS_ZONE_TAG='az:$(NATS_ZONE)'"},
		"zone of the set": {`zones: {names: ["eu-1a"], tag: "rack"}`,
			"NATS_ZONE=eu-1a\nNATS_ZONE_TAG='rack:$(NATS_ZONE)'"},
		"one Secret in two places": {`authorization: {user: "a", password: {secretName: "s", key: "k"}}, mqtt: authorization: {user: "a", password: {secretName: "s", key: "k"}}`,
			"SECRET_S__K@s/k\nQUOTED_S__K='$(SECRET_S__K)'"},
		"a hash is no Secret": {`authorization: {user: "a", password: "$2a$11$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`, ""},
		"routes": {`cluster: {replicas: 2, authorization: {user: "r", password: {secretName: "s", key: "k"}}}`,
			"SECRET_S__K@s/k\nQUOTED_S__K='$(SECRET_S__K)'\n" +
				"URL_ROUTE_0='nats://r:$(SECRET_S__K)@nats-0.nats-headless:6222'\nURL_ROUTE_1='nats://r:$(SECRET_S__K)@nats-1.nats-headless:6222'"},
		"no routes": {`cluster: authorization: {user: "r", password: {secretName: "s", key: "k"}}`, ""},
		"an address that would end the quotes": {`leafnodes: remotes: hub: {urls: ["wss://hub/$(A)'x?y=$$"], user: "u", password: {secretName: "s", key: "k"}}`,
			"SECRET_S__K@s/k\nQUOTED_S__K='$(SECRET_S__K)'\nURL_LEAFNODES_HUB_0='wss://u:$(SECRET_S__K)@hub/%24(A)%27x?y=%24%24'"},
		"leaf remote": {`leafnodes: remotes: "my-hub": {urls: ["wss://hub:443/path", "tls://[::1]:7422"], user: "u", password: {secretName: "s", key: "k"}}`,
			"SECRET_S__K@s/k\nQUOTED_S__K='$(SECRET_S__K)'\n" +
				"URL_LEAFNODES_MY_HUB_0='wss://u:$(SECRET_S__K)@hub:443/path'\nURL_LEAFNODES_MY_HUB_1='tls://u:$(SECRET_S__K)@[::1]:7422'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := mustLoad(t, "intent: base.intent & {"+c.fields+"}\n")
			require.Equal(t, c.want, variables(in, in.ServerSets()[0]))
		})
	}
}

// Two keys that come to one name do not share a variable.
func TestVariablesOfSecretsThatLookAlike(t *testing.T) {
	t.Parallel()
	in := mustLoad(t, `intent: base.intent & {accounts: a: users: {
	one: password: {secretName: "s", key: "a.b"}
	two: password: {secretName: "s", key: "a-b"}
	three: password: {secretName: "s", key: "c"}
}}
`)
	one, two := schema.SecretKey{SecretName: "s", Key: "a.b"}, schema.SecretKey{SecretName: "s", Key: "a-b"}
	require.NotEqual(t, in.Secrets().Quoted(one), in.Secrets().Quoted(two))
	require.Equal(t, "QUOTED_S__C", in.Secrets().Quoted(schema.SecretKey{SecretName: "s", Key: "c"}))
	byName := map[string]intent.Variable{}
	for _, v := range in.Variables(in.ServerSets()[0]) {
		require.NotContains(t, byName, v.Name)
		byName[v.Name] = v
	}
	for _, ref := range []schema.SecretKey{one, two} {
		quoted := byName[in.Secrets().Quoted(ref)]
		require.Equal(t, &ref, byName[strings.TrimSuffix(strings.TrimPrefix(quoted.Value, "'$("), ")'")].Secret)
	}
}

// Kubernetes expands a reference only to a variable that comes before it.
func TestVariablesReferToThoseBeforeThem(t *testing.T) {
	t.Parallel()
	reference := regexp.MustCompile(`\$\(([^)]*)\)`)
	in := mustLoad(t, `intent: base.intent & {
	zones: names: ["a", "b"]
	cluster: {replicas: 4, authorization: {user: "r", password: {secretName: "routes", key: "k"}}}
	jetstream: {memoryStore: {}, encryptionKey: {secretName: "store", key: "new"}, prevEncryptionKey: {secretName: "store", key: "old"}}
	leafnodes: remotes: hub: {urls: ["tls://hub:7422"], user: "u", password: {secretName: "hub", key: "k"}}
	accounts: app: users: a: password: {secretName: "users", key: "a"}
}
`)
	for _, set := range in.ServerSets() {
		seen := map[string]bool{}
		for _, v := range in.Variables(set) {
			for _, m := range reference.FindAllStringSubmatch(v.Value, -1) {
				require.True(t, seen[m[1]], "%s refers to %s", v.Name, m[1])
			}
			require.Empty(t, validation.IsEnvVarName(v.Name))
			require.False(t, seen[v.Name], v.Name)
			seen[v.Name] = true
		}
		require.Len(t, seen, 2+5*2+1+4)
		for _, name := range append(in.RouteVariables(), in.RemoteVariables("hub")...) {
			require.True(t, seen[name], name)
		}
	}
}
