package build

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// An image is FROM scratch: programs, and one of them that is run.
type image struct {
	programs []string // of those that Images builds; with "busybox", a shell too
	run      []string
	module   string // whose version is that of the image, where it is
}

// images are those of natsyard's objects by their repository, and two of the tests' own.
var images = map[string]image{
	"nats":                               {[]string{"nats-server"}, []string{"nats-server"}, "github.com/nats-io/nats-server/v2"},
	"natsio/nats-server-config-reloader": {[]string{"nats-server-config-reloader"}, []string{"nats-server-config-reloader"}, "github.com/nats-io/nack"},
	"natsio/prometheus-nats-exporter":    {[]string{"prometheus-nats-exporter"}, []string{"prometheus-nats-exporter"}, "github.com/nats-io/prometheus-nats-exporter"},
	"natsio/nats-box":                    {[]string{"nats", "busybox"}, []string{"sh"}, ""},
	Client:                               {[]string{"client"}, []string{"client"}, ""},
	Pause:                                {[]string{"pause"}, []string{"pause"}, ""},
}

// The repositories of the tests' own images, whose tag is Tag.
const (
	Client = "e2e/client"
	Pause  = "e2e/pause"
	Tag    = "e2e"
)

// OlderServer is the tag of a nats-server that production is upgraded from.
const OlderServer = "2.14.10-alpine"

// sources are the modules that programs are built from.
var sources = []string{"images", "images/older"}

// Images builds the programs, and an image for each of the references, by its repository, with that very name: a node that has it
// pulls nothing. It gives the tarballs.
func Images(ctx context.Context, references []string) ([]string, error) {
	module, err := absolute("images")
	if err != nil {
		return nil, err
	}
	references = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(references), Client+":"+Tag, Pause+":"+Tag))))
	dir, err := cached("images", "which takes some minutes the first time", []string{module}, references, func(dir string) error {
		for _, source := range sources {
			if err := programs(ctx, source, filepath.Join(dir, source)); err != nil {
				return err
			}
		}
		shell, err := debian(ctx, "busybox-static")
		if err != nil {
			return err
		}
		if err := os.Symlink(filepath.Join(shell, "bin/busybox"), filepath.Join(dir, sources[0], "busybox")); err != nil {
			return err
		}
		for _, reference := range references {
			if err := write(ctx, reference, dir); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(dir, "*.tar"))
}

// programs builds the programs of a module.
func programs(ctx context.Context, source, dir string) error {
	module, err := absolute(source)
	if err != nil {
		return err
	}
	return goBuild(ctx, module, dir, "-ldflags", "-s -w", "tool", "./...")
}

// write writes the tarball of an image into the folder that has the programs.
func write(ctx context.Context, reference, dir string) error {
	tag, err := name.NewTag(reference)
	if err != nil {
		return err
	}
	made, ok := images[strings.TrimPrefix(tag.RepositoryStr(), "library/")]
	if !ok {
		return fmt.Errorf("nobody builds the image %s", reference)
	}
	source, err := made.source(ctx, tag.TagStr())
	if err != nil {
		return err
	}
	built, err := made.build(filepath.Join(dir, source))
	if err != nil {
		return err
	}
	return tarball.WriteToFile(filepath.Join(dir, strings.NewReplacer("/", "_", ":", "_").Replace(reference)+".tar"), tag, built)
}

// source is the module with the version that the tag says, so that no image passes for another.
func (i image) source(ctx context.Context, tag string) (string, error) {
	if i.module == "" {
		return sources[0], nil
	}
	want, _, _ := strings.Cut(tag, "-")
	for _, source := range sources {
		module, err := absolute(source)
		if err != nil {
			return "", err
		}
		if version, err := run(ctx, module, nil, "go", "list", "-m", "-f", "{{.Version}}", i.module); err == nil && strings.TrimSpace(version) == "v"+want {
			return source, nil
		}
	}
	return "", fmt.Errorf("natsyard's objects name %[2]s of %[1]s: go get -tool %[1]s@v%[2]s in e2e/images", i.module, want)
}

// build makes the image of programs that are there.
func (i image) build(programs string) (v1.Image, error) {
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	add := func(h *tar.Header, data []byte) error {
		h.Size = int64(len(data))
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	}
	for _, folder := range []string{"tmp", "usr", "usr/local", "usr/local/bin"} {
		mode := int64(0o755)
		if folder == "tmp" {
			mode = 0o1777
		}
		if err := add(&tar.Header{Name: folder, Mode: mode, Typeflag: tar.TypeDir}, nil); err != nil {
			return nil, err
		}
	}
	for _, program := range i.programs {
		data, err := os.ReadFile(filepath.Join(programs, program))
		if err != nil {
			return nil, err
		}
		if err := add(&tar.Header{Name: "usr/local/bin/" + program, Mode: 0o755, Typeflag: tar.TypeReg}, data); err != nil {
			return nil, err
		}
	}
	if slices.Contains(i.programs, "busybox") {
		for _, applet := range []string{"sh", "cat", "ln", "mkdir", "printf", "sleep", "["} {
			if err := add(&tar.Header{Name: "usr/local/bin/" + applet, Linkname: "busybox", Mode: 0o777, Typeflag: tar.TypeSymlink}, nil); err != nil {
				return nil, err
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer.Bytes())), nil })
	if err != nil {
		return nil, err
	}
	built, err := mutate.AppendLayers(empty.Image, l)
	if err != nil {
		return nil, err
	}
	config, err := built.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.Architecture, config.OS = runtime.GOARCH, "linux"
	config.Config = v1.Config{Entrypoint: i.run, Env: []string{"PATH=/usr/local/bin"}}
	return mutate.ConfigFile(built, config)
}
