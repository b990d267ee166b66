package rule

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/valid"
)

// wholes are intents as a careful team writes them: nobody has a word to say about them.
var wholes = map[string]string{
	"a laptop": `jetstream: memoryStore: maxSize: "128Mi"
		resources: limits: memory: "256Mi"`,

	"TLS everywhere": three + `
		jetstream: {fileStore: {}, domain: "hub"}
		tlsCA: configMapName: "company-ca"
		nats: tls: {secretName: "nats-tls", verify: true, handshakeFirst: "auto", minVersion: "1.3", connectionRateLimit: 100}
		cluster: tls: {secretName: "nats-cluster-tls", timeout: "5s"}
		leafnodes: tls: {secretName: "nats-leaf-tls", verifyAndMap: true, handshakeFirst: true}
		websocket: tls: secretName: "nats-tls"
		mqtt: tls: secretName: "nats-tls"
		monitor: tls: enabled: true
		promExporter: {enabled: true, monitorDomain: "nats.example.com"}`,

	"cert-manager": three + `
		let ca = {certManager: issuerRef: {name: "company", kind: "ClusterIssuer"}}
		nats: tls: ca & {certManager: {dnsNames: ["nats.example.com", "*.nats.example.com"], ipAddresses: ["203.0.113.7", "2001:db8::7"], duration: "2160h", renewBefore: "360h"}}
		nats: tls: verify: true
		cluster: tls: ca & {certManager: privateKey: {algorithm: "RSA", size: 4096}, verifyCertAndCheckKnownURLs: true}
		websocket: tls: ca & {certManager: privateKey: algorithm: "Ed25519"}`,

	"accounts": three + `
		jetstream: {memoryStore: {}, fileStore: pvc: size: "20Gi"}
		resources: limits: memory: "2Gi"
		accounts: {
			SYS: users: admin: password: "$2a$11$ooooooooooooooooooooooooooooooooooooooooooooooooooooo"
			APP: {
				jetstream: {maxFile: "30Gi", maxMemory: "1Gi", maxStreams: 100}
				defaultPermissions: {publish: allow: ["app.>"], jetstream: streams: ["ORDERS"]}
				users: {
					app: ` + secret + `
					admin2: {` + secret + `, permissions: jetstream: manage: true}
					metrics: {` + secret + `, permissions: {publish: deny: [">"], subscribe: allow: ["app.metrics"]}}
					worker: {nkey: "` + userKey + `", permissions: {publish: allow: ["$JS.API.>", "app.>"], subscribe: allow: ["_INBOX_worker.>"]}}
				}
				exports: [{stream: "app.events.>", accounts: ["REPORTS"]}, {service: "app.query.*", responseType: "stream"}]
			}
			REPORTS: {
				imports: [
					{stream: {account: "APP", subject: "app.events.eu.>"}, prefix: "from.app"},
					{service: {account: "APP", subject: "app.query.sales"}, to: "query"},
				]
				users: reports: ` + secret + `
				mappings: "old.>": "new.>"
				mappings: canary: [{destination: "canary.v1", weight: 90}, {destination: "canary.v2", weight: 10}]
			}
		}
		systemAccount: "SYS"
		noAuthUser: "metrics"
		nats: tls: secretName: "nats-tls"
		service: type: "LoadBalancer"`,

	"one token": `authorization: token: {secretName: "nats-token", key: "token"}
		service: {type: "NodePort", ports: nats: nodePort: 30422}`,

	"auth callout": `accounts: {AUTH: users: auth: ` + secret + `, APP: {}}
		authorization: authCallout: {issuer: "` + accountKey + `", account: "AUTH", authUsers: ["auth"], allowedAccounts: ["APP"]}
		nats: tls: secretName: "nats-tls"
		service: type: "LoadBalancer"`,

	"operator mode": three + store + operator + `
		accounts: APP: {
			jetstream: maxFile: "5Gi"
			users: app: {permissions: {publish: allow: ["app.>"], jetstream: buckets: ["*"]}, src: ["10.0.0.0/8"], times: [{start: "08:00:00", end: "18:30:00"}], timesLocation: "Europe/Berlin"}
			users: job: bearer: true
		}
		systemAccount: "` + accountKey + `"
		websocket: jwtCookie: "nats"
		nats: tls: secretName: "nats-tls"
		websocket: tls: secretName: "nats-tls"
		service: type: "LoadBalancer"`,

	"operator mode in memory": `serverNamePrefix: "ngs-"` + "\n" + operator + preload(1) + `
		resolver: type: "memory"
		leafnodes: remotes: ngs: {urls: ["tls://connect.ngs.global"], account: "` + accountKey + `", credentials: secretName: "ngs"}`,

	"leaf edge": `serverNamePrefix: "edge-"
		jetstream: {memoryStore: maxSize: "64Mi", domain: "edge"}
		resources: limits: memory: "256Mi"
		leafnodes: remotes: {
			hub: {urls: ["wss://hub.example.com:443"], tls: {}, wsCompression: true, user: "edge", password: {secretName: "hub", key: "password"}, proxy: {url: "http://proxy:3128", username: "u", password: {secretName: "hub", key: "proxy"}}}
			spare: {urls: ["tls://spare.example.com", "nats-leaf://10.0.0.1:7422"], nkey: {secretName: "hub", key: "seed"}, tls: {secretName: "edge-tls", ca: "ca.crt"}, disabled: true}
		}`,

	"leaf hub": three + `
		jetstream: {fileStore: {}, domain: "hub"}
		accounts: EDGE: {jetstream: {}, users: {}}
		leafnodes: {
			tls: {secretName: "leaf-tls", ca: "ca.crt", verify: true}
			authorization: users: edge: {password: {secretName: "nats-leaf", key: "edge"}, account: "EDGE"}
			advertise: "hub.example.com:7422", noAdvertise: false
		}
		extraServices: leaf: {ports: leafnodes: {port: 7422}, annotations: "service.beta.kubernetes.io/aws-load-balancer-type": "nlb", externalTrafficPolicy: "Local", loadBalancerClass: "service.k8s.aws/nlb"}`,

	"super-cluster": three + `
		name: "nats-eu"
		jetstream: {fileStore: {}, uniqueTag: "az"}
		zones: {}
		kubernetes: version: "1.35"
		serverTags: ["cloud:aws"]
		gateway: {
			tls: {secretName: "gateway-tls", ca: "ca.crt"}
			advertise: "nats.eu.example.com:7222"
			rejectUnknownCluster: true
			gateways: {
				"nats-eu": urls: ["tls://nats.eu.example.com:7222"]
				"nats-us": urls: ["tls://nats.us.example.com:7222"]
			}
		}
		accounts: {SYS: users: admin: ` + secret + `, APP: {jetstream: {}, users: app: ` + secret + `}}
		systemAccount: "SYS"
		extraServices: gateway: {ports: gateway: {}, type: "LoadBalancer"}`,

	"a browser's way in": three + app + `
		websocket: {
			sameOrigin: true, allowedOrigins: ["https://app.example.com"], noAuthUser: "app"
			headers: "Strict-Transport-Security": "max-age=63072000"
			ingress: {hosts: ["ws.example.com", "*.apps.example.com"], className: "nginx", tlsSecretName: "ws-tls"}
			httpRoute: {parentRefs: [{name: "public", namespace: "gateways"}], hostnames: ["nats.example.com"], path: "/nats"}
		}`,

	"devices": three + `
		jetstream: {fileStore: pvc: size: "50Gi", encryptionKey: {secretName: "js", key: "key"}, prevEncryptionKey: {secretName: "js", key: "old"}, cipher: "aes"}
		mqtt: {tls: secretName: "mqtt-tls", streamReplicas: 3}
		accounts: IOT: {jetstream: {}, users: device: {` + secret + `, allowedConnectionTypes: ["MQTT"], permissions: {publish: allow: ["sensors.>"], subscribe: allow: ["commands.>"]}}}
		extraServices: mqtt: {ports: mqtt: {port: 8883}, loadBalancerSourceRanges: ["203.0.113.0/24", "2001:db8::/32"]}`,

	"zones": `cluster: replicas: 5
		jetstream: {fileStore: {dir: "/store"}, uniqueTag: "az:"}
		zones: names: ["eu-1a", "eu-1b", "eu-1c"]
		topologySpreadConstraints: "kubernetes.io/hostname": {}
		nodeSelector: "example.com/pool": "nats"`,

	"an internal load balancer": app + `service: {type: "LoadBalancer", annotations: "networking.gke.io/load-balancer-type": "Internal"}`,

	"closed by the network": `service: type: "LoadBalancer"
		networkPolicy: ingress: {nats: [{namespaceSelector: {}}, {ipBlock: {cidr: "10.0.0.0/8", except: ["10.1.0.0/16"]}}], monitor: [{ipBlock: cidr: "10.2.0.0/16"}]}
		extraServices: watch: {type: "NodePort", ports: monitor: {}}`,

	"extras": three + store + `
		extraVolumes: {scripts: configMap: name: "scripts", scratch: emptyDir: {}}
		extraVolumeMounts: {"/scripts": {name: "scripts", readOnly: true}, "/data/scratch": name: "scratch"}
		extraContainers: audit: {
			image: "registry.example.com/audit:1.0", ports: [{containerPort: 9000}]
			env: [{name: "TOKEN", valueFrom: secretKeyRef: {name: "audit", key: "token"}}, {name: "MODE", value: "all"}]
			volumeMounts: [{name: "scratch", mountPath: "/scratch"}]
		}
		extraInitContainers: wait: image: "registry.example.com/wait:1.0"
		kustomize: {resources: ["extra"], patches: [{path: "p.yaml"}]}
		extraServices: debug: {type: "ClusterIP", ports: {monitor: {}, nats: {}}}`,
}

// Nor has an API server.
func TestRightIntents(t *testing.T) {
	t.Parallel()
	for name, text := range wholes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := load(t, text)
			require.Empty(t, Check(in))
			objects, err := kube.Objects(in, nil, "")
			require.NoError(t, err)
			for _, d := range valid.Check(in, objects, nil) {
				require.Equal(t, diag.Warning, d.Severity, d.Message)
			}
		})
	}
}

// Of a partial intent a rule says what it can: whatever is missing, it does not stop.
func TestAnythingMissing(t *testing.T) {
	t.Parallel()
	for name, text := range wholes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := load(t, text)
			fields := reflect.TypeOf(in.Intent)
			for n := range fields.NumField() {
				field, _, _ := strings.Cut(fields.Field(n).Tag.Get("json"), ",")
				without := *in
				reflect.ValueOf(&without.Intent).Elem().Field(n).SetZero()
				without.Broken = map[string]bool{field: true}
				require.Empty(t, Check(&without), field)
			}
		})
	}
}
