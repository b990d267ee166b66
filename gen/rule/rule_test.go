package rule

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

func load(t *testing.T, text string) *intent.Intent {
	t.Helper()
	loader, found := intent.NewLoader(fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/nats@v0\"\n")},
		"base/intent.cue":    {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n" + text + "\n}\n")},
	})
	require.Empty(t, found)
	in, found := loader.Load(intent.Base)
	require.Empty(t, found)
	return in
}

const store = "jetstream: fileStore: {}\n"

// cases are what each rule refuses, with the message and the place (the intent's text begins
// on line 6), and what it lets through that comes near.
var cases = map[string]struct {
	bad     string
	message string
	at      string
	good    string
}{
	"name-length":                {`statefulSet: name: "` + strings.Repeat("a", 53) + `"`, "the StatefulSet's name " + strings.Repeat("a", 53) + " has 53 characters", "6:20", `statefulSet: name: "` + strings.Repeat("a", 52) + `"`},
	"object-names-distinct":      {`headlessService: name: "nats"`, "the client Service and the headless Service are both named nats", "6:24", `headlessService: name: "nats-0"`},
	"label-key":                  {`global: labels: "a b": "c"`, `"a b" is no key of a label or annotation`, "6:24", `podTemplate: annotations: "a.example/b": "c d"`},
	"kustomize-key":              {`service: annotations: "config.kubernetes.io/local-config": "true"`, "key config.kubernetes.io/local-config is kustomize's own", "6:60", `service: annotations: "a.example/local-config": "true"`},
	"selector-label":             {`global: labels: "app.kubernetes.io/name": "x"`, "label app.kubernetes.io/name is natsyard's own", "6:43", `global: labels: "app.kubernetes.io/version": "x"`},
	"image-version":              {`image: tag: "2.9.0"`, "the image runs nats-server 2.9.0, the proof is by 2.15.2", "6:13", `image: tag: "2.15.9-alpine"`},
	"env-reserved":               {`env: SERVER_NAME: "x"`, "SERVER_NAME is natsyard's own", "6:19", `env: SERVER: "x"`},
	"env-source":                 {`env: A: valueFrom: {}`, "A has 0 sources", "6:9", `env: A: valueFrom: fieldRef: fieldPath: "metadata.uid"`},
	"secret-in-the-clear":        {`extraConfig: authorization: password: "p"`, "a password stands here in the clear", "6:39", `env: PW: valueFrom: secretKeyRef: {name: "a", key: "b"}` + "\n" + `extraConfig: authorization: {user: "u", password: "<< $PW >>"}`},
	"control-character":          {`env: B: "x\u007f"`, "the text holds the control character U+007F", "6:9", `env: B: "x\ty\nz\u00e9"`},
	"gomemlimit-form":            {`env: GOMEMLIMIT: "2Gi"`, `GOMEMLIMIT cannot be "2Gi"`, "6:18", `env: GOMEMLIMIT: "2GiB"`},
	"extra-config-jetstream":     {`extraConfig: jetstream: domain: "a"`, "extraConfig adds to JetStream, which is off", "6:14", store + `extraConfig: jetstream: domain: "a"`},
	"variable-in-text":           {`extraConfig: authorization: user: "$U"`, `"$U" is not a variable but this very text`, "6:35", `extraConfig: system_account: "$SYS"`},
	"memory-store-bounded":       {`jetstream: memoryStore: {}`, "the memory store has no size, and there is no memory limit to derive it from", "6:12", `jetstream: memoryStore: {}` + "\n" + `resources: limits: memory: "1Gi"`},
	"memory-limit-usable":        {`resources: limits: memory: "1Mi"`, "a memory limit of 1Mi is too little to run in", "6:28", `resources: limits: memory: "64Mi"`},
	"security-context":           {`podSecurityContext: runAsUser: 0`, "user 0 is root, which runAsNonRoot refuses", "6:32", `podSecurityContext: {runAsUser: 0, runAsNonRoot: false}`},
	"requests-under-limits":      {`resources: {requests: cpu: 2, limits: cpu: "1500m"}`, "request of cpu 2 is over its limit 1500m", "6:28", `resources: {requests: cpu: 1, limits: cpu: "1000m"}`},
	"cluster-needed":             {"cluster: {enabled: false, replicas: 3}", "3 servers without a cluster", "6:20", "cluster: {enabled: false, replicas: 1}"},
	"jetstream-cluster-of-one":   {"cluster: enabled: true\n" + store, "JetStream in a cluster of one server never starts", "6:19", "cluster: enabled: true"},
	"jetstream-quorum":           {"cluster: replicas: 4\n" + store, "4 servers with JetStream survive the loss of 1, as 3 servers do", "6:20", "cluster: replicas: 5\n" + store},
	"jetstream-needs-store":      {"jetstream: fileStore: enabled: false", "JetStream has no store", "6:1", "jetstream: {enabled: false}"},
	"memory-store-fits-limit":    {`jetstream: memoryStore: maxSize: "2Gi"` + "\n" + `resources: limits: memory: "1Gi"`, "memory store 2Gi does not fit under the memory limit 1Gi", "6:34", `jetstream: memoryStore: maxSize: "2Gi"` + "\n" + `resources: limits: memory: "2560Mi"`},
	"file-store-fits-claim":      {`jetstream: fileStore: {maxSize: "1Gi", pvc: size: "1Gi"}`, "file store 1Gi does not fit on the volume claim 1Gi", "6:33", `jetstream: fileStore: {maxSize: "1Gi", pvc: size: "2Gi"}`},
	"file-store-without-claim":   {`jetstream: fileStore: pvc: enabled: false`, "streams on disk are lost with their pod", "6:37", `jetstream: memoryStore: {}`},
	"store-dir-free":             {`jetstream: fileStore: dir: "/etc"`, "the store cannot be in /etc", "6:28", `jetstream: fileStore: dir: "/var/lib/nats"`},
	"volume-name-free":           {`jetstream: fileStore: pvc: name: "pid"`, "the claim's name pid is that of another volume of the pod", "6:34", `jetstream: fileStore: pvc: name: "data"`},
	"ports-distinct":             {"monitor: port: 4222", "port 4222 of monitor is also that of nats", "6:16", "monitor: port: 6222"},
	"host-ports-distinct":        {"nats: hostPort: 1\nmonitor: hostPort: 1", "host port 1 of monitor is also that of nats", "7:20", "nats: hostPort: 1\nmonitor: hostPort: 2"},
	"service-has-ports":          {"service: ports: nats: enabled: false", "the Service shows no port", "6:10", "service: {enabled: false, ports: nats: enabled: false}"},
	"service-ports-distinct":     {"service: ports: {nats: port: 80, monitor: {enabled: true, port: 80}}", "the Service has port 80 for monitor and for nats", "6:30", "service: ports: {nats: port: 80, monitor: {enabled: false, port: 80}}"},
	"service-port-listens":       {"service: ports: profiling: enabled: true", "the Service shows port profiling, on which no server listens", "6:37", "profiling: {}\nservice: ports: profiling: enabled: true"},
	"node-port-type":             {"service: ports: nats: nodePort: 30000", "node port 30000 on a Service of type ClusterIP", "6:33", `service: {type: "NodePort", ports: nats: nodePort: 30000}`},
	"lame-duck-order":            {`lameDuckGracePeriod: "30s"`, "lame duck grace period 30s leaves nothing of the duration 30s", "6:22", `lameDuckGracePeriod: "29s"`},
	"lame-duck-fits-grace":       {"terminationGracePeriodSeconds: 30", "termination grace period 30s is not longer than the lame duck duration 30s", "6:32", "terminationGracePeriodSeconds: 31"},
	"extra-config-owned":         {"extraConfig: jetstream: store_dir: \"/x\"", "extraConfig sets jetstream.store_dir, which is natsyard's own", "6:36", "extraConfig: jetstream: sync_interval: \"1m\""},
	"reloader-sees-config":       {`reloader: natsVolumeMountPrefixes: ["/data"]`, "the reloader does not see nats.conf", "6:36", `reloader: natsVolumeMountPrefixes: ["/data", "/etc/nats-config"]`},
	"exporter-needs-monitor":     {"promExporter: enabled: true\nmonitor: enabled: false", "the exporter has no monitoring port to read", "6:24", "monitor: enabled: false"},
	"pod-monitor-needs-exporter": {"promExporter: podMonitor: enabled: true", "the PodMonitor has no exporter to read", "6:36", "promExporter: {enabled: true, podMonitor: enabled: true}"},
	"budget-keeps-quorum":        {"cluster: replicas: 3\npodDisruptionBudget: maxUnavailable: 2\n" + store, "2 of 3 servers may be down at once", "7:38", "cluster: replicas: 5\npodDisruptionBudget: maxUnavailable: 2\n" + store},
	"box-default-context":        {`natsBox: {contexts: a: {}, defaultContextName: "b"}`, "nats-box has no context b", "6:48", `natsBox: {contexts: a: {}, defaultContextName: "a"}`},
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := named(Check(load(t, c.bad)), name)
			require.Len(t, found, 1)
			require.Equal(t, c.message, found[0].Message)
			require.Equal(t, "base/intent.cue:"+c.at, found[0].Span.String())
			require.NotEmpty(t, found[0].Why)
			require.NotEmpty(t, found[0].Mend+found[0].Allowed, "what to do about it")
			require.Empty(t, named(Check(load(t, c.good)), name))
		})
	}
}

