package rule

import (
	"fmt"
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// route is what leads to the websocket from outside: an Ingress or an HTTPRoute.
type route struct {
	what        string
	path        []string
	hosts       []string
	hostField   string
	annotations map[string]string
}

// routes are those that are emitted.
func routes(in *intent.Intent) (out []route) {
	if !in.WebSocketEnabled() {
		return nil
	}
	if i := in.Websocket.Ingress; i != nil && i.Enabled {
		out = append(out, route{"the Ingress", at("websocket.ingress"), i.Hosts, "hosts", i.Annotations})
	}
	if h := in.Websocket.HttpRoute; h != nil && h.Enabled {
		out = append(out, route{"the HTTPRoute", at("websocket.httpRoute"), h.Hostnames, "hostnames", h.Annotations})
	}
	return out
}

var routeNeedsService = rule{
	"websocket-route-service", diag.Error,
	"an Ingress and an HTTPRoute lead to a port of the client Service",
	func(in *intent.Intent, r *report) {
		for _, route := range routes(in) {
			f := finding{path: route.path, needs: "service"}
			switch {
			case !in.Service.Enabled:
				f.message = route.what + " leads to the client Service, which is off"
				f.mend = "service: enabled: true"
				f.see = []see{{at("service.enabled"), "it is off here"}}
			case !in.Service.Ports[intent.ListenerWebSocket].Enabled:
				f.message = route.what + " leads to the websocket, which the client Service does not show"
				f.mend = "service: ports: websocket: enabled: true"
				f.see = []see{{at("service.ports.websocket.enabled"), "it is off here"}}
			default:
				continue
			}
			r.add(f)
		}
	},
}

var routeListens = rule{
	"websocket-route-listens", diag.Warning,
	"what leads to a websocket that is off is left out",
	func(in *intent.Intent, r *report) {
		w := in.Websocket
		if w == nil || w.Enabled {
			return
		}
		for _, route := range []struct {
			what, field string
			on          bool
		}{
			{"the Ingress", "ingress", w.Ingress != nil && w.Ingress.Enabled},
			{"the HTTPRoute", "httpRoute", w.HttpRoute != nil && w.HttpRoute.Enabled},
		} {
			path := []string{"websocket", route.field}
			span, written := in.Written(path...)
			off := in.At("websocket", "enabled")
			inherited := strings.HasPrefix(off.File, in.Dir()+"/") && !strings.HasPrefix(span.File, in.Dir()+"/")
			if !route.on || !written || inherited { // an environment may turn off what the base has
				continue
			}
			r.add(finding{
				path:    path,
				message: route.what + " leads to the websocket, which is off",
				mend:    "websocket: enabled: true, or no " + dotted(path),
				see:     []see{{at("websocket.enabled"), "it is off here"}},
			})
		}
	},
}

var routeHosts = rule{
	"websocket-route-hosts", diag.Error,
	"Kubernetes refuses the object, or it leads nowhere",
	func(in *intent.Intent, r *report) {
		for _, route := range routes(in) {
			path := below(route.path, route.hostField)
			if len(route.hosts) == 0 && route.hostField == "hosts" {
				r.add(finding{path: path, message: route.what + " answers no host name", mend: cueField(path, `["nats.example.com"]`)})
			}
			for n, host := range route.hosts {
				if _, err := netip.ParseAddr(host); err == nil {
					r.add(finding{
						path:    below(path, fmt.Sprint(n)),
						message: fmt.Sprintf("%s is an address, and %s answers host names", host, route.what),
						allowed: "lower case letters, digits, '-' and '.', after an optional '*.'",
						mend:    `"nats.example.com"`,
					})
					continue
				}
				problems := validation.IsDNS1123Subdomain(host)
				if strings.HasPrefix(host, "*") {
					problems = validation.IsWildcardDNS1123Subdomain(host)
				}
				if len(problems) > 0 {
					r.add(finding{
						path:    below(path, fmt.Sprint(n)),
						message: fmt.Sprintf("%s is no host name that %s can answer", host, route.what),
						allowed: "lower case letters, digits, '-' and '.', after an optional '*.'",
						mend:    fmt.Sprintf("%q", strings.ReplaceAll(strings.ToLower(host), "_", "-")),
					})
				}
			}
		}
		if w := in.Websocket; in.WebSocketEnabled() && w.HttpRoute != nil && w.HttpRoute.Enabled && len(w.HttpRoute.ParentRefs) == 0 {
			path := at("websocket.httpRoute.parentRefs")
			r.add(finding{path: path, message: "the HTTPRoute belongs to no Gateway", mend: cueField(path, `[{name: "gateway"}]`)})
		}
	},
}

var routeSpeaksHTTP = rule{
	"websocket-route-tls", diag.Warning,
	"what stands before the websocket speaks plain HTTP to it, unless it is told otherwise",
	func(in *intent.Intent, r *report) {
		for _, route := range routes(in) {
			if !usesTLS(in.Websocket.Tls) || len(in.Kustomize.Resources)+len(in.Kustomize.Components)+len(in.Kustomize.Patches) > 0 ||
				saysHTTPS(route.annotations) || saysHTTPS(in.Service.Annotations) {
				continue
			}
			f := finding{
				path:    at("websocket.tls"),
				message: fmt.Sprintf("the websocket has TLS, which %s does not speak to it", route.what),
				mend:    "leave it out: websocket.ingress.tlsSecretName encrypts outside",
				needs:   "kustomize service",
				see:     []see{{route.path, route.what}},
			}
			if route.hostField == "hosts" {
				f.allowed = `with the annotation of your ingress controller that makes it speak HTTPS, such as "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS"`
			} else {
				f.allowed = "with a BackendTLSPolicy of your own among kustomize.resources"
				f.mend = "no websocket.tls: the Gateway encrypts outside"
			}
			r.add(f)
		}
	},
}

// saysHTTPS tells whether an annotation makes a proxy speak HTTPS to what is behind it.
func saysHTTPS(annotations map[string]string) bool {
	for _, v := range annotations {
		if strings.Contains(strings.ToLower(v), "https") {
			return true
		}
	}
	return false
}
