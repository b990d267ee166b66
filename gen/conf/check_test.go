package conf

import (
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
)

// proven is what Build and Check find in an intent.
func proven(t testing.TB, source string) diag.List {
	in := newIntent(t, source)
	c, found := Build(in)
	return append(found, checked(t, c, in, Pods(in))...)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		source string
		want   []string // "rule path: message"
	}{
		"nothing wrong": {production, nil},
		"unknown option": {`{cluster: replicas: 3, extraConfig: cluster: no_advertize: true}`,
			[]string{"nats-config extraConfig.cluster.no_advertize: nats-server has no option cluster.no_advertize; did you mean no_advertise?"}},
		"typed fields that do not fit each other": {`{limits: {maxPayload: "2Mi", maxPending: "1Mi"}}`,
			[]string{"nats-server limits.maxPayload: nats-server refuses max_payload: max_payload (2097152) cannot be higher than max_pending (1048576)"}},
		"field of a route": {`{cluster: {replicas: 2, routes: ["nats://[x"]}}`,
			[]string{`nats-config cluster.routes.0: nats-server refuses cluster.routes[2]: error parsing route url ["nats://[x"]`}},
		"a default and extraConfig": {`{leafnodes: {}, extraConfig: leafnodes: no_advertise: false}`, nil},
		"warning": {`{extraConfig: cluster: authorization: permissions: {import: "a"}, cluster: enabled: true}`,
			[]string{`nats-config-warning extraConfig.cluster.authorization.permissions: nats-server warns of cluster.authorization.permissions: invalid use of field "authorization": setting "permissions" within cluster authorization block is deprecated`}},
		"server name": {`{serverNamePrefix: "5-"}`,
			[]string{`variable-value serverNamePrefix: nats-server cannot take the value of SERVER_NAME: "5-nats-0" is not a value to the server: All ISO8601 dates must be in full Zulu form`}},
		"undefined": {`{env: TOKEN: "x", extraConfig: authorization: token: "<< $TOKENS >>"}`,
			[]string{"variable-undefined extraConfig.authorization.token: the nats container has no variable TOKENS; did you mean TOKEN?"}},
		"undefined, and everything else": {`{extraConfig: {authorization: token: "<< $X >>", prot: 1}}`, []string{
			"nats-config extraConfig.prot: nats-server has no option prot; did you mean port?",
			"variable-undefined extraConfig.authorization.token: the nats container has no variable X",
		}},
		"password that is a number": {`{env: PW: "12345", extraConfig: authorization: {user: "u", password: "<< $PW >>"}}`,
			[]string{"nats-config extraConfig.authorization.password: nats-server refuses authorization.password: it takes a string, not a whole number"}},
		"password in quotes":   {`{env: PW: "\"12345\"", extraConfig: authorization: {user: "u", password: "<< $PW >>"}}`, nil},
		"number in a variable": {`{env: N: "64k", extraConfig: max_payload: "<< $N >>"}`, nil},
		"cut off value": {`{env: PW: "a;b", extraConfig: authorization: {user: "u", password: "<< $PW >>"}}`,
			[]string{`variable-value env.PW: nats-server cannot take the value of PW: "a;b" is more than one value to the server`}},
		"variable of a variable": {`{env: {A: "$B", B: "9"}, extraConfig: ping_max: "<< $A >>"}`, nil},
		"circle": {`{env: {A: "$B", B: "$A"}, extraConfig: ping_max: "<< $A >>"}`,
			[]string{"variable-value env.A: nats-server cannot take the value of A: A refers to itself"}},
		"shadowed": {`{env: ALL: "a", extraConfig: {ALL: "b", authorization: token: "<< $ALL >>"}}`,
			[]string{"variable-shadowed extraConfig.authorization.token: $ALL is not the pod's variable here, but the key ALL of nats-server.conf"}},
		"key after its use": {`{env: zone: "a", extraConfig: {authorization: token: "<< $zone >>", zone: "b"}}`,
			[]string{"nats-config extraConfig.zone: nats-server has no option zone"}},
		"secret string":   {`{env: S: valueFrom: secretKeyRef: {name: "s", key: "k"}, extraConfig: authorization: token: "<< $S >>"}`, nil},
		"secret number":   {`{env: S: valueFrom: secretKeyRef: {name: "s", key: "k"}, extraConfig: max_payload: "<< $S >>"}`, nil},
		"secret boolean":  {`{env: S: valueFrom: secretKeyRef: {name: "s", key: "k"}, extraConfig: debug: "<< $S >>"}`, nil},
		"secret duration": {`{env: S: valueFrom: secretKeyRef: {name: "s", key: "k"}, extraConfig: ping_interval: "<< $S >>"}`, nil},
		"secret with a form of its own": {`{env: S: valueFrom: secretKeyRef: {name: "s", key: "k"}, extraConfig: authorization: users: [{nkey: "<< $S >>"}]}`,
			[]string{"variable-unproven extraConfig.authorization.users.0.nkey: whether nats-server takes the value of S shows only in the cluster"}},
		"secret under another name": {`{env: {S: valueFrom: secretKeyRef: {name: "s", key: "k"}, T: "$S"}, extraConfig: authorization: token: "<< $T >>"}`, nil},
		"two secrets for two users": {`{env: {S: valueFrom: secretKeyRef: {name: "s", key: "a"}, T: valueFrom: secretKeyRef: {name: "s", key: "b"}}
			extraConfig: authorization: users: [{user: "<< $S >>", password: "x"}, {user: "<< $T >>", password: "x"}]}`, nil},
		"the runtime's variable": {`{resources: limits: memory: "4Gi", extraConfig: max_pending: "<< $GOMEMLIMIT >>"}`, nil},
		"users beside no_auth_user": {`{extraConfig: {no_auth_user: "x", authorization: users: [{user: "u", password: "p"}]}}`,
			[]string{`nats-server extraConfig.no_auth_user: nats-server refuses no_auth_user: no_auth_user: "x" not present as user or nkey in authorization block or account configuration`}},
		"two mistakes, and the first has no name": {`{extraConfig: {system_account: "X", jetstream: domain: "a.b"}, jetstream: fileStore: {}}`,
			[]string{"nats-server extraConfig.jetstream.domain: nats-server refuses jetstream.domain: invalid domain name: may not contain ., * or >"}},
		"keys that only look like files": {`{extraConfig: {accounts: A: mappings: {cert_file: "x"}, mappings: ca_file: "y"}}`, nil},
		"size in quotes": {`{extraConfig: jetstream: max_buffered_size: "1Gi", jetstream: fileStore: {}}`,
			[]string{`nats-config extraConfig.jetstream.max_buffered_size: nats-server refuses jetstream.max_buffered_size: max_buffered_size "1G" is not a number that it takes`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range proven(t, test.source) {
				got = append(got, d.Rule+" "+d.Path+": "+d.Message)
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestCheckFindsTheSameOnce(t *testing.T) {
	t.Parallel()
	in := newIntent(t, `{cluster: replicas: 9, extraConfig: {prot: 1, cluster: pool_size: "x", jetstream: {domain: 1, unique_tag: 2}}}`)
	c, found := Build(in)
	require.Empty(t, found)
	first := checked(t, c, in, Pods(in))
	require.Len(t, first, 4)
	require.Equal(t, first, checked(t, c, in, Pods(in)))
}

func TestCheckTellsPodsApart(t *testing.T) {
	t.Parallel()
	in := newIntent(t, `{cluster: replicas: 2, extraConfig: ping_max: "<< $N >>"}`)
	c, _ := Build(in)
	pods := Pods(in)
	pods[0].Env["N"], pods[1].Env["N"] = "2", "two"
	found := checked(t, c, in, pods)
	require.Len(t, found, 1)
	require.Equal(t, "nats-server refuses ping_max: it takes a whole number, not a string", found[0].Message)
}

// The environment of this process is not that of a pod.
func TestCheckDoesNotReadTheEnvironment(t *testing.T) {
	t.Setenv("NATSYARD_TOKEN", "x")
	found := proven(t, `{extraConfig: authorization: token: "<< $NATSYARD_TOKEN >>"}`)
	require.Len(t, found, 1)
	require.Equal(t, "variable-undefined", found[0].Rule)

	t.Setenv("port", "4222")
	found = proven(t, `{extraConfig: {host: 1, leafnodes: host: "<< $host >>"}}`)
	require.Len(t, found, 2)
}

func TestCheckTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	goroutines := runtime.NumGoroutine()
	for _, source := range []string{
		production,
		`{jetstream: fileStore: dir: "` + dir + `/store", extraConfig: {pid_file: "nats.pid", log_file: "nats.log", ports_file_dir: ".", port: -1}}`,
		`{extraConfig: {resolver: {type: "full", dir: "jwt"}, operator: "op.jwt", tls: {cert_file: "c", key_file: "k"}}}`,
		`{env: X: "1\ninclude \"x.conf\"", extraConfig: ping_max: "<< $X >>"}`,
		`{extraConfig: {ping_max: "<< 1\ninclude x.conf >>", include: "x.conf"}}`,
	} {
		for _, d := range proven(t, source) {
			require.NotContains(t, d.Message, "no such file")
		}
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
}

func TestCheckInParallel(t *testing.T) {
	t.Parallel()
	in := newIntent(t, strings.Replace(production, "{", `{extraConfig: debug: "<< $D >>", `, 1))
	c, _ := Build(in)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			pods := Pods(in)
			for i := range pods {
				pods[i].Env["D"] = "true"
			}
			require.Empty(t, checked(t, c, in, pods))
			c.RestartHash()
			c.Text()
		})
	}
	wait.Wait()
}
