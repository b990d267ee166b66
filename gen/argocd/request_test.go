package argocd

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/given"
)

// said gives findings as place and message, and what would pass.
func said(t *testing.T, environ ...string) (out []string) {
	t.Helper()
	_, found := Parse(environ)
	for _, d := range found {
		line := d.Span.File + ": " + d.Message
		if d.Allowed != "" {
			line += " | allowed: " + d.Allowed
		}
		if d.Mend != "" {
			line += " | mend: " + d.Mend
		}
		out = append(out, line)
	}
	return out
}

func TestParse(t *testing.T) {
	t.Parallel()
	r, found := Parse([]string{
		"HOME=/", "ARGOCD_APP_NAME=nats", "ARGOCD_APP_SOURCE_PATH=messaging", "KUBE_VERSION=1.34.1", "ARGOCD_CMP_WORKDIR=/cmp",
		`ARGOCD_APP_PARAMETERS=[{"name":"env","string":"prod"},
			{"name":"images","map":{"natsBox":"r.example.com:5000/box@sha256:ab","nats":"nats:2.15.2"}},
			{"name":"set","map":{"cluster.replicas":"5","promExporter.image.fullImageName":"e:1","logging.debug":"true"}}]`,
		"PARAM_ENV=prod", "PARAM_IMAGES_NATS=nats:2.15.2", "PARAM_SET_CLUSTER_REPLICAS=5", // Argo CD sets them too
		"ARGOCD_ENV_ENV=dev", // the parameter wins
	})
	require.Empty(t, found)
	require.Equal(t, Request{
		Env: "prod", EnvFrom: "parameter env", SourcePath: "messaging", WorkDir: "/cmp",
		Values: []given.Value{
			{Path: []string{"image", "fullImageName"}, CUE: `"nats:2.15.2"`, From: "parameter images: nats"},
			{Path: []string{"natsBox", "image", "fullImageName"}, CUE: `"r.example.com:5000/box@sha256:ab"`, From: "parameter images: natsBox"},
			{Path: []string{"cluster", "replicas"}, CUE: "5", From: "parameter set: cluster.replicas"},
			{Path: []string{"logging", "debug"}, CUE: "true", From: "parameter set: logging.debug"},
			{Path: []string{"promExporter", "image", "fullImageName"}, CUE: `"e:1"`, From: "parameter set: promExporter.image.fullImageName"},
		},
	}, r)
}

// What Argo CD sends when an Application gives nothing, or its page has left empty values behind.
func TestParseNothing(t *testing.T) {
	t.Parallel()
	for _, environ := range [][]string{
		nil, {"ARGOCD_APP_PARAMETERS=null"}, {"ARGOCD_APP_PARAMETERS=[]"},
		{`ARGOCD_APP_PARAMETERS=[{"name":"env","string":""},{"name":"images","map":{}},{"name":"set"}]`, "PARAM_ENV=", "ARGOCD_ENV_ENV="},
	} {
		r, found := Parse(environ)
		require.Empty(t, found)
		require.Equal(t, Request{}, r)
	}
}

// The order of who may name the environment.
func TestParseEnv(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		environ   []string
		env, from string
	}{
		{[]string{"ARGOCD_ENV_ENV=a"}, "a", "variable ARGOCD_ENV_ENV"},
		{[]string{"ARGOCD_ENV_ENV=a", "PARAM_ENV=b"}, "b", "variable PARAM_ENV"},
		{[]string{"ARGOCD_ENV_ENV=a", "PARAM_ENV=b", `ARGOCD_APP_PARAMETERS=[{"name":"env","string":"c"}]`}, "c", "parameter env"},
		{[]string{"ARGOCD_ENV_ENV=a", "PARAM_ENV=b", "ARGOCD_APP_PARAMETERS=[]"}, "a", "variable ARGOCD_ENV_ENV"},
	} {
		r, found := Parse(c.environ)
		require.Empty(t, found)
		require.Equal(t, c.env, r.Env)
		require.Equal(t, c.from, r.EnvFrom)
	}
}

