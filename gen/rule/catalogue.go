package rule

import (
	_ "embed"
	"encoding/json"
	"sync"

	"github.com/natsyard/natsyard/gen/diag"
)

// catalogueJSON has an example for each rule: those that the tests of this package try, who also
// write it.
//
//go:embed catalogue.json
var catalogueJSON []byte

// Rules gives every rule of this package.
var Rules = sync.OnceValue(func() []diag.Rule {
	var examples map[string]diag.Example
	if err := json.Unmarshal(catalogueJSON, &examples); err != nil {
		panic("catalogue.json: " + err.Error()) // a test reads it
	}
	out := make([]diag.Rule, len(every))
	for i, r := range every {
		out[i] = diag.Rule{Name: r.name, Severity: r.severity, Why: r.why, Example: examples[r.name]}
	}
	return out
})
