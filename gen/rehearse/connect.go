package rehearse

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/natsyard/natsyard/gen/intent"
)

// dialTimeout is how long a client waits for one server, which may itself wait 2 s for who it is.
const dialTimeout = 10 * time.Second

// URL is the address of a listener by the name of the environment's Service, or of the headless one where
// that does not show it; "" where the listener is off or there is no such environment.
func (r *Rehearsal) URL(environment, listener string) string {
	c, err := r.cluster(environment)
	if err != nil {
		return ""
	}
	service := c.Intent.HeadlessName()
	if c.Intent.Service.Enabled && c.Intent.Service.Ports[listener].Enabled {
		service = c.Intent.ServiceName()
	}
	return listenerURL(c.Intent, listener, service+"."+c.Intent.Namespace)
}

func listenerURL(in *intent.Intent, listener, host string) string {
	l, ok := listenerNamed(in, listener)
	if !ok {
		return ""
	}
	schemes := [2]string{"nats", "tls"}
	switch {
	case listener == intent.ListenerWebSocket:
		schemes = [2]string{"ws", "wss"}
	case listener == intent.ListenerMQTT:
		schemes = [2]string{"mqtt", "mqtts"}
	case l.HTTP:
		schemes = [2]string{"http", "https"}
	}
	scheme := schemes[0]
	if l.TLS {
		scheme = schemes[1]
	}
	return fmt.Sprintf("%s://%s:%d", scheme, host, l.Port)
}

// Connect connects a client to the servers of an environment as a pod beside them would: to the address of the
// Service, with TLS where the listener has it. Options come last, and may log in (see Login) or show a
// certificate: nats.Secure(r.TLS(certificate)).
func (r *Rehearsal) Connect(environment string, options ...nats.Option) (*nats.Conn, error) {
	return r.ConnectTo(environment, r.URL(environment, intent.ListenerNats), options...)
}

// ConnectTo connects a client beside the servers of an environment to any address that begins with nats, tls,
// ws or wss, such as the URL of one server.
func (r *Rehearsal) ConnectTo(environment, address string, options ...nats.Option) (*nats.Conn, error) {
	n, err := r.index(environment)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("connect to %q: %w", address, err)
	}
	in := r.Plan.Clusters[n].Intent
	all := []nats.Option{nats.SetCustomDialer(dialer{r, n}), nats.SkipHostLookup(), nats.Timeout(dialTimeout)}
	if u.Scheme == "tls" || u.Scheme == "wss" {
		all = append(all, nats.Secure(r.TLS()))
	}
	if t := in.Nats.Tls; t != nil && t.HandshakeFirst == true && u.Scheme == "tls" {
		all = append(all, nats.TLSHandshakeFirst())
	}
	conn, err := nats.Connect(address, append(all, options...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", u.Redacted(), err)
	}
	return conn, nil
}

// Connect connects a client to this server and no other.
func (s *Server) Connect(options ...nats.Option) (*nats.Conn, error) {
	only := append([]nats.Option{nats.IgnoreDiscoveredServers()}, options...)
	return s.r.ConnectTo(s.Environment, s.URL(intent.ListenerNats), only...)
}

func (r *Rehearsal) index(environment string) (int, error) {
	for n, c := range r.Plan.Clusters {
		if c.Intent.Environment == environment {
			return n, nil
		}
	}
	return 0, fmt.Errorf("the rehearsal has no environment %s", environment)
}

// dialer looks names up as the pods of a cluster do, and plays the load balancer: it takes the servers
// behind a name in random order.
type dialer struct {
	*Rehearsal
	cluster int
}

// Dial is that of a net.Dialer.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	found, err := resolver{d.names, d.cluster}.LookupHost(ctx, host)
	if err != nil {
		return nil, err
	}
	rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	var errs []error
	for _, ip := range found {
		conn, err := new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(ip, port))
		if err == nil {
			return d.announced(conn)
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// announced says the client's address where the server expects it from a load balancer.
func (d dialer) announced(conn net.Conn) (net.Conn, error) {
	to, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return conn, nil
	}
	for _, s := range d.Servers {
		if proxied := s.intent().Nats.ProxyProtocol; proxied != nil && *proxied && s.Addr(intent.ListenerNats) == to {
			from, err := netip.ParseAddrPort(conn.LocalAddr().String())
			if err == nil {
				_, err = fmt.Fprintf(conn, "PROXY TCP4 %s %s %d %d\r\n", from.Addr(), to.Addr(), from.Port(), to.Port())
			}
			if err != nil {
				return nil, errors.Join(fmt.Errorf("announce a client to %s: %w", s, err), conn.Close())
			}
		}
	}
	return conn, nil
}