// No spelling of an option that natsyard owns gets past.
func TestOwned(t *testing.T) {
	t.Parallel()
	for _, extra := range []string{"cluster: null", "jetstream: 5", "Port: 1", "cluster: routes: []", "pid_file: \"/x\"", "https_port: 8443", "logfile: \"/x\""} {
		require.Len(t, named(Check(load(t, "extraConfig: {"+extra+"}")), "extra-config-owned"), 1, extra)
	}
}

// What the table of rules has one case of.
func TestMoreCases(t *testing.T) {
	t.Parallel()
	for intent, rule := range map[string]string{
		`extraConfig: leafnodes: port: 4222`:                          "extra-config-owned",
		`leafnodes: port: 4222`:                                       "ports-distinct",
		`jetstream: fileStore: pvc: size: "0"`:                        "file-store-fits-claim",
		`jetstream: fileStore: pvc: size: "9999Ei"`:                   "file-store-fits-claim",
		`jetstream: fileStore: {maxSize: "9999Ei", pvc: size: "1Gi"}`: "file-store-fits-claim",
		`securityContext: privileged: true`:                           "security-context",
		`terminationGracePeriodSeconds: 0`:                            "lame-duck-fits-grace",
		`cluster: {enabled: false, replicas: 3}`:                      "cluster-needed",
	} {
		require.Len(t, named(Check(load(t, intent)), rule), 1, intent)
	}
	require.Empty(t, named(Check(load(t, "terminationGracePeriodSeconds: 9223372037")), "lame-duck-fits-grace"))
}

