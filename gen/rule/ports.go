package rule

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// firstOpen is the first port that any process may listen on where nobody says otherwise.
const firstOpen = 1024

// openPorts is the kernel's setting of that port.
const openPorts = "net.ipv4.ip_unprivileged_port_start"

// isRoot tells whether the servers run as root, by all that the intent says.
func isRoot(in *intent.Intent) bool {
	user := in.PodSecurityContext.RunAsUser
	if in.SecurityContext.RunAsUser != nil {
		user = in.SecurityContext.RunAsUser
	}
	return user != nil && *user == 0
}

var portPrivileged = rule{
	"port-privileged", diag.Warning,
	"a process that is not root may listen there only where the container runtime lets it, which containerd does from 2.0 on; elsewhere the server stops with \"permission denied\"",
	func(in *intent.Intent, r *report) {
		if isRoot(in) {
			return
		}
		first := firstOpen
		for _, s := range in.PodSecurityContext.Sysctls {
			if n, err := strconv.Atoi(s.Value); s.Name == openPorts && err == nil {
				first = n
			}
		}
		for _, l := range in.Listeners() {
			if int(l.Port) >= first {
				continue
			}
			path := []string{l.Name, "port"}
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("port %d of %s is one of those for root, which the servers are not", l.Port, l.Name),
				allowed: fmt.Sprintf("%d and above; a Service shows it as any other: %s", firstOpen, cueField([]string{"service", "ports", l.Name, "port"}, fmt.Sprint(l.Port))),
				mend:    fmt.Sprintf("%s, or podSecurityContext: sysctls: [{name: %q, value: \"%d\"}]", cueField(path, fmt.Sprint(l.Port+8000)), openPorts, l.Port),
				needs:   "podSecurityContext securityContext",
			})
		}
	},
}

// The node ports that an API server hands out where nobody says otherwise.
const (
	firstNodePort = 30000
	lastNodePort  = 32767
)

var nodePortRange = rule{
	"node-port-range", diag.Warning,
	"the API server refuses a node port outside of its --service-node-port-range, which is 30000-32767 by default",
	func(in *intent.Intent, r *report) {
		on := listening(in)
		for _, s := range services(in) {
			for _, p := range s.ports {
				if _, listens := on[p.listener]; !listens || p.nodePort == nil || s.kind == "ClusterIP" {
					continue
				}
				if n := *p.nodePort; n < firstNodePort || n > lastNodePort {
					r.add(finding{
						path:    below(p.path, "nodePort"),
						message: fmt.Sprintf("%d is no node port that Kubernetes hands out", n),
						allowed: fmt.Sprintf("%d to %d", firstNodePort, lastNodePort),
						mend:    fmt.Sprintf("%d, or leave it out: Kubernetes then chooses one", firstNodePort+n%1000),
						needs:   p.listener,
					})
				}
			}
		}
	},
}

var spreadMet = rule{
	"topology-spread-met", diag.Error,
	"all pods are bound to one place: the constraint keeps back those past maxSkew, and they wait for ever",
	func(in *intent.Intent, r *report) {
		for _, key := range keys(in.TopologySpreadConstraints) {
			c := in.TopologySpreadConstraints[key]
			path := []string{"topologySpreadConstraints", key}
			others := c.MinDomains != nil && *c.MinDomains > 1 || c.NodeAffinityPolicy == "Ignore" // places that must be there, or count
			if c.WhenUnsatisfiable != "DoNotSchedule" || !others {
				continue
			}
			f := finding{path: path, mend: cueField(path, `whenUnsatisfiable: "ScheduleAnyway"`), needs: "cluster nodeSelector zones"}
			if c.MinDomains != nil {
				f.path = below(path, "minDomains")
			}
			value, pinned := in.NodeSelector[key]
			zoned := slices.Contains(zoneKeys(in), key)
			for _, set := range in.ServerSets() {
				if set.Replicas <= c.MaxSkew {
					continue
				}
				switch {
				case pinned:
					f.message = fmt.Sprintf("%d servers are to be spread over %s, and all are bound to %s", set.Replicas, key, value)
					f.see = []see{{[]string{"nodeSelector", key}, "bound here"}}
				case zoned:
					f.message = fmt.Sprintf("%d servers of zone %s are to be spread over zones", set.Replicas, set.Zone)
					f.see = []see{{at("zones.names"), "the zones"}}
				default:
					continue
				}
				r.add(f)
				break
			}
		}
	},
}

// zoneKeys are the labels by which servers are bound to zones.
func zoneKeys(in *intent.Intent) []string {
	if len(zoneNames(in)) == 0 {
		return nil
	}
	return []string{in.Zones.TopologyKey}
}
