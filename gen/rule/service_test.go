package rule

const (
	app    = `accounts: APP: users: app: password: {secretName: "nats-auth", key: "app"}` + "\n"
	public = `service: type: "LoadBalancer"` + "\n"
)

var serviceCases = table{
	"node-ports-distinct": {`service: {type: "NodePort", ports: nats: nodePort: 30000}` + "\n" + `extraServices: ext: {type: "NodePort", ports: nats: nodePort: 30000}`,
		"extraServices.ext.ports.nats has node port 30000, as service.ports.nats", "7:63",
		`service: {type: "NodePort", ports: nats: nodePort: 30000}` + "\n" + `extraServices: ext: {type: "NodePort", ports: nats: nodePort: 30001}`},
	"service-traffic-type": {`service: externalTrafficPolicy: "Local"`, "externalTrafficPolicy on a Service of type ClusterIP", "6:33",
		`service: {type: "NodePort", externalTrafficPolicy: "Local"}`},
	"network-form": {public + `service: loadBalancerSourceRanges: ["10.0.0.0/33"]`, "10.0.0.0/33 is no network", "7:37",
		public + `service: loadBalancerSourceRanges: ["10.0.0.0/8"]`},
	"address-port":                  {three + `cluster: routes: ["nats://other"]`, "nats://other has no port", "7:19", three + `cluster: routes: ["nats://other:6222"]`},
	"public-without-authentication": {public, "a Service of type LoadBalancer leads to nats, which lets everybody in", "6:16", public + app},
	"public-in-the-clear":           {app + public, "a Service of type LoadBalancer leads to nats, which has no TLS", "7:16", app + public + `nats: tls: secretName: "nats-tls"`},
	"node-port-without-authentication": {`service: type: "NodePort"`, "a Service of type NodePort leads to nats, which lets everybody in", "6:16",
		`service: type: "NodePort"` + "\n" + `networkPolicy: ingress: nats: [{ipBlock: cidr: "10.0.0.0/8"}]`},
}
