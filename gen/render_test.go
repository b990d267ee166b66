package gen

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// The order of the environments changes nothing, nor who comes first of those that run side by side.
func TestRenderIsDeterministic(t *testing.T) {
	t.Parallel()
	repo, envs := many(t, 12)
	want, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err)
	require.Empty(t, found)
	require.Len(t, want, 13)
	require.Equal(t, "base", want[0].Env)

	slices.Reverse(envs)
	got, _, err := Render(context.Background(), repo, envs)
	require.NoError(t, err)
	slices.Reverse(got[1:])
	require.Equal(t, want, got)
}

// A mistake of the base is found once, and the environments' own beside it.
func TestRenderFindsAll(t *testing.T) {
	t.Parallel()
	repo, envs := many(t, 3)
	repo["base/intent.cue"] = &fstest.MapFile{Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n\tlimits: maxPaylod: \"1Mi\"\n}\n")}
	repo["overlays/env0001/intent.cue"] = &fstest.MapFile{Data: []byte("package env\n\nimport \"github.com/natsyard/natsyard/base\"\n\nintent: base.intent & {\n\tmonitor: port: 4222\n}\n")}
	out, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err)
	require.Nil(t, out)
	require.Len(t, found, 2)
	require.Equal(t, "base/intent.cue:6:10", found[0].Span.String())
	require.Equal(t, "overlays/env0001/intent.cue:6:17", found[1].Span.String())
}

func TestRenderEndsWithItsContext(t *testing.T) {
	t.Parallel()
	repo, envs := many(t, 3)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	out, _, err := Render(ctx, repo, envs)
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, out)
}

// Environments that are right each for itself are looked at together: two clusters of one
// super-cluster whose servers have the same names are not rendered.
func TestRenderLooksAtAllTogether(t *testing.T) {
	t.Parallel()
	repo, envs := many(t, 2)
	for n, name := range []string{"eu", "us"} {
		repo["overlays/"+envs[n]+"/intent.cue"] = &fstest.MapFile{Data: []byte("package env\n\nimport \"github.com/natsyard/natsyard/base\"\n\nintent: base.intent & {\n" +
			"cluster: name: \"" + name + "\"\ngateway: gateways: {eu: urls: [\"nats://gw.eu.example.com:7222\"], us: urls: [\"nats://gw.us.example.com:7222\"]}\n}\n")}
	}
	out, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err)
	require.Nil(t, out)
	var rules []string
	for _, d := range found {
		if d.Rule == "server-names-collide" {
			rules = append(rules, d.Span.String())
		}
	}
	require.Equal(t, []string{"overlays/" + envs[1] + "/intent.cue:7:1"}, rules)

	out, found, err = Render(context.Background(), repo, envs[1:])
	require.NoError(t, err)
	require.False(t, found.HasErrors(), "alone there is nothing to see")
	require.Len(t, out, 2)
}
