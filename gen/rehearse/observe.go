package rehearse

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// Observations are what the servers say of themselves, as plain values that encode as JSON.
type Observations struct {
	Servers []Observation
	// Changes are what the servers read otherwise than it is rendered.
	Changes []Change
	// Missing are the ends of gateways and leaf remotes that are no part of the rehearsal.
	Missing []string
}

// Observation is what one server says of itself. Of one that is stopped it is only the names.
type Observation struct {
	Environment string
	Pod         string
	Running     bool
	Name        string // of the server
	Version     string
	Cluster     string
	Tags        []string
	Listeners   map[string]string // address of each, by name
	Clients     int

	Routes      []string // names of the servers at the other ends, sorted
	GatewaysOut []string // names of the clusters that are reached, sorted
	GatewaysIn  []string // names of the clusters that reach this one, sorted
	Leafs       []Leaf
	JetStream   *JetStream // nil where it is off
}

// Leaf is a connection of a leaf node, at either end.
type Leaf struct {
	Server  string // at the other end
	Account string // at this end
	Spoke   bool   // whether this end is the leaf
}

// JetStream is the state of a server's store, and of the group that it belongs to. Sizes are in bytes.
type JetStream struct {
	Domain    string
	UniqueTag string
	Cipher    string // of what is stored; "" where it is not encrypted
	StoreDir  string // as the pod sees it

	MaxMemory, MaxStore           int64 // those of the configuration, whatever this machine has
	ReservedMemory, ReservedStore uint64
	Memory, Store                 uint64
	Streams, Consumers            int
	Messages                      uint64

	Leader string   // name of the server that leads the group; "" for a server alone
	Peers  []string // names of the other servers of the group, sorted
}

// Observe asks all servers.
func (r *Rehearsal) Observe() (Observations, error) {
	var all Observations
	for _, s := range r.Servers {
		o, err := s.Observe()
		if err != nil {
			return Observations{}, err
		}
		all.Servers = append(all.Servers, o)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	all.Changes, all.Missing = slices.Clone(r.changes), sorted(r.missing)
	slices.SortFunc(all.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Option, b.Option), cmp.Compare(a.Is, b.Is))
	})
	return all, nil
}

// Observe asks the server.
func (s *Server) Observe() (Observation, error) {
	o := Observation{Environment: s.Environment, Pod: s.Name, Name: s.serverName(), Listeners: map[string]string{}}
	for _, l := range s.intent().Listeners() {
		o.Listeners[l.Name] = s.Addr(l.Name).String()
	}
	running, err := s.current()
	if err != nil {
		return o, nil
	}
	o.Running, o.Name = true, running.Name()
	for _, ask := range []func(*server.Server) error{o.general, o.routes, o.gateways, o.leafs, o.jetStream} {
		if err := ask(running); err != nil {
			return o, fmt.Errorf("observe %s: %w", s, err)
		}
	}
	if js := o.JetStream; js != nil {
		js.StoreDir = filepath.ToSlash(strings.TrimPrefix(js.StoreDir, s.dir))
		if s.intent().Jetstream.EncryptionKey != nil {
			js.Cipher = cmp.Or(s.intent().Jetstream.Cipher, "chacha") // nats-server's default
		}
	}
	return o, nil
}

func (o *Observation) general(s *server.Server) error {
	v, err := s.Varz(nil)
	if err != nil {
		return err
	}
	o.Version, o.Cluster, o.Tags, o.Clients = v.Version, v.Cluster.Name, v.Tags, v.Connections
	return nil
}

func (o *Observation) routes(s *server.Server) error {
	routes, err := s.Routez(nil)
	if err != nil {
		return err
	}
	ends := map[string]bool{}
	for _, r := range routes.Routes { // several a server
		ends[r.RemoteName] = true
	}
	o.Routes = sorted(ends)
	return nil
}

func (o *Observation) gateways(s *server.Server) error {
	g, err := s.Gatewayz(nil)
	if err != nil {
		return err
	}
	o.GatewaysOut, o.GatewaysIn = sorted(g.OutboundGateways), sorted(g.InboundGateways)
	return nil
}

func (o *Observation) leafs(s *server.Server) error {
	leafs, err := s.Leafz(nil)
	if err != nil {
		return err
	}
	for _, l := range leafs.Leafs {
		o.Leafs = append(o.Leafs, Leaf{Server: l.Name, Account: l.Account, Spoke: l.IsSpoke})
	}
	return nil
}

func (o *Observation) jetStream(s *server.Server) error {
	if !s.JetStreamEnabled() {
		return nil
	}
	j, err := s.Jsz(nil)
	if err != nil {
		return err
	}
	c := j.Config
	o.JetStream = &JetStream{
		Domain: c.Domain, MaxMemory: c.MaxMemory, MaxStore: c.MaxStore, UniqueTag: c.UniqueTag, StoreDir: c.StoreDir,
		Memory: j.Memory, Store: j.Store, ReservedMemory: j.ReservedMemory, ReservedStore: j.ReservedStore,
		Streams: j.Streams, Consumers: j.Consumers, Messages: j.Messages,
	}
	if j.Meta != nil {
		o.JetStream.Leader = j.Meta.Leader
		for _, p := range j.Meta.Replicas {
			o.JetStream.Peers = append(o.JetStream.Peers, p.Name)
		}
		slices.Sort(o.JetStream.Peers)
	}
	return nil
}

// Find is a server by its environment and the name of its pod; nil where there is none.
func (r *Rehearsal) Find(environment, pod string) *Server {
	for _, s := range r.Servers {
		if s.Environment == environment && s.Name == pod {
			return s
		}
	}
	return nil
}

// Leader is the server that leads JetStream in the cluster of an environment, or in the super-cluster
// around it; nil where there is none.
func (r *Rehearsal) Leader(environment string) *Server {
	for _, s := range r.Servers {
		if s.Environment != environment {
			continue
		}
		if o, err := s.Observe(); err == nil && o.JetStream != nil && o.JetStream.Leader != "" {
			for _, led := range r.Servers {
				if led.serverName() == o.JetStream.Leader {
					return led
				}
			}
		}
	}
	return nil
}
