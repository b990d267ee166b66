package rule

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// secretKeys are the keys of Secrets and ConfigMaps that the intent names, by the field that does.
func secretKeys(in *intent.Intent) map[string]string {
	out := map[string]string{}
	add := func(key string, path ...string) { out[joined(path)] = key }
	for _, use := range in.SecretUses() {
		add(use.Ref.Key, below(use.Path, "key")...)
	}
	for _, use := range in.TLSUses() {
		if use.SecretName() == "" {
			continue
		}
		add(use.TLS.Cert, below(use.Path, "cert")...)
		add(use.TLS.Key, below(use.Path, "key")...)
		if use.TLS.Ca != "" {
			add(use.TLS.Ca, below(use.Path, "ca")...)
		}
	}
	if in.TLSCAEnabled() {
		add(in.TlsCA.Key, "tlsCA", "key")
	}
	file := func(f *schema.SecretFile, path ...string) {
		if f != nil {
			add(f.Key, below(path, "key")...)
		}
	}
	if in.LeafNodesEnabled() {
		for _, name := range keys(in.Leafnodes.Remotes) {
			file(in.Leafnodes.Remotes[name].Credentials, "leafnodes", "remotes", name, "credentials")
		}
	}
	if in.NatsBox.Enabled {
		for _, name := range keys(in.NatsBox.Contexts) {
			at, c := []string{"natsBox", "contexts", name}, in.NatsBox.Contexts[name]
			file(c.Creds, below(at, "creds")...)
			file(c.Nkey, below(at, "nkey")...)
			if c.Tls != nil {
				add(c.Tls.Cert, below(at, "tls", "cert")...)
				add(c.Tls.Key, below(at, "tls", "key")...)
			}
		}
	}
	return out
}

var secretKeyForm = rule{
	"secret-key-form", diag.Error,
	"no Secret or ConfigMap has such a key, and Kubernetes refuses the pod",
	func(in *intent.Intent, r *report) {
		all := secretKeys(in)
		for _, path := range keys(all) {
			if key := all[path]; len(validation.IsConfigMapKey(key)) > 0 {
				r.add(finding{
					path: split(path), message: fmt.Sprintf("%q is no key of a Secret", key),
					allowed: "letters, digits, '-', '_' and '.', but not \".\" or what begins with \"..\"",
					mend:    cueField(split(path), cueText(cmp.Or(inLetters(key, func(s string) bool { return len(validation.IsConfigMapKey(s)) == 0 }), usualKeys[split(path)[len(split(path))-1]], "key"))),
				})
			}
		}
	},
}

// usualKeys are the keys of a Secret of type kubernetes.io/tls, by the fields that name them.
var usualKeys = map[string]string{"cert": "tls.crt", "key": "tls.key", "ca": "ca.crt"}

var claimAccessModes = rule{
	"claim-access-modes", diag.Error,
	"Kubernetes refuses a claim without an access mode, and one that has ReadWriteOncePod and another",
	func(in *intent.Intent, r *report) {
		check := func(modes []string, path ...string) {
			if len(modes) == 0 || len(modes) > 1 && slices.Contains(modes, "ReadWriteOncePod") {
				r.add(finding{path: path, message: fmt.Sprintf("a claim cannot have %d access modes like these", len(modes)), mend: cueField(path, `["ReadWriteOnce"]`)})
			}
		}
		if f := in.FileStore(); f != nil && f.Pvc.Enabled {
			check(f.Pvc.AccessModes, "jetstream", "fileStore", "pvc", "accessModes")
		}
		if in.ResolverClaimed() {
			check(in.Resolver.Pvc.AccessModes, "resolver", "pvc", "accessModes")
		}
	},
}

var headerValue = rule{
	"header-value", diag.Error,
	"a header is one line; what follows would be a header or the body of its own",
	func(in *intent.Intent, r *report) {
		if !in.WebSocketEnabled() {
			return
		}
		for _, name := range keys(in.Websocket.Headers) {
			if strings.ContainsAny(in.Websocket.Headers[name], "\r\n") {
				r.add(finding{path: []string{"websocket", "headers", name}, message: fmt.Sprintf("the header %s has more than one line", name), mend: cueField([]string{"websocket", "headers", name}, cueText(strings.Join(strings.Fields(in.Websocket.Headers[name]), " ")))})
			}
		}
	},
}

