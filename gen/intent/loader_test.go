package intent_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	in := mustLoad(t, "intent: base.intent & {\n\tcluster: replicas: 3\n\tenv: A: \"b\"\n\tresources: limits: cpu: 2\n}\n")
	require.EqualValues(t, 3, in.Cluster.Replicas)
	require.EqualValues(t, 6222, in.Cluster.Port)
	require.Equal(t, "a", in.Global.Labels["team"])
	require.Equal(t, "b", in.Env["A"].Value)
	require.EqualValues(t, 2, in.Resources.Limits.Cpu().Value())
	require.Contains(t, in.NatsBox.Contexts, "default")

	require.Equal(t, "overlays/prod/intent.cue:6:21", in.At("cluster", "replicas").String(), "the value")
	require.Equal(t, "overlays/prod/intent.cue:6:2", in.At("cluster", "port").String(), "the nearest field above")
	require.Equal(t, "base/intent.cue:6:24", in.At("global", "labels", "team").String(), "through the reference to the base")
	require.Equal(t, "overlays/prod/intent.cue:5:1", in.At("monitor", "port").String(), "nothing of it is written")
}

// A package may have several files, in directories above it too, and import packages of its
// own module, of cue.mod/pkg and of the standard library.
func TestPackages(t *testing.T) {
	t.Parallel()
	in, found := load(t, repo("intent: base.intent & {name: strings.ToLower(\"A\"), namespace: sizes.ns, cluster: replicas: three}\n", map[string]string{
		"overlays/prod/intent.cue": "package prod\n\nimport (\n\t\"strings\"\n\t\"example.com/nats/base\"\n\t\"example.com/nats/lib/sizes\"\n\t\"example.org/vendored\"\n)\n\n" +
			"intent: base.intent & {name: strings.ToLower(\"A\"), namespace: sizes.ns, cluster: replicas: three, serverTags: [vendored.tag]}\n",
		"overlays/prod/more.cue":                 "package prod\n\nthree: 3\n",
		"overlays/shared.cue":                    "package prod\n\nintent: cluster: poolSize: 5\n",
		"overlays/other.cue":                     "package other\n\nintent: 5\n",
		"overlays/prod/prod_test.cue":            "not CUE",
		"lib/sizes/sizes.cue":                    "package sizes\n\nns: \"messaging\"\n",
		"cue.mod/pkg/example.org/vendored/a.cue": "package vendored\n\ntag: \"ssd\"\n",
	}), "prod")
	require.Empty(t, found)
	require.Equal(t, "a", in.Name)
	require.Equal(t, "messaging", in.Namespace)
	require.EqualValues(t, 3, in.Cluster.Replicas)
	require.EqualValues(t, 5, *in.Cluster.PoolSize)
	require.Equal(t, []string{"ssd"}, in.ServerTags)
}

func TestEnvironments(t *testing.T) {
	t.Parallel()
	envs, err := intent.Environments(repo("", map[string]string{
		"overlays/b/intent.cue": "x", "overlays/a/intent.cue": "x", "overlays/none/README.md": "x", "overlays/x.cue": "x",
	}))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "prod"}, envs)

	envs, err = intent.Environments(fstest.MapFS{})
	require.NoError(t, err)
	require.Empty(t, envs)
}

// A loader that begins anew gives the same intents, and findings on imports come every time.
func TestLoadMany(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for n := range 120 {
		files[fmt.Sprintf("overlays/e%d/intent.cue", n)] = strings.Replace(prodHead, "prod", "e", 1) +
			fmt.Sprintf("intent: base.intent & {cluster: replicas: %d}\n", n%9+1)
	}
	loader, found := intent.NewLoader(repo("intent: base.intent\n", files))
	require.Empty(t, found)
	for n := range 120 {
		in, found := loader.Load(fmt.Sprintf("e%d", n))
		require.Empty(t, found)
		require.EqualValues(t, n%9+1, in.Cluster.Replicas)
	}

	files["base/intent.cue"] = baseFile + "}"
	loader, _ = intent.NewLoader(repo("intent: base.intent\n", files))
	for range 2 {
		for _, env := range []string{"e1", "e2", intent.Base} {
			in, found := loader.Load(env)
			requireBroken(t, in)
			require.Equal(t, []string{"base/intent.cue:8:1 syntax: this } closes nothing"}, lines(found))
		}
	}
}

// A base that says nothing is one mistake, not one of each environment too.
func TestEmptyBase(t *testing.T) {
	t.Parallel()
	loader, _ := intent.NewLoader(repo("intent: base.intent\n", map[string]string{"base/intent.cue": "package base\n\nx: 5\n"}))
	_, found := loader.Load(intent.Base)
	_, more := loader.Load("prod")
	require.Equal(t, []string{"base/intent.cue:1:1 intent-missing: this file says nothing: it has no field `intent`"}, lines(append(found, more...)))
}

func TestEnvironmentNames(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a b", "#x", "a\nb", "-x", ".hid"} {
		in, found := load(t, repo("intent: base.intent\n", map[string]string{"overlays/" + bad + "/intent.cue": prodHead + "intent: base.intent\n"}), bad)
		require.Nil(t, in)
		require.Equal(t, "environment-name", found[0].Rule, bad)
	}
}

// Whatever the file holds, loading ends, with an intent or with findings that have a place.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		"intent: base.intent & {cluster: replicas: 3}", "intent: {base.intent, x: 1}", "intent: intent", "x: y: x\nintent: x",
		"intent: base.intent & {env: {for k in [\"A\"] {(k): \"b\"}}}", "intent: base.intent & {nats: port: 1 | 2}",
		"let a = base\nintent: a.intent & {\"limits\": \"maxPayload\": \"1Mi\"}", "intent: base.intent & {tolerations: [...]}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, prod string) {
		done := make(chan struct{})
		go func() {
			defer close(done)
			in, found := load(t, repo(prod, nil), "prod")
			if whole := in != nil && len(in.Broken) == 0; whole == found.HasErrors() {
				t.Error("want either a whole intent or an error")
			}
			for _, d := range found {
				if d.Span.File == "" || d.Message == "" {
					t.Errorf("finding without a place or a message: %+v", d)
				}
			}
		}()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatal("loading does not end")
		}
	})
}
