package rule

import "github.com/nats-io/nkeys"

// seed is one of a user, which opens nothing.
var seed = func() string {
	raw := [32]byte{1}
	pair, err := nkeys.FromRawSeed(nkeys.PrefixByteUser, raw[:])
	if err != nil {
		panic(err)
	}
	text, err := pair.Seed()
	if err != nil {
		panic(err)
	}
	return string(text)
}()

var laterCases = table{
	"image-tag-floats": {`image: tag: "latest"`, "the image's tag latest is no version", "6:13", `image: {tag: "latest", digest: "sha256:5b3e8f4a1c9d27600f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"}`},
	"gomemlimit-fits":  {`env: GOMEMLIMIT: "2GiB"` + "\n" + `resources: limits: memory: "1Gi"`, "GOMEMLIMIT 2GiB is over the memory limit 1Gi", "6:18", `env: GOMEMLIMIT: "900MiB"` + "\n" + `resources: limits: memory: "1Gi"`},
	"zero-is-default":  {`limits: maxConnections: 0`, "limits.maxConnections is 0, for which the server takes 65536", "6:25", `limits: {maxConnections: -1, maxSubscriptions: 0}`},
	"port-privileged": {`websocket: port: 443`, "port 443 of websocket is one of those for root, which the servers are not", "6:18",
		"websocket: {}\nservice: ports: websocket: port: 443"},
	"node-port-range":     {`service: {type: "NodePort", ports: nats: nodePort: 4222}`, "4222 is no node port that Kubernetes hands out", "6:52", `service: {type: "NodePort", ports: nats: nodePort: 30422}`},
	"topology-spread-met": {three + `topologySpreadConstraints: zone: {whenUnsatisfiable: "DoNotSchedule", minDomains: 2}` + "\n" + `nodeSelector: zone: "a"`, "3 servers are to be spread over zone, and all are bound to a", "7:83", three + `topologySpreadConstraints: zone: {whenUnsatisfiable: "DoNotSchedule", minDomains: 2}`},
	"budget-allows-drain": {`podDisruptionBudget: maxUnavailable: 0`, "no server may ever be down, and no node with one be drained", "6:38", `podDisruptionBudget: {enabled: false, maxUnavailable: 0}`},
	"probes-need-monitor": {three + store + `monitor: enabled: false`, "without monitoring the probes ask whether the client port is open, and no more", "8:19", three + `monitor: enabled: false`},
	"box-credentials": {app + `natsBox: contexts: default: description: "mine"`, "the context default of nats-box says nothing of who it is, and the servers ask", "7:20",
		app + `natsBox: contexts: default: creds: secretName: "nats-box"`},
	"websocket-route-listens": {`websocket: {enabled: false, ingress: hosts: ["nats.example.com"]}`, "the Ingress leads to the websocket, which is off", "6:29", `websocket: {enabled: false, ingress: {enabled: false, hosts: ["nats.example.com"]}}`},
	"verify-and-map-users": {`nats: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}`, "nats.tls takes users from certificates, and there are no users", "6:58",
		`nats: tls: {secretName: "a", ca: "ca.crt", verifyAndMap: true}` + "\n" + `accounts: APP: users: "app.example.com": {}`},
	"account-name-dots": {`accounts: "orders.eu": {}`, "the name of the account orders.eu has a dot", "6:11", `accounts: "orders-eu": {}`},
	"account-limit-zero": {`accounts: A: {limits: maxConnections: 0, users: u: ` + secret + `}`, "account A has users, and may have no connection", "6:39",
		`accounts: A: {limits: {maxConnections: -1, maxLeafnodes: 0}, users: u: ` + secret + `}`},
	"permission-denied": {`accounts: A: users: u: {` + secret + `, permissions: publish: {allow: ["orders.eu", "a"], deny: ["orders.>"]}}`, "orders.eu is allowed, and orders.> denies it", "6:105",
		`accounts: A: users: u: {` + secret + `, permissions: publish: {allow: ["orders.>", "a"], deny: ["orders.eu"]}}`},
	"user-connection-types": {`accounts: A: users: u: {` + secret + `, allowedConnectionTypes: ["MQTT"]}`, "user u may connect by MQTT alone, for which no server listens", "6:98",
		store + "mqtt: {}\n" + `accounts: A: users: u: {` + secret + `, allowedConnectionTypes: ["MQTT"]}`},
	"import-subject-free": {`accounts: {A: exports: [{service: "q"}], B: exports: [{service: "q"}], C: imports: [{service: {account: "A", subject: "q"}}, {service: {account: "B", subject: "q"}}]}`,
		"two services appear in C under the subject q", "6:160",
		`accounts: {A: exports: [{service: "q"}], B: exports: [{service: "q"}], C: imports: [{service: {account: "A", subject: "q"}}, {service: {account: "B", subject: "q"}, to: "b.q"}]}`},
	"leaf-remote-account": {app + `leafnodes: remotes: hub: ` + hub, "the remote hub connects no account, and all users have one", "7:21",
		app + `leafnodes: remotes: hub: {` + hub + `, account: "APP"}`},
	"leaf-leads-to-itself": {`leafnodes: {listen: true, remotes: hub: urls: ["nats://nats:7422"]}`, "the remote hub leads to these servers themselves", "6:48",
		`leafnodes: {listen: true, remotes: hub: urls: ["nats://nats.hub:7422"]}`},
}
