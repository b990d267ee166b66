package rule

import (
	"fmt"
	"net"
	"net/url"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var gatewayRemoteName = rule{
	name: "gateway-remote-name", severity: diag.Error,
	why: "a gateway hangs up on a cluster that has another name than the one under which it is listed (gateway.go, processGatewayInfo: remote gateway name is ...)",
}

// misnamed tells whether a gateway, its own or that of another environment, lists an environment under a name
// that is not that of its cluster, and gives the one that does.
func misnamed(in *intent.Intent, all []*intent.Intent) (*collision, *intent.Intent) {
	for _, other := range all {
		name := knownAs(other, in)
		if name == "" || name == in.GatewayName() {
			continue
		}
		by := other.Environment + " lists it"
		if other == in {
			by = "its gateways list it"
		}
		return &collision{
			rule: gatewayRemoteName, path: writtenOr(in, "cluster.name", "gateway"),
			message: fmt.Sprintf("this cluster is named %s, and %s as %s", in.GatewayName(), by, name),
			mend:    fmt.Sprintf("cluster: name: %q, before the first stream is made; or %s in place of %s in gateway.gateways", name, in.GatewayName(), name),
		}, other
	}
	return nil, nil
}

// knownAs is the name under which the gateway of one environment lists the very address that another
// advertises; "" for none. An address that only resembles it may be somebody else's.
func knownAs(by, in *intent.Intent) string {
	if !by.GatewayEnabled() || !in.GatewayEnabled() || in.Gateway.Advertise == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(in.Gateway.Advertise)
	if err != nil {
		host, port = in.Gateway.Advertise, fmt.Sprint(in.Gateway.Port)
	}
	for _, name := range keys(by.Gateway.Gateways) {
		if name == by.GatewayName() {
			continue // taken for itself, and not connected to
		}
		for _, text := range by.Gateway.Gateways[name].Urls {
			if u, err := url.Parse(text); err == nil && u.Hostname() == host && u.Port() == port {
				return name
			}
		}
	}
	return ""
}
