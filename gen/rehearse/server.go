package rehearse

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"sync"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/intent"
)

// Server is one nats-server: that of one pod.
type Server struct {
	Environment string
	Name        string // of the pod

	r       *Rehearsal
	cluster int
	address netip.Addr
	dir     string // the root of its files
	conf    string // nats.conf, settled and moved
	log     *log

	lock    sync.Mutex
	running *server.Server // nil while it is stopped
}

var errStopped = errors.New("the server is stopped")

// Start starts the server on what it stored before. It does not wait until it is ready: Ready does.
func (s *Server) Start() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.running != nil {
		return nil
	}
	options, err := s.options()
	if err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	running, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("%s: %w", s, err)
	}
	s.log = &log{}
	running.SetLoggerV2(s.log, options.Debug, options.Trace, options.TraceVerbose)
	s.running = running
	go running.Start() // it may wait for others
	return nil
}

// Stop shuts the server down; what it stored stays. It returns at the end of ctx at the latest: a
// server that does not stop by then is left to itself.
func (s *Server) Stop(ctx context.Context) error {
	s.lock.Lock()
	running := s.running
	s.running = nil
	s.lock.Unlock()
	if running == nil {
		return nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		running.Shutdown()
		running.WaitForShutdown()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s does not stop: %w", s, ctx.Err())
	}
}

// current is the running server.
func (s *Server) current() (*server.Server, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.running == nil {
		return nil, fmt.Errorf("%s: %w", s, errStopped)
	}
	return s.running, nil
}

// String is "environment/pod".
func (s *Server) String() string { return s.Environment + "/" + s.Name }

// Log is the end of what the server logged since it started.
func (s *Server) Log() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.log == nil {
		return nil
	}
	return s.log.last(keptLines)
}

// fatal is why the server would have ended its process; "" where it would not.
func (s *Server) fatal() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.log.dead()
}

// Conf is nats.conf as the server reads it, with the passwords of the rehearsal.
func (s *Server) Conf() string { return s.conf }

// Dir is the directory that plays the root of the server's file system: what the configuration calls
// /data is data below it.
func (s *Server) Dir() string { return s.dir }

// Addr is the address of a listener, such as intent.ListenerMQTT; invalid where it is off.
func (s *Server) Addr(listener string) netip.AddrPort {
	l, ok := listenerNamed(s.intent(), listener)
	if !ok {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(s.address, uint16(l.Port))
}

// URL is the address of a listener by the name of the server's pod; "" where it is off.
func (s *Server) URL(listener string) string {
	return listenerURL(s.intent(), listener, s.Name+"."+s.intent().HeadlessName()+"."+s.intent().Namespace)
}

func (s *Server) intent() *intent.Intent { return s.r.Plan.Clusters[s.cluster].Intent }

// options are those of the configuration, with what cannot be said there.
func (s *Server) options() (*server.Options, error) {
	o := &server.Options{NoLog: true, NoSigs: true}
	var judged interface{ Errors() []error }
	switch err := o.ProcessConfigString(s.conf); {
	case err == nil:
	case !errors.As(err, &judged):
		return nil, err
	case len(judged.Errors()) > 0: // the rest are warnings
		return nil, errors.Join(judged.Errors()...)
	}
	host := s.address.String()
	o.Host, o.HTTPHost, o.Cluster.Host, o.Gateway.Host = host, host, host, host
	o.LeafNode.Host, o.Websocket.Host, o.MQTT.Host = host, host, host
	s.trust(o)
	if o.OCSPConfig != nil && o.OCSPConfig.Mode != server.OCSPModeNever {
		o.OCSPConfig.Mode = server.OCSPModeNever
		s.r.note(Change{s.Environment, "ocsp.mode", "on", "never", "there is no OCSP responder"})
	}
	for n, remote := range o.LeafNode.Remotes {
		if remote.Proxy.URL != "" {
			remote.Proxy.URL, remote.Proxy.Username, remote.Proxy.Password, remote.Proxy.TLSConfig = "", "", "", nil
			s.r.note(Change{s.Environment, fmt.Sprintf("leafnodes.remotes[%d].proxy", n), "an HTTP proxy", "none", "there is no proxy"})
		}
	}
	return o, resolveWith(o, resolver{s.r.names, s.cluster})
}

// speaksTLS tells whether a leaf node finds TLS at an address, be it that the hub asks for it.
func (s *Server) speaksTLS(u *url.URL) bool {
	owner, _, ok := target(s.r.names, s.cluster, u.String())
	if !ok {
		return false
	}
	l, ok := listenerFor(s.r.Plan.Clusters[owner].Intent, "leafnodes", u.Scheme)
	return ok && l.TLS
}

// trust has the server take the rehearsal's authority for those of the image, where the
// configuration names none, and no certificate to be the one that is pinned.
func (s *Server) trust(o *server.Options) {
	configs := []*tls.Config{o.TLSConfig, o.Cluster.TLSConfig, o.Gateway.TLSConfig, o.LeafNode.TLSConfig, o.Websocket.TLSConfig, o.MQTT.TLSConfig}
	for _, remote := range o.Gateway.Gateways {
		configs = append(configs, remote.TLSConfig)
	}
	for _, remote := range o.LeafNode.Remotes {
		if remote.TLSConfig == nil && slices.ContainsFunc(remote.URLs, s.speaksTLS) {
			remote.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		configs = append(configs, remote.TLSConfig)
	}
	for _, c := range configs {
		if c == nil {
			continue
		}
		for _, pool := range []**x509.CertPool{&c.RootCAs, &c.ClientCAs} {
			if *pool == nil {
				*pool = s.r.authority.pool
			}
		}
	}
	for option, pins := range map[string]*server.PinnedCertSet{
		"tls": &o.TLSPinnedCerts, "cluster.tls": &o.Cluster.TLSPinnedCerts, "gateway.tls": &o.Gateway.TLSPinnedCerts,
		"leafnodes.tls": &o.LeafNode.TLSPinnedCerts, "websocket.tls": &o.Websocket.TLSPinnedCerts, "mqtt.tls": &o.MQTT.TLSPinnedCerts,
	} {
		if len(*pins) > 0 {
			*pins = nil
			s.r.note(Change{s.Environment, option + ".pinned_certs", "the user's", "none", "the certificates are the rehearsal's"})
		}
	}
}
