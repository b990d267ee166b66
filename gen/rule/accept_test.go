package rule

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var acceptCases = table{
	"accept-named":   {`accept: "jetstream-quorun": "four rooms"`, `"jetstream-quorun" is no rule that can be accepted; did you mean jetstream-quorum?`, "6:29", `accept: "jetstream-quorum": "four rooms"`},
	"accept-warning": {`accept: "ports-distinct": "it works"`, "ports-distinct is an error, and only a warning can be accepted", "6:27", `accept: "jetstream-quorum": "four rooms"`},
}

const four = "cluster: replicas: 4\n" + store

// What is accepted is left out, and nothing else is; what finds nothing is told of, where it is
// the environment that accepts it and no error is in the way.
func TestAccept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		base, overlay string
		want          []string // rules, in order
		at            string   // the place of the last
	}{
		"nothing accepted":           {"", four, []string{"jetstream-quorum"}, "overlays/prod/intent.cue:6:20"},
		"accepted by it":             {"", four + `accept: "jetstream-quorum": "four rooms"`, nil, ""},
		"accepted by the base":       {`accept: "jetstream-quorum": "four rooms"`, four, nil, ""},
		"another is accepted":        {"", four + `accept: "image-version": "a test"`, []string{"jetstream-quorum", "accept-idle"}, "overlays/prod/intent.cue:8:26"},
		"one of two":                 {"", four + `image: tag: "2.9.0"` + "\n" + `accept: "image-version": "a test"`, []string{"jetstream-quorum"}, "overlays/prod/intent.cue:6:20"},
		"nothing to accept":          {"", `accept: "jetstream-quorum": "four rooms"`, []string{"accept-idle"}, "overlays/prod/intent.cue:6:29"},
		"nothing for the base's":     {`accept: "jetstream-quorum": "four rooms"`, "", nil, ""},
		"an error":                   {"", "monitor: port: 4222\n" + `accept: "ports-distinct": "it works"`, []string{"accept-warning", "ports-distinct"}, "overlays/prod/intent.cue:6:16"},
		"an error beside what idles": {"", "monitor: port: 4222\n" + `accept: "jetstream-quorum": "four rooms"`, []string{"ports-distinct"}, "overlays/prod/intent.cue:6:16"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loader, found := intent.NewLoader(fstest.MapFS{
				"cue.mod/module.cue":       {Data: []byte("module: \"example.com/nats@v0\"\n")},
				"base/intent.cue":          {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n" + c.base + "\n}\n")},
				"overlays/prod/intent.cue": {Data: []byte("package prod\n\nimport \"example.com/nats/base\"\n\nintent: base.intent & {\n" + c.overlay + "\n}\n")},
			})
			require.Empty(t, found)
			in, found := loader.Load("prod")
			require.Empty(t, found)
			found = Accept(in, Check(in))
			var got []string
			for _, d := range found {
				got = append(got, d.Rule)
			}
			require.Equal(t, c.want, got)
			if len(found) > 0 {
				require.Equal(t, c.at, found[len(found)-1].Span.String())
			}
		})
	}
	require.Equal(t, diag.List{{Rule: "a"}}, Accept(nil, diag.List{{Rule: "a"}}))
}

// The nearest name that is offered is one that can be accepted.
func TestAcceptNear(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"jetstream-quorun": `accept: "jetstream-quorum": "a reason", in its place`,
		"ports-distinkt":   "", // an error's name is not worth offering
		"auth-stale":       "", // a finding, and no rule
	} {
		found := Check(load(t, `accept: "`+name+`": "a reason"`))
		require.Len(t, found, 1)
		require.Equal(t, "accept-named", found[0].Rule)
		require.Equal(t, want, found[0].Mend)
	}
}
