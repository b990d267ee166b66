package intent

import (
	"cmp"
	"fmt"
)

// ServerSet is the servers of one StatefulSet.
type ServerSet struct {
	Name     string // of the StatefulSet
	Zone     string // "" where one StatefulSet holds all servers
	Replicas int32
}

// PodNames are the names of the set's pods, by ordinal.
func (s ServerSet) PodNames() []string {
	names := make([]string, s.Replicas)
	for n := range names {
		names[n] = fmt.Sprintf("%s-%d", s.Name, n)
	}
	return names
}

// ZonesEnabled tells whether servers are tagged with their zone.
func (i *Intent) ZonesEnabled() bool { return i.Zones != nil && i.Zones.Enabled }

// ServerSets are the StatefulSets: one, or one a zone where the zones are named. Zones that
// come first have one server more where the number does not divide.
func (i *Intent) ServerSets() []ServerSet {
	if !i.ZonesEnabled() || len(i.Zones.Names) == 0 {
		return []ServerSet{{Name: i.StatefulSetName(), Replicas: i.Cluster.Replicas}}
	}
	sets := make([]ServerSet, len(i.Zones.Names))
	zones := int32(len(sets))
	for n, zone := range i.Zones.Names {
		sets[n] = ServerSet{Name: i.StatefulSetName() + "-" + zone, Zone: zone, Replicas: i.Cluster.Replicas / zones}
		if int32(n) < i.Cluster.Replicas%zones {
			sets[n].Replicas++
		}
	}
	return sets
}

// PodNames are the names of the server pods, set by set and by ordinal.
func (i *Intent) PodNames() (names []string) {
	for _, set := range i.ServerSets() {
		names = append(names, set.PodNames()...)
	}
	return names
}

// UniqueTag is the stem of the tag in which the servers of a stream's replicas differ; "" for none.
func (i *Intent) UniqueTag() string {
	if !i.JetStreamEnabled() {
		return ""
	}
	if i.Jetstream.UniqueTag == "" && i.ZonesEnabled() {
		return i.Zones.Tag + ":"
	}
	return i.Jetstream.UniqueTag
}

// GatewayName is the name of this cluster in the super-cluster.
func (i *Intent) GatewayName() string {
	if i.Gateway == nil {
		return i.ClusterName()
	}
	return cmp.Or(i.Gateway.Name, i.ClusterName())
}

// RouteHost is the host of a server for the others.
func (i *Intent) RouteHost(pod string) string {
	host := pod + "." + i.HeadlessName()
	if i.Cluster.RouteURLs.UseFQDN {
		host += "." + i.Namespace + ".svc." + i.Cluster.RouteURLs.K8sClusterDomain
	}
	return host
}
