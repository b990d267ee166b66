package rule

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// networks are the networks that the intent names, by path.
func networks(in *intent.Intent) map[string]string {
	out := map[string]string{}
	add := func(list []string, path ...string) {
		for n, network := range list {
			out[joined(below(path, fmt.Sprint(n)))] = network
		}
	}
	for _, s := range services(in) {
		add(s.traffic.LoadBalancerSourceRanges, below(s.path, "loadBalancerSourceRanges")...)
	}
	for _, u := range users(in) {
		add(u.Src, below(u.path, "src")...)
	}
	for name, peers := range peers(in) {
		for n, p := range peers {
			if p.IPBlock == nil {
				continue
			}
			path := []string{"networkPolicy", "ingress", name, fmt.Sprint(n), "ipBlock"}
			out[joined(below(path, "cidr"))] = p.IPBlock.CIDR
			add(p.IPBlock.Except, below(path, "except")...)
		}
	}
	return out
}

var networkForm = rule{
	"network-form", diag.Error,
	"Kubernetes and NATS refuse what is no network",
	func(in *intent.Intent, r *report) {
		all := networks(in)
		for _, path := range keys(all) {
			if _, err := netip.ParsePrefix(all[path]); err != nil {
				r.add(finding{
					path:    split(path),
					message: fmt.Sprintf("%s is no network", all[path]),
					allowed: "an address and the length of its prefix",
					mend:    `"203.0.113.0/24"`,
				})
			}
		}
		for _, use := range in.TLSUses() {
			if use.TLS.CertManager == nil {
				continue
			}
			for n, address := range use.TLS.CertManager.IpAddresses {
				if _, err := netip.ParseAddr(address); err != nil {
					r.add(finding{
						path:    below(use.Path, "certManager", "ipAddresses", fmt.Sprint(n)),
						message: fmt.Sprintf("%s is no IP address", address),
						mend:    `"203.0.113.1"`,
					})
				}
			}
		}
	},
}

// address is a URL or host:port of the intent.
type address struct {
	path      []string
	text      string
	needsPort bool // NATS knows no default there
}

func addresses(in *intent.Intent) (out []address) {
	list := func(urls []string, needsPort bool, path ...string) {
		for n, u := range urls {
			out = append(out, address{below(path, fmt.Sprint(n)), u, needsPort})
		}
	}
	one := func(text string, path ...string) {
		if text != "" {
			out = append(out, address{path, "any://" + text, false})
		}
	}
	if in.Clustered() {
		list(in.Cluster.Routes, true, "cluster", "routes")
		one(in.Cluster.Advertise, "cluster", "advertise")
	}
	if in.GatewayEnabled() {
		one(in.Gateway.Advertise, "gateway", "advertise")
		for _, name := range keys(in.Gateway.Gateways) {
			list(in.Gateway.Gateways[name].Urls, true, "gateway", "gateways", name, "urls")
		}
	}
	if in.LeafNodesEnabled() {
		one(in.Leafnodes.Advertise, "leafnodes", "advertise")
		for _, name := range keys(in.Leafnodes.Remotes) {
			path := []string{"leafnodes", "remotes", name}
			list(in.Leafnodes.Remotes[name].Urls, false, below(path, "urls")...)
			if proxy := in.Leafnodes.Remotes[name].Proxy; proxy != nil {
				out = append(out, address{below(path, "proxy", "url"), proxy.Url, false})
			}
		}
	}
	one(in.Nats.ClientAdvertise, "nats", "clientAdvertise")
	if in.WebSocketEnabled() {
		one(in.Websocket.Advertise, "websocket", "advertise")
	}
	return out
}

var addressPort = rule{
	"address-port", diag.Error,
	"nats-server's loader does not look at it, and the server tries in vain to connect for as long as it runs",
	func(in *intent.Intent, r *report) {
		for _, a := range addresses(in) {
			f := finding{path: a.path}
			u, err := url.Parse(a.text)
			port := ""
			if err == nil {
				port = u.Port()
			}
			number, bad := strconv.Atoi(port)
			switch {
			case err != nil || u.Hostname() == "":
				f.message = "this is no address"
				f.allowed = "a host, ':' and a port"
			case port == "" && a.needsPort:
				f.message = fmt.Sprintf("%s has no port", a.text)
				f.allowed = "an address with a port"
				f.mend = fmt.Sprintf("%q", u.Scheme+"://"+net.JoinHostPort(u.Hostname(), fmt.Sprint(peerNames[a.path[0]].port)))
			case port != "" && (bad != nil || number < 1 || number > 65535):
				f.message = fmt.Sprintf("%s is no port", port)
				f.allowed = "1 to 65535"
			default:
				continue
			}
			r.add(f)
		}
	},
}

var userTimes = rule{
	"user-times", diag.Error,
	"a time of day has 24 hours",
	func(in *intent.Intent, r *report) {
		for _, u := range users(in) {
			for n, span := range u.Times {
				for _, t := range [][2]string{{"start", span.Start}, {"end", span.End}} {
					if _, err := time.Parse(time.TimeOnly, t[1]); err != nil {
						r.add(finding{
							path:    below(u.path, "times", fmt.Sprint(n), t[0]),
							message: fmt.Sprintf("%s is no time of day", t[1]),
							allowed: "00:00:00 to 23:59:59",
							mend:    `"18:30:00"`,
						})
					}
				}
			}
		}
	},
}
