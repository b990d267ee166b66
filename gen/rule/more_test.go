package rule

import (
	"testing"

	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"
)

// more is what the table of rules has one case of: intents that a rule refuses once, and those
// that it lets through.
var more = union(moreCases, moreSlips)

type several map[string]struct{ bad, good []string }

var moreCases = several{
	"image-tag-floats": {
		bad:  []string{`image: tag: "alpine"`, `image: fullImageName: "registry.example.com:5000/nats"`, `image: fullImageName: "nats:latest"`},
		good: []string{`image: fullImageName: "nats@sha256:5b3e8f4a1c9d27600f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"`, `image: tag: "team-7"`, `image: fullImageName: "registry.example.com:5000/nats:2.15.2"`},
	},
	"gomemlimit-fits": {
		bad:  []string{`env: GOMEMLIMIT: "512MiB"` + "\n" + `jetstream: memoryStore: maxSize: "700Mi"`, `env: GOMEMLIMIT: "2147483648"` + "\n" + `resources: limits: memory: "1Gi"`},
		good: []string{`env: GOMEMLIMIT: "off"` + "\n" + `resources: limits: memory: "1Gi"`, `env: GOMEMLIMIT: "1TiB"`, `env: GOMEMLIMIT: "1GiB"` + "\n" + `resources: limits: memory: "1Gi"`, `env: GOMEMLIMIT: "800MiB"` + "\n" + `jetstream: memoryStore: maxSize: "700Mi"`},
	},
	"zero-is-default": {
		bad:  []string{`limits: pingInterval: "0s"`, `limits: writeDeadline: "0ms"`, `limits: maxClosedClients: 0`, `lameDuckGracePeriod: "0s"`, three + `cluster: poolSize: 0`, `authorization: timeout: "0s"`, `nats: tls: {secretName: "a", timeout: "0s"}`},
		good: []string{`cluster: poolSize: 0`, `limits: pingInterval: "30s"`, `accounts: A: limits: maxLeafnodes: 0`},
	},
	"port-privileged": {
		bad:  []string{"nats: port: 80", "monitor: port: 1023"},
		good: []string{"nats: port: 80\nsecurityContext: {runAsUser: 0, runAsNonRoot: false}", "nats: port: 80\n" + `podSecurityContext: sysctls: [{name: "net.ipv4.ip_unprivileged_port_start", value: "80"}]`, "monitor: {enabled: false, port: 80}", "nats: port: 1024"},
	},
	"node-port-range": {bad: []string{`extraServices: a: {type: "LoadBalancer", ports: nats: nodePort: 443}`}, good: []string{`service: {enabled: false, type: "NodePort", ports: nats: nodePort: 80}`, `service: {type: "NodePort", ports: {nats: nodePort: 30000, monitor: nodePort: 32767}}`}},
	"topology-spread-met": {
		bad: []string{
			"cluster: replicas: 5\n" + `zones: {names: ["a", "b", "c"]}` + "\n" + `topologySpreadConstraints: "topology.kubernetes.io/zone": {whenUnsatisfiable: "DoNotSchedule", minDomains: 3}`,
			three + `topologySpreadConstraints: "topology.kubernetes.io/zone": {whenUnsatisfiable: "DoNotSchedule", nodeAffinityPolicy: "Ignore"}` + "\n" + `nodeSelector: "topology.kubernetes.io/zone": "a"`,
		},
		good: []string{
			three + `topologySpreadConstraints: "topology.kubernetes.io/zone": {whenUnsatisfiable: "DoNotSchedule"}` + "\n" + `nodeSelector: "topology.kubernetes.io/zone": "a"`,
			`topologySpreadConstraints: "topology.kubernetes.io/zone": {whenUnsatisfiable: "DoNotSchedule", minDomains: 2}` + "\n" + `nodeSelector: "topology.kubernetes.io/zone": "a"`,
			three + `zones: {names: ["a", "b", "c"]}` + "\n" + `topologySpreadConstraints: "topology.kubernetes.io/zone": {whenUnsatisfiable: "DoNotSchedule", minDomains: 3}`,
		},
	},
	"probes-need-monitor": {good: []string{store + `monitor: enabled: false`}},
	"box-credentials": {
		bad: []string{operator + `natsBox: contexts: default: {}`, `nats: tls: {secretName: "a", ca: "ca.crt", verify: true}` + "\n" + `natsBox: contexts: default: {}`, app + `natsBox: contexts: {default: {}, sys: creds: secretName: "a"}`},
		good: []string{
			app, `natsBox: contexts: default: {}`, app + `natsBox: contexts: default: url: "nats://other:4222"`, app + `natsBox: {contexts: default: {}, env: NATS_USER: "app"}`,
			app + "noAuthUser: \"app\"\n" + `natsBox: contexts: default: {}`, app + `natsBox: {enabled: false, contexts: default: {}}`, app + `natsBox: contexts: default: nkey: secretName: "a"`,
			`nats: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}` + "\n" + `accounts: A: users: "a.example": {}` + "\n" + `natsBox: contexts: default: tls: secretName: "a"`,
		},
	},
	"websocket-route-listens": {bad: []string{`websocket: {enabled: false, httpRoute: parentRefs: [{name: "g"}]}`}, good: []string{`websocket: enabled: false`, app + `websocket: ingress: hosts: ["a.example"]`}},
	"verify-and-map-users": {
		bad:  []string{`websocket: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}`, store + `mqtt: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}`},
		good: []string{operator + `nats: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}`, `nats: tls: {secretName: "a", ca: "ca.crt", verify: true}`, `nats: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}` + "\n" + `authorization: users: a: {}`},
	},
	"account-name":       {bad: []string{`accounts: "": {}`, `accounts: "a/b": {}`, `accounts: "..": {}`, `accounts: ".a": {}`, `accounts: "a..b": {}`, `accounts: "a>b": {}`}, good: []string{`accounts: "a.b": {}`}},
	"account-name-dots":  {good: []string{operator + `accounts: "a.b": {}`}},
	"account-limit-zero": {bad: []string{`accounts: A: {limits: maxSubscriptions: 0, users: u: ` + secret + `}`}, good: []string{`accounts: A: limits: maxConnections: 0`}},
	"permission-denied": {
		bad:  []string{`accounts: A: defaultPermissions: subscribe: {allow: ["a q"], deny: ["a"]}`, three + `cluster: permissions: import: {allow: ["a.>"], deny: [">"]}`, `authorization: users: u: {` + secret + `, permissions: publish: {allow: ["a"], deny: ["*"]}}`},
		good: []string{`accounts: A: defaultPermissions: subscribe: {allow: ["a"], deny: ["a q"]}`, `accounts: A: users: u: {` + secret + `, permissions: publish: deny: [">"]}`},
	},
	"user-connection-types": {
		bad:  []string{`accounts: A: users: u: {` + secret + `, allowedConnectionTypes: ["IN_PROCESS"]}`, store + "mqtt: {}\n" + `accounts: A: users: u: {` + secret + `, allowedConnectionTypes: ["MQTT_WS"]}`, `leafnodes: remotes: hub: {` + hub + "}\n" + `accounts: A: users: u: {` + secret + `, allowedConnectionTypes: ["LEAFNODE"]}`},
		good: []string{`accounts: A: users: u: {` + secret + `, allowedConnectionTypes: ["MQTT", "STANDARD"]}`, "websocket: {}\nleafnodes: {}\n" + `accounts: A: users: u: {` + secret + `, allowedConnectionTypes: ["LEAFNODE_WS"]}`, operator + `accounts: A: users: u: allowedConnectionTypes: ["MQTT"]`},
	},
	"import-subject-free": {good: []string{`accounts: {A: exports: [{stream: "q"}], B: exports: [{stream: "q"}], C: imports: [{stream: {account: "A", subject: "q"}}, {stream: {account: "B", subject: "q"}}]}`}},
	"leaf-remote-account": {good: []string{
		`leafnodes: remotes: hub: ` + hub, `accounts: A: {}` + "\n" + `leafnodes: remotes: hub: ` + hub, app + `authorization: users: v: ` + secret + "\n" + `leafnodes: remotes: hub: ` + hub,
		app + `leafnodes: remotes: hub: {` + hub + `, disabled: true}`, `accounts: SYS: users: s: ` + secret + "\n" + `systemAccount: "SYS"` + "\n" + `leafnodes: remotes: hub: ` + hub,
	}},
	"leaf-leads-to-itself": {
		bad: []string{
			`leafnodes: {listen: true, remotes: hub: urls: ["nats://nats-0.nats-headless"]}`, `leafnodes: {listen: true, advertise: "hub.example.com:7444", noAdvertise: false, remotes: hub: urls: ["tls://hub.example.com:7444"]}`,
			`leafnodes: {listen: true, tls: certManager: {issuerRef: name: "a", dnsNames: ["hub.example.com"]}, remotes: hub: urls: ["tls://hub.example.com:444"]}` + "\n" + `extraServices: leaf: ports: leafnodes: port: 444`,
		},
		good: []string{
			`leafnodes: remotes: hub: urls: ["nats://nats:7422"]`, `leafnodes: {listen: true, remotes: hub: {urls: ["nats://nats:7422"], disabled: true}}`, `leafnodes: {listen: true, remotes: hub: urls: ["nats://nats:7777"]}`,
			`leafnodes: {listen: true, remotes: hub: ` + hub + `}`,
			`leafnodes: {listen: true, tls: certManager: {issuerRef: name: "a", dnsNames: ["*.example.com"]}, remotes: hub: ` + hub + `}`,
		},
	},
	"node-port-without-authentication": {
		bad:  []string{`nats: hostPort: 4222`, `leafnodes: hostPort: 7422`, "networkPolicy: enabled: false\nmonitor: hostPort: 8222"},
		good: []string{app + `nats: hostPort: 4222`, "monitor: hostPort: 8222", three + "cluster: hostPort: 6222", `nats: hostPort: 4222` + "\n" + `networkPolicy: ingress: nats: [{podSelector: {}}]`},
	},
	"extra-config-owned": {
		bad:  []string{`extraConfig: leafnodes: port: 4222`, three + "zones: {}\n" + `extraConfig: server_tags: ["a"]`},
		good: []string{`extraConfig: server_tags: ["a"]`},
	},
	"negative-number": {
		bad: []string{
			`extraConfig: max_payload: -5`, `extraConfig: accounts: A: users: [{user: "u", x: -1.5}]`, three + `cluster: poolSize: -2`,
			`accounts: A: {jetstream: maxStreams: -7}`, `accounts: A: limits: maxConnections: -2`, `jetstream: {memoryStore: maxSize: "1Mi", limits: maxAckPending: -2}`,
		},
		good: []string{three + `cluster: poolSize: -1`, `accounts: A: jetstream: maxStreams: -1`, `extraConfig: server_metadata: a: "-5"`},
	},
	"ports-distinct": {
		bad: []string{
			`leafnodes: port: 4222`, "websocket: {}\nmonitor: port: 8080", "mqtt: {}\ngateway: port: 1883",
			`extraContainers: a: {image: "a", ports: [{containerPort: 4222}]}`,
		},
		good: []string{`leafnodes: {enabled: false, port: 4222}`, `extraContainers: a: {image: "a", ports: [{containerPort: 4222, protocol: "UDP"}]}`},
	},
	"host-ports-distinct": {bad: []string{"nats: hostPort: 1\n" + `extraContainers: a: {image: "a", ports: [{containerPort: 9, hostPort: 1}]}`}},
	"file-store-fits-claim": {bad: []string{
		`jetstream: fileStore: pvc: size: "0"`, `jetstream: fileStore: pvc: size: "9999Ei"`, `jetstream: fileStore: {maxSize: "9999Ei", pvc: size: "1Gi"}`,
	}},
	"security-context":     {bad: []string{`securityContext: privileged: true`}},
	"lame-duck-fits-grace": {bad: []string{`terminationGracePeriodSeconds: 0`}, good: []string{"terminationGracePeriodSeconds: 9223372037"}},
	"cluster-needed":       {bad: []string{`cluster: {enabled: false, replicas: 3}`}},
	"name-length": {
		bad:  []string{three + `statefulSet: name: "a-name-of-forty-characters-that-is-very-long"` + "\n" + `zones: names: ["eu-central-1a"]`},
		good: []string{three + `zones: names: ["eu-central-1a"]`},
	},
	"object-names-distinct": {
		bad: []string{
			`service: name: "nats-headless"`, `extraServices: headless: {ports: nats: {}, type: "ClusterIP"}`, `extraServices: a: {name: "nats", type: "ClusterIP", ports: nats: {}}`,
			`tlsCA: configMapName: "nats-config"`, `configMap: name: "nats-box-contexts"`,
		},
		good: []string{`service: {enabled: false, name: "nats-headless"}`, `extraServices: headless: {enabled: false, ports: nats: {}}`},
	},
	"env-reserved": {
		bad: []string{
			three + "zones: {}\n" + `env: NATS_ZONE: "a"`,
			app + `env: SECRET_NATS_AUTH__APP: "a"`,
		},
		good: []string{`env: NATS_ZONE: "a"`},
	},
	"volume-name-free": {
		bad: []string{
			`extraVolumes: config: emptyDir: {}`, `nats: tls: secretName: "a"` + "\n" + `extraVolumes: "nats-tls": emptyDir: {}`,
			store + operator + `resolver: pvc: name: "nats-js"`, `tlsCA: configMapName: "a"` + "\n" + `extraVolumes: "tls-ca": emptyDir: {}`,
			`leafnodes: remotes: hub: {` + hub + `, credentials: secretName: "a"}` + "\n" + `extraVolumes: "leafnodes-hub-creds": emptyDir: {}`,
			"monitor: tls: enabled: true\npromExporter: enabled: true\n" + `nats: tls: {secretName: "a", ca: "ca.crt"}` + "\n" + `extraVolumes: "nats-tls-ca": emptyDir: {}`,
		},
		good: []string{`extraVolumes: "nats-tls": emptyDir: {}`},
	},
	"volume-source":   {bad: []string{`extraVolumes: a: {emptyDir: {}, configMap: name: "a"}`}},
	"mount-volume":    {bad: []string{`extraContainers: a: {image: "a", volumeMounts: [{name: "x", mountPath: "/x"}]}`}, good: []string{`extraContainers: a: {image: "a", volumeMounts: [{name: "config", mountPath: "/x"}]}`}},
	"mount-path-free": {bad: []string{store + `extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: "/data": name: "a"`, `extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: "/etc/nats-config/a": name: "a"`}, good: []string{`extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: "/etc/nats": name: "a"`}},
	"container-image": {
		bad:  []string{`extraContainers: a: image: "tool@sha256:abc"`, `extraContainers: a: image: "tool:1.0@sha256:xyz"`, `extraInitContainers: a: image: "tool:"`, `extraContainers: a: image: "Tool:1.0"`, `extraContainers: a: image: "tool:1 0"`},
		good: []string{`extraContainers: a: image: "r.example.com:5000/team/tool:1.0@sha256:5b3e8f4a1c9d27600f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"`, `extraContainers: a: image: "localhost:5000/tool"`},
	},
	"container-name-free": {bad: []string{`extraContainers: a: {image: "a", name: "b"}`, `extraContainers: a: image: "a"` + "\n" + `extraInitContainers: a: image: "a"`}},

	"network-peer-form": {
		bad: []string{
			`networkPolicy: ingress: mqtt: [{}]`, `networkPolicy: ingress: nats: [{ipBlock: {cidr: "10.0.0.0/8", except: ["11.0.0.0/16"]}}]`, `networkPolicy: ingress: nats: [{ipBlock: {cidr: "10.0.0.0/8", except: ["10.0.0.0/8"]}}]`,
			`networkPolicy: ingress: nats: [{podSelector: matchLabels: a: "b c"}]`, `networkPolicy: ingress: nats: [{podSelector: matchExpressions: [{key: "a", operator: "In"}]}]`,
			`networkPolicy: ingress: nats: [{podSelector: matchExpressions: [{key: "a", operator: "Exists", values: ["b"]}]}]`, `networkPolicy: ingress: nats: [{podSelector: matchExpressions: [{key: "/", operator: "Exists"}]}]`,
		},
		good: []string{`networkPolicy: {enabled: false, ingress: mqtt: [{}]}`},
	},
	"label-key": {
		bad:  []string{`websocket: {ingress: {hosts: ["a"], annotations: "a b": "c"}}`},
		good: []string{`service: {enabled: false, annotations: "a b": "c"}`, `websocket: {enabled: false, ingress: {hosts: ["a"], annotations: "a b": "c"}}`, `websocket: ingress: {enabled: false, hosts: ["a"], annotations: "a b": "c"}`, `promExporter: podMonitor: labels: "a b": "c"`, `natsBox: {enabled: false, nodeSelector: "a b": "c"}`},
	},
	"kustomize-key":         {bad: []string{`statefulSet: annotations: "true": "a"`, `podTemplate: annotations: "1": "a"`}, good: []string{`statefulSet: annotations: "a1": "a"`}},
	"requests-under-limits": {bad: []string{`extraContainers: a: {image: "a", resources: {requests: cpu: 2, limits: cpu: 1}}`, `extraInitContainers: a: {image: "a", resources: {requests: memory: "2Gi", limits: memory: "1Gi"}}`}, good: []string{`natsBox: {enabled: false, resources: {requests: cpu: 2, limits: cpu: 1}}`}},
	"secret-key-form": {bad: []string{
		`tlsCA: {configMapName: "a", key: "..a"}`, `leafnodes: remotes: hub: {` + hub + `, credentials: {secretName: "a", key: ".."}}`, `accounts: A: users: a: password: {secretName: "a", key: "."}`,
		`natsBox: contexts: default: tls: {secretName: "a", cert: "../x"}`, `natsBox: contexts: default: creds: {secretName: "a", key: ".."}`,
	}},
	"claim-access-modes":   {bad: []string{operator + `resolver: pvc: accessModes: []`}, good: []string{`jetstream: {memoryStore: maxSize: "1Mi", fileStore: {enabled: false, pvc: accessModes: []}}`}},
	"websocket-route-path": {bad: []string{`websocket: httpRoute: {parentRefs: [{name: "a"}], path: "/a/../b"}`}, good: []string{`websocket: ingress: {hosts: ["a"], path: "/a//b", pathType: "ImplementationSpecific"}`}},
	"qualified-name":       {bad: []string{`extraServices: a: {loadBalancerClass: "a..b/c", ports: nats: {}}`}},
	"url-secret":           {bad: []string{`ocsp: url: "http://u:p@ocsp.example.com"`}},
	"label-value":          {bad: []string{`natsBox: nodeSelector: pool: "/"`}, good: []string{`natsBox: {enabled: false, nodeSelector: pool: "/"}`}},
	"toleration-form":      {bad: []string{`tolerations: [{}]`, `natsBox: tolerations: [{key: "a b"}]`, `tolerations: [{key: "a", value: "b c"}]`, `tolerations: [{key: "a", effect: "NoSchedule", tolerationSeconds: 1}]`, `tolerations: [{key: "a", operator: "Lt", value: "05"}]`}},
	"topology-spread-form": {bad: []string{`topologySpreadConstraints: "a/b/c": {}`, `topologySpreadConstraints: zone: matchLabelKeys: ["a b"]`, `topologySpreadConstraints: zone: matchLabelKeys: ["app.kubernetes.io/name"]`}},
	"user-id":              {bad: []string{`securityContext: runAsGroup: -1`, `podSecurityContext: supplementalGroups: [1, -1]`}},
	"seccomp-profile":      {bad: []string{`securityContext: seccompProfile: localhostProfile: "a.json"`}},
	"number-range":         {bad: []string{`extraContainers: a: {image: "a", securityContext: runAsUser: 9007199254740993}`, `tolerations: [{operator: "Exists", effect: "NoExecute", tolerationSeconds: -9007199254740993}]`}},
	"container-env":        {bad: []string{`extraContainers: a: {image: "a", env: [{name: "a b", value: "c"}]}`, `extraInitContainers: a: {image: "a", env: [{value: "c"}]}`}},
	"container-port":       {bad: []string{`extraContainers: a: {image: "a", ports: [{containerPort: 70000}]}`, `extraContainers: a: {image: "a", ports: [{name: "a"}]}`, `extraContainers: a: {image: "a", ports: [{containerPort: 9, hostPort: -1}]}`, `extraContainers: a: {image: "a", ports: [{containerPort: 8, name: "a"}, {containerPort: 9, name: "a"}]}`}},
	"mount-form":           {bad: []string{`extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: "/q": {name: "a", subPath: "../../etc"}`, `extraVolumes: a: emptyDir: {}` + "\n" + `extraVolumeMounts: {"/q": name: "a", "/q/": name: "a"}`, `extraContainers: a: {image: "a", volumeMounts: [{name: "pid", mountPath: "C:/"}]}`, `extraContainers: a: {image: "a", volumeMounts: [{name: "pid"}]}`}},
	"init-container-runs":  {bad: []string{`extraInitContainers: a: {image: "a", lifecycle: {}}`}, good: []string{`extraContainers: a: {image: "a", lifecycle: {}}`}},
	"volume-form":          {bad: []string{`extraVolumes: a: configMap: {}`, `extraVolumes: a: persistentVolumeClaim: claimName: ""`, `extraVolumes: a: secret: {secretName: "a", items: [{key: "k", path: "../k"}]}`, `extraVolumes: a: configMap: {name: "a", items: [{key: "a/b", path: "k"}]}`}},

	"service-has-ports":      {bad: []string{`extraServices: a: ports: {}`}},
	"service-ports-distinct": {bad: []string{`extraServices: a: {type: "ClusterIP", ports: {nats: port: 80, monitor: port: 80}}`}},
	"service-port-listens":   {bad: []string{`extraServices: a: {type: "ClusterIP", ports: {nats: {}, mqtt: {}}}`, `service: ports: websocket: enabled: true`}},
	"node-port-type":         {bad: []string{`extraServices: a: {type: "ClusterIP", ports: nats: nodePort: 30000}`}},
	"service-traffic-type": {bad: []string{
		`extraServices: a: {type: "NodePort", loadBalancerClass: "a/b", ports: nats: {}}`, `service: {type: "NodePort", loadBalancerSourceRanges: ["10.0.0.0/8"]}`,
	}},
	"network-form": {
		good: []string{`networkPolicy: {enabled: false, ingress: nats: [{ipBlock: cidr: "300.0.0.0/8"}]}`},
		bad: []string{
			`networkPolicy: ingress: nats: [{ipBlock: cidr: "300.0.0.0/8"}]`, `networkPolicy: ingress: monitor: [{ipBlock: {cidr: "10.0.0.0/8", except: ["10.0.0.1"]}}]`,
			operator + `accounts: A: users: u: src: ["10.0.0/8"]`, `nats: tls: certManager: {issuerRef: name: "a", ipAddresses: ["1.2.3"]}`,
		},
	},
	"address-port": {
		bad: []string{
			`gateway: gateways: us: urls: ["nats://us.example.com"]`, `nats: clientAdvertise: "a:99999"`, `leafnodes: remotes: hub: urls: ["tls://hub:70000"]`,
			`websocket: advertise: "a:0"`,
		},
		good: []string{`leafnodes: remotes: hub: urls: ["tls://hub"]`, `nats: clientAdvertise: "[2001:db8::1]:4222"`, `nats: clientAdvertise: "a.example.com"`},
	},
	"public-in-the-clear": {
		bad: []string{app + `leafnodes: {}` + "\n" + `extraServices: a: ports: leafnodes: {}`, app + `websocket: {}` + "\n" + public + `nats: tls: secretName: "a"`},
		good: []string{
			app + `service: type: "NodePort"`, app + public + `service: loadBalancerSourceRanges: ["203.0.113.0/24"]`, app + `websocket: ingress: hosts: ["a.example"]`,
			app + public + `service: annotations: "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn"`, public,
		},
	},
	"public-without-authentication": {
		bad: []string{
			`websocket: ingress: hosts: ["a.example"]`, `websocket: httpRoute: parentRefs: [{name: "g"}]`,
			three + `extraServices: a: ports: gateway: {}` + "\n" + `gateway: gateways: us: urls: ["nats://us:7222"]`,
			`networkPolicy: enabled: false` + "\n" + `extraServices: a: ports: monitor: {}`,
			`networkPolicy: ingress: monitor: [{ipBlock: cidr: "0.0.0.0/0"}]` + "\n" + `extraServices: a: ports: monitor: {}`,
			// The users of the system account alone leave the door open.
			public + `accounts: "$SYS": users: admin: ` + secret,
			public + `accounts: SYS: users: admin: ` + secret + "\n" + `systemAccount: "SYS"`,
			public + `accounts: APP: {}`,
			public + `authorization: timeout: "1s"`,
			`leafnodes: {}` + "\n" + `extraServices: a: ports: leafnodes: {}`,
			public + "websocket: {}\nmqtt: {}\nleafnodes: {}",
			`websocket: ingress: hosts: ["a.example"]` + "\n" + `networkPolicy: ingress: websocket: [{namespaceSelector: {}}]`,
		},
		good: []string{
			public + `networkPolicy: ingress: nats: []`, // nobody
			public + operator, public + `nats: tls: {secretName: "a", ca: "ca.crt", verify: true}`, public + `authorization: token: {secretName: "a", key: "b"}`,
			public + `service: loadBalancerSourceRanges: ["10.0.0.0/8"]`, public + `extraConfig: authorization: {user: "u", password: "<< $P >>"}`,
			public + `accounts: {SYS: users: admin: ` + secret + `, APP: {}}` + "\n" + `systemAccount: "SYS"`,
			`extraServices: a: ports: monitor: {}`,
			`leafnodes: authorization: {user: "u", ` + secret + `}` + "\n" + `extraServices: a: ports: leafnodes: {}`,
			public + `service: annotations: "service.beta.kubernetes.io/azure-load-balancer-internal": "true"`,
			`websocket: {authorization: {user: "u", ` + secret + `}, ingress: hosts: ["a.example"]}`,
		},
	},

	"tls-certificate": {
		bad:  []string{three + `cluster: tls: {}`, `gateway: tls: {}`, `leafnodes: tls: verify: true`, `websocket: tls: {}`, `mqtt: tls: {}`, `leafnodes: remotes: hub: {` + hub + `, tls: ca: "ca.crt"}`},
		good: []string{`leafnodes: remotes: hub: {` + hub + `, tls: {}}`, `nats: tls: enabled: false`, `cluster: tls: {}`, `leafnodes: remotes: hub: {` + hub + `, tls: {secretName: "a", ca: "ca.crt"}}`},
	},
	"tls-keys-distinct": {bad: []string{`nats: tls: {secretName: "a", ca: "tls.key"}`}},
	"tls-verify-without-ca": {
		bad:  []string{`gateway: tls: secretName: "a"`, `leafnodes: tls: {secretName: "a", verifyAndMap: true}`},
		good: []string{`nats: tls: {secretName: "a", ca: "ca.crt", verify: true}`, `nats: tls: {secretName: "a"}`, `gateway: gateways: us: {urls: ["tls://us:7222"], tls: {}}`},
	},
	"tls-ca-source":   {bad: []string{`tlsCA: {configMapName: "a", secretName: "b"}`}, good: []string{`tlsCA: enabled: false`}},
	"tls-option-fits": {bad: []string{`websocket: tls: {secretName: "a", handshakeFirst: true}`, `nats: tls: {secretName: "a", verifyCertAndCheckKnownURLs: true}`, `mqtt: tls: {secretName: "a", connectionRateLimit: 1}`, `gateway: tls: {secretName: "a", ocspPeer: {}}`, three + `cluster: tls: {secretName: "a", verifyAndMap: true}`}, good: []string{`websocket: tls: {secretName: "a", handshakeFirst: false}`, three + `cluster: tls: {secretName: "a", insecure: true}`}},
	"cert-manager-times": {
		bad: []string{
			`nats: tls: certManager: {issuerRef: name: "a", duration: "30m"}`, `nats: tls: certManager: {issuerRef: name: "a", renewBefore: "1m"}`,
			`nats: tls: certManager: {issuerRef: name: "a", renewBefore: "2160h"}`, `nats: tls: certManager: {issuerRef: name: "a", duration: "9999999h"}`,
		},
	},
	"cert-manager-key": {bad: []string{`nats: tls: certManager: {issuerRef: name: "a", privateKey: {algorithm: "Ed25519", size: 256}}`, `nats: tls: certManager: {issuerRef: name: "a", privateKey: {algorithm: "RSA", size: 256}}`}},

	"leaf-server-names": {
		bad:  []string{`cluster: name: "edge"` + "\n" + `leafnodes: {listen: true, remotes: hub: ` + hub + "}"},
		good: []string{`leafnodes: {}`, `name: "nats-site1"` + "\n" + `leafnodes: remotes: hub: ` + hub, three + `cluster: name: "site1"` + "\n" + `leafnodes: remotes: hub: ` + hub},
	},
	"leaf-gateway-system-account": {good: []string{
		"leafnodes: {}\ngateway: {}\n" + operator, "leafnodes: {}", "gateway: {}", "gateway: {}\n" + `leafnodes: remotes: hub: ` + hub,
		"leafnodes: {}\ngateway: {}\n" + `accounts: SYS: {}` + "\n" + `systemAccount: "SYS"`,
	}},
	"leaf-remote-credentials": {bad: []string{
		`leafnodes: remotes: hub: {` + hub + `, credentials: secretName: "a", nkey: {secretName: "a", key: "b"}}`, `leafnodes: remotes: hub: {` + hub + `, password: {secretName: "a", key: "b"}}`,
		`leafnodes: remotes: hub: {` + hub + `, proxy: {url: "http://p:3128", username: "u"}}`,
	}},
	"remote-urls":             {bad: []string{`leafnodes: remotes: hub: urls: []`, `gateway: gateways: us: urls: []`, `leafnodes: remotes: hub: {` + hub + `, wsNoMasking: true}`}},
	"jetstream-domain":        {good: []string{store + `extraConfig: jetstream: domain: "hub"` + "\nleafnodes: {}", "leafnodes: {}", store}},
	"gateway-name":            {bad: []string{three + `cluster: name: "eu"` + "\n" + `gateway: name: "us"`}, good: []string{`gateway: {}`}},
	"gateway-remotes":         {bad: []string{`gateway: {}`, `gateway: rejectUnknownCluster: true`}},
	"server-names-differ":     {good: []string{`gateway: {}`, `name: "nats-eu"` + "\n" + `cluster: name: "eu"` + "\ngateway: {}"}},
	"websocket-route-service": {bad: []string{`websocket: httpRoute: parentRefs: [{name: "g"}]` + "\n" + `service: ports: websocket: enabled: false`}, good: []string{`websocket: {enabled: false, ingress: hosts: ["a"]}` + "\nservice: enabled: false"}},
	"websocket-route-hosts":   {bad: []string{`websocket: ingress: hosts: ["203.0.113.7"]`, `websocket: httpRoute: {parentRefs: [{name: "g"}], hostnames: ["203.0.113.7"]}`, `websocket: ingress: hosts: []`, `websocket: httpRoute: parentRefs: []`, `websocket: httpRoute: {parentRefs: [{name: "a"}], hostnames: ["a_b.example"]}`}},
	"websocket-route-tls":     {bad: []string{`websocket: {tls: secretName: "a", httpRoute: parentRefs: [{name: "g"}]}`}, good: []string{`websocket: {tls: secretName: "a", httpRoute: parentRefs: [{name: "g"}]}` + "\n" + `kustomize: resources: ["policy.yaml"]`}},

	"user-credentials": {
		bad:  []string{`authorization: users: u: {}`, `accounts: A: users: u: {nkey: "` + userKey + `", ` + secret + `}`},
		good: []string{`accounts: A: users: u: {}` + "\n" + `nats: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}`, operator + `accounts: A: users: u: {}`},
	},
	"user-names-distinct": {
		bad:  []string{app + `authorization: users: app: ` + secret, `accounts: {A: users: u: nkey: "` + userKey + `", B: users: v: nkey: "` + userKey + `"}`},
		good: []string{`accounts: {A: users: u: nkey: "` + userKey + `", B: users: u: ` + secret + `}`, operator + `accounts: {A: users: u: {}, B: users: u: {}}`},
	},
	"no-auth-user": {bad: []string{
		`accounts: A: users: u: nkey: "` + userKey + `"` + "\n" + `noAuthUser: "u"`, app + `websocket: noAuthUser: "x"`, app + `mqtt: noAuthUser: "x"`,
	}, good: []string{`accounts: A: users: u: nkey: "` + userKey + `"` + "\n" + `noAuthUser: "` + userKey + `"`}},
	"authorization-one-way": {
		bad: []string{
			`authorization: user: "u"`, `authorization: ` + secret, `authorization: {user: "u", ` + secret + `, token: {secretName: "a", key: "b"}}`,
			app + `authorization: {user: "u", ` + secret + `}`, app + `websocket: authorization: token: {secretName: "a", key: "b"}`, app + `mqtt: authorization: {user: "u", ` + secret + `}`,
			`leafnodes: authorization: {user: "u", ` + secret + `, nkey: "` + userKey + `"}`, `leafnodes: authorization: {user: "u", ` + secret + `, users: v: ` + secret + `}`,
		},
		good: []string{`authorization: {user: "u", ` + secret + `}`, `websocket: authorization: {user: "u", ` + secret + `}`},
	},
	"account-exists": {
		bad: []string{
			`leafnodes: remotes: hub: {` + hub + `, account: "A"}`, `leafnodes: authorization: {user: "u", ` + secret + `, account: "A"}`, `leafnodes: authorization: users: u: {` + secret + `, account: "A"}`,
			three + `cluster: accounts: ["A"]`, `defaultJSDomain: A: "hub"`, `accounts: A: exports: [{stream: "a", accounts: ["B"]}]`, `accounts: A: imports: [{service: {account: "B", subject: "b"}}]`,
			app + `authorization: authCallout: {issuer: "` + accountKey + `", authUsers: ["app"], account: "A"}`,
			operator + `accounts: A: imports: [{service: {account: "B", subject: "b"}}]`,
			`systemAccount: "$SYS"`,
		},
		good: []string{
			`cluster: {enabled: false, accounts: ["A"]}`, `accounts: "$SYS": {}` + "\n" + `systemAccount: "$SYS"`, `leafnodes: remotes: hub: {` + hub + `, account: "$SYS"}`, `leafnodes: remotes: hub: {` + hub + `, account: "$G"}`, operator + `accounts: A: imports: [{service: {account: "` + accountKey + `", subject: "b"}}]`,
			`systemAccount: "SYS"` + "\n" + `extraConfig: accounts: SYS: {}`,
		},
	},
	"auth-callout-user":     {bad: []string{`authorization: authCallout: {issuer: "` + accountKey + `", authUsers: []}`}, good: []string{`authorization: {user: "auth", ` + secret + `, authCallout: {issuer: "` + accountKey + `", authUsers: ["auth"]}}`}},
	"permission-list-empty": {bad: []string{`accounts: A: defaultPermissions: subscribe: allow: []`, three + `cluster: permissions: import: allow: []`}, good: []string{`accounts: A: defaultPermissions: subscribe: allow: ["a"]`, `accounts: A: defaultPermissions: subscribe: deny: []`}},
	"jetstream-locked-out": {
		bad: []string{
			`accounts: A: {jetstream: {}, users: u: {` + secret + `, permissions: subscribe: allow: ["orders.>"]}}`,
			`accounts: A: {jetstream: {}, defaultPermissions: publish: allow: ["orders.>"], users: u: ` + secret + `}`,
			store + `authorization: users: u: {` + secret + `, permissions: publish: allow: ["orders.>"]}`,
			`accounts: A: {jetstream: {}, defaultPermissions: publish: allow: ["orders.>"], users: {u: ` + secret + `, v: ` + secret + `}}`,
		},
		good: []string{
			`accounts: A: {jetstream: {}, users: u: {` + secret + `, permissions: {publish: {allow: ["orders.>"], deny: ["$JS.API.>"]}}}}`,
			`accounts: A: {jetstream: {}, users: u: {` + secret + `, permissions: {publish: allow: ["*.API.STREAM.INFO.ORDERS"], subscribe: allow: ["_INBOX.> workers"]}}}`,
			`accounts: A: users: u: {` + secret + `, permissions: publish: allow: ["orders.>"]}`,
			app + store + `authorization: users: u: {` + secret + `, permissions: publish: allow: ["orders.>"]}`,
		},
	},
	"jetstream-permission-idle": {
		bad:  []string{`authorization: users: u: {` + secret + `, permissions: jetstream: {}}`, store + app + `authorization: users: u: {` + secret + `, permissions: jetstream: {}}`},
		good: []string{store + `authorization: users: u: {` + secret + `, permissions: jetstream: {}}`, "leafnodes: {}\n" + `accounts: A: users: u: {` + secret + `, permissions: jetstream: {}}`},
	},
	"system-account-jetstream":        {bad: []string{store + `accounts: "$SYS": jetstream: {}`}},
	"account-reservations-fit":        {bad: []string{store + `accounts: A: jetstream: maxMemory: "1"`, `jetstream: memoryStore: maxSize: "1Gi"` + "\n" + `accounts: A: jetstream: maxMemory: "2Gi"`}, good: []string{store + `accounts: A: jetstream: {enabled: false, maxFile: "99Gi"}`, three + store + `accounts: A: jetstream: maxFile: "99Gi"`}},
	"account-reservations-overbooked": {bad: []string{three + store + `accounts: {A: jetstream: maxFile: "4Ei", B: jetstream: maxFile: "4Ei"}`}},
	"stream-or-service": {bad: []string{
		`accounts: A: exports: [{}]`, `accounts: A: exports: [{stream: "a", service: "b"}]`, `accounts: {A: exports: [{stream: "a"}], B: imports: [{stream: {account: "A", subject: "a"}, prefix: "x", to: "y"}]}`,
		`accounts: {A: exports: [{service: "a"}], B: imports: [{service: {account: "A", subject: "a"}, prefix: "x"}]}`, `accounts: {A: exports: [{stream: "a"}], B: imports: [{stream: {account: "A", subject: "a"}, share: true}]}`,
	}},
	"import-exported": {bad: []string{
		`accounts: {A: exports: [{stream: "a", accounts: ["C"]}], B: imports: [{stream: {account: "A", subject: "a"}}], C: {}}`, `accounts: {A: exports: [{stream: "a"}], B: imports: [{service: {account: "A", subject: "a"}}]}`,
	}, good: []string{`accounts: {SYS: {}, B: imports: [{service: {account: "SYS", subject: "$SYS.REQ.SERVER.PING"}}]}` + "\n" + `systemAccount: "SYS"`}},
	"mapping-weights": {bad: []string{`accounts: A: mappings: a: [{destination: "b", weight: 60, cluster: "x"}, {destination: "c", weight: 50, cluster: "x"}]`}},
	"size-range":      {bad: []string{`accounts: A: limits: maxPayload: "8Ei"`, operator + `resolver: pvc: size: "0"`, `jetstream: {fileStore: {}, maxBufferedSize: "99Ei"}`}, good: []string{`accounts: A: jetstream: {enabled: false, maxFile: "99Ei"}`}},
	"nkey-form":       {bad: []string{`accounts: A: nkey: "` + accountKey[:55] + `7"`, `authorization: authCallout: {issuer: "` + accountKey[:55] + `7", authUsers: ["u"]}`}},

	"operator-only": {bad: []string{
		`accounts: A: users: u: {` + secret + `, bearer: true}`, `accounts: A: users: u: {` + secret + `, src: ["10.0.0.0/8"]}`, `accounts: A: users: u: {` + secret + `, timesLocation: "UTC"}`,
		`websocket: jwtCookie: "a"`, `defaultSentinel: "eyJ0.eyJ0.c2ln"`, preload(1),
	}},
	"operator-mode-refuses": {bad: []string{
		operator + `authorization: users: u: {}`, operator + `authorization: token: {secretName: "a", key: "b"}`, operator + `accounts: A: users: u: ` + secret, operator + `websocket: authorization: {user: "u", ` + secret + `}`,
		operator + `leafnodes: authorization: users: u: ` + secret, operator + `mqtt: noAuthUser: "u"`,
	}, good: []string{operator + `authorization: timeout: "3s"`, operator + `authorization: proxyRequired: true`}},
	"operator-jwt": {bad: []string{
		"resolver: {}\n" + `operator: "eyJ0.eyJ0.c2ln"`, operator + preload(2), operator + `resolverPreload: ` + publicKey(nkeys.PrefixByteAccount, 2) + `: "eyJ0.eyJ0.c2ln"`,
	}},
	"resolver-option-type": {bad: []string{operator + preload(1) + `resolver: {type: "memory", dir: "/x"}`, operator + `resolver: hardDelete: true`, operator + `resolver: {type: "cache", interval: "1m"}`}},
	"resolver-dir-free":    {bad: []string{operator + store + `resolver: dir: "/data/jetstream/jwt"`, operator + `resolver: dir: "/etc/nats-config"`}, good: []string{operator + `resolver: dir: "/data"`}},
	"unique-tag": {
		bad:  []string{three + `serverTags: ["az:a"]` + "\n" + `jetstream: {fileStore: {}, uniqueTag: "az"}`, three + "zones: tag: \"zone\"\n" + `jetstream: {fileStore: {}, uniqueTag: "az"}`},
		good: []string{`jetstream: {fileStore: {}, uniqueTag: "az"}`, three + `extraConfig: server_tags: "<< $TAG >>"` + "\n" + `jetstream: {fileStore: {}, uniqueTag: "az"}`},
	},
	"zone-quorum":          {bad: []string{"cluster: replicas: 5\n" + store + `zones: names: ["a"]`}, good: []string{three + `zones: names: ["a", "b"]`, "cluster: replicas: 5\n" + store + `zones: names: ["a", "b", "c"]`}},
	"mqtt-needs-jetstream": {bad: []string{"mqtt: {}"}, good: []string{store + "mqtt: {}", three + `cluster: routes: ["nats://a:6222"]` + "\nmqtt: {}"}},
	"secret-in-the-clear": {
		bad: []string{
			`extraContainers: a: {image: "a", env: [{name: "TOKEN", value: "x"}]}`, `extraContainers: a: {image: "a", args: ["--password=x"]}`, `extraInitContainers: a: {image: "a", command: ["tool", "-token", "x"]}`,
			`extraContainers: a: {image: "a", args: ["nats://u:p@nats:4222"]}`, `extraConfig: leafnodes: remotes: [{url: "nats://u:p@hub:7422"}]`, `env: APP_NKEY: "` + seed + `"`, `podTemplate: annotations: "example.com/key": "` + seed + `"`,
			`serverMetadata: pem: "-----BEGIN EC PRIVATE KEY-----"`,
		},
		good: []string{
			`extraContainers: a: {image: "a", env: [{name: "TOKEN", value: "$(OTHER)"}]}`, `extraContainers: a: {image: "a", args: ["--password=$(PW)", "--token", "/var/run/token", "--token-file=x", "--passwords"]}`,
			`extraContainers: a: {image: "a", args: ["nats://$(U):$(P)@nats:4222", "nats://nats:4222/@x"]}`, `env: APP_NKEY: "` + seed[:57] + `A"`, `env: APP_NKEY: "` + userKey + `"`, `extraContainers: a: {image: "a", args: ["--token", "--verbose"]}`,
		},
	},
}

func TestMoreCases(t *testing.T) {
	t.Parallel()
	for name, c := range more {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range c.bad {
				found := named(Check(load(t, text)), name)
				require.Len(t, found, 1, text)
				require.NotEmpty(t, found[0].Mend+found[0].Allowed, text)
			}
			for _, text := range c.good {
				require.Empty(t, named(Check(load(t, text)), name), text)
			}
		})
	}
}
