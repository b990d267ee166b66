package proof

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	utilio "github.com/argoproj/argo-cd/v3/util/io"
	argo "github.com/argoproj/argo-cd/v3/util/oci"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/stretchr/testify/require"
)

// layerTypes are those that Argo CD's repo-server takes by default (--oci-layer-media-types).
var layerTypes = []string{
	"application/vnd.oci.image.layer.v1.tar",
	"application/vnd.oci.image.layer.v1.tar+gzip",
	"application/vnd.cncf.helm.chart.content.v1.tar+gzip",
}

// Argo CD, with no setting of its own, unpacks what natsyard push publishes to what natsyard render -o writes.
func TestPushedIsPulled(t *testing.T) {
	t.Parallel()
	const repository = "../../.."
	dir := t.TempDir()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	at := "oci://" + strings.TrimPrefix(server.URL, "http://") + "/platform/nats"
	natsyard(t, repository, "push", "prod", at, "--source", "https://git.example.com/platform/messaging", "--revision", "main@sha1:5f3c")
	want := filepath.Join(dir, "want")
	natsyard(t, repository, "render", "prod", "-o", want)

	none := func(string) func() { return func() {} }
	noneFailed := func(string) func(string) { return func(string) {} }
	client, err := argo.NewClient(at, argo.Creds{InsecureHTTPOnly: true}, "", "", layerTypes,
		argo.WithImagePaths(utilio.NewRandomizedTempPaths(dir)),
		argo.WithManifestMaxExtractedSize(1<<30), // the default too
		argo.WithEventHandlers(argo.EventHandlers{
			OnExtract: none, OnResolveRevision: none, OnDigestMetadata: none, OnGetTags: none,
			OnExtractFail: noneFailed, OnResolveRevisionFail: noneFailed, OnDigestMetadataFail: noneFailed,
			OnGetTagsFail: func(string) func() { return func() {} },
		}))
	require.NoError(t, err)
	digest, err := client.ResolveRevision(t.Context(), "prod", true)
	require.NoError(t, err)
	manifest, err := client.DigestMetadata(t.Context(), digest)
	require.NoError(t, err)
	require.Equal(t, "main@sha1:5f3c", manifest.Annotations["org.opencontainers.image.revision"])
	got, closer, err := client.Extract(t.Context(), digest)
	require.NoError(t, err)
	defer closer.Close()
	require.Equal(t, files(t, want), files(t, got))
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.NotEmpty(t, entries)
	out := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		out[e.Name()] = string(data)
	}
	return out
}
