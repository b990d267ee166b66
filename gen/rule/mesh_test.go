package rule

import "strings"

const hub = `urls: ["tls://hub.example.com:7422"]`

var meshCases = table{
	"leaf-remote-credentials": {`leafnodes: remotes: hub: {` + hub + `, user: "a"}`, "the user of the remote hub has no password", "6:71",
		`leafnodes: remotes: hub: {` + hub + `, user: "a", password: {secretName: "leaf", key: "password"}}`},
	"remote-urls": {`leafnodes: remotes: hub: urls: ["tls://a:7422", "wss://b:443"]`, "some addresses of the remote hub are websockets, and some are not", "6:32",
		`leafnodes: remotes: hub: urls: ["ws://a:80", "wss://b:443"]`},
	"leafnodes-listen": {`leafnodes: {tls: secretName: "a", remotes: hub: ` + hub + `}`, "leafnodes.tls is of a listener, and the servers do not listen for leaf nodes", "6:13",
		`leafnodes: {listen: true, tls: secretName: "a", remotes: hub: ` + hub + `}`},
	"leaf-cluster-name": {three + `leafnodes: remotes: hub: ` + hub, "this cluster is named nats, as its hub may be", "7:12",
		three + `cluster: name: "edge"` + "\n" + `leafnodes: remotes: hub: ` + hub},
	"leaf-advertise": {`leafnodes: advertise: "hub.example.com:7422"`, "leafnodes.advertise has no effect with noAdvertise, which is true by default", "6:23",
		`leafnodes: {advertise: "hub.example.com:7422", noAdvertise: false}`},
	"leaf-server-names": {`leafnodes: remotes: hub: ` + hub, "the server is named nats-0, as that of another leaf node of the hub may be", "6:12",
		`serverNamePrefix: "site1-"` + "\n" + `leafnodes: remotes: hub: ` + hub},
	"jetstream-domain": {store + "leafnodes: {}", "JetStream has no domain, and there are leaf nodes", "6:1",
		`jetstream: {fileStore: {}, domain: "hub"}` + "\nleafnodes: {}"},
	"gateway-name": {`gateway: name: "eu"`, "the gateway is named eu, and the cluster nats", "6:16", `cluster: name: "eu"` + "\n" + `gateway: name: "eu"`},
	"gateway-remotes": {`gateway: gateways: nats: urls: ["nats://a:7222"]`, "the gateway names no other cluster", "6:1",
		`gateway: gateways: us: urls: ["nats://a:7222"]`},
	"server-names-differ": {`cluster: name: "eu"` + "\ngateway: {}", "the servers are named nats-0 and so on, as those of another cluster may be", "7:1",
		`cluster: name: "eu"` + "\n" + `gateway: {}` + "\n" + `serverNamePrefix: "eu-"`},
	"leaf-gateway-system-account": {"gateway: {}\nleafnodes: {}", "a gateway and leaf nodes without a system account", "6:1", "gateway: {}\nleafnodes: listen: false"},
	"gateway-password-readable": {`gateway: authorization: {user: "g", password: "$2a$11$` + strings.Repeat("o", 53) + `"}`, "the password of gateways is a hash", "6:47",
		`gateway: authorization: {user: "g", ` + secret + `}`},
	"websocket-route-service": {`websocket: ingress: hosts: ["a.example"]` + "\nservice: enabled: false", "the Ingress leads to the client Service, which is off", "6:12",
		`websocket: ingress: hosts: ["a.example"]`},
	"websocket-route-hosts": {`websocket: ingress: hosts: ["A.example"]`, "A.example is no host name that the Ingress can answer", "6:29",
		`websocket: ingress: hosts: ["*.example"]`},
	"websocket-route-tls": {`websocket: {tls: secretName: "a", ingress: hosts: ["a.example"]}`, "the websocket has TLS, which the Ingress does not speak to it", "6:13",
		`websocket: {tls: secretName: "a", ingress: {hosts: ["a.example"], annotations: "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS"}}`},
	"mqtt-needs-jetstream": {three + "mqtt: {}", "MQTT without JetStream", "7:1", "mqtt: {}\nleafnodes: {}"},
	"mqtt-replicas":        {store + "mqtt: streamReplicas: 3", "3 replicas of MQTT's streams need as many servers", "7:23", three + store + "mqtt: streamReplicas: 3"},
}
