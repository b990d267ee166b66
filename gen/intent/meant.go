package intent

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/natsyard/natsyard/gen/language"
)

// forms lead from what a field takes, by a part of its sentence, to what people write instead: the result
// is the text that was meant, "" where nobody can tell.
var forms = []struct {
	allowed string
	meant   func(text string) string
}{
	{"64 hexadecimal digits", func(text string) string {
		digits := strings.ToLower(strings.ReplaceAll(text, ":", ""))
		return matching(`^[0-9a-f]{64}$`, digits)
	}},
	{"a scheme and a host", func(text string) string { return matching(`^https://[^/]+$`, "https://"+withoutScheme(text)) }},
	{"an address that servers tell others", func(text string) string { return matching(`^[\w.-]+(:\d+)?$`, withoutScheme(text)) }},
	{"a URL that begins with nats://, tls://", func(text string) string {
		if strings.Contains(text, "://") {
			return ""
		}
		return matching(`^tls://[\w.-]+(:\d+)?$`, "tls://"+text)
	}},
	{"a DNS name", func(text string) string { return matching(`^[\w*.-]+$`, withoutScheme(text)) }},
	{"the length of its prefix", func(text string) string {
		if addr, err := netip.ParseAddr(text); err == nil && !strings.HasSuffix(text, ".0") { // that is a network, of who knows which size
			return netip.PrefixFrom(addr, addr.BitLen()).String()
		}
		return ""
	}},
	{"a whole number of bytes", func(text string) string { return matching(`^\d+[KMGTPE]i?$`, strings.ReplaceAll(text, " ", "")) }},
	{"an amount of a Kubernetes resource", func(text string) string {
		return matching(`^\d+([KMGTPE]i?|m)$`, strings.ReplaceAll(text, " ", ""))
	}},
}

func matching(form, text string) string { return regexp.MustCompile(form).FindString(text) }

// withoutScheme is an address without what stands before and after its host and port.
func withoutScheme(text string) string {
	if _, rest, found := strings.Cut(text, "://"); found {
		text = rest
	}
	return strings.TrimRight(text, "/")
}

// notes say more of some forms than the text that was meant.
var notes = map[string]string{
	"64 hexadecimal digits": ", if it is the hash of the public key and not of the certificate, which openssl calls its fingerprint",
	"a scheme and a host":   ", as browsers send it",
}

// meant are the texts and numbers that somebody meant by a value in another form.
func meant(name string, f *language.Field, plain string) (out []string) {
	if d, err := time.ParseDuration(plain); strings.HasSuffix(name, "Seconds") && err == nil && d%time.Second == 0 {
		out = append(out, strconv.Itoa(int(d/time.Second)))
	}
	for _, form := range forms {
		if strings.Contains(f.Allowed, form.allowed) {
			if m := form.meant(plain); m != "" && m != plain {
				out = append(out, strconv.Quote(m))
			}
		}
	}
	return out
}

// noted is the mend of a form of which there is more to be said.
func (r reporter) noted(path []string, f *language.Field, text string) string {
	plain, _ := textOfLiteral(text)
	for _, form := range forms {
		if note := notes[form.allowed]; note != "" && strings.Contains(f.Allowed, form.allowed) {
			if m := form.meant(plain); m != "" && m != plain {
				if mend := r.propose(path, strconv.Quote(m)); mend != "" {
					return mend + note
				}
			}
		}
	}
	return ""
}
