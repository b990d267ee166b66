package intent_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
)

// with is a repository that has a file of this run.
type with struct{ fstest.MapFS }

func (with) Given() string { return "overlays/prod/given.cue" }

// What comes with a run is where findings point, before what the repository says of the same field.
func TestGiven(t *testing.T) {
	t.Parallel()
	files := repo(`intent: base.intent & {
	cluster: replicas: 3
	namespace: "a"
	natsBox: enabled: *true | _
	jetstream: fileStore: pvc: size: *"10Gi" | _
	limits: maxPayload: <"2Mi"
	authorization: password: "$2a$11$bbbbbbbbbbbbbbbbbbbbbuCJ9CMKBrBbGm6aXkGSDbSJBwLGAOWBi"
}
`, map[string]string{"overlays/prod/given.cue": `package prod

intent: cluster: replicas: 5
intent: namespace: "b"
intent: natsBox: enabled: "yes"
intent: jetstream: fileStore: pvc: size: "20Gi"
intent: limits: maxPayload: "3Mi"
intent: authorization: password: "$2a$11$cbbbbbbbbbbbbbbbbbbbbuCJ9CMKBrBbGm6aXkGSDbSJBwLGAOWBi"
`})
	loader, found := intent.NewLoader(with{files})
	require.Empty(t, found)
	_, found = loader.Load("prod")
	mends := map[string]string{}
	for _, d := range found {
		mends[d.Path] = d.Mend
		if d.Rule == "value-contradiction" {
			require.Len(t, d.Related, 1)
			require.Equal(t, "overlays/prod/intent.cue", d.Related[0].Span.File)
		}
	}
	require.Equal(t, []string{
		`overlays/prod/given.cue:3:28 value-contradiction: cluster.replicas is given two values, 5 and 3`,
		`overlays/prod/given.cue:4:20 value-contradiction: namespace is given two values, "b" and "a"`,
		`overlays/prod/given.cue:5:27 value-not-allowed: natsBox.enabled cannot be "yes"`,
		`overlays/prod/given.cue:7:29 value-not-allowed: limits.maxPayload cannot be "3Mi"`,
		`overlays/prod/given.cue:8:34 value-contradiction: authorization.password is given two values`,
	}, lines(found))
	require.Equal(t, "leave the other out, so that this is the only one", mends["cluster.replicas"], "CUE takes no second default")
	require.Equal(t, "leave the other out", mends["authorization.password"], "no secret is shown")

	// Without a file of the run, the environment's own is the first.
	plain, found := intent.NewLoader(files)
	require.Empty(t, found)
	_, found = plain.Load("prod")
	require.Contains(t, lines(found), "overlays/prod/intent.cue:6:21 value-contradiction: cluster.replicas is given two values, 5 and 3")
}

// A file that is no CUE has a package too, where its mistakes can be mended.
func TestPackageOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"package prod\n\nintent: base.intent & {\n\tname = \"a\"\n}\n": "prod",
		"package prod\nintent: {":                                      "prod",
		"package prod\n\n$$$ = = \n":                                   "",
		"":                                                             "",
	} {
		require.Equal(t, want, intent.PackageOf(repo("", map[string]string{"overlays/prod/intent.cue": text}), "prod"), text)
	}
}
