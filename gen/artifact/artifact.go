// Package artifact makes, of the built objects of an environment, the OCI artifact that Flux's
// OCIRepository and Argo CD's OCI source both read as they come.
//
// It is an image manifest with one layer, a gzipped tar with one file an object. Argo CD's repo-server takes
// only layers of the types in its --oci-layer-media-types, where the OCI's own is by default and Flux's
// is not; Flux's source-controller takes the first layer of whatever type. So the layer has the OCI's
// type, and the configuration Flux's, which keeps it from being taken for a container's image.
//
// The same objects give the same digest, on every machine and at any time: there is no time in it.
package artifact

import (
	"archive/tar"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/natsyard/natsyard/gen/kustomize"
)

// Media types of the artifact.
const (
	ConfigType = types.MediaType("application/vnd.cncf.flux.config.v1+json")
	LayerType  = types.OCILayer
)

// Keys of annotations of a manifest (the OCI image specification's), which Flux and Argo CD show.
const (
	Source   = "org.opencontainers.image.source"
	Revision = "org.opencontainers.image.revision"
	Title    = "org.opencontainers.image.title"
)

// Origin is where the objects come from. What is empty is left out.
type Origin struct {
	Env      string // the environment
	Source   string // where the intents are kept, such as a repository's URL
	Revision string // which state of them, such as main@sha1:5f3c…
}

// New makes the artifact of files, in whatever order they come. It refuses an origin that holds a password,
// since everybody who may pull could read it, or that nobody could read, and two files of one name.
func New(files []kustomize.File, origin Origin) (v1.Image, error) {
	annotations, err := origin.annotations()
	if err != nil {
		return nil, err
	}
	text, err := archive(files)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil },
		tarball.WithMediaType(LayerType), tarball.WithCompressedCaching)
	if err != nil {
		return nil, fmt.Errorf("pack the objects: %w", err)
	}
	image, err := mutate.Append(mutate.MediaType(empty.Image, types.OCIManifestSchema1), mutate.Addendum{Layer: layer})
	if err != nil {
		return nil, fmt.Errorf("pack the objects: %w", err)
	}
	image = mutate.ConfigMediaType(image, ConfigType)
	return mutate.Annotations(image, annotations).(v1.Image), nil
}

func (o Origin) annotations() (map[string]string, error) {
	if err := checkSource(o.Source); err != nil {
		return nil, err
	}
	if o.Revision != "" && !revision.MatchString(o.Revision) {
		return nil, fmt.Errorf("the revision%s is none that Flux and Argo CD read: want BRANCH@sha1:HASH, or sha1:HASH; where no branch is checked out, as in most CI, its name is in a variable of the CI",
			shown(o.Revision, secretInRevision))
	}
	out := map[string]string{}
	for _, a := range [][2]string{{Title, o.Env}, {Source, o.Source}, {Revision, o.Revision}} {
		if a[1] != "" {
			out[a[0]] = a[1]
		}
	}
	return out, nil
}

// Forms of a source and of a revision: git's own for SSH, and Flux's (pkg/git, ParseRevision) with a name that git allows.
var (
	scp      = regexp.MustCompile(`^[\w.-]+@[\w.-]+:[^\s@?]+$`)
	revision = regexp.MustCompile(`^([^@\s:?*^~\\]+@)?sha(1|256):[0-9a-f]{4,64}$`)
)

// checkSource lets through the address of a repository that holds no secret: no password, no token for a user, none in a query.
func checkSource(source string) error {
	if source == "" || scp.MatchString(source) {
		return nil
	}
	at, err := url.Parse(source)
	if err != nil || at.Scheme == "" || strings.Trim(at.Host+at.Path, "/") == "" {
		return fmt.Errorf("the source%s is no address of a repository: want https://git.example.com/team/nats or git@git.example.com:team/nats", shown(source, secretInSource))
	}
	bare := url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path}
	_, password := at.User.Password()
	switch {
	case password, at.User != nil && !strings.Contains(at.Scheme, "ssh"):
		return fmt.Errorf("the source has credentials in it, which everybody who pulls could read: write it as %s", &bare)
	case at.RawQuery != "", at.Fragment != "":
		return fmt.Errorf("the source has a query or a fragment, where tokens may be, which everybody who pulls could read: write it as %s", &bare)
	}
	return nil
}

// What may hold a secret, of texts that are neither a source nor a revision.
var (
	secretInSource   = regexp.MustCompile(`[@?#]`)
	secretInRevision = regexp.MustCompile(`:.*@|://|\?`)
)

// shown is a text to be repeated in a message, unless it may hold a secret.
func shown(text string, secret *regexp.Regexp) string {
	if secret.MatchString(text) {
		return ""
	}
	return fmt.Sprintf(" %q", text)
}

// archive is a tar of the files by name, each of nobody in particular, readable to all, of 1970.
func archive(files []kustomize.File) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b kustomize.File) int { return cmp.Compare(a.Path, b.Path) })
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for n, f := range sorted {
		if !fs.ValidPath(f.Path) {
			return nil, fmt.Errorf("pack %q: this names no file", f.Path)
		}
		if n > 0 && sorted[n-1].Path == f.Path {
			return nil, fmt.Errorf("pack %s: two objects have this file's name", f.Path)
		}
		head := &tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Size: int64(len(f.Data)), Mode: 0o644, Format: tar.FormatPAX}
		if err := w.WriteHeader(head); err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.Path, err)
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.Path, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack the objects: %w", err)
	}
	return out.Bytes(), nil
}
