package conf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
)

// Options for which the loader opens files, creates directories or calls other machines
// while it only reads a configuration.
var (
	operatorMode = []string{"operator", "resolver"} // by canonical path
	tlsFiles     = []string{"cert_file", "key_file", "ca_file", "cert_store"}

	// tlsBlocks are the blocks with such files, by canonical path without the indices of lists.
	tlsBlocks = []string{
		"tls", "resolver_tls", "cluster.tls", "gateway.tls", "gateway.gateways.tls",
		"leafnodes.tls", "leafnodes.remotes.tls", "mqtt.tls", "websocket.tls",
	}
)

// sayable reports a key that nats-server.conf has no form for.
func (r *report) sayable(name string, from []string) bool {
	if tree.IsKey(name) {
		return true
	}
	r.add(from, diag.Diagnostic{
		Rule:    "conf-key",
		Message: fmt.Sprintf("nats-server.conf cannot say the key %q", name),
		Allowed: "a key without control characters, and with one of the two kinds of quotes at most",
	})
	return false
}

// provable reports an option by which a proof would touch the machine that renders.
func (e *extra) provable(path []string, name string, from []string) bool {
	var why, mend string
	switch canonical := option.Canonical(tree.Below(path, name)...); {
	case slices.Contains(operatorMode, canonical):
		why = "the server opens files or calls others for it while it reads its configuration"
		mend = "the field " + canonical + " instead"
	case slices.Contains(tlsFiles, strings.ToLower(name)) && e.tls(path):
		why = "the server opens the file while it reads its configuration, and the file is in the cluster"
		mend = "the field tls of the listener or remote, such as nats: tls: secretName: \"nats-tls\""
	default:
		return true
	}
	e.add(from, diag.Diagnostic{
		Rule:    "conf-unprovable",
		Message: fmt.Sprintf("extraConfig cannot set %s, which natsyard could not prove", name),
		Why:     why,
		Mend:    mend,
	})
	return false
}

// tls tells whether the server may read a block as one of TLS: it stands at the place of one,
// or a variable with the name of a block around it could stand there.
func (e *extra) tls(path []string) bool {
	var names []string
	for _, step := range path {
		if e.used[step] {
			return true
		}
		if _, err := strconv.Atoi(step); err != nil {
			names = append(names, step)
		}
	}
	place := strings.ToLower(option.Canonical(names...))
	return slices.Contains(tlsBlocks, strings.TrimSuffix(place, ".certs"))
}

// variablesOf are the names of the variables that a part of extraConfig refers to.
func variablesOf(field any) map[string]bool {
	names := map[string]bool{}
	var walk func(any)
	walk = func(field any) {
		switch f := field.(type) {
		case map[string]any:
			for _, inner := range f {
				walk(inner)
			}
		case []any:
			for _, item := range f {
				walk(item)
			}
		case string:
			if token, ok := raw(f); ok && token.IsVariable() {
				names[token.Name()] = true
			}
		}
	}
	walk(field)
	return names
}
