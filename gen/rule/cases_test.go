package rule

import "strings"

const store = "jetstream: fileStore: {}\n"

// table is what each rule refuses, with the message and the place (the intent's text begins
// on line 6), and what it lets through that comes near.
type table map[string]struct {
	bad     string
	message string
	at      string
	good    string
}

// cases are one of each rule.
var cases = union(laterCases, podCases, serverCases, serviceCases, tlsCases, meshCases, accountCases, operatorCases, slipCases)

func union[M ~map[string]V, V any](tables ...M) M {
	all := M{}
	for _, t := range tables {
		for name, c := range t {
			if _, twice := all[name]; twice {
				panic("two cases of " + name)
			}
			all[name] = c
		}
	}
	return all
}

var podCases = table{
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
	"negative-number":            {`limits: maxConnections: -9`, "limits.maxConnections is -9", "6:25", `limits: maxConnections: -1`},
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
	"volume-name-free":           {`jetstream: fileStore: pvc: name: "pid"`, "the name pid is that of the volume of the server's process id", "6:34", `jetstream: fileStore: pvc: name: "data"`},
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
