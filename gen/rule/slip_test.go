package rule

const (
	publicly = `nats: tls: secretName: "t"` + "\n" + `extraServices: public: ports: nats: {}` + "\n"
	mqttOn   = store + "mqtt: {}\n"
	shop     = `accounts: SHOP: {users: s: ` + secret + `, exports: [{service: "prices.get"}, {stream: "news.>"}]}` + "\n"
	scraped  = `promExporter: {enabled: true, podMonitor: {enabled: true, `
	apartOf  = `affinity: podAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "kubernetes.io/hostname", labelSelector: matchLabels: `
)

// slipCases are what neither nats-server nor Kubernetes says a word of.
var slipCases = table{
	"remote-client-port":  {`leafnodes: remotes: hub: urls: ["tls://hub.example.com:4222"]`, "port 4222 is that of clients, and this is an address of leaf nodes", "6:33", `leafnodes: remotes: hub: urls: ["wss://hub.example.com:4222"]`},
	"own-address-port":    {`natsBox: contexts: default: url: "nats://nats:4223"`, "the Service nats has no port 4223", "6:34", `natsBox: contexts: default: url: "nats://nats:4222"`},
	"servers-fit":         {three + `nodeSelector: "kubernetes.io/hostname": "node-1"`, "3 servers on 1 node, and no two may share one", "7:41", three + `nodeSelector: "topology.kubernetes.io/zone": "eu-1a"`},
	"anti-affinity-apart": {three + apartOf + `app: "nats"}]`, "no server pod has the label app=nats: two servers may share a node", "7:117", three + apartOf + `"app.kubernetes.io/component": "nats"}]`},
	"cpu-cores":           {`resources: requests: cpu: "500"`, "cpu 500 is 500 cores", "6:27", `resources: requests: cpu: "500m"`},
	"probe-path":          {`readinessProbe: path: "/health"`, "nats-server has no page /health", "6:23", `readinessProbe: path: "/healthz?js-enabled-only=1"`},
	"liveness-restarts":   {store + `livenessProbe: path: "/healthz"`, "/healthz fails while JetStream catches up, and a server that fails it is killed", "7:22", `livenessProbe: path: "/healthz"`},
	"startup-time":        {store + `startupProbe: {periodSeconds: 5, failureThreshold: 1}`, "a server has 15 seconds to start", "7:52", store + `startupProbe: {periodSeconds: 5, failureThreshold: 10}`},
	"subject-wildcard": {
		`accounts: APP: users: app: {` + secret + `, permissions: publish: allow: ["orders*"]}`, `orders* is one token, in which "*" is no wildcard`, "6:108",
		`accounts: APP: users: app: {` + secret + `, permissions: publish: allow: ["orders.*"]}`,
	},
	"import-permitted": {
		shop + `accounts: WEB: {imports: [{service: {account: "SHOP", subject: "prices.get"}}], users: w: {` + secret + `, permissions: publish: allow: ["web.>"]}}`,
		"account WEB imports prices.get, and no user of it may ask for it", "7:28",
		shop + `accounts: WEB: {imports: [{service: {account: "SHOP", subject: "prices.get"}, to: "web.prices"}], users: w: {` + secret + `, permissions: publish: allow: ["web.>"]}}`,
	},
	"no-auth-user-system":    {app + `accounts: SYS: users: sys: ` + secret + "\n" + `systemAccount: "SYS"` + "\n" + `noAuthUser: "sys"`, "whoever gives no credentials is sys, of the system account SYS", "9:13", app + `accounts: SYS: users: sys: ` + secret + "\n" + `systemAccount: "SYS"` + "\n" + `noAuthUser: "app"`},
	"public-no-auth-user":    {publicly + app + `noAuthUser: "app"`, "a Service of type LoadBalancer leads to nats, where whoever gives no credentials is app, who may do everything", "9:13", publicly + app + `noAuthUser: "app"` + "\n" + `accounts: APP: users: app: permissions: {publish: allow: ["public.>"], subscribe: allow: ["_INBOX.>"]}`},
	"policy-opens-routes":    {three + `networkPolicy: ingress: cluster: [{namespaceSelector: {}}]`, "everybody may reach the port for routes, which lets everybody in", "7:35", three + `networkPolicy: ingress: cluster: [{namespaceSelector: {}}]` + "\n" + `cluster: tls: {secretName: "a", ca: "ca.crt"}`},
	"policy-closes-service":  {publicly + app + `networkPolicy: ingress: nats: [{namespaceSelector: matchLabels: a: "b"}]`, "the Service public of type LoadBalancer shows nats, which the NetworkPolicy closes to all who are no pods", "7:31", publicly + app + `networkPolicy: ingress: nats: [{namespaceSelector: matchLabels: a: "b"}, {ipBlock: cidr: "203.0.113.0/24"}]`},
	"proxy-protocol-sent":    {`nats: proxyProtocol: true`, "proxyProtocol, and no load balancer leads to the client port: no client gets in, nor does nats-box", "6:22", `nats: proxyProtocol: true` + "\n" + `extraServices: public: ports: nats: {}`},
	"tls-insecure":           {`leafnodes: remotes: hub: {` + hub + `, tls: insecure: true}`, "leafnodes.remotes.hub does not verify whom it connects to", "6:80", `leafnodes: remotes: hub: {` + hub + `, tls: ca: "ca.crt"}`},
	"cipher-suites-idle":     {`nats: tls: {secretName: "a", minVersion: "1.3", cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}`, "cipherSuites has no effect with minVersion 1.3", "6:63", `nats: tls: {secretName: "a", minVersion: "1.2", cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}`},
	"encryption-keys-differ": {`jetstream: {fileStore: {}, encryptionKey: {secretName: "a", key: "k"}, prevEncryptionKey: {secretName: "a", key: "k"}}`, "prevEncryptionKey is encryptionKey: k in the Secret a", "6:72", `jetstream: {fileStore: {}, encryptionKey: {secretName: "a", key: "k"}, prevEncryptionKey: {secretName: "a", key: "j"}}`},
	"payload-fits-pending":   {`limits: {maxPayload: "16Mi", maxPending: "8Mi"}`, "maxPending 8Mi is less than one message of maxPayload 16Mi", "6:42", `limits: {maxPayload: "8Mi", maxPending: "8Mi"}`},
	"scrape-timeout-fits":    {scraped + `interval: "15s", scrapeTimeout: "30s"}}`, "scrapeTimeout 30s is longer than the interval 15s", "6:91", scraped + `interval: "1m30s", scrapeTimeout: "90s"}}`},
	"scrape-timeout-assumed": {scraped + `scrapeTimeout: "1m"}}`, "scrapeTimeout 1m without an interval", "6:74", scraped + `scrapeTimeout: "30s"}}`},
	"mqtt-account-jetstream": {
		mqttOn + app + `accounts: APP: users: app: allowedConnectionTypes: ["MQTT"]`, "user app is for MQTT, and account APP has no JetStream", "8:23",
		mqttOn + app + `accounts: APP: {jetstream: {}, users: app: allowedConnectionTypes: ["MQTT"]}`,
	},
}

