package rehearse

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"syscall"
)

// subnets is how many subnets are tried before a rehearsal gives up.
const subnets = 32

// firstHost is where addresses begin in a subnet. Those below stay free, and one of them, at which
// nobody listens, stands for every address that is no part of the rehearsal.
const (
	firstHost  = 10
	nowhere    = 2
	mostServer = 254 - firstHost
)

// subnet is a /24 of loopback, of which each server has an address of its own, so that all keep the
// ports that are rendered and rehearsals do not meet.
type subnet struct{ high, low byte }

// server is the address of the n-th server.
func (s subnet) server(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, s.high, s.low, byte(firstHost + n)})
}

// nowhere is an address at which nobody listens.
func (s subnet) nowhere() netip.Addr { return netip.AddrFrom4([4]byte{127, s.high, s.low, nowhere}) }

// reserve finds a subnet in which the ports of each server are free. ports[n] are those of the n-th.
func reserve(ports [][]int32) (s subnet, err error) {
	if len(ports) > mostServer {
		return s, fmt.Errorf("%d servers are too many for one rehearsal: it has %d addresses", len(ports), mostServer)
	}
	for range subnets {
		s = subnet{byte(64 + rand.IntN(190)), byte(rand.IntN(256))} // clear of what else is on loopback
		if err = s.free(ports); err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return s, err
		}
	}
	return s, err
}

// free tells whether all ports can be listened on.
func (s subnet) free(ports [][]int32) error {
	for n, wanted := range ports {
		for _, port := range wanted {
			at := netip.AddrPortFrom(s.server(n), uint16(port)).String()
			listener, err := net.Listen("tcp4", at)
			switch {
			case err == nil:
				_ = listener.Close()
			case errors.Is(err, syscall.EADDRINUSE):
				return fmt.Errorf("port %d is taken on this machine, by a program that listens on all addresses: %w", port, err)
			case errors.Is(err, syscall.EACCES):
				return fmt.Errorf("port %d is kept for privileged users on this machine: %w", port, err)
			case errors.Is(err, syscall.EADDRNOTAVAIL):
				return fmt.Errorf("this machine has no address %s: a rehearsal gives each server one in 127.0.0.0/8, which Linux has without further ado: %w", s.server(n), err)
			default:
				return fmt.Errorf("listen on %s: %w", at, err)
			}
		}
	}
	return nil
}