// All that is wrong is said at once, by name, and the rest is still read.
func TestParseWrong(t *testing.T) {
	t.Parallel()
	environ := []string{
		`ARGOCD_APP_PARAMETERS=[{"name":"environment","string":"x"},{"name":"Sets","map":{}},{"name":"zone"},
			{"name":"env","array":["prod"]},{"name":"set","string":"x","map":{}},{"name":"set","map":{}},
			{"name":"images","map":{"nats":"nats","nats-box":"x:1","sidecar":"y:1","reloader":"r:1"}}]`,
		"ARGOCD_ENV_IMAGES=x", "ARGOCD_ENV_env=x", "ARGOCD_ENV_TOKEN=s3cret",
	}
	require.Equal(t, []string{
		"parameter environment: natsyard has no such parameter | allowed: env, images, set",
		"parameter Sets: natsyard has no such parameter | mend: set",
		"parameter zone: natsyard has no such parameter | allowed: env, images, set",
		"parameter env: given as array | allowed: string",
		"parameter set: given as string and map | allowed: map",
		"parameter set: given twice",
		`parameter images: nats: "nats" has neither a tag nor a digest | mend: nats:<tag>`,
		`parameter images: natsyard renders no image "nats-box" | mend: natsBox`,
		`parameter images: natsyard renders no image "sidecar" | allowed: nats, reloader, promExporter, natsBox`,
		"variable ARGOCD_ENV_IMAGES: natsyard reads no such variable | mend: a parameter: images",
		"variable ARGOCD_ENV_TOKEN: natsyard reads no such variable | allowed: ENV alone in plugin.env; what else there is are parameters: env, images, set",
		"variable ARGOCD_ENV_env: natsyard reads no such variable | mend: plugin.env: ENV",
	}, said(t, environ...))
	r, _ := Parse(environ)
	require.Len(t, r.Values, 1)

	const type_ = `variable ARGOCD_APP_PARAMETERS: not the list of parameters that Argo CD makes of an Application | allowed: [{"name": "env", "string": "prod"}]`
	for _, text := range []string{"", "x", "{}", `[{"name":1}]`, `[] []`} {
		require.Equal(t, []string{type_}, said(t, "ARGOCD_APP_PARAMETERS="+text), text)
	}

	// What would be passed over in silence, or of which the last would win.
	for parameters, want := range map[string]string{
		`{"name":"env","string":"prod","value":"x"}`:                         `parameter env: has a field "value", as no parameter has | allowed: name, string`,
		`{"name":"env","String":"prod"}`:                                     `parameter env: has a field "String", as no parameter has | mend: string`,
		`{"name":"env","string":"prod","string":"dev"}`:                      `parameter env: has "string" twice`,
		`{"name":"env","name":"env","string":"dev"}`:                         `parameter env: has "name" twice`,
		`{"name":"env","string":7}`:                                          `parameter env: 7 is no text | allowed: text`,
		`{"name":"set","map":[]}`:                                            `parameter set: [] is no map | allowed: a map of texts`,
		`{"name":"set","map":{"logging.debug":"true","logging.debug":"no"}}`: `parameter set: logging.debug: given twice`,
		`{"name":"set","map":{"logging.debug":null}}`:                        `parameter set: logging.debug: null is no text | allowed: text`,
		`{"name":"images","map":{"nats":"nats:1","nats":"nats:2"}}`:          `parameter images: nats: given twice`,
		`{"string":"prod"}`:                                                  `variable ARGOCD_APP_PARAMETERS: parameter 1 of 1 has no name | allowed: [{"name": "env", "string": "prod"}]`,
		`{"name":""}`:                                                        `variable ARGOCD_APP_PARAMETERS: parameter 1 of 1 has no name | allowed: [{"name": "env", "string": "prod"}]`,
	} {
		require.Equal(t, []string{want}, said(t, "ARGOCD_APP_PARAMETERS=["+parameters+"]"), parameters)
	}

	// An environment that cannot be read is not one that is missing, nor that of the path.
	unread, _ := Parse([]string{`ARGOCD_APP_PARAMETERS=[{"name":"env","string":"prod"}]]`})
	for _, inside := range []string{".", "overlays/prod"} {
		env, found := unread.Environment(inside, ".", []string{"prod"})
		require.Empty(t, env)
		require.Empty(t, found)
	}

	require.Equal(t, []string{
		`parameter set: nats.port: 4222 is no text | allowed: text | mend: "4222"`,
		`parameter set: podTemplate.annotations.example.com/team: a key with a dot in it stands in quotes: podTemplate.annotations."example.com/team"`,
	}, said(t, `ARGOCD_APP_PARAMETERS=[{"name":"set","map":{"nats.port":4222,"podTemplate.annotations.example.com/team":"a"}}]`))
	require.Equal(t, []string{
		`parameter set: cluster.replica: there is no field "replica"; did you mean "replicas"?`,
		"parameter set: image holds other fields: only a text, a number, or true and false can be given",
		"parameter set: image.fullImageName: image.fullImageName has a value already, from parameter images: nats",
		"parameter set: intent.cluster.replicas: cluster.replicas has a value already, from parameter set: cluster.replicas",
	}, said(t, `ARGOCD_APP_PARAMETERS=[{"name":"images","map":{"nats":"nats:2"}},{"name":"set","map":{"image.fullImageName":"nats:3",
		"cluster.replica":"3","image":"x","cluster.replicas":"3","intent.cluster.replicas":"3"}}]`))
}

