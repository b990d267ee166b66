package language_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/language"
)

// Every field that docs/helm.md sends a value of the chart to is in the language, and a row without
// one says why.
func TestHelmPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/helm.md")
	require.NoError(t, err)
	quoted := regexp.MustCompile("`([^`]+)`")
	rows, fields := 0, map[string]bool{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 4 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "Chart" {
			continue
		}
		rows++
		named := quoted.FindAllStringSubmatch(cells[2], -1)
		require.True(t, len(named) > 0 || len(cells) > 4 && strings.TrimSpace(cells[3]) != "", "%s says nothing", line)
		for _, name := range named {
			_, ok := language.Lookup(language.ParsePath(name[1])...)
			require.True(t, ok, "the language has no field %s: %s", name[1], line)
			fields[name[1]] = true
		}
	}
	require.Greater(t, rows, 50)

	// What an intent can say at the top level has its place on the page, for someone looks for it there.
	root, err := language.Root()
	require.NoError(t, err)
	for _, f := range root.Children {
		if !strings.Contains(string(page), "`"+f.Name) {
			require.Contains(t, beyondTheChart, f.Name, "docs/helm.md does not name %s", f.Name)
		}
	}
}

// beyondTheChart are fields for what nobody could say by the chart, or by nats.conf in its merge alone.
var beyondTheChart = []string{
	"ocsp", "noAuthUser", "defaultSentinel", "proxies", "mappings", "defaultJSDomain", "serverMetadata", "kubernetes", "accept",
}