var routePath = rule{
	"websocket-route-path", diag.Error,
	"Kubernetes and the Gateway API refuse a path that another one stands for",
	func(in *intent.Intent, r *report) {
		if !in.WebSocketEnabled() {
			return
		}
		check := func(given, field string) {
			lower := strings.ToLower(given)
			strange := path.Clean(given) != strings.TrimSuffix(given, "/") && given != "/" || strings.Contains(lower, "%2f")
			if strange || strings.ContainsAny(given, "#") {
				r.add(finding{path: []string{"websocket", field, "path"}, message: fmt.Sprintf("%s is no plain path", given), allowed: "a path without '//', '/.', '/..', '%2f' and '#'", mend: fmt.Sprintf("%q", path.Clean(given))})
			}
		}
		if i := in.Websocket.Ingress; i != nil && i.Enabled && i.PathType != "ImplementationSpecific" {
			check(i.Path, "ingress")
		}
		if h := in.Websocket.HttpRoute; h != nil && h.Enabled {
			check(h.Path, "httpRoute")
		}
	},
}

var qualifiedNames = rule{
	"qualified-name", diag.Error,
	"Kubernetes refuses the object",
	func(in *intent.Intent, r *report) {
		check := func(name string, path ...string) {
			if name != "" && len(validation.IsQualifiedName(name)) > 0 {
				r.add(finding{path: path, message: fmt.Sprintf("%s is no name of that kind", name), allowed: "at most 63 letters, digits, '-', '_' and '.', after an optional DNS domain and '/'", mend: cueField(path, cueText(cmp.Or(inLetters(name, func(s string) bool { return len(validation.IsQualifiedName(s)) == 0 }), "example.com/name")))})
			}
		}
		if in.ZonesEnabled() {
			check(in.Zones.TopologyKey, "zones", "topologyKey")
		}
		for _, s := range services(in) {
			check(s.traffic.LoadBalancerClass, below(s.path, "loadBalancerClass")...)
		}
	},
}

var urlSecret = rule{
	"url-secret", diag.Error,
	"the address goes into a ConfigMap or an argument, which many may read; Secrets are named, never held",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.NatsBox.Contexts) {
			parsed, err := url.Parse(in.NatsBox.Contexts[name].Url)
			if err == nil && parsed.User != nil {
				at := []string{"natsBox", "contexts", name}
				r.add(finding{
					path: below(at, "url"), message: "this address has a user in it",
					mend: cueField(below(at, "url"), fmt.Sprintf("%q", parsed.Scheme+"://"+parsed.Host)) + `, with creds, nkey or tls; or natsBox: env: {NATS_USER: ` + fmt.Sprintf("%q", parsed.User.Username()) + `, NATS_PASSWORD: valueFrom: secretKeyRef: {name: "nats-auth", key: "password"}}`,
				})
			}
		}
		if o := in.Ocsp; o != nil {
			if parsed, err := url.Parse(o.Url); err == nil && parsed.User != nil {
				r.add(finding{path: at("ocsp.url"), message: "this address has a user in it", mend: fmt.Sprintf("%q", parsed.Scheme+"://"+parsed.Host)})
			}
		}
	},
}

var hostForm = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])$`)

var monitorDomain = rule{
	"monitor-domain", diag.Error,
	"it becomes the host of the address that the exporter reads",
	func(in *intent.Intent, r *report) {
		if domain := in.PromExporter.MonitorDomain; in.PromExporter.Enabled && !hostForm.MatchString(domain) {
			r.add(finding{path: at("promExporter.monitorDomain"), message: fmt.Sprintf("%q is no host", domain), allowed: "a name or an address, without a port", mend: `promExporter: monitorDomain: "localhost"`})
		}
	},
}
