package registry

import (
	"fmt"
	"net/http"
)

// guard lets no request leave this machine without TLS, unless it may. The library beneath would otherwise fall back to plain HTTP for
// private addresses, and with it send credentials in the clear.
type guard struct {
	to       http.RoundTripper
	insecure bool
}

// plainError says that a registry would have been talked to without TLS.
type plainError struct{ host string }

func (e plainError) Error() string { return fmt.Sprintf("%s would be talked to without TLS", e.host) }

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !g.insecure && !loopback(r.URL.Host) {
		return nil, plainError{r.URL.Host}
	}
	return g.to.RoundTrip(r)
}
