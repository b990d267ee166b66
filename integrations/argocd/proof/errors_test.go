package proof

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/stretchr/testify/require"
)

// failed is how Argo CD begins what its page shows of a plugin that fails with an exit status.
func failed(status string) string {
	return "CMP processing failed for application \"nats\": error generating manifests in cmp: " +
		"rpc error: code = Unknown desc = error generating manifests: `natsyard argocd generate` failed exit status " + status + ": "
}

// The whole text that the page shows, for a mistake in the repository: at its place in git.
func TestErrorRepository(t *testing.T) {
	t.Parallel()
	r := newRemote(t, "teams/messaging")
	r.write(t, "teams/messaging/overlays/prod/more.cue", `package prod

intent: {
	jetstream: memoryStore: maxSize: "10Gi"
	cluster: pool_size: 3
}
`)
	r.commit(t)
	_, err := r.generate(within(t, timeout), r.source("teams/messaging/overlays/prod"))
	require.Error(t, err)
	requireGolden(t, "repository", err.Error())
}

// For parameters: by their names, all at once.
func TestErrorParameters(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	_, err := r.generate(within(t, timeout), withEnv(r.source("overlays/prod",
		stringParameter("environment", "prod"),
		mapParameter("images", map[string]string{"nats": "nats:2.12.3", "nats-box": "natsio/nats-box:0.19.7"}),
		mapParameter("set", map[string]string{"cluster.replicas": "5", "limits.maxPayload": "3Zi", "natsBox.enable": "false"}),
	), "RELEASE", "1"))
	require.Error(t, err)
	requireGolden(t, "parameters", err.Error())
}

func TestErrorNoEnvironment(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	_, err := r.generate(within(t, timeout), r.source("."))
	require.EqualError(t, err, failed("1")+`1 error:

1. parameter env: no environment is named.
   Allowed: dev, prod.
   Mend: this parameter, or overlays/<environment> as the path of the Application [environment-unknown]`)
	_, err = r.generate(within(t, timeout), r.source("base"))
	require.EqualError(t, err, failed("1")+`1 error:

1. path base: neither the root of a natsyard repository nor the folder of an environment.
   Allowed: ., overlays/dev, overlays/prod.
   [environment-unknown]`)
}

func TestErrorNoRepository(t *testing.T) {
	t.Parallel()
	r := newRemote(t, "messaging")
	r.write(t, "other/readme.txt", "x")
	r.commit(t)
	_, err := r.generate(within(t, timeout), r.source("other"))
	require.EqualError(t, err, failed("2")+"natsyard: other is no natsyard repository, nor lies in one: there is no cue.mod/module.cue there or above; what has one, or its overlays/<environment>, is the path of an Application")
}

// With manifest-generate-paths Argo CD may send a part of the repository. Where that is too little, nothing
// above it is taken for the rest.
func TestErrorTooLittleSent(t *testing.T) {
	t.Parallel()
	r := newRemote(t, "messaging", func(c *repository.RepoServerInitConstants) { c.CMPUseManifestGeneratePaths = true })
	_, err := r.generateAnnotated(within(t, timeout), r.source("messaging/overlays/prod"), ".")
	require.EqualError(t, err, failed("2")+"natsyard: messaging/overlays/prod is no natsyard repository, nor lies in one: there is no cue.mod/module.cue there or above; what has one, or its overlays/<environment>, is the path of an Application")

	// The root of natsyard's repository is enough, and places are still those in git.
	got, err := r.generateAnnotated(within(t, timeout), r.source("messaging/overlays/prod"), "/messaging")
	require.NoError(t, err)
	require.Equal(t, byKey(t, built(t, filepath.Join(r.dir, "messaging/overlays/prod"))), byKey(t, got))
	r.write(t, "messaging/overlays/prod/more.cue", "package prod\nintent: nam: 1\n")
	r.commit(t)
	_, err = r.generateAnnotated(within(t, timeout), r.source("messaging/overlays/prod"), "/messaging")
	require.ErrorContains(t, err, "messaging/overlays/prod/more.cue:2:9: intent has no field nam")
}

// An intent that takes for ever: the request ends in time with an error, and nothing goes on.
func TestDeadline(t *testing.T) {
	r := newRemote(t, ".") // not in parallel: it looks at all processes
	r.write(t, "overlays/prod/more.cue", `package prod

import "list"

_n: list.Range(0, 400, 1)
intent: serverTags: [for a in _n for b in _n for c in _n if a+b+c > 5000 {"x"}]
`)
	r.commit(t)
	start := time.Now()
	_, err := r.generate(within(t, 3*time.Second), r.source("overlays/prod"))
	require.Error(t, err) // of gRPC, or that the command was killed: whichever is the first
	require.Less(t, time.Since(start), 5*time.Second)
	require.NotContains(t, err.Error(), sidecar.work)
	require.Eventually(t, func() bool { return len(running(t)) == 0 }, 6*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool {
		left, err := os.ReadDir(filepath.Join(sidecar.work, "natsyard", "_cmp_server"))
		return err == nil && len(left) == 0
	}, 6*time.Second, 50*time.Millisecond, "what was extracted is removed")

	// With less time of its own, natsyard ends first, and what it says is seen.
	source := r.source("overlays/prod")
	source.Plugin.Name = hasty
	_, err = r.generate(within(t, timeout), source)
	require.EqualError(t, err, strings.Replace(failed("2"), "generate`", "generate --timeout 2s`", 1)+
		"natsyard: not done within 2s; a render takes a second: look for what is large or endless in the intents")

	// The page gets its parameters all the same.
	announced, err := r.announced(within(t, timeout), r.source("overlays/prod"))
	require.NoError(t, err)
	require.Len(t, announced, 3)
}

// What no repository may do, once it is past Argo CD's own guard against symlinks that leave.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(*testing.T, *remote)
		want    string
	}{
		"a symlink that leaves": {func(t *testing.T, r *remote) {
			require.NoError(t, os.Symlink("/etc", filepath.Join(r.dir, "overlays/prod/etc")))
		}, "repository contains out-of-bounds symlinks. file: overlays/prod/etc"},
		"a program of kustomize": {func(t *testing.T, r *remote) {
			r.write(t, "overlays/prod/own/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ngenerators: [run.yaml]\n")
			r.write(t, "overlays/prod/own.cue", "package prod\nintent: kustomize: components: [\"own\"]\n")
		}, "own/kustomization.yaml has the field generators"},
		"a file that CUE embeds": {func(t *testing.T, r *remote) {
			r.write(t, "overlays/prod/own.cue", "@extern(embed)\npackage prod\nintent: podTemplate: annotations: a: _ @embed(file=\"/etc/passwd\",type=text)\n")
		}, "cannot embed files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRemote(t, ".")
			c.prepare(t, r)
			r.commit(t)
			_, err := r.generate(within(t, timeout), r.source("overlays/prod"))
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "root:")
			require.NotContains(t, err.Error(), sidecar.work)
		})
	}
}

// .argocd-source.yaml lets a repository give parameters; they are taken as those of the Application.
func TestSourceFile(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	r.write(t, ".argocd-source.yaml", "plugin:\n  parameters:\n  - name: env\n    string: dev\n")
	r.commit(t)
	got, err := r.generate(within(t, timeout), r.source("."))
	require.NoError(t, err)
	require.Equal(t, byKey(t, built(t, filepath.Join(r.dir, "overlays/dev"))), byKey(t, got))
}
