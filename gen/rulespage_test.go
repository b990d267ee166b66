package gen

import (
	"fmt"
	"strings"
	"testing"

	"github.com/natsyard/natsyard/gen/diag"
)

const pageHead = `# The rules

<!-- Generated from the packages of gen; do not edit. -->

What natsyard judges. Each rule has a stable name, which ends its findings; ` + "`natsyard explain rule NAME`" + ` prints
the same for one. An error stops the render; a warning does not, and an intent can accept it with a reason:
` + "`accept: \"jetstream-quorum\": \"four racks\"`" + `. What the base accepts, every environment does.

The examples are fields of an intent, or files under their paths in a repository whose base says nothing. The tests of
natsyard try them. ` + "`eyJ...`" + ` stands for a whole JWT, ` + "`A...`" + ` for the public nkey of an account.

| Rule | Severity | Why |
|---|---|---|
`

// docs/rules.md has a table of all rules, then each with its examples.
func TestRulesPage(t *testing.T) {
	t.Parallel()
	checkFile(t, "../docs/rules.md", page(Rules()))
}

func page(rules []diag.Rule) string {
	var out strings.Builder
	out.WriteString(pageHead)
	for _, r := range rules {
		fmt.Fprintf(&out, "| [%s](#%s) | %s | %s |\n", r.Name, r.Name, r.Severity, strings.ReplaceAll(markdown(r.Why), "|", `\|`))
	}
	for _, r := range rules {
		fmt.Fprintf(&out, "\n## %s\n\n%s: %s.\n\nTrips it (%s):\n\n%s\n\nPasses:\n\n%s\n",
			r.Name, r.Severity, markdown(r.Why), markdown(r.Message), block(r.Trips), block(r.Passes))
	}
	return out.String()
}

func block(example string) string {
	kind := "cue"
	if strings.HasPrefix(example, "-- ") || strings.HasPrefix(example, "$ ") {
		kind = "text"
	}
	return "```" + kind + "\n" + strings.TrimSpace(example) + "\n```"
}

// markdown keeps a text from being taken for HTML or emphasis.
func markdown(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`).Replace(text)
}
