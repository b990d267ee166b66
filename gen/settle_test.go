package gen

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/scaffold"
)

// Whatever package has a warning, an intent accepts it by name; no error goes away by that.
func TestEveryWarningIsAccepted(t *testing.T) {
	t.Parallel()
	fill, count := realJWTs(t), map[diag.Severity]int{}
	for _, r := range tried() {
		if r.Name == "accept-idle" { // with itself accepted it has another example
			continue
		}
		repo, envs := repository(archive(fill(r.Trips)))
		for _, env := range envs {
			repo["overlays/"+env+"/accept.cue"] = &fstest.MapFile{Data: fmt.Appendf(nil, "package %s\n\nintent: accept: %q: \"a test\"\n", env, r.Name)}
		}
		_, found, err := Render(context.Background(), repo, envs)
		require.NoError(t, err)
		named := map[string]bool{}
		for _, d := range found {
			named[d.Rule] = true
		}
		count[r.Severity]++
		if r.Severity == diag.Warning {
			require.False(t, named[r.Name], r.Name)
			require.False(t, named["accept-warning"], r.Name)
			continue
		}
		require.True(t, found.HasErrors(), r.Name)
	}
	require.Greater(t, count[diag.Warning], 30)
	require.Greater(t, count[diag.Error], 130)
}

const four = "cluster: replicas: 4\njetstream: fileStore: {}\n"

// What is wrong in the base is found in each environment, and accepted in the base or in each of them.
func TestAcceptInBase(t *testing.T) {
	t.Parallel()
	const accepts = `accept: "jetstream-quorum": "four rooms"`
	for name, c := range map[string]struct {
		base, dev, prod string
		envs            []string
		want            []string
	}{
		"nobody":                 {four, "", "", []string{"dev", "prod"}, []string{"base/intent.cue:7:20 jetstream-quorum"}},
		"the base":               {four + accepts, "", "", []string{"dev", "prod"}, nil},
		"one environment":        {four, accepts, "", []string{"dev", "prod"}, []string{"base/intent.cue:7:20 jetstream-quorum"}},
		"all environments":       {four, accepts, accepts, []string{"dev", "prod"}, nil},
		"all that are asked for": {four, accepts, "", []string{"dev"}, nil},
		"no longer needed":       {accepts, "", "", []string{"dev", "prod"}, []string{"base/intent.cue:7:29 accept-idle"}},
		"needed by one":          {accepts, "", four, []string{"dev", "prod"}, nil},
		"not all are known":      {accepts, "", four, []string{"dev"}, nil},
		"an error in one":        {accepts, "", "monitor: port: 4222", []string{"dev", "prod"}, []string{"overlays/prod/intent.cue:7:16 ports-distinct"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repo, _ := repository(archive("// overlays/dev\n" + c.dev + "\n// overlays/prod\n" + c.prod))
			repo["base/intent.cue"] = &fstest.MapFile{Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n\n" + c.base + "\n}\n")}
			_, found, err := Render(context.Background(), repo, c.envs)
			require.NoError(t, err)
			var got []string
			for _, d := range found {
				got = append(got, d.Span.String()+" "+d.Rule)
			}
			require.Equal(t, c.want, got)
		})
	}
}

// A copy of the language that is old is no environment's own, and each may accept it.
func TestStaleCopy(t *testing.T) {
	t.Parallel()
	repo, envs := repository(archive("limits: {}"))
	repo[scaffold.LanguageDir+"/intent.cue"] = &fstest.MapFile{Data: []byte("package schema\n")}
	_, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "language-copy-stale", found[0].Rule)
	repo["overlays/prod/accept.cue"] = &fstest.MapFile{Data: []byte("package prod\n\nintent: accept: \"language-copy-stale\": \"vendored on purpose\"\n")}
	_, found, err = Render(context.Background(), repo, envs)
	require.NoError(t, err)
	require.Empty(t, found)
}

// Names that collide are accepted by the environment that they are found in, and by no other.
func TestAcceptTogether(t *testing.T) {
	t.Parallel()
	const site = `leafnodes: remotes: hub: {urls: ["tls://hub.example.com:7422"], account: "SITE"}` + "\naccounts: SITE: {}\n" +
		`accept: "leaf-server-names": "a test"` + "\n"
	accepts := `accept: "leaf-names-collide": "never on at the same time"`
	for name, c := range map[string]struct {
		eu, us string
		envs   []string
		want   []string
	}{
		"nobody":       {site, site, nil, []string{"leaf-names-collide"}},
		"the one":      {site, site + accepts, nil, nil},
		"the other":    {site + accepts, site, nil, []string{"accept-idle", "leaf-names-collide"}},
		"one is alone": {site, site + accepts, []string{"us"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repo, envs := repository(archive("// overlays/eu\n" + c.eu + "\n// overlays/us\n" + c.us))
			if c.envs != nil {
				envs = c.envs
			}
			_, found, err := Render(context.Background(), repo, envs)
			require.NoError(t, err)
			var got []string
			for _, d := range found {
				got = append(got, d.Rule)
			}
			require.Equal(t, c.want, got)
		})
	}
	require.Empty(t, settle([]*intent.Intent{nil}, []diag.List{nil}, nil, true))
}
