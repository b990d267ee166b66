package rule

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// listener is a port that something in the pod listens on.
type listener struct {
	name     string // as in Kubernetes and in service.ports
	path     string // the struct that holds its port
	port     int32
	hostPort *int32
}

func listeners(in *intent.Intent) (out []listener) {
	for _, l := range in.Listeners() {
		out = append(out, listener{l.Name, l.Name, l.Port, l.HostPort})
	}
	if in.PromExporter.Enabled {
		out = append(out, listener{"prom-metrics", "promExporter", in.PromExporter.Port, nil})
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
			if _, written := in.Written(at(l.path + ".port")...); !written {
				l, first = first, l // the other one is the user's doing
			}
			r.add(finding{
				path:    at(l.path + ".port"),
				message: fmt.Sprintf("port %d of %s is also that of %s", l.port, l.path, first.path),
				allowed: "a port that no other listener has",
				see:     []see{{at(first.path + ".port"), "the other listener"}},
			})
		}
	},
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
					path:    at(l.path + ".hostPort"),
					message: fmt.Sprintf("host port %d of %s is also that of %s", *l.hostPort, l.path, first.path),
					allowed: "a port that no other listener has",
					see:     []see{{at(first.path + ".hostPort"), "the other listener"}},
				})
			}
			taken[*l.hostPort] = l
		}
	},
}

var serviceHasPorts = rule{
	"service-has-ports", diag.Error,
	"Kubernetes refuses a Service without ports",
	func(in *intent.Intent, r *report) {
		for _, l := range in.Listeners() {
			if in.Service.Ports[l.Name].Enabled {
				return
			}
		}
		if in.Service.Enabled {
			r.add(finding{
				path:    at("service.ports"),
				message: "the Service shows no port",
				mend:    "service: ports: nats: enabled: true, or service: enabled: false",
			})
		}
	},
}

var servicePorts = rule{
	"service-ports-distinct", diag.Error,
	"Kubernetes refuses a Service that has one port twice",
	func(in *intent.Intent, r *report) {
		ports, nodePorts := map[int32]string{}, map[int32]string{}
		own := map[string]int32{}
		for _, l := range listeners(in) {
			own[l.name] = l.port
		}
		for _, name := range slices.Sorted(maps.Keys(in.Service.Ports)) {
			p := in.Service.Ports[name]
			port, listens := own[name]
			if !in.Service.Enabled || !p.Enabled || !listens {
				continue
			}
			if p.Port != nil {
				port = *p.Port
			}
			if first, clash := ports[port]; clash {
				r.add(finding{
					path:    []string{"service", "ports", name, "port"},
					message: fmt.Sprintf("the Service has port %d for %s and for %s", port, first, name),
					allowed: "a port that no other listener has",
					needs:   name + " " + first,
					see:     []see{{[]string{"service", "ports", first, "port"}, "the other port"}},
				})
			}
			ports[port] = name
			if p.NodePort == nil {
				continue
			}
			if first, clash := nodePorts[*p.NodePort]; clash {
				r.add(finding{
					path:    []string{"service", "ports", name, "nodePort"},
					message: fmt.Sprintf("the Service has node port %d for %s and for %s", *p.NodePort, first, name),
					allowed: "a node port that no other listener has",
					needs:   name + " " + first,
					see:     []see{{[]string{"service", "ports", first, "nodePort"}, "the other port"}},
				})
			}
			nodePorts[*p.NodePort] = name
		}
	},
}

var servicePortListens = rule{
	"service-port-listens", diag.Error,
	"the chart leaves such a port out in silence",
	func(in *intent.Intent, r *report) {
		on := map[string]bool{}
		for _, l := range listeners(in) {
			on[l.name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(in.Service.Ports)) {
			_, asked := in.Written("service", "ports", name, "enabled") // some are on by default, for when the listener is
			if in.Service.Enabled && in.Service.Ports[name].Enabled && !on[name] && asked {
				mend := name + ": enabled: true"
				if name == intent.ListenerCluster {
					mend = "cluster: replicas: 3"
				}
				r.add(finding{
					path:    []string{"service", "ports", name, "enabled"},
					message: fmt.Sprintf("the Service shows port %s, on which no server listens", name),
					mend:    mend + ", or service: ports: " + name + ": enabled: false",
					needs:   name,
				})
			}
		}
	},
}

var nodePortReached = rule{
	"node-port-type", diag.Error,
	"Kubernetes refuses a node port on a Service of type ClusterIP",
	func(in *intent.Intent, r *report) {
		if !in.Service.Enabled || corev1.ServiceType(in.Service.Type) != corev1.ServiceTypeClusterIP {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(in.Service.Ports)) {
			if p := in.Service.Ports[name]; p.Enabled && p.NodePort != nil {
				r.add(finding{
					path:    []string{"service", "ports", name, "nodePort"},
					message: fmt.Sprintf("node port %d on a Service of type ClusterIP", *p.NodePort),
					mend:    `service: type: "NodePort"`,
					see:     []see{{at("service.type"), "the type"}},
				})
			}
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
