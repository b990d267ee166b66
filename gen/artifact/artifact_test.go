package artifact_test

import (
	"archive/tar"
	"encoding/json"
	"io"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/artifact"
	"github.com/natsyard/natsyard/gen/kustomize"
)

var objects = []kustomize.File{
	{Path: "service-nats.yaml", Data: []byte("kind: Service\n")},
	{Path: "configmap-nats-config.yaml", Data: []byte("kind: ConfigMap\n")},
}

func TestNew(t *testing.T) {
	t.Parallel()
	image, err := artifact.New(objects, artifact.Origin{Env: "prod", Source: "https://git.example.com/messaging", Revision: "main@sha1:5f3c"})
	require.NoError(t, err)

	raw, err := image.RawManifest()
	require.NoError(t, err)
	var manifest v1.Manifest
	require.NoError(t, json.Unmarshal(raw, &manifest))
	require.Equal(t, "application/vnd.oci.image.manifest.v1+json", string(manifest.MediaType))
	require.Equal(t, "application/vnd.cncf.flux.config.v1+json", string(manifest.Config.MediaType))
	require.Len(t, manifest.Layers, 1)
	require.Equal(t, "application/vnd.oci.image.layer.v1.tar+gzip", string(manifest.Layers[0].MediaType))
	require.Equal(t, map[string]string{
		"org.opencontainers.image.title":    "prod",
		"org.opencontainers.image.source":   "https://git.example.com/messaging",
		"org.opencontainers.image.revision": "main@sha1:5f3c",
	}, manifest.Annotations)

	// By name, of nobody, readable, of 1970.
	layers, err := image.Layers()
	require.NoError(t, err)
	content, err := layers[0].Uncompressed()
	require.NoError(t, err)
	defer content.Close()
	r := tar.NewReader(content)
	for _, want := range []kustomize.File{objects[1], objects[0]} {
		head, err := r.Next()
		require.NoError(t, err)
		require.Equal(t, want.Path, head.Name)
		require.Equal(t, int64(0o644), head.Mode)
		require.Zero(t, head.Uid+head.Gid)
		require.Empty(t, head.Uname+head.Gname)
		require.Zero(t, head.ModTime.Unix())
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, string(want.Data), string(data))
	}
	_, err = r.Next()
	require.ErrorIs(t, err, io.EOF)
}

// The digest is that of the objects: neither their order nor the machine nor the time is in it.
func TestDigest(t *testing.T) {
	t.Parallel()
	digest := func(files []kustomize.File, origin artifact.Origin) string {
		image, err := artifact.New(files, origin)
		require.NoError(t, err)
		d, err := image.Digest()
		require.NoError(t, err)
		return d.String()
	}
	backwards := slices.Clone(objects)
	slices.Reverse(backwards)
	one := digest(objects, artifact.Origin{Env: "prod"})
	require.Equal(t, one, digest(backwards, artifact.Origin{Env: "prod"}))
	require.NotEqual(t, one, digest(objects, artifact.Origin{Env: "prod", Revision: "main@sha1:5f3c"}))
	require.NotEqual(t, one, digest(objects[:1], artifact.Origin{Env: "prod"}))

	image, err := artifact.New(objects, artifact.Origin{})
	require.NoError(t, err)
	manifest, err := image.Manifest()
	require.NoError(t, err)
	require.Empty(t, manifest.Annotations)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files []kustomize.File
		from  string
		want  string
	}{
		"token":     {objects, "https://ci:s3cret@git.example.com/messaging", "the source has credentials in it, which everybody who pulls could read: write it as https://git.example.com/messaging"},
		"user":      {objects, "https://s3cret@git.example.com/messaging", "the source has credentials in it, which everybody who pulls could read: write it as https://git.example.com/messaging"},
		"password":  {objects, "ssh://git:s3cret@git.example.com/messaging", "the source has credentials in it, which everybody who pulls could read: write it as ssh://git.example.com/messaging"},
		"collision": {append(slices.Clone(objects), objects[0]), "", "pack service-nats.yaml: two objects have this file's name"},
		"outside":   {[]kustomize.File{{Path: "../up.yaml"}}, "", `pack "../up.yaml": this names no file`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := artifact.New(c.files, artifact.Origin{Source: c.from})
			require.EqualError(t, err, c.want)
		})
	}
	// What may be a password is nowhere repeated.
	for _, from := range []string{
		"https://ci:s3cret%zz@git.example.com/messaging", "https://ci:s3 cret@git.example.com/messaging", "ci:s3cret@git.example.com:messaging",
		"//ci:s3cret@git.example.com/messaging", "https:ci:s3cret@git.example.com/messaging", "HTTPS://s3cret@git.example.com/messaging",
		"git+https://s3cret@git.example.com/messaging", "oci://s3cret@git.example.com/messaging", "s3cret@git.example.com/messaging",
		"https://git.example.com/messaging?access_token=s3cret", "https://git.example.com/messaging#s3cret", "git@git.example.com:https://ci:s3cret@git.example.com/messaging",
		"git+ssh://git:s3cret@git.example.com/messaging", "https://git.example.com?s3cret",
	} {
		_, err := artifact.New(objects, artifact.Origin{Source: from})
		require.Error(t, err, from)
		require.NotContains(t, err.Error(), "cret", from)
	}
	for _, from := range []string{"https://ci:s3cret@sha1:5f3c", "https://ci:s3cret@git.example.com@sha1:5f3c", "https://ci:s3cret@git.example.com/messaging", "https://git.example.com?token=s3cret", "ci:s3cret@x"} {
		_, err := artifact.New(objects, artifact.Origin{Revision: from})
		require.ErrorContains(t, err, "the revision is none that Flux and Argo CD read: want BRANCH@sha1:HASH", from)
		require.NotContains(t, err.Error(), "s3cret", from)
	}
	for _, fine := range []string{"git@git.example.com:messaging", "ssh://git@git.example.com/messaging", "git+ssh://git@git.example.com/messaging", "https://git.example.com/team/_git/messaging"} {
		_, err := artifact.New(objects, artifact.Origin{Source: fine})
		require.NoError(t, err)
	}
	for _, none := range []string{"not a url", "messaging", "https://", "git@git.example.com"} {
		_, err := artifact.New(objects, artifact.Origin{Source: none})
		require.ErrorContains(t, err, "is no address of a repository", none)
	}
	for text, fine := range map[string]bool{
		"main@sha1:5f3c": true, "sha1:5f3c0d21": true, "feature/a@sha256:5f3c": true,
		"@sha1:5f3c": false, "foo": false, "main@5f3c": false, "main@sha1:": false, "a b@sha1:5f3c": false,
	} {
		_, err := artifact.New(objects, artifact.Origin{Revision: text})
		require.Equal(t, fine, err == nil, text)
	}
}
