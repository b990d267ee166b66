package rule

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/natsyard/natsyard/gen/diag"
)

// Entry is what the catalogue has of one rule.
type Entry struct {
	Name     string
	Severity diag.Severity
	Why      string // the reason with its source, a sentence without a full stop
	Example
}

// Example is what a rule refuses and what it lets through that comes near, each as the fields of
// an intent in CUE; where it takes two environments, each under a comment with its name.
type Example struct {
	Trips   string `json:"trips"`
	Message string `json:"message"` // what natsyard says of what trips the rule
	Passes  string `json:"passes"`
}

// catalogueJSON has an Example for each rule: those that the tests of this package try, who also
// write it.
//
//go:embed catalogue.json
var catalogueJSON []byte

// Catalogue gives every rule of this package, by name.
var Catalogue = sync.OnceValue(func() []Entry {
	var examples map[string]Example
	if err := json.Unmarshal(catalogueJSON, &examples); err != nil {
		panic("catalogue.json: " + err.Error()) // a test reads it
	}
	return catalogue(examples)
})

func catalogue(examples map[string]Example) []Entry {
	entries := make([]Entry, len(every))
	for i, r := range every {
		entries[i] = Entry{Name: r.name, Severity: r.severity, Why: r.why, Example: examples[r.name]}
	}
	slices.SortFunc(entries, byName)
	return entries
}

func byName(a, b Entry) int { return strings.Compare(a.Name, b.Name) }

// Lookup gives the rule of a name.
func Lookup(name string) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(Catalogue(), Entry{Name: name}, byName)
	if !ok {
		return Entry{}, false
	}
	return Catalogue()[i], true
}

// Names gives the names of all rules of the catalogue, in their order.
func Names() []string {
	names := make([]string, len(every))
	for i, e := range Catalogue() {
		names[i] = e.Name
	}
	return names
}

const pageHead = `# The rules

<!-- Generated from gen/rule; do not edit. -->

What natsyard judges of an intent that its schema lets through. Each rule has a stable name, which ends its
findings; ` + "`natsyard explain rule NAME`" + ` prints the same for one. An error stops the render; a warning does
not, and an intent can accept it with a reason: ` + "`accept: \"jetstream-quorum\": \"four racks\"`" + `. The examples are
fields of an intent, and the tests of natsyard try them; ` + "`eyJ...`" + ` stands for a whole JWT.

Not listed are findings that are no rules over fields of intents: those of CUE and the schema (` + "`unknown-field`" + `,
` + "`value-not-allowed`" + `), of nats-server itself (` + "`nats-config`, `nats-server`" + `), of an API server of Kubernetes, and
those about JWTs, about your own kustomize files and about what is accepted in vain. They carry their reason with
them, and cannot be accepted.

| Rule | Severity | Why |
|---|---|---|
`

// page is docs/rules.md: a table of all rules, then each with its examples.
func page(entries []Entry) []byte {
	var out strings.Builder
	out.WriteString(pageHead)
	for _, e := range entries {
		fmt.Fprintf(&out, "| [%s](#%s) | %s | %s |\n", e.Name, e.Name, e.Severity, strings.ReplaceAll(markdown(e.Why), "|", `\|`))
	}
	for _, e := range entries {
		fmt.Fprintf(&out, "\n## %s\n\n%s: %s.\n\nTrips it (%s):\n\n```cue\n%s\n```\n\nPasses:\n\n```cue\n%s\n```\n",
			e.Name, e.Severity, markdown(e.Why), markdown(e.Message), e.Trips, e.Passes)
	}
	return []byte(out.String())
}

// markdown keeps a text from being taken for HTML or emphasis.
func markdown(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`).Replace(text)
}
