package rule

import (
	"fmt"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// tlsSecret is the Secret that a mend names for the certificate of a listener or remote. The name is the
// user's to choose.
func tlsSecret(of string) string {
	if of == intent.ListenerNats {
		return "nats-tls"
	}
	return "nats-" + of + "-tls"
}

var tlsCertificate = rule{
	"tls-certificate", diag.Error,
	"a listener shows a certificate to all who connect, and the server does not start without one; certificate, key and authority are keys of one Secret",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			if use.Remote && use.TLS.Ca != "" && use.SecretName() == "" {
				r.add(finding{
					path:    below(use.Path, "ca"),
					message: fmt.Sprintf("%s names the key of a certificate authority, and no Secret", dotted(use.Path)),
					mend:    cueField(use.Path, fmt.Sprintf("secretName: %q", tlsSecret(use.Name))),
				})
			}
			if use.Remote || use.SecretName() != "" {
				continue
			}
			r.add(finding{
				path:    use.Path,
				message: fmt.Sprintf("%s has no certificate", dotted(use.Path)),
				allowed: "secretName, the Secret that holds it, or certManager, which has it made",
				mend: fmt.Sprintf("%s, or %s", cueField(use.Path, fmt.Sprintf("secretName: %q", tlsSecret(use.Name))),
					cueField(use.Path, `certManager: issuerRef: name: "nats-ca"`)),
			})
		}
	},
}

var tlsKeysDistinct = rule{
	"tls-keys-distinct", diag.Error,
	"each is a file of its own in the Secret, and the server reads no certificate from the file of a key",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			for _, pair := range [][4]string{{"key", use.TLS.Key, "cert", use.TLS.Cert}, {"ca", use.TLS.Ca, "key", use.TLS.Key}} {
				if pair[1] == pair[3] && use.SecretName() != "" {
					r.add(finding{
						path:    below(use.Path, pair[0]),
						message: fmt.Sprintf("%s and %s are both the key %s of the Secret", pair[0], pair[2], pair[1]),
						mend:    cueField(use.Path, `{cert: "tls.crt", key: "tls.key", ca: "ca.crt"}`),
						see:     []see{{below(use.Path, pair[2]), "the other"}},
					})
				}
			}
		}
	},
}

// verifies tells whether a listener asks the other side for a certificate.
func verifies(t *schema.TLS) bool { return isSet(t.Verify) || isSet(t.VerifyAndMap) }

var tlsVerifyNeedsCA = rule{
	"tls-verify-without-ca", diag.Warning,
	"the authorities in the image then decide: a certificate of your own authority is refused, and one that any public authority gives to anybody is let in",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			mutual := use.Path[0] == intent.ListenerGateway || verifies(use.TLS)
			if use.Remote || use.SecretName() == "" || use.CAFile() != "" || !mutual || use.Path[0] == intent.ListenerCluster || len(use.TLS.PinnedCerts) > 0 {
				continue
			}
			path := below(use.Path, "verify")
			if isSet(use.TLS.VerifyAndMap) {
				path = below(use.Path, "verifyAndMap")
			}
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("%s verifies the other side against no certificate authority of yours", dotted(use.Path)),
				mend:    cueField(use.Path, `ca: "ca.crt"`) + `, of the same Secret, or tlsCA: configMapName: "nats-ca"`,
				needs:   "tlsCA",
			})
		}
	},
}

var verifyAndMapUsers = rule{
	"verify-and-map-users", diag.Warning,
	"where there are no users the servers ask for none (auth.go, configureAuthorization): whoever has a certificate is let in, to everything",
	func(in *intent.Intent, r *report) {
		if in.OperatorMode() || len(users(in)) > 0 || clientsAuthenticate(in) {
			return
		}
		for _, use := range in.TLSUses() {
			own := false
			switch use.Path[0] {
			case intent.ListenerNats:
			case intent.ListenerWebSocket:
				own = in.Websocket.Authorization != nil
			case intent.ListenerMQTT:
				own = in.Mqtt.Authorization != nil
			default:
				continue
			}
			if isSet(use.TLS.VerifyAndMap) && !own {
				r.add(finding{
					path:    below(use.Path, "verifyAndMap"),
					message: fmt.Sprintf("%s takes users from certificates, and there are no users", dotted(use.Path)),
					allowed: cueField(use.Path, "verify: true") + ", where a certificate is enough",
					mend:    `accounts: APP: users: "app.example.com": {}`,
					needs:   authFields + " leafnodes",
				})
			}
		}
	},
}

var clusterTLSNeedsCA = rule{
	"cluster-tls-without-ca", diag.Error,
	"a route verifies both sides, by names inside of the Kubernetes cluster; no public authority signs those, so that no route would ever come up",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			if use.Path[0] == intent.ListenerCluster && use.SecretName() != "" && use.CAFile() == "" {
				r.add(finding{
					path:    use.Path,
					message: "the routes have TLS without a certificate authority",
					mend:    `cluster: tls: ca: "ca.crt", of the same Secret, or tlsCA: configMapName: "nats-ca"`,
					needs:   "tlsCA",
				})
			}
		}
	},
}

