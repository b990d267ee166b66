package rule

import "strings"

const three = "cluster: replicas: 3\n"

var serverCases = table{
	"encryption-key-needed": {`jetstream: {fileStore: {}, cipher: "aes"}`, "cipher without encryptionKey", "6:36",
		`jetstream: {fileStore: {}, cipher: "aes", encryptionKey: {secretName: "js", key: "key"}}`},
	"size-range": {`limits: maxPending: "9999Ei"`, "9999Ei is no size that can be had", "6:21", `limits: maxPending: "1Gi"`},
	"unique-tag": {three + `jetstream: {fileStore: {}, uniqueTag: "az"}`, "no server has a tag that begins with az", "7:39",
		three + `jetstream: {fileStore: {}, uniqueTag: "az"}` + "\nzones: {}"},
	"zone-label-missing":  {three + "zones: {}\n" + `kubernetes: version: "1.34"`, "pods of Kubernetes 1.34 do not know the zone of their node", "7:1", three + "zones: {}\n" + `kubernetes: version: "1.35"`},
	"zone-label-assumed":  {three + "zones: {}", "pods know the zone of their node from Kubernetes 1.35 on", "7:1", three + `zones: names: ["a", "b", "c"]`},
	"zone-names-distinct": {three + `zones: names: ["a", "b", "a"]`, "zone a is named twice", "7:26", three + `zones: names: ["a", "b", "c"]`},
	"zone-has-server":     {`zones: names: ["a", "b"]`, "zone b has no server", "6:21", `zones: names: ["a"]`},
	"zone-quorum":         {three + store + `zones: names: ["a", "b"]`, "zone a has 2 of 3 servers", "8:15", three + store + `zones: names: ["a", "b", "c"]`},
	"zone-node-selector": {three + `zones: names: ["a"]` + "\n" + `nodeSelector: "topology.kubernetes.io/zone": "a"`, "label topology.kubernetes.io/zone is that of zones", "8:46",
		three + `zones: names: ["a"]` + "\n" + `nodeSelector: "example.com/pool": "a"`},

	"container-name-free": {`extraContainers: reloader: image: "a"`, "the container reloader is natsyard's own", "6:18", `extraContainers: tool: image: "a"`},
	"container-image":     {`extraInitContainers: tool: command: ["a"]`, "the container tool has no image", "6:22", `extraInitContainers: tool: image: "a"`},
	"volume-source":       {`extraVolumes: a: {}`, "the volume a has 0 sources", "6:15", `extraVolumes: a: emptyDir: {}`},
	"mount-volume": {`extraVolumeMounts: "/a": name: "a"`, "no volume is named a", "6:32",
		`extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: "/a": name: "a"`},
	"mount-path-free": {`extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: "/etc": name: "a"`, "a mount on /etc is in the way of /etc/nats-config", "7:20",
		store + `extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: "/data/a": name: "a"`},
	"container-env": {`extraContainers: a: {image: "a", env: [{name: "A", value: "b"}, {name: "A", value: "c"}]}`, "A stands here twice", "6:65",
		`extraContainers: a: {image: "a", env: [{name: "A", value: "b"}, {name: "a", value: "c"}]}`},
	"container-port": {`extraContainers: a: {image: "a", ports: [{containerPort: 9000, name: "a-name-of-more-than-15"}]}`, `"a-name-of-more-than-15" is no name of a port`, "6:70",
		`extraContainers: a: {image: "a", ports: [{containerPort: 9000, name: "metrics"}]}`},
	"mount-form": {`extraContainers: a: {image: "a", volumeMounts: [{name: "config", mountPath: "/c"}, {name: "pid", mountPath: "/c/"}]}`, "two volumes are mounted at /c", "6:109",
		`extraContainers: a: {image: "a", volumeMounts: [{name: "config", mountPath: "/c"}, {name: "pid", mountPath: "/c/d", subPath: "a/b"}]}`},
	"init-container-runs": {`extraInitContainers: a: {image: "a", livenessProbe: tcpSocket: port: 1}`, "livenessProbe of the container a, which is over before the server runs", "6:38",
		`extraInitContainers: a: {image: "a", restartPolicy: "Always", livenessProbe: tcpSocket: port: 1}`},
	"volume-form": {`extraVolumes: a: secret: optional: true`, "the volume a does not say which secret", "6:18",
		`extraVolumes: a: secret: {secretName: "a", items: [{key: "k", path: "d/k"}]}`},

	"label-value": {`nodeSelector: pool: "a b"`, `"a b" is no value of a label`, "6:21", `nodeSelector: pool: "a.b"`},
	"toleration-form": {`tolerations: [{key: "a", operator: "Exists", value: "b"}]`, "the operator Exists compares no value", "6:15",
		`tolerations: [{operator: "Exists"}, {key: "a", value: "b", effect: "NoExecute", tolerationSeconds: 60}, {key: "a", operator: "Gt", value: "5"}]`},
	"topology-spread-form": {`topologySpreadConstraints: zone: {minDomains: 3, whenUnsatisfiable: "ScheduleAnyway"}`, "minDomains holds back pods, which whenUnsatisfiable does not let it", "6:47",
		`topologySpreadConstraints: zone: {minDomains: 3, matchLabelKeys: ["controller-revision-hash"]}`},
	"user-id":             {`podSecurityContext: fsGroup: 2147483648`, "2147483648 is no user or group", "6:30", `podSecurityContext: {fsGroup: 2147483647, runAsUser: null}`},
	"seccomp-profile":     {`podSecurityContext: seccompProfile: type: "Localhost"`, "type Localhost without the file", "6:21", `podSecurityContext: seccompProfile: {type: "Localhost", localhostProfile: "a.json"}`},
	"number-range":        {`terminationGracePeriodSeconds: 9007199254740993`, "9007199254740993 is too large a number", "6:32", `terminationGracePeriodSeconds: 9007199254740992`},
	"service-name-length": {`extraServices: ` + strings.Repeat("a", 60) + `: {type: "ClusterIP", ports: nats: {}}`, "the Service's name nats-" + strings.Repeat("a", 60) + " has 65 characters", "6:16", `extraServices: ` + strings.Repeat("a", 58) + `: {type: "ClusterIP", ports: nats: {}}`},
	"network-peer-form": {`networkPolicy: ingress: nats: [{podSelector: {}, ipBlock: cidr: "10.0.0.0/8"}]`, "a peer is addresses or pods, and this one is both", "6:50",
		`networkPolicy: ingress: nats: [{podSelector: {}, namespaceSelector: matchExpressions: [{key: "a", operator: "In", values: ["b"]}]}, {ipBlock: {cidr: "10.0.0.0/8", except: ["10.1.0.0/16"]}}]`},

	"secret-key-form": {`nats: tls: {secretName: "a", cert: ".."}`, `".." is no key of a Secret`, "6:36", `nats: tls: {secretName: "a", cert: ".crt"}`},
	"claim-access-modes": {`jetstream: fileStore: pvc: accessModes: ["ReadWriteOncePod", "ReadWriteMany"]`, "a claim cannot have 2 access modes like these", "6:41",
		`jetstream: fileStore: pvc: accessModes: ["ReadWriteOnce", "ReadWriteMany"]`},
	"header-value":         {app + `websocket: headers: "X-A": "a\nSet-Cookie: b"`, "the header X-A has more than one line", "7:28", app + `websocket: headers: "X-A": "a; b"`},
	"websocket-route-path": {app + `websocket: ingress: {hosts: ["a"], path: "/a//b"}`, "/a//b is no plain path", "7:42", app + `websocket: ingress: {hosts: ["a"], path: "/a/b/"}`},
	"qualified-name":       {`zones: topologyKey: "a..b/c"`, "a..b/c is no name of that kind", "6:21", `zones: topologyKey: "a.b/c"`},
	"url-secret":           {`natsBox: contexts: default: url: "nats://u:p@nats:4222"`, "this address has a user in it", "6:34", `natsBox: contexts: default: url: "nats://nats:4222"`},
	"monitor-domain":       {`promExporter: {enabled: true, monitorDomain: "a b"}`, `"a b" is no host`, "6:46", `promExporter: {enabled: true, monitorDomain: "[::1]"}`},

	"jetstream-gateway-alone": {store + `gateway: gateways: us: urls: ["nats://us:7222"]`, "JetStream on one server with a gateway never starts", "7:1", three + store + `gateway: gateways: us: urls: ["nats://us:7222"]`},
}
