package conf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
)

// Options for which the loader opens files, creates directories or calls other machines
// while it only reads a configuration.
var (
	tlsFiles     = []string{"cert_file", "key_file", "ca_file", "cert_store"} // at any depth
	operatorMode = []string{"operator", "resolver"}                           // by canonical path
)

// sayable reports a key that nats-server.conf has no form for.
func (e *extra) sayable(name string, from []string) bool {
	if tree.IsKey(name) {
		return true
	}
	e.add(from, diag.Diagnostic{
		Rule:    "conf-key",
		Message: fmt.Sprintf("nats-server.conf cannot say the key %q", name),
		Allowed: "a key without control characters, and with one of the two kinds of quotes at most",
	})
	return false
}

// provable reports an option by which a proof would touch the machine that renders. The
// names in metadata are free and mean nothing to the server.
func (e *extra) provable(path []string, name string, from []string) bool {
	canonical := option.Canonical(tree.Below(path, name)...)
	var why string
	switch {
	case slices.Contains(operatorMode, canonical):
		why = "the server opens files or calls others for it while it reads its configuration"
	case slices.Contains(tlsFiles, strings.ToLower(name)) && !strings.HasPrefix(canonical, "server_metadata."):
		why = "the server opens the file while it reads its configuration, and the file is in the cluster"
	default:
		return true
	}
	e.add(from, diag.Diagnostic{
		Rule:    "conf-unprovable",
		Message: fmt.Sprintf("extraConfig cannot set %s, which natsyard could not prove", name),
		Why:     why,
		Mend:    "leave it out",
	})
	return false
}