// Secrets are found wherever an intent can hold one, and what only looks like one is not.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for intent, want := range map[string]int{
		`env: NATS_PASSWORD: "p"`:                                                    1,
		`natsBox: env: NATS_TOKEN: "p"`:                                              1,
		`cluster: routes: ["nats://u:p@a:6222"]`:                                     1,
		`extraConfig: accounts: A: users: [{user: "u", password: "p"}]`:              1,
		`extraConfig: accounts: A: users: [{user: "u", password: "$2a$11$abcdefg"}]`: 0,
		`extraConfig: accounts: A: users: [{user: "password", password: ""}]`:        0,
		`env: TOKEN_FILE: "/etc/token"`:                                              0,
	} {
		require.Len(t, named(Check(load(t, intent)), "secret-in-the-clear"), want, intent)
	}
}

// Every rule is tried above, under its own name.
func TestEveryRuleHasACase(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range rules {
		names = append(names, r.name)
	}
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(cases)))
}

// A finding hangs on no top-level field but those that it speaks of: taking any other away
// from the intent leaves it as it is. Of a partial intent only such findings are given.
func TestPartial(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := load(t, c.bad)
			want := named(Check(in), name)
			fields := reflect.TypeOf(in.Intent)
			for n := range fields.NumField() {
				field, _, _ := strings.Cut(fields.Field(n).Tag.Get("json"), ",")
				without := *in
				reflect.ValueOf(&without.Intent).Elem().Field(n).SetZero()
				without.Broken = map[string]bool{field: true}
				if got := named(Check(&without), name); len(got) > 0 {
					require.Equal(t, want, got, field)
					continue
				}
				in.Broken = without.Broken
				require.Empty(t, named(Check(in), name), "%s is not broken, but lost without it", field)
			}
		})
	}
}

// The mend of a finding, where it is CUE, passes.
func TestMendsPass(t *testing.T) {
	t.Parallel()
	in := load(t, `jetstream: memoryStore: maxSize: "2Gi"`+"\n"+`resources: limits: memory: "1Gi"`)
	found := Check(in)
	require.Len(t, found, 1)
	require.Equal(t, `resources: limits: memory: "4Gi"`, found[0].Mend)
	require.Equal(t, "base/intent.cue:7:28", found[0].Related[0].Span.String())
	require.Empty(t, Check(load(t, `jetstream: memoryStore: maxSize: "2Gi"`+"\n"+found[0].Mend)))
}

func named(found diag.List, name string) (out diag.List) {
	for _, d := range found {
		if d.Rule == name {
			out = append(out, d)
		}
	}
	return out
}
