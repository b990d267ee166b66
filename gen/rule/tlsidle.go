package rule

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var tlsInsecure = rule{
	"tls-insecure", diag.Warning,
	"whoever stands between gives any certificate, and gets the credentials and all messages; it is for trials",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			if !usesTLS(use.TLS) || !isSet(use.TLS.Insecure) || !use.Remote && !isAmongServers(use) {
				continue
			}
			r.add(finding{
				path:    below(use.Path, "insecure"),
				message: fmt.Sprintf("%s does not verify whom it connects to", dotted(use.Path[:len(use.Path)-1])),
				mend:    `leave it out; for an authority of your own, tlsCA: configMapName: "nats-ca"`,
			})
		}
	},
}

var cipherSuitesIdle = rule{
	"cipher-suites-idle", diag.Warning,
	"the suites are those of TLS 1.2; those of TLS 1.3 are Go's own and cannot be chosen (crypto/tls, Config.CipherSuites)",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			if len(use.TLS.CipherSuites) == 0 || use.TLS.MinVersion != "1.3" || !usesTLS(use.TLS) {
				continue
			}
			r.add(finding{
				path:    below(use.Path, "cipherSuites"),
				message: "cipherSuites has no effect with minVersion 1.3",
				mend:    "leave it out",
				see:     []see{{below(use.Path, "minVersion"), "the version"}},
			})
		}
	},
}

var encryptionKeysDiffer = rule{
	"encryption-keys-differ", diag.Error,
	"the servers read with the previous key what the new one cannot; where both are one, nothing reads what an earlier key has encrypted (filestore.go, convertCipher)",
	func(in *intent.Intent, r *report) {
		if !in.JetStreamEnabled() || in.Jetstream.EncryptionKey == nil || in.Jetstream.PrevEncryptionKey == nil {
			return
		}
		if key, before := in.Jetstream.EncryptionKey, in.Jetstream.PrevEncryptionKey; *key == *before {
			r.add(finding{
				path:    at("jetstream.prevEncryptionKey"),
				message: fmt.Sprintf("prevEncryptionKey is encryptionKey: %s in the Secret %s", key.Key, key.SecretName),
				allowed: "the key before, in a Secret or under a key of its own",
				mend:    fmt.Sprintf("jetstream: prevEncryptionKey: {secretName: %q, key: %q}, or leave it out", before.SecretName, before.Key+"-before"),
				see:     []see{{at("jetstream.encryptionKey"), "the other"}},
			})
		}
	},
}

var payloadFitsPending = rule{
	"payload-fits-pending", diag.Error,
	"a message that is larger than all that may wait for a client could never be sent; the server refuses to start (server.go, validateOptions)",
	func(in *intent.Intent, r *report) {
		for option := range in.ExtraConfig { // of which the server judges
			if name := strings.ToLower(option); name == "max_payload" || name == "max_pending" || name == "include" {
				return
			}
		}
		payload, pending := cmp.Or(in.Limits.MaxPayload, "1Mi"), cmp.Or(in.Limits.MaxPending, "64Mi")
		most, err := intent.ParseSize(payload)
		room, errRoom := intent.ParseSize(pending)
		if err != nil || errRoom != nil || most <= room {
			return
		}
		f := finding{
			path:    at("limits.maxPending"),
			message: fmt.Sprintf("maxPending %s is less than one message of maxPayload %s", pending, payload),
			allowed: payload + " or more",
			mend:    fmt.Sprintf("limits: maxPending: %q, or a smaller maxPayload", roomFor(most, 100)),
			needs:   "extraConfig",
			see:     []see{{at("limits.maxPayload"), "the largest message"}},
		}
		if in.Limits.MaxPending == "" {
			f.path, f.see = at("limits.maxPayload"), nil
			f.message = fmt.Sprintf("maxPayload %s is more than the %s that may wait for a client", payload, pending)
			f.allowed = "at most maxPending, 64Mi by default"
		}
		r.add(f)
	},
}
