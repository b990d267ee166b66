package accept

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// rules are those that the tests know of.
var rules = append(Rules(),
	diag.Rule{Name: "jetstream-quorum", Severity: diag.Warning}, diag.Rule{Name: "image-version", Severity: diag.Warning},
	diag.Rule{Name: "ports-distinct", Severity: diag.Error}, diag.Rule{Name: "names-collide", Severity: diag.Warning})

// load loads an environment, whose text begins on line 6, or the base under that name.
func load(t *testing.T, env, base, overlay string) *intent.Intent {
	t.Helper()
	loader, found := intent.NewLoader(fstest.MapFS{
		"cue.mod/module.cue":       {Data: []byte("module: \"example.com/nats@v0\"\n")},
		"base/intent.cue":          {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n" + base + "\n}\n")},
		"overlays/prod/intent.cue": {Data: []byte("package prod\n\nimport \"example.com/nats/base\"\n\nintent: base.intent & {\n" + overlay + "\n}\n")},
	})
	require.Empty(t, found)
	in, found := loader.Load(env)
	require.Empty(t, found)
	return in
}

// The names that an intent accepts are those of rules, and of warnings.
func TestCheck(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{ // rule, place and mend
		`accept: "jetstream-quorum": "four rooms"`: {},
		`accept: "accept-idle": "a trial"`:         {},
		`accept: "jetstream-quorun": "four rooms"`: {"accept-named", "overlays/prod/intent.cue:6:29", `accept: "jetstream-quorum": "four rooms", in its place`},
		`accept: "ports-distinkt": "it works"`:     {"accept-named", "overlays/prod/intent.cue:6:27", ""}, // an error's name is not worth offering
		`accept: "ports-distinct": "it works"`:     {"accept-warning", "overlays/prod/intent.cue:6:27", "leave it out; `natsyard explain rule ports-distinct` has an example that passes"},
	} {
		in := load(t, "prod", "", text)
		found := Check(in, rules)
		if want[0] == "" {
			require.Empty(t, found, text)
			continue
		}
		require.Len(t, found, 1, text)
		require.Equal(t, want, [3]string{found[0].Rule, found[0].Span.String(), found[0].Mend})
		require.True(t, found.HasErrors())
		in.Broken = map[string]bool{"accept": true}
		require.Empty(t, Check(in, rules), "what is there may be half of it")
	}
}

// What is accepted is left out, and no error is.
func TestLeft(t *testing.T) {
	t.Parallel()
	found := diag.List{
		{Rule: "jetstream-quorum", Severity: diag.Warning}, {Rule: "image-version", Severity: diag.Warning}, {Rule: "ports-distinct", Severity: diag.Error},
	}
	in := load(t, "prod", `accept: "image-version": "a test"`, `accept: {"jetstream-quorum": "four rooms", "ports-distinct": "it works"}`)
	require.Equal(t, found[2:], Left(in, found))
	require.Equal(t, found[1:], Left(load(t, "prod", "", `accept: "jetstream-quorum": "four rooms"`), found))
	require.Equal(t, found, Left(nil, found))
}

// What finds nothing is told of where it is accepted, and no error is in the way.
func TestIdle(t *testing.T) {
	t.Parallel()
	quorum := diag.Diagnostic{Rule: "jetstream-quorum", Severity: diag.Warning}
	const here = `accept: "jetstream-quorum": "four rooms"`
	for name, c := range map[string]struct {
		env, base, overlay string
		found              diag.List
		unsure             bool
		want               string
	}{
		"nothing accepted":     {"prod", "", "", nil, false, ""},
		"it finds":             {"prod", "", here, diag.List{quorum}, false, ""},
		"it finds nothing":     {"prod", "", here, nil, false, "overlays/prod/intent.cue:6:29"},
		"another finds":        {"prod", "", here, diag.List{{Rule: "image-version", Severity: diag.Warning}}, false, "overlays/prod/intent.cue:6:29"},
		"beside an error":      {"prod", "", here, diag.List{{Rule: "ports-distinct", Severity: diag.Error}}, false, ""},
		"it did not see all":   {"prod", "", here, nil, true, ""},
		"the base accepts":     {"prod", here, "", nil, false, ""},
		"seen from the base":   {intent.Base, here, "", nil, false, "base/intent.cue:6:29"},
		"idling is accepted":   {"prod", "", here + "\n" + `accept: "accept-idle": "a trial"`, nil, false, ""},
		"idle about idling":    {"prod", "", `accept: "accept-idle": "a trial"`, nil, false, ""},
		"no intent at all":     {"", "", "", nil, false, ""},
		"it finds in the base": {intent.Base, here, "", diag.List{quorum}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in *intent.Intent
			if c.env != "" {
				in = load(t, c.env, c.base, c.overlay)
			}
			found := Idle(in, c.found, func(string) bool { return c.unsure })
			if c.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Equal(t, "accept-idle", found[0].Rule)
			require.Equal(t, c.want, found[0].Span.String())
		})
	}
}
