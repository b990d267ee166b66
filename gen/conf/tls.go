package conf

import (
	"slices"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/intent"
)

// tls sets an option to the TLS of a connection, where it has one; name is that of the
// intent.TLSUse.
func (b block) tls(option, name string) {
	uses := b.in.TLSUses()
	if n := slices.IndexFunc(uses, func(u intent.TLSUse) bool { return u.Name == name }); n >= 0 {
		b.put(option, tlsBlock(b.report, uses[n]), uses[n].Path...)
	}
}

func tlsBlock(r *report, u intent.TLSUse) block {
	t, b := u.TLS, newBlock(r)
	put := func(option string, field any, name string) { b.put(option, field, tree.Below(u.Path, name)...) }
	secret := "secretName"
	if t.SecretName == "" {
		secret = "certManager"
	}
	put("cert_file", u.CertFile(), secret)
	put("key_file", u.KeyFile(), secret)
	put("ca_file", u.CAFile(), "ca")
	put("verify", t.Verify, "verify")
	put("verify_and_map", t.VerifyAndMap, "verifyAndMap")
	put("verify_cert_and_check_known_urls", t.VerifyCertAndCheckKnownURLs, "verifyCertAndCheckKnownURLs")
	put("insecure", t.Insecure, "insecure")
	put("timeout", t.Timeout, "timeout")
	put("handshake_first", t.HandshakeFirst, "handshakeFirst")
	put("min_version", t.MinVersion, "minVersion")
	put("cipher_suites", t.CipherSuites, "cipherSuites")
	put("allow_insecure_cipher_suites", t.AllowInsecureCipherSuites, "allowInsecureCipherSuites")
	put("curve_preferences", t.CurvePreferences, "curvePreferences")
	put("pinned_certs", t.PinnedCerts, "pinnedCerts")
	put("connection_rate_limit", t.ConnectionRateLimit, "connectionRateLimit")
	if o := t.OcspPeer; o != nil {
		from, inner := tree.Below(u.Path, "ocspPeer"), newBlock(r)
		inner.put("verify", o.Verify, tree.Below(from, "verify")...)
		inner.put("allowed_clockskew", o.AllowedClockskew, tree.Below(from, "allowedClockskew")...)
		inner.put("ca_timeout", o.CaTimeout, tree.Below(from, "caTimeout")...)
		inner.put("cache_ttl_when_next_update_unset", o.CacheTTLWhenNextUpdateUnset, tree.Below(from, "cacheTTLWhenNextUpdateUnset")...)
		inner.put("warn_only", o.WarnOnly, tree.Below(from, "warnOnly")...)
		inner.put("unknown_is_good", o.UnknownIsGood, tree.Below(from, "unknownIsGood")...)
		inner.put("allow_when_ca_unreachable", o.AllowWhenCAUnreachable, tree.Below(from, "allowWhenCAUnreachable")...)
		b.put("ocsp_peer", inner, from...)
	}
	return b
}
