package rule

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
)

// listener is a port that something in the pod listens on.
type listener struct {
	name     string   // as a message gives it
	path     []string // of the port
	port     int32
	hostPath []string
	hostPort *int32
}

// listeners are the ports of all containers of a server pod.
func listeners(in *intent.Intent) (out []listener) {
	for _, l := range in.Listeners() {
		out = append(out, listener{l.Name, []string{l.Name, "port"}, l.Port, []string{l.Name, "hostPort"}, l.HostPort})
	}
	if in.PromExporter.Enabled {
		out = append(out, listener{"promExporter", at("promExporter.port"), in.PromExporter.Port, nil, nil})
	}
	for _, c := range extraContainers(in) {
		for n, p := range c.Ports {
			if p.Protocol != "" && p.Protocol != corev1.ProtocolTCP || p.ContainerPort == 0 {
				continue
			}
			path := below(c.path, "ports", strconv.Itoa(n))
			l := listener{c.path[1], below(path, "containerPort"), p.ContainerPort, below(path, "hostPort"), nil}
			if p.HostPort != 0 {
				l.hostPort = &p.HostPort
			}
			out = append(out, l)
		}
	}
	return out
}

var portsDistinct = rule{
	"ports-distinct", diag.Error,
	"all containers of a pod share one network; who comes second cannot listen, and neither nats-server's loader nor Kubernetes says so",
	func(in *intent.Intent, r *report) {
		taken := map[int32]listener{}
		for _, l := range listeners(in) {
			first, clash := taken[l.port]
			if !clash {
				taken[l.port] = l
				continue
			}
			if _, written := in.Written(l.path...); !written {
				l, first = first, l // the other one is the user's doing
			}
			r.add(finding{
				path:    l.path,
				message: fmt.Sprintf("port %d of %s is also that of %s", l.port, l.name, first.name),
				allowed: "a port that no other listener has",
				mend:    anotherPort(in, l),
				see:     []see{{first.path, "the other listener"}},
			})
		}
	},
}

// anotherPort gives a listener the port that it has by default where that is free, or the next one that is.
func anotherPort(in *intent.Intent, l listener) string {
	known, ok := language.Lookup(l.path...)
	taken := func(port int32) bool {
		return slices.ContainsFunc(listeners(in), func(o listener) bool { return o.port == port })
	}
	if !ok || l.path[len(l.path)-1] != "port" {
		return inPlace(l.path, fmt.Sprint(freeFrom(l.port, taken)))
	}
	port, err := strconv.Atoi(known.Default)
	if err != nil || taken(int32(port)) {
		port = int(freeFrom(max(int32(port), l.port), taken))
	}
	return cueField(l.path, fmt.Sprint(port))
}

// freeFrom is the next port above another, or else below it, that is not taken.
func freeFrom(port int32, taken func(int32) bool) int32 {
	for p := port + 1; p <= 65535; p++ {
		if !taken(p) {
			return p
		}
	}
	for port > 1 && taken(port) {
		port--
	}
	return port
}

var hostPortsDistinct = rule{
	"host-ports-distinct", diag.Error,
	"one port of a node leads to one place",
	func(in *intent.Intent, r *report) {
		taken := map[int32]listener{}
		for _, l := range listeners(in) {
			if l.hostPort == nil {
				continue
			}
			if first, clash := taken[*l.hostPort]; clash {
				r.add(finding{
					path:    l.hostPath,
					message: fmt.Sprintf("host port %d of %s is also that of %s", *l.hostPort, l.name, first.name),
					allowed: "a port that no other listener has",
					mend: inPlace(l.hostPath, fmt.Sprint(freeFrom(*l.hostPort, func(port int32) bool {
						return slices.ContainsFunc(listeners(in), func(o listener) bool { return o.hostPort != nil && *o.hostPort == port })
					}))),
					see: []see{{first.hostPath, "the other listener"}},
				})
			}
			taken[*l.hostPort] = l
		}
	},
}

var exporterNeedsMonitor = rule{
	"exporter-needs-monitor", diag.Error,
	"the exporter reads the monitoring pages; without them it serves no metrics",
	func(in *intent.Intent, r *report) {
		if in.PromExporter.Enabled && !in.Monitor.Enabled {
			r.add(finding{
				path:    at("promExporter.enabled"),
				message: "the exporter has no monitoring port to read",
				mend:    "monitor: enabled: true",
				see:     []see{{at("monitor.enabled"), "monitoring is off"}},
			})
		}
	},
}

var podMonitorNeedsExporter = rule{
	"pod-monitor-needs-exporter", diag.Error,
	"a PodMonitor points Prometheus at the exporter's port",
	func(in *intent.Intent, r *report) {
		if in.PromExporter.PodMonitor.Enabled && !in.PromExporter.Enabled {
			r.add(finding{
				path:    at("promExporter.podMonitor.enabled"),
				message: "the PodMonitor has no exporter to read",
				mend:    "promExporter: enabled: true",
			})
		}
	},
}
