package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// Bounds of cert-manager's webhook, and what it takes where nothing is given.
const (
	leastDuration    = time.Hour
	leastRenewBefore = 5 * time.Minute
	usualDuration    = 2160 * time.Hour
)

var certManagerTimes = rule{
	"cert-manager-times", diag.Error,
	"cert-manager's webhook refuses the Certificate, and its Secret stays empty",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			c := use.TLS.CertManager
			if c == nil {
				continue
			}
			path := below(use.Path, "certManager")
			duration, durationErr := usualDuration, error(nil)
			if c.Duration != "" {
				duration, durationErr = time.ParseDuration(c.Duration)
			}
			before, beforeErr := time.ParseDuration(c.RenewBefore)
			switch {
			case durationErr != nil || duration < leastDuration:
				r.add(finding{
					path:    below(path, "duration"),
					message: fmt.Sprintf("a certificate cannot be valid for %s", c.Duration),
					allowed: "1h or more, and at most 2562047h",
					mend:    cueField(path, `duration: "2160h"`),
				})
			case c.RenewBefore == "":
			case beforeErr != nil || before < leastRenewBefore || before >= duration:
				r.add(finding{
					path:    below(path, "renewBefore"),
					message: fmt.Sprintf("a certificate that is valid for %s cannot be renewed %s before its end", hours(duration), c.RenewBefore),
					allowed: "5m or more, and less than the duration",
					mend:    cueField(path, fmt.Sprintf("renewBefore: %q", hours(max(duration/3, leastRenewBefore)))),
					see:     []see{{below(path, "duration"), "the duration"}},
				})
			}
		}
	},
}

// hours is a duration without the units that are zero.
func hours(d time.Duration) string {
	text := d.Round(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// keySizes are the sizes of private keys that cert-manager makes, by algorithm.
var keySizes = map[string][]int32{"ECDSA": {256, 384, 521}, "RSA": {2048, 3072, 4096, 8192}}

var certManagerKey = rule{
	"cert-manager-key", diag.Error,
	"cert-manager's webhook refuses a key of that size, and takes none for Ed25519",
	func(in *intent.Intent, r *report) {
		for _, use := range in.TLSUses() {
			c := use.TLS.CertManager
			if c == nil || c.PrivateKey.Size == nil {
				continue
			}
			key, sizes := c.PrivateKey, keySizes[c.PrivateKey.Algorithm]
			if slices.Contains(sizes, *key.Size) {
				continue
			}
			f := finding{
				path:    below(use.Path, "certManager", "privateKey", "size"),
				message: fmt.Sprintf("%s has no key of %d bits", key.Algorithm, *key.Size),
				allowed: "no size: such keys have 256 bits",
				mend:    "leave it out",
			}
			if len(sizes) > 0 {
				f.allowed = strings.Trim(strings.ReplaceAll(fmt.Sprint(sizes), " ", ", "), "[]")
				f.mend = cueField(f.path, fmt.Sprint(sizes[0]))
			}
			r.add(f)
		}
	},
}

var certificateShared = rule{
	"certificate-shared", diag.Error,
	"one Secret holds one certificate: two requests for it would overwrite each other without end",
	func(in *intent.Intent, r *report) {
		first := map[string]intent.TLSUse{}
		for _, use := range in.TLSUses() {
			c := use.TLS.CertManager
			if c == nil {
				continue
			}
			other, shared := first[use.SecretName()]
			if !shared {
				first[use.SecretName()] = use
				continue
			}
			if sameRequest(c, other.TLS.CertManager) {
				continue
			}
			r.add(finding{
				path:    below(use.Path, "secretName"),
				message: fmt.Sprintf("the Secret %s is to hold the certificate of %s and another of %s", use.SecretName(), dotted(other.Path), dotted(use.Path)),
				allowed: "a Secret of its own, or the same issuerRef, duration, renewBefore and privateKey",
				mend:    "leave it out: each then has a Secret of its own",
				needs:   "name",
				see:     []see{{below(other.Path, "secretName"), "the other"}},
			})
		}
	},
}

// sameRequest tells whether one Certificate can stand for two.
func sameRequest(a, b *schema.CertManager) bool {
	size := func(c *schema.CertManager) int32 {
		if c.PrivateKey.Size == nil {
			return 0
		}
		return *c.PrivateKey.Size
	}
	return a.IssuerRef == b.IssuerRef && a.Duration == b.Duration && a.RenewBefore == b.RenewBefore &&
		a.PrivateKey.Algorithm == b.PrivateKey.Algorithm && size(a) == size(b)
}
