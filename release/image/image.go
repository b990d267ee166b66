// Package image makes the container image of natsyard, of a binary and nothing else: no base image, no shell, no package.
package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/natsyard/natsyard/release/build"
)

// Where things are in the image, and who runs it. 999 is the user of Argo CD's images, whose sidecars share files.
const (
	Program      = "usr/local/bin/natsyard"
	Certificates = "etc/ssl/certs/ca-certificates.crt" // the first place where Go looks
	User         = "999:999"
	workDir      = "work"
	tmpDir       = "tmp" // for who mounts none
)

// Targets are those that the image is for.
var Targets = []build.Target{{OS: "linux", Arch: "amd64"}, {OS: "linux", Arch: "arm64"}}

// entry is a file or, without data, a directory of the image. All are of root, and of 1970.
type entry struct {
	name string
	mode int64
	data []byte
}

// New makes the image of a compiled natsyard.
func New(source build.Source, target build.Target, program string) (v1.Image, error) {
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	roots, err := certificates()
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	// What changes least comes first, so that the next version shares it.
	for _, l := range []struct {
		says    string
		entries []entry
	}{
		{"directories", []entry{{tmpDir, 0o1777, nil}, {workDir, 0o755, nil}}},
		{"certificates", below(entry{Certificates, 0o644, roots})},
		{"natsyard", below(entry{Program, 0o755, binary})},
	} {
		layer, err := pack(l.entries)
		if err != nil {
			return nil, fmt.Errorf("pack the %s: %w", l.says, err)
		}
		image, err = mutate.Append(image, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: source.Time}, CreatedBy: l.says}})
		if err != nil {
			return nil, err
		}
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = target.OS, target.Arch, v1.Time{Time: source.Time}
	if target.Arch == "arm64" {
		config.Variant = "v8"
	}
	config.Config = v1.Config{
		User:       User,
		Entrypoint: []string{"/" + Program},
		WorkingDir: "/" + workDir,
		Env:        []string{"PATH=/" + path.Dir(Program)},
		Labels:     labels(source),
	}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		return nil, err
	}
	return mutate.Annotations(image, labels(source)).(v1.Image), nil
}

// Index brings the images of several targets together.
func Index(source build.Source, images []v1.Image) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, i := range images {
		config, err := i.ConfigFile()
		if err != nil {
			return nil, err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: i, Descriptor: v1.Descriptor{Platform: config.Platform()}})
	}
	return mutate.Annotations(index, labels(source)).(v1.ImageIndex), nil
}

// labels are the annotations of the OCI image specification, which are known.
func labels(source build.Source) map[string]string {
	out := map[string]string{
		"org.opencontainers.image.title":       "natsyard",
		"org.opencontainers.image.description": "Typed, proven NATS for Kubernetes",
		"org.opencontainers.image.source":      "https://github.com/natsyard/natsyard",
		"org.opencontainers.image.licenses":    "Apache-2.0",
		"org.opencontainers.image.version":     source.Version,
	}
	if source.Revision != "" {
		out["org.opencontainers.image.revision"] = source.Revision
		out["org.opencontainers.image.created"] = source.Time.Format(time.RFC3339)
	}
	return out
}

// below is a file after the directories that it is in.
func below(file entry) []entry {
	entries := []entry{file}
	for dir := path.Dir(file.name); dir != "."; dir = path.Dir(dir) {
		entries = append([]entry{{dir, 0o755, nil}}, entries...)
	}
	return entries
}

func pack(entries []entry) (v1.Layer, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		head := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: e.mode, Size: int64(len(e.data)), Format: tar.FormatPAX}
		if e.data == nil {
			head.Typeflag, head.Name = tar.TypeDir, e.name+"/"
		}
		if err := w.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer), tarball.WithCompressionLevel(9), tarball.WithCompressedCaching)
}

// Tag is the version as a tag of an image, which may hold no +.
func Tag(version string) string { return strings.ReplaceAll(version, "+", "_") }
