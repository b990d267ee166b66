package conf

import (
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// report collects findings, each at the user's own place.
type report struct {
	in      *intent.Intent
	secrets intent.Secrets
	found   diag.List

	accounts map[string][]string // public nkeys by name; nil until one is asked for
}

// add files a finding under the field that from names. It is an error unless it says
// otherwise.
func (r *report) add(from []string, d diag.Diagnostic) {
	if d.Severity == "" {
		d.Severity = diag.Error
	}
	d.Path = strings.Join(from, ".")
	d.Span = r.in.At(from...)
	r.found = append(r.found, d)
}
