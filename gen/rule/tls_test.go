package rule

var tlsCases = table{
	"tls-certificate":   {`nats: tls: {}`, "nats.tls has no certificate", "6:7", `nats: tls: certManager: issuerRef: name: "ca"`},
	"tls-keys-distinct": {`nats: tls: {secretName: "a", cert: "x", key: "x"}`, "key and cert are both the key x of the Secret", "6:46", `nats: tls: {secretName: "a", cert: "x", key: "y", ca: "x"}`},
	"tls-verify-without-ca": {`nats: tls: {secretName: "a", verify: true}`, "nats.tls verifies the other side against no certificate authority of yours", "6:38",
		`nats: tls: {secretName: "a", verify: true}` + "\n" + `tlsCA: configMapName: "ca"`},
	"cluster-tls-without-ca": {three + `cluster: tls: secretName: "a"`, "the routes have TLS without a certificate authority", "7:10",
		three + `cluster: tls: certManager: issuerRef: name: "ca"`},
	"tls-ca-source":   {`tlsCA: {}`, "tlsCA names no ConfigMap and no Secret", "6:1", `tlsCA: secretName: "ca"`},
	"tls-option-fits": {`nats: tls: {secretName: "a", insecure: true}`, "insecure has no effect on nats", "6:40", `leafnodes: remotes: hub: {urls: ["tls://hub:7422"], tls: insecure: true}`},
	"ocsp-peer-needs-verify": {`nats: tls: {secretName: "a", ocspPeer: {}}`, "nats.tls asks about certificates that it does not require", "6:30",
		`nats: tls: {secretName: "a", ocspPeer: {}, verifyAndMap: true}`},
	"allow-non-tls-needs-tls":       {`nats: allowNonTLS: true`, "allowNonTLS has no effect on a listener without TLS", "6:20", `nats: {allowNonTLS: true, tls: secretName: "a"}`},
	"monitor-tls-needs-certificate": {`monitor: tls: enabled: true`, "monitoring over HTTPS without the certificate of nats.tls", "6:24", `monitor: tls: enabled: true` + "\n" + `nats: tls: secretName: "a"`},
	"cert-manager-times": {`nats: tls: certManager: {issuerRef: name: "ca", duration: "24h", renewBefore: "24h"}`, "a certificate that is valid for 24h cannot be renewed 24h before its end", "6:79",
		`nats: tls: certManager: {issuerRef: name: "ca", duration: "24h", renewBefore: "8h"}`},
	"cert-manager-key": {`nats: tls: certManager: {issuerRef: name: "ca", privateKey: size: 2048}`, "ECDSA has no key of 2048 bits", "6:67",
		`nats: tls: certManager: {issuerRef: name: "ca", privateKey: {algorithm: "RSA", size: 2048}}`},
	"certificate-shared": {`nats: tls: {secretName: "a", certManager: issuerRef: name: "one"}` + "\n" + `websocket: tls: {secretName: "a", certManager: issuerRef: name: "two"}`,
		"the Secret a is to hold the certificate of nats.tls and another of websocket.tls", "7:30",
		`nats: tls: {secretName: "a", certManager: issuerRef: name: "one"}` + "\n" + `websocket: tls: {secretName: "a", certManager: issuerRef: name: "one"}`},
}
