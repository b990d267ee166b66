package proof

import (
	"testing"

	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/stretchr/testify/require"
)

// byName are announcements by the names of the parameters.
func byName(announced []*apiclient.ParameterAnnouncement) map[string]*apiclient.ParameterAnnouncement {
	out := map[string]*apiclient.ParameterAnnouncement{}
	for _, a := range announced {
		out[a.Name] = a
	}
	return out
}

// What Argo CD's page is told of the parameters.
func TestParameters(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	announced, err := r.announced(within(t, timeout), r.source("."))
	require.NoError(t, err)
	require.Len(t, announced, 3)
	root := byName(announced)
	require.Equal(t, &apiclient.ParameterAnnouncement{
		Name: "env", Title: "Environment", Tooltip: "what is rendered: dev or prod", Required: true,
	}, root["env"])
	require.Equal(t, "map", root["images"].CollectionType)
	require.Empty(t, root["images"].Map)
	require.Equal(t, "map", root["set"].CollectionType)

	announced, err = r.announced(within(t, timeout), r.source("overlays/prod"))
	require.NoError(t, err)
	folder := byName(announced)
	require.False(t, folder["env"].Required)
	require.Equal(t, "prod", folder["env"].String_)
	require.Contains(t, folder["images"].Map, "nats")

	// Those that the Application gives already are known here too.
	announced, err = r.announced(within(t, timeout), r.source(".", stringParameter("env", "dev")))
	require.NoError(t, err)
	require.Equal(t, "dev", byName(announced)["env"].String_)
	require.NotEmpty(t, byName(announced)["images"].Map)
}

// A repository that does not load, and parameters that are wrong, leave the page usable.
func TestParametersBroken(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	r.write(t, "overlays/prod/more.cue", "package prod\nintent: {\n")
	r.commit(t)
	announced, err := r.announced(within(t, timeout), r.source("overlays/prod", stringParameter("zone", "a")))
	require.NoError(t, err)
	require.Equal(t, "what is rendered: dev or prod", byName(announced)["env"].Tooltip)
	require.Empty(t, byName(announced)["images"].Map)
}