var moreSlips = several{
	"remote-client-port": {
		bad: []string{three + `cluster: routes: ["nats://nats-0.nats-headless.old.svc.cluster.local:4222"]`, `gateway: gateways: us: urls: ["tls://us.example.com:4222"]`},
		good: []string{
			three + `cluster: {port: 4222, routes: ["nats://a:4222"]}` + "\n" + `nats: port: 4223`, `leafnodes: {enabled: false, remotes: hub: urls: ["tls://hub:4222"]}`, `leafnodes: remotes: hub: urls: ["tls://hub"]`,
			three + `cluster: routes: ["nats://nats:4222"]`,
		},
	},
	"own-address-port": {
		bad: []string{
			`natsBox: contexts: a: url: "nats://nats.nats.svc.cluster.local:6222"`, three + `cluster: routes: ["nats://nats-0.nats-headless:4222"]`, `natsBox: contexts: a: url: "tls://nats-headless:8222"`,
			`service: ports: nats: port: 80` + "\n" + `natsBox: contexts: a: url: "nats://nats:4222"`, three + `zones: names: ["a", "b", "c"]` + "\n" + `cluster: routes: ["nats://nats-b-0.nats-headless:6223"]`,
			`gateway: gateways: nats: urls: ["nats://nats-headless:7223"]`, `extraServices: lb: ports: nats: {}` + "\n" + `natsBox: contexts: a: url: "nats://nats-lb.nats:4223"`,
		},
		good: []string{
			`natsBox: contexts: a: url: "nats://nats.other.svc:4223"`, `natsBox: contexts: a: url: "nats://nats.other:4223"`, `natsBox: contexts: a: url: "nats://hub.example.com:4223"`,
			`service: ports: nats: port: 80` + "\n" + `natsBox: contexts: a: url: "nats://nats:80"`, three + `cluster: routes: ["nats://nats-0.nats-headless:6222"]`, `natsBox: {enabled: false, contexts: a: url: "nats://nats:4223"}`,
			"websocket: {}\n" + `natsBox: contexts: a: url: "ws://nats:8080"`, `natsBox: contexts: a: url: "nats://nats"`, `natsBox: contexts: a: url: "nats://nats:4222,nats://b:4223"`,
		},
	},
	"servers-fit": {
		bad: []string{
			three + `affinity: nodeAffinity: requiredDuringSchedulingIgnoredDuringExecution: nodeSelectorTerms: [{matchExpressions: [{key: "kubernetes.io/hostname", operator: "In", values: ["a", "b"]}]}]`,
			three + `nodeSelector: "topology.kubernetes.io/zone": "a"` + "\n" + `affinity: podAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "topology.kubernetes.io/zone", labelSelector: {}}]`,
		},
		good: []string{
			three + `podAntiAffinityPreset: "soft"` + "\n" + `nodeSelector: "kubernetes.io/hostname": "node-1"`, `nodeSelector: "kubernetes.io/hostname": "node-1"`,
			three + `nodeSelector: "kubernetes.io/hostname": "node-1"` + "\n" + `kustomize: patches: [{path: "a.yaml"}]`,
			three + `affinity: nodeAffinity: requiredDuringSchedulingIgnoredDuringExecution: nodeSelectorTerms: [{matchExpressions: [{key: "kubernetes.io/hostname", operator: "In", values: ["a", "b"]}]}, {matchExpressions: [{key: "pool", operator: "Exists"}]}]`,
		},
	},
	"anti-affinity-apart": {
		bad: []string{three + `affinity: podAntiAffinity: {}`, three + `affinity: podAntiAffinity: preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: "kubernetes.io/hostname", labelSelector: matchLabels: app: "x"}}]`},
		good: []string{
			three + apartOf + `app: "nats"}]` + "\n" + `podTemplate: labels: app: "nats"`, three + apartOf + `app: "nats"}]` + "\n" + `podAntiAffinityPreset: ""`, apartOf + `app: "nats"}]`,
			three + apartOf + `app: "nats"}]` + "\n" + `kustomize: patches: [{path: "a.yaml"}]`, three + `affinity: nodeAffinity: {}`,
			three + `affinity: podAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "kubernetes.io/hostname", labelSelector: matchExpressions: [{key: "app.kubernetes.io/name", operator: "Exists"}]}]`,
		},
	},
	"cpu-cores": {
		bad:  []string{`natsBox: resources: limits: cpu: 200`, `resources: limits: cpu: "129500m"`},
		good: []string{`natsBox: {enabled: false, resources: limits: cpu: 200}`, `resources: limits: cpu: 128`},
	},
	"probe-path": {
		bad: []string{
			`monitor: httpBasePath: "/nats"` + "\n" + `readinessProbe: path: "/nats/healthz?js-server-only=true"`, `livenessProbe: path: "/healthz/"`, `startupProbe: path: "/healthz?js-server-only=yes"`,
			`monitor: httpBasePath: "/nats"` + "\n" + `readinessProbe: path: "/"`,
		},
		good: []string{`monitor: httpBasePath: "/nats"`, `monitor: enabled: false` + "\n" + `livenessProbe: path: "/health"`, `readinessProbe: path: "/"`, `readinessProbe: path: "/varz"`, `startupProbe: path: "/healthz?js-enabled=true&details=t"`},
	},
	"liveness-restarts": {
		bad:  []string{store + `livenessProbe: path: "/healthz?js-meta-only=true"`, store + `livenessProbe: path: "/healthz?js-enabled-only=false"`},
		good: []string{store + `livenessProbe: path: "/healthz?js-server-only=true"`, store + `livenessProbe: path: "/varz"`},
	},
	"startup-time": {good: []string{`startupProbe: {periodSeconds: 5, failureThreshold: 1}`, `jetstream: memoryStore: maxSize: "1Mi"` + "\n" + `startupProbe: {periodSeconds: 5, failureThreshold: 1}`}},
	"subject-wildcard": {
		bad: []string{
			`accounts: A: exports: [{stream: "a.b>"}]`, `accounts: A: defaultPermissions: subscribe: deny: ["a**.b q"]`, `mappings: "a*": "b"`, three + `cluster: permissions: export: allow: ["a>"]`,
			`leafnodes: remotes: hub: {` + hub + `, denyExports: ["a*.b"]}`, `accounts: A: imports: [{stream: {account: "B", subject: "b*"}}]`, `authorization: users: u: {` + secret + `, permissions: publish: deny: ["**"]}`,
		},
		good: []string{`mappings: "a.*": "b.{{wildcard(1)}}"`, `accounts: A: exports: [{stream: "a.*.>"}]`, `authorization: users: u: {` + secret + `, permissions: subscribe: allow: ["a.* q*"]}`},
	},
	"import-permitted": {
		bad: []string{
			shop + `accounts: WEB: {imports: [{stream: {account: "SHOP", subject: "news.>"}, prefix: "shop"}], users: w: {` + secret + `, permissions: subscribe: allow: ["news.>"]}}`,
			shop + `accounts: WEB: {imports: [{service: {account: "SHOP", subject: "prices.get"}}], users: w: {` + secret + `, permissions: publish: deny: ["prices.>"]}}`,
		},
		good: []string{
			shop + `accounts: WEB: {imports: [{service: {account: "SHOP", subject: "prices.get"}}], users: {v: {` + secret + `}, w: {` + secret + `, permissions: publish: allow: ["web.>"]}}}`,
			shop + `accounts: WEB: imports: [{service: {account: "SHOP", subject: "prices.get"}}]`,
			shop + `leafnodes: remotes: hub: {` + hub + `, account: "WEB"}` + "\n" + `accounts: WEB: {imports: [{service: {account: "SHOP", subject: "prices.get"}}], users: w: {` + secret + `, permissions: publish: allow: ["web.>"]}}`,
			store + shop + `accounts: WEB: {jetstream: {}, imports: [{stream: {account: "SHOP", subject: "news.>"}}], users: w: {` + secret + `, permissions: subscribe: allow: ["web.>"]}}`,
		},
	},
	"no-auth-user-system": {
		bad:  []string{app + `accounts: "$SYS": users: sys: ` + secret + "\n" + `mqtt: noAuthUser: "sys"`},
		good: []string{app + `accounts: SYS: users: sys: ` + secret + "\n" + `noAuthUser: "sys"`},
	},
	"public-no-auth-user": {
		bad: []string{
			publicly + `authorization: users: u: ` + secret + "\n" + `noAuthUser: "u"`, app + `websocket: {noAuthUser: "app", tls: secretName: "a"}` + "\n" + `extraServices: public: ports: websocket: {}`,
		},
		good: []string{
			app + `noAuthUser: "app"`, publicly + app + `noAuthUser: "app"` + "\n" + `extraServices: public: loadBalancerSourceRanges: ["10.0.0.0/8"]`,
			publicly + app + `noAuthUser: "app"` + "\n" + `nats: tls: {verify: true, ca: "ca.crt"}`, publicly + app + `noAuthUser: "app"` + "\n" + `accounts: APP: defaultPermissions: publish: deny: ["$JS.>"]`,
			app + `noAuthUser: "app"` + "\n" + `extraServices: public: {type: "NodePort", ports: nats: {}}`, app + `websocket: {noAuthUser: "app", ingress: {hosts: ["a"], tlsSecretName: "a"}}`,
		},
	},
	"policy-opens-routes": {
		bad: []string{three + `networkPolicy: ingress: cluster: [{ipBlock: cidr: "0.0.0.0/0"}]`, three + `networkPolicy: ingress: cluster: [{namespaceSelector: {}, podSelector: {}}]`},
		good: []string{
			three + `networkPolicy: ingress: cluster: [{namespaceSelector: {}, podSelector: matchLabels: a: "b"}]`, three + `networkPolicy: ingress: cluster: [{podSelector: {}}]`, three + `networkPolicy: {enabled: false, ingress: cluster: [{namespaceSelector: {}}]}`,
			`networkPolicy: ingress: cluster: [{namespaceSelector: {}}]`, three + `networkPolicy: ingress: cluster: [{ipBlock: {cidr: "0.0.0.0/0", except: ["10.0.0.0/8"]}}]`,
		},
	},
	"policy-closes-service": {
		bad: []string{
			three + `extraServices: a: ports: {nats: {}, cluster: {}}`, "profiling: {}\n" + `service: {type: "LoadBalancer", ports: profiling: enabled: true}`, `extraServices: mon: {type: "NodePort", ports: monitor: {}}`,
			`service: type: "NodePort"` + "\n" + `networkPolicy: ingress: nats: [{podSelector: {}}]`, `networkPolicy: ingress: nats: []` + "\n" + `extraServices: a: ports: nats: {}`,
		},
		good: []string{
			`service: ports: monitor: enabled: true`, `networkPolicy: enabled: false` + "\n" + `extraServices: mon: ports: monitor: {}`, `networkPolicy: ingress: monitor: [{ipBlock: cidr: "10.0.0.0/8"}]` + "\n" + `extraServices: mon: ports: monitor: {}`,
			`service: type: "LoadBalancer"` + "\nwebsocket: {}\n" + `networkPolicy: ingress: websocket: [{podSelector: {}}]`, `service: type: "LoadBalancer"`, `extraServices: a: {type: "ClusterIP", ports: monitor: {}}`,
		},
	},
	"proxy-protocol-sent": {
		bad:  []string{`nats: proxyProtocol: true` + "\n" + "mqtt: {}\n" + `extraServices: a: ports: mqtt: {}`},
		good: []string{`nats: proxyProtocol: true` + "\n" + `kustomize: resources: ["lb.yaml"]`, `nats: {proxyProtocol: true, tls: {secretName: "a", handshakeFirst: true}}`, `nats: proxyProtocol: true` + "\n" + `service: type: "NodePort"`, `nats: proxyProtocol: false`},
	},
	"tls-insecure":       {bad: []string{three + `cluster: tls: {secretName: "a", ca: "ca.crt", insecure: true}`}, good: []string{`leafnodes: remotes: hub: {` + hub + `, tls: {enabled: false, insecure: true}}`}},
	"cipher-suites-idle": {good: []string{`nats: tls: {secretName: "a", minVersion: "1.3"}`}},
	"payload-fits-pending": {
		bad:  []string{`limits: maxPayload: "128Mi"`, `limits: maxPending: "512Ki"`},
		good: []string{`limits: maxPayload: "64Mi"`, `limits: maxPayload: "128Mi"` + "\n" + `extraConfig: MAX_PENDING: "<< 256Mi >>"`, `limits: {maxPayload: "16Ei", maxPending: "8Mi"}`},
	},
	"scrape-timeout-fits":    {bad: []string{scraped + `interval: "500ms", scrapeTimeout: "1s"}}`}, good: []string{`promExporter: podMonitor: {interval: "15s", scrapeTimeout: "30s"}`, scraped + `interval: "5s"}}`}},
	"scrape-timeout-assumed": {good: []string{scraped + `interval: "2m", scrapeTimeout: "1m"}}`}},
	"mqtt-account-jetstream": {
		bad: []string{app + mqttOn + `authorization: users: u: {` + secret + `, allowedConnectionTypes: ["MQTT", "MQTT_WS"]}`},
		good: []string{
			mqttOn + app, mqttOn + app + `accounts: APP: users: app: allowedConnectionTypes: ["MQTT", "STANDARD"]`, mqttOn + app + `accounts: APP: users: app: allowedConnectionTypes: ["MQTT"]` + "\n" + `mqtt: jsDomain: "hub"`,
			mqttOn + app + `accounts: APP: users: app: allowedConnectionTypes: ["MQTT"]` + "\n" + `leafnodes: remotes: hub: ` + "{" + hub + "}",
		},
	},
}