var tlsCASource = rule{
	"tls-ca-source", diag.Error,
	"a certificate authority is one file, from one place",
	func(in *intent.Intent, r *report) {
		if !in.TLSCAEnabled() || (in.TlsCA.ConfigMapName == "") != (in.TlsCA.SecretName == "") {
			return
		}
		f := finding{
			path:    at("tlsCA"),
			message: "tlsCA names no ConfigMap and no Secret",
			allowed: "one of configMapName and secretName",
			mend:    `tlsCA: configMapName: "nats-ca"`,
		}
		if in.TlsCA.SecretName != "" {
			one, other := at("tlsCA.secretName"), at("tlsCA.configMapName")
			if !strings.HasPrefix(in.At(one...).File, in.Dir()+"/") { // what the environment says is what is new
				one, other = other, one
			}
			f.path, f.see = one, []see{{other, "the other"}}
			f.message, f.mend = "tlsCA names a ConfigMap and a Secret", "leave one of them out"
		}
		r.add(f)
	},
}

// tlsOptions are the options of TLS that not every connection has, and which do.
var tlsOptions = []struct {
	name    string
	given   func(*schema.TLS) bool
	fits    func(intent.TLSUse) bool
	allowed string
}{
	{"insecure", func(t *schema.TLS) bool { return isSet(t.Insecure) },
		func(u intent.TLSUse) bool { return u.Remote || isAmongServers(u) }, "cluster, gateway, and the remotes of leafnodes and gateway"},
	{"verifyCertAndCheckKnownURLs", func(t *schema.TLS) bool { return isSet(t.VerifyCertAndCheckKnownURLs) },
		func(u intent.TLSUse) bool { return !u.Remote && isAmongServers(u) }, "cluster and gateway"},
	{"verifyAndMap", func(t *schema.TLS) bool { return isSet(t.VerifyAndMap) },
		func(u intent.TLSUse) bool { return !u.Remote && !isAmongServers(u) }, "the listeners of clients and leaf nodes"},
	{"handshakeFirst", func(t *schema.TLS) bool { return t.HandshakeFirst != nil && t.HandshakeFirst != false },
		func(u intent.TLSUse) bool {
			return u.Path[0] == intent.ListenerNats || u.Path[0] == intent.ListenerLeafNodes
		}, "nats and leafnodes"},
	{"connectionRateLimit", func(t *schema.TLS) bool { return t.ConnectionRateLimit != nil },
		func(u intent.TLSUse) bool { return u.Path[0] == intent.ListenerNats }, "nats"},
	{"ocspPeer", func(t *schema.TLS) bool { return t.OcspPeer != nil },
		func(u intent.TLSUse) bool { return !isAmongServers(u) }, "the listeners of clients and leaf nodes, and the remotes of leafnodes"},
}

// isAmongServers tells whether a connection is one of a route or gateway.
func isAmongServers(u intent.TLSUse) bool {
	return u.Path[0] == intent.ListenerCluster || u.Path[0] == intent.ListenerGateway
}

var tlsOptionFits = rule{
	"tls-option-fits", diag.Error,
	"there the server refuses the option or never looks at it (opts.go, parseTLS and its callers)",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			for _, o := range tlsOptions {
				if o.given(use.TLS) && !o.fits(use) {
					r.add(finding{
						path:    below(use.Path, o.name),
						message: fmt.Sprintf("%s has no effect on %s", o.name, dotted(use.Path[:len(use.Path)-1])),
						allowed: "in the tls of " + o.allowed,
						mend:    "leave it out",
					})
				}
			}
		}
	},
}

var ocspPeerNeedsVerify = rule{
	"ocsp-peer-needs-verify", diag.Error,
	"only a certificate that the other side must show can be asked about",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			if o := use.TLS.OcspPeer; o != nil && o.Verify && !use.Remote && !isAmongServers(use) && !verifies(use.TLS) {
				r.add(finding{
					path:    below(use.Path, "ocspPeer"),
					message: fmt.Sprintf("%s asks about certificates that it does not require", dotted(use.Path)),
					mend:    cueField(use.Path, "verify: true"),
				})
			}
		}
	},
}

var allowNonTLSNeedsTLS = rule{
	"allow-non-tls-needs-tls", diag.Warning,
	"without TLS all clients connect without it",
	func(in *intent.Intent, r *report) {
		if isSet(in.Nats.AllowNonTLS) && !usesTLS(in.Nats.Tls) {
			r.add(finding{
				path:    at("nats.allowNonTLS"),
				message: "allowNonTLS has no effect on a listener without TLS",
				mend:    `nats: tls: secretName: "nats-tls", or no allowNonTLS`,
			})
		}
	},
}

var monitorTLSNeedsCertificate = rule{
	"monitor-tls-needs-certificate", diag.Error,
	"the monitoring pages have no certificate of their own; a server without one for clients does not start",
	func(in *intent.Intent, r *report) {
		if in.Monitor.Enabled && in.Monitor.Tls.Enabled && !usesTLS(in.Nats.Tls) {
			r.add(finding{
				path:    at("monitor.tls.enabled"),
				message: "monitoring over HTTPS without the certificate of nats.tls",
				mend:    `nats: tls: secretName: "nats-tls", or monitor: tls: enabled: false`,
				needs:   "nats",
			})
		}
	},
}