// By hand, the variables that Argo CD makes of single values do too.
func TestParseSingly(t *testing.T) {
	t.Parallel()
	r, found := Parse([]string{"PARAM_ENV=prod", "PARAM_IMAGES_NATSBOX=box:1"})
	require.Empty(t, found)
	require.Equal(t, "prod", r.Env)
	require.Equal(t, []given.Value{{Path: []string{"natsBox", "image", "fullImageName"}, CUE: `"box:1"`, From: "parameter images: natsBox"}}, r.Values)
	require.Equal(t, []string{
		`parameter images: natsyard renders no image "X" | allowed: nats, reloader, promExporter, natsBox`,
		`variable PARAM_SET: a map cannot be given as one variable | mend: ARGOCD_APP_PARAMETERS='[{"name": "set", "map": {...}}]'`,
		`variable PARAM_SET_CLUSTER_REPLICAS: the name of a field cannot be read from that of a variable | mend: ARGOCD_APP_PARAMETERS='[{"name": "set", "map": {"limits.maxConnections": "20000"}}]'`,
		"variable PARAM_ZONE: natsyard has no such parameter | allowed: env, images, set",
	}, said(t, "PARAM_IMAGES_X=y:1", "PARAM_SET_CLUSTER_REPLICAS=3", "PARAM_SET=x", "PARAM_ZONE=a"))
}

// FuzzParse: whatever Argo CD sends is a request or a finding, and what is a value reads back.
func FuzzParse(f *testing.F) {
	f.Add(`[{"name":"env","string":"prod"},{"name":"set","map":{"cluster.replicas":"3"}}]`, "ENV", "x")
	f.Add(`[{"name":"images","map":{"nats":"a/b:c@d"}}]`, "", "\x00")
	f.Fuzz(func(t *testing.T, parameters, name, value string) {
		r, found := Parse([]string{"ARGOCD_APP_PARAMETERS=" + parameters, "ARGOCD_ENV_" + name + "=" + value})
		for _, d := range found {
			require.NotEmpty(t, d.Span.File)
			require.NotEmpty(t, d.Message)
		}
		from := map[string]bool{}
		for _, v := range r.Values {
			require.False(t, from[v.From], "%s twice", v.From)
			from[v.From] = true
		}
	})
}

// What mends a parameter is written as the parameter.
func TestMended(t *testing.T) {
	t.Parallel()
	r, found := Parse([]string{`ARGOCD_APP_PARAMETERS=[{"name":"images","map":{"nats":"NATS:2"}},{"name":"set","map":{"limits.maxPayload":"8MB","cluster.replicas":"0","podTemplate.annotations.\"a.b/c\"":"x"}}]`})
	require.Empty(t, found)
	for _, c := range []struct{ from, mend, want string }{
		{"parameter set: limits.maxPayload", `limits: maxPayload: "8Mi"`, `set: {limits.maxPayload: "8Mi"}`},
		{"parameter set: cluster.replicas", `cluster: replicas: 1`, `set: {cluster.replicas: "1"}`},
		{"parameter set: cluster.replicas", `cluster: {replicas: 1, name: "a"}`, `cluster: {replicas: 1, name: "a"}`},
		{"parameter set: cluster.replicas", `leave it out`, `leave it out`},
		{"parameter set: cluster.replicas", ``, ``},
		{"parameter set: cluster.replicas", `jetstream: enabled: false`, `jetstream: enabled: false`},
		{`parameter set: podTemplate.annotations."a.b/c"`, `podTemplate: annotations: "a.b/c": "y"`, `set: {podTemplate.annotations."a.b/c": "y"}`},
		{"parameter images: nats", `image: fullImageName: "nats:2", or a digest`, `images: {nats: "nats:2"}, or a digest`},
		{"parameter images: nats", `image: tag: "2"`, `image: tag: "2"`},
		{"overlays/prod/intent.cue", `limits: maxPayload: "8Mi"`, `limits: maxPayload: "8Mi"`},
	} {
		got := r.Mended(diag.List{{Span: diag.Span{File: c.from}, Mend: c.mend}})
		require.Equal(t, c.want, got[0].Mend)
	}
}
