package image

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/natsyard/natsyard/release/build"
)

// Layout is the folder of the OCI layout.
const Layout = "image"

// Tarball is the file name of a target's image for docker load.
func Tarball(t build.Target) string { return "natsyard-image-" + t.OS + "-" + t.Arch + ".tar" }

// Write writes, into a folder, the OCI layout, whose one entry is the index of all platforms, and for each platform
// a tarball that docker load and podman load take. What was there by these names goes.
func Write(dir string, source build.Source, images map[build.Target]v1.Image) error {
	var all []v1.Image
	for _, t := range Targets {
		image, ok := images[t]
		if !ok {
			continue
		}
		all = append(all, image)
		if err := writeTarball(filepath.Join(dir, Tarball(t)), source, image); err != nil {
			return err
		}
	}
	index, err := Index(source, all)
	if err != nil {
		return err
	}
	at := filepath.Join(dir, Layout)
	if err := os.RemoveAll(at); err != nil {
		return err
	}
	path, err := layout.Write(at, empty.Index)
	if err != nil {
		return fmt.Errorf("write the layout: %w", err)
	}
	refName := layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": Tag(source.Version)})
	if err := path.AppendIndex(index, refName); err != nil {
		return fmt.Errorf("write the layout: %w", err)
	}
	return plainModes(at)
}

// plainModes makes all of a folder readable, whatever the umask, and no file executable.
func plainModes(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		mode := fs.FileMode(0o644)
		if err == nil && d.IsDir() {
			mode = 0o755
		}
		return errors.Join(err, os.Chmod(name, mode))
	})
}

func writeTarball(file string, source build.Source, image v1.Image) error {
	tag, err := name.NewTag("natsyard:" + Tag(source.Version))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := tarball.Write(tag, image, &out); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}
