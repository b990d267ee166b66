package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// zoneNames are the zones of an intent that names them; none otherwise.
func zoneNames(in *intent.Intent) []string {
	if !in.ZonesEnabled() {
		return nil
	}
	return in.Zones.Names
}

// labelMinor is the first minor version of Kubernetes 1 that copies topology labels from nodes to pods
// by default (its feature gate PodTopologyLabelsAdmission).
const labelMinor = 35

// zoneLabel tells whether servers learn their zone from a label, and the environment's Kubernetes, 0 where it
// does not say which.
func zoneLabel(in *intent.Intent) (minor int, asked bool) {
	if !in.ZonesEnabled() || len(in.Zones.Names) > 0 {
		return 0, false
	}
	minor, _ = in.KubernetesMinor()
	return minor, true
}

var zoneLabelMissing = rule{
	"zone-label-missing", diag.Error,
	"before 1.35 Kubernetes does not copy the label of the zone from the node to the pod: all servers would be tagged alike, and no replica could be placed",
	func(in *intent.Intent, r *report) {
		if minor, asked := zoneLabel(in); asked && minor > 0 && minor < labelMinor {
			r.add(finding{
				path:    at("zones"),
				message: fmt.Sprintf("pods of Kubernetes %s do not know the zone of their node", in.Kubernetes.Version),
				mend:    `zones: names: ["eu-1a", "eu-1b", "eu-1c"]`,
				see:     []see{{at("kubernetes.version"), "the version"}},
				needs:   "kubernetes",
			})
		}
	},
}

var zoneLabelAssumed = rule{
	"zone-label-assumed", diag.Warning,
	"before 1.35 Kubernetes does not copy the label of the zone from the node to the pod: all servers would be tagged alike, and no replica could be placed",
	func(in *intent.Intent, r *report) {
		if minor, asked := zoneLabel(in); asked && minor == 0 {
			r.add(finding{
				path:    at("zones"),
				message: "pods know the zone of their node from Kubernetes 1.35 on",
				mend:    `kubernetes: version: "1.35", or zones: names: ["eu-1a", "eu-1b", "eu-1c"]`,
				needs:   "kubernetes",
			})
		}
	},
}

var zoneNamesDistinct = rule{
	"zone-names-distinct", diag.Error,
	"each zone has a StatefulSet of its name",
	func(in *intent.Intent, r *report) {
		zones := zoneNames(in)
		for n, name := range zones {
			if first := slices.Index(zones, name); first < n {
				r.add(finding{
					path:    []string{"zones", "names", fmt.Sprint(n)},
					message: fmt.Sprintf("zone %s is named twice", name),
					mend:    "leave it out",
					see:     []see{{[]string{"zones", "names", fmt.Sprint(first)}, "the first time"}},
				})
			}
		}
	},
}

var zoneHasServer = rule{
	"zone-has-server", diag.Error,
	"the servers are shared out among the zones",
	func(in *intent.Intent, r *report) {
		if zones := zoneNames(in); len(zones) > int(in.Cluster.Replicas) {
			r.add(finding{
				path:    []string{"zones", "names", fmt.Sprint(in.Cluster.Replicas)},
				message: fmt.Sprintf("zone %s has no server", zones[in.Cluster.Replicas]),
				mend:    fmt.Sprintf("cluster: replicas: %d, or fewer zones", len(zones)),
				needs:   "cluster",
				see:     []see{{at("cluster.replicas"), "the number of servers"}},
			})
		}
	},
}

var zoneQuorum = rule{
	"zone-quorum", diag.Warning,
	"JetStream needs more than half of the servers; when the largest zone fails it stops",
	func(in *intent.Intent, r *report) {
		zones := zoneNames(in)
		if !in.JetStreamEnabled() || !in.Clustered() || len(zones) == 0 || len(zones) > int(in.Cluster.Replicas) {
			return
		}
		if largest := in.ServerSets()[0]; largest.Replicas > (in.Cluster.Replicas-1)/2 && in.Cluster.Replicas > 2 {
			r.add(finding{
				path:    at("zones.names"),
				message: fmt.Sprintf("zone %s has %d of %d servers", largest.Zone, largest.Replicas, in.Cluster.Replicas),
				allowed: "three zones or more, with less than half of the servers each",
				mend:    cueField(at("zones.names"), cueValue(enoughZones(zones, in.Cluster.Replicas))) + "; a stream with 3 replicas needs as many",
				needs:   "cluster jetstream",
			})
		}
	},
}

// enoughZones are the zones with others whose names are made up, so that there are three and none has half
// of the servers.
func enoughZones(zones []string, servers int32) []string {
	out := slices.Clone(zones)
	for n := 1; len(out) < 3 || (servers+int32(len(out))-1)/int32(len(out)) > (servers-1)/2; n++ {
		if name := fmt.Sprintf("zone-%d", n); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

var zoneNodeSelector = rule{
	"zone-node-selector", diag.Error,
	"the servers of a zone are bound to its nodes by that very label",
	func(in *intent.Intent, r *report) {
		if len(zoneNames(in)) == 0 {
			return
		}
		if _, taken := in.NodeSelector[in.Zones.TopologyKey]; taken {
			r.add(finding{
				path:    []string{"nodeSelector", in.Zones.TopologyKey},
				message: fmt.Sprintf("label %s is that of zones", in.Zones.TopologyKey),
				mend:    "leave it out",
				see:     []see{{at("zones.names"), "the zones"}},
			})
		}
	},
}

var uniqueTag = rule{
	"unique-tag", diag.Error,
	"the replicas of a stream go to servers that differ in the tag; where no two differ, no stream of more than one replica is ever placed",
	func(in *intent.Intent, r *report) {
		if !in.JetStreamEnabled() || in.Jetstream.UniqueTag == "" || !in.Clustered() || in.Cluster.Replicas < 2 {
			return
		}
		if _, own := in.ExtraConfig["server_tags"]; own {
			return
		}
		stem := strings.ToLower(strings.TrimSpace(in.Jetstream.UniqueTag))
		f := finding{
			path:    at("jetstream.uniqueTag"),
			message: fmt.Sprintf("no server has a tag that begins with %s", in.Jetstream.UniqueTag),
			mend:    fmt.Sprintf("zones: tag: %q, which tags each server with its zone", strings.TrimRight(stem, ":")),
			needs:   "zones serverTags cluster extraConfig",
		}
		if in.ZonesEnabled() && strings.HasPrefix(in.Zones.Tag+":", stem) {
			return
		}
		if in.ZonesEnabled() {
			f.mend = "leave it out: it is then the tag of zones"
		}
		for n, tag := range in.ServerTags {
			if strings.HasPrefix(strings.ToLower(tag), stem) {
				f.message = fmt.Sprintf("all servers have the same tag %s", tag)
				f.see = []see{{[]string{"serverTags", fmt.Sprint(n)}, "the tag"}}
				break
			}
		}
		r.add(f)
	},
}
