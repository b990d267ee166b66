package rule

import (
	"fmt"
	"slices"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// service is a Service that leads to the servers: that for clients, or one of the user's own.
type service struct {
	path    []string
	name    string // as a message gives it
	kind    string // ClusterIP, NodePort or LoadBalancer
	ports   []servicePort
	traffic schema.ServiceTraffic

	annotations map[string]string
}

// servicePort is a listener that a Service shows.
type servicePort struct {
	listener string
	path     []string
	asked    []string // the field by which the user asks for it
	port     *int32
	nodePort *int32
}

// services are the Services that are emitted, with the ports that they show where the listener is on.
func services(in *intent.Intent) (out []service) {
	if s := in.Service; s.Enabled {
		one := service{path: at("service"), name: "the Service", kind: s.Type, annotations: s.Annotations, traffic: schema.ServiceTraffic{
			LoadBalancerClass: s.LoadBalancerClass, LoadBalancerSourceRanges: s.LoadBalancerSourceRanges,
			ExternalTrafficPolicy: s.ExternalTrafficPolicy,
		}}
		for _, name := range keys(s.Ports) {
			if p := s.Ports[name]; p.Enabled {
				path := []string{"service", "ports", name}
				one.ports = append(one.ports, servicePort{name, path, below(path, "enabled"), p.Port, p.NodePort})
			}
		}
		out = append(out, one)
	}
	for _, key := range keys(in.ExtraServices) {
		s := in.ExtraServices[key]
		if !s.Enabled {
			continue
		}
		one := service{path: []string{"extraServices", key}, name: "the Service " + key, kind: s.Type, annotations: s.Annotations, traffic: schema.ServiceTraffic{
			LoadBalancerClass: s.LoadBalancerClass, LoadBalancerSourceRanges: s.LoadBalancerSourceRanges,
			ExternalTrafficPolicy: s.ExternalTrafficPolicy,
		}}
		for _, name := range keys(s.Ports) {
			path := []string{"extraServices", key, "ports", name}
			one.ports = append(one.ports, servicePort{name, path, path, s.Ports[name].Port, s.Ports[name].NodePort})
		}
		out = append(out, one)
	}
	return out
}

// listening are the ports of the listeners that are on.
func listening(in *intent.Intent) map[string]int32 {
	on := map[string]int32{}
	for _, l := range in.Listeners() {
		on[l.Name] = l.Port
	}
	return on
}

var serviceHasPorts = rule{
	"service-has-ports", diag.Error,
	"Kubernetes refuses a Service without ports",
	func(in *intent.Intent, r *report) {
		on := listening(in)
		for _, s := range services(in) {
			shown := 0
			for _, p := range s.ports {
				if _, listens := on[p.listener]; listens {
					shown++
				}
			}
			if shown > 0 {
				continue
			}
			mend := cueField(s.path, "ports: nats: enabled: true")
			if s.path[0] == "extraServices" {
				mend = cueField(s.path, "ports: nats: {}")
			}
			r.add(finding{
				path:    below(s.path, "ports"),
				message: s.name + " shows no port",
				mend:    mend + ", or " + cueField(s.path, "enabled: false"),
				needs:   "leafnodes websocket mqtt cluster gateway monitor profiling",
			})
		}
	},
}

var servicePorts = rule{
	"service-ports-distinct", diag.Error,
	"Kubernetes refuses a Service that has one port twice",
	func(in *intent.Intent, r *report) {
		on := listening(in)
		for _, s := range services(in) {
			taken := map[int32]servicePort{}
			for _, p := range s.ports {
				port, listens := on[p.listener]
				if !listens {
					continue
				}
				if p.port != nil {
					port = *p.port
				}
				first, clash := taken[port]
				if clash && (p.port != nil || first.port != nil) { // otherwise the listeners themselves clash
					r.add(finding{
						path:    below(p.path, "port"),
						message: fmt.Sprintf("%s has port %d for %s and for %s", s.name, port, first.listener, p.listener),
						allowed: "a port that no other listener has",
						mend:    cueField(below(p.path, "port"), fmt.Sprint(s.freePort(on, port))),
						needs:   p.listener + " " + first.listener,
						see:     []see{{below(first.path, "port"), "the other port"}},
					})
				}
				taken[port] = p
			}
		}
	},
}

// freePort is the next port above another that the Service does not show.
func (s service) freePort(on map[string]int32, port int32) int32 {
	return freeFrom(port, func(port int32) bool {
		return slices.ContainsFunc(s.ports, func(o servicePort) bool {
			return o.port != nil && *o.port == port || o.port == nil && on[o.listener] == port
		})
	})
}

var nodePortsDistinct = rule{
	"node-ports-distinct", diag.Error,
	"one port of the nodes leads to one place; Kubernetes refuses the second Service that wants it",
	func(in *intent.Intent, r *report) {
		on, taken := listening(in), map[int32]servicePort{}
		for _, s := range services(in) {
			for _, p := range s.ports {
				if _, listens := on[p.listener]; !listens || p.nodePort == nil {
					continue
				}
				if first, clash := taken[*p.nodePort]; clash {
					r.add(finding{
						path:    below(p.path, "nodePort"),
						message: fmt.Sprintf("%s has node port %d, as %s", dotted(p.path), *p.nodePort, dotted(first.path)),
						allowed: "a node port that no other listener has",
						mend: cueField(below(p.path, "nodePort"), fmt.Sprint(freeFrom(*p.nodePort, func(port int32) bool {
							return slices.ContainsFunc(services(in), func(s service) bool {
								return slices.ContainsFunc(s.ports, func(o servicePort) bool { return o.nodePort != nil && *o.nodePort == port })
							})
						}))),
						needs: p.listener + " " + first.listener,
						see:   []see{{below(first.path, "nodePort"), "the other port"}},
					})
				}
				taken[*p.nodePort] = p
			}
		}
	},
}

// switches turn a listener on.
var switches = map[string]string{
	intent.ListenerCluster:   "cluster: replicas: 3",
	intent.ListenerLeafNodes: "leafnodes: listen: true",
}

var servicePortListens = rule{
	"service-port-listens", diag.Error,
	"the chart leaves such a port out in silence",
	func(in *intent.Intent, r *report) {
		on := listening(in)
		for _, s := range services(in) {
			for _, p := range s.ports {
				_, asked := in.Written(p.asked...) // some are on by default, for when the listener is
				if _, listens := on[p.listener]; listens || !asked {
					continue
				}
				mend, known := switches[p.listener]
				if !known {
					mend = p.listener + ": enabled: true"
				}
				without := cueField(p.path, "enabled: false")
				if s.path[0] == "extraServices" {
					without = "no " + dotted(p.path)
				}
				r.add(finding{
					path:    p.asked,
					message: fmt.Sprintf("%s shows port %s, on which no server listens", s.name, p.listener),
					mend:    mend + ", or " + without,
					needs:   p.listener,
				})
			}
		}
	},
}

var nodePortReached = rule{
	"node-port-type", diag.Error,
	"Kubernetes refuses a node port on a Service of type ClusterIP",
	func(in *intent.Intent, r *report) {
		for _, s := range services(in) {
			for _, p := range s.ports {
				if p.nodePort != nil && s.kind == "ClusterIP" {
					r.add(finding{
						path:    below(p.path, "nodePort"),
						message: fmt.Sprintf("node port %d on a Service of type ClusterIP", *p.nodePort),
						mend:    cueField(s.path, `type: "NodePort"`),
						see:     []see{{below(s.path, "type"), "the type"}},
					})
				}
			}
		}
	},
}

var serviceTraffic = rule{
	"service-traffic-type", diag.Error,
	"Kubernetes refuses the field on a Service of another type (its validation of Services)",
	func(in *intent.Intent, r *report) {
		for _, s := range services(in) {
			for _, f := range []struct {
				name, mend string
				given, fit bool
			}{
				{"loadBalancerClass", "LoadBalancer", s.traffic.LoadBalancerClass != "", s.kind == "LoadBalancer"},
				{"loadBalancerSourceRanges", "LoadBalancer", len(s.traffic.LoadBalancerSourceRanges) > 0, s.kind == "LoadBalancer"},
				{"externalTrafficPolicy", "NodePort", s.traffic.ExternalTrafficPolicy != "", s.kind != "ClusterIP"},
			} {
				if f.given && !f.fit {
					r.add(finding{
						path:    below(s.path, f.name),
						message: fmt.Sprintf("%s on a Service of type %s", f.name, s.kind),
						mend:    cueField(s.path, fmt.Sprintf("type: %q", f.mend)) + ", or no " + f.name,
						see:     []see{{below(s.path, "type"), "the type"}},
					})
				}
			}
		}
	},
}
