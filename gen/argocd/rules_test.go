package argocd

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The examples of rules about parameters are what is said of them.
func TestRules(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, r := range Rules() {
		parse := func(example string) []string {
			_, list, ok := strings.Cut(example, "parameters: ")
			if !ok {
				return nil
			}
			json, err := yaml.YAMLToJSON([]byte(list))
			require.NoError(t, err, r.Name)
			tried++
			request, found := Parse([]string{"ARGOCD_APP_PARAMETERS=" + string(json)})
			_, more := request.Environment(".", ".", []string{"dev", "prod"})
			var said []string
			for _, d := range append(found, more...) {
				if d.Rule == r.Name {
					said = append(said, d.Message)
				}
			}
			return said
		}
		if strings.HasPrefix(r.Trips, "$ ") {
			continue // scripts show it
		}
		if r.Name == "environment-unknown" {
			trips, passes := r.Trips, r.Passes
			r.Trips, r.Passes = strings.TrimSuffix(trips, "}"), strings.TrimSuffix(passes, "}")
		}
		require.Equal(t, []string{r.Message}, parse(r.Trips), r.Name)
		if r.Name == "environment-unknown" {
			require.Empty(t, parse(r.Passes), r.Name)
			continue
		}
		for _, m := range parse(r.Passes) {
			require.NotEqual(t, r.Message, m)
		}
	}
	require.GreaterOrEqual(t, tried, 12)
}
