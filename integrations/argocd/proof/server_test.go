package proof

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/cache"
	"github.com/argoproj/argo-cd/v3/reposerver/metrics"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	cacheutil "github.com/argoproj/argo-cd/v3/util/cache"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// timeout is Argo CD's own for a request to the repo-server.
const timeout = 60 * time.Second

// remote is a git repository that Argo CD clones.
type remote struct {
	dir     string
	service *repository.Service
}

// newRemote commits what natsyard init writes, rendered, below a folder of a repository, and starts
// a repo-server for it.
func newRemote(t *testing.T, below string, options ...func(*repository.RepoServerInitConstants)) *remote {
	t.Helper()
	r := &remote{dir: t.TempDir()}
	at := filepath.Join(r.dir, below)
	natsyard(t, r.dir, "init", "--module", "example.com/messaging", at)
	natsyard(t, at, "render")
	sh(t, r.dir, "git", "init", "--quiet", "--initial-branch=main")
	r.commit(t)

	constants := repository.RepoServerInitConstants{
		MaxCombinedDirectoryManifestsSize: resource.MustParse("10M"),
		EnableBuiltinGitConfig:            true,
	}
	for _, o := range options {
		o(&constants)
	}
	store := cache.NewCache(cacheutil.NewCache(cacheutil.NewInMemoryCache(time.Hour)), time.Hour, time.Hour, 10*time.Second)
	r.service = repository.NewService(metrics.NewMetricsServer(), store, constants, git.NoopCredsStore{}, filepath.Join(t.TempDir(), "clones"))
	require.NoError(t, r.service.Init())
	return r
}

func (r *remote) write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(r.dir, filepath.Dir(name)), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600))
}

func (r *remote) commit(t *testing.T) {
	t.Helper()
	sh(t, r.dir, "git", "add", "-A")
	sh(t, r.dir, "git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--allow-empty", "-m", "a")
}

func (r *remote) repo() *v1alpha1.Repository { return &v1alpha1.Repository{Repo: "file://" + r.dir} }

// source is that of an Application that names the plugin.
func (r *remote) source(path string, parameters ...v1alpha1.ApplicationSourcePluginParameter) *v1alpha1.ApplicationSource {
	return &v1alpha1.ApplicationSource{
		RepoURL: r.repo().Repo, Path: path, TargetRevision: "main",
		Plugin: &v1alpha1.ApplicationSourcePlugin{Name: "natsyard", Parameters: parameters},
	}
}

// generate is what the application controller asks of the repo-server.
func (r *remote) generate(ctx context.Context, source *v1alpha1.ApplicationSource) ([]*unstructured.Unstructured, error) {
	return r.generateAnnotated(ctx, source, "")
}

// generateAnnotated is generate for an Application with the annotation manifest-generate-paths.
func (r *remote) generateAnnotated(ctx context.Context, source *v1alpha1.ApplicationSource, paths string) (objects []*unstructured.Unstructured, err error) {
	response, err := r.service.GenerateManifest(ctx, &apiclient.ManifestRequest{
		Repo: r.repo(), Revision: source.TargetRevision, AppName: "nats", Namespace: "nats", ProjectName: "default",
		ApplicationSource: source, KubeVersion: "v1.34.1", ApiVersions: []string{"v1", "apps/v1"},
		NoCache: true, NoRevisionCache: true, ProjectSourceRepos: []string{"*"},
		AnnotationManifestGeneratePaths: paths,
	})
	if err != nil {
		return nil, err
	}
	for _, text := range response.Manifests {
		var o unstructured.Unstructured
		if err := o.UnmarshalJSON([]byte(text)); err != nil {
			return nil, err
		}
		objects = append(objects, &o)
	}
	return objects, nil
}

// announced is what Argo CD's page asks of the repo-server.
func (r *remote) announced(ctx context.Context, source *v1alpha1.ApplicationSource) ([]*apiclient.ParameterAnnouncement, error) {
	details, err := r.service.GetAppDetails(ctx, &apiclient.RepoServerAppDetailsQuery{
		Repo: r.repo(), Source: source, AppName: "nats", NoCache: true, NoRevisionCache: true,
	})
	if err != nil {
		return nil, err
	}
	return details.Plugin.ParametersAnnouncement, nil
}

func stringParameter(name, value string) v1alpha1.ApplicationSourcePluginParameter {
	return v1alpha1.ApplicationSourcePluginParameter{Name: name, String_: &value}
}

func mapParameter(name string, values map[string]string) v1alpha1.ApplicationSourcePluginParameter {
	return v1alpha1.ApplicationSourcePluginParameter{Name: name, OptionalMap: &v1alpha1.OptionalMap{Map: values}}
}
