// Command release makes what natsyard is shipped as, each byte of which follows from the commit and the release of Go:
//
//	release image                 the container image: an OCI layout, tarballs for docker load, bills of materials
//	release archives [TARGET...]  archives for download, their checksums, and krew's manifest
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/natsyard/natsyard/release/archive"
	"github.com/natsyard/natsyard/release/build"
	"github.com/natsyard/natsyard/release/image"
)

// downloads is where the archives of a version are.
const downloads = "https://github.com/natsyard/natsyard/releases/download/"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	repo := flags.String("C", ".", "natsyard's `repository`")
	dist := flags.String("o", "dist", "`folder` to write to")
	version := flags.String("version", "", "`version`, where git is not to say it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	source, err := build.Read(*repo, *version)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*dist, 0o755); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "natsyard-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	switch flags.Arg(0) {
	case "image":
		return makeImage(ctx, source, *dist, scratch)
	case "archives":
		return makeArchives(ctx, source, *dist, scratch, flags.Args()[1:])
	}
	return errors.New("want release [-C REPOSITORY] [-o FOLDER] [-version VERSION] image, or archives [TARGET...]")
}

// shown is a path as seen from the repository, where make is run, and not from this module.
func shown(repo, path string) string {
	if below, err := filepath.Rel(repo, path); err == nil && filepath.IsLocal(below) {
		return below
	}
	return path
}

func makeImage(ctx context.Context, source build.Source, dist, scratch string) error {
	images := map[build.Target]v1.Image{}
	for _, t := range image.Targets {
		program := filepath.Join(scratch, t.Arch)
		if err := source.Compile(ctx, t, program); err != nil {
			return err
		}
		made, err := image.New(source, t, program)
		if err != nil {
			return err
		}
		images[t] = made
		materials, err := image.Materials(source, program)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dist, image.SBOM(t)), materials, 0o644); err != nil {
			return err
		}
	}
	if err := image.Write(dist, source, images); err != nil {
		return err
	}
	fmt.Printf("natsyard %s: %s\n", source.Version, shown(source.Dir, filepath.Join(dist, image.Layout)))
	return nil
}

func makeArchives(ctx context.Context, source build.Source, dist, scratch string, names []string) error {
	targets := build.Targets
	if len(names) > 0 {
		targets = nil
	}
	for _, name := range names {
		t, err := build.ParseTarget(name)
		if err != nil {
			return err
		}
		targets = append(targets, t)
	}
	license, err := os.ReadFile(filepath.Join(source.Dir, "LICENSE"))
	if err != nil {
		return err
	}
	var archives []archive.Archive
	for _, t := range targets {
		program := filepath.Join(scratch, t.OS+"-"+t.Arch)
		if err := source.Compile(ctx, t, program); err != nil {
			return err
		}
		binary, err := os.ReadFile(program)
		if err != nil {
			return err
		}
		files := []archive.File{{Name: t.Program(), Mode: 0o755, Data: binary}, {Name: "LICENSE", Mode: 0o644, Data: license}}
		made, err := archive.Pack(t, files, source.Time)
		if err != nil {
			return err
		}
		archives = append(archives, made)
		if err := os.WriteFile(filepath.Join(dist, made.Name), made.Data, 0o644); err != nil {
			return err
		}
	}
	manifest, err := archive.Krew(source.Version, downloads+source.Version, archives)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dist, "natsyard.yaml"), manifest, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dist, "sha256sums.txt"), archive.Checksums(archives), 0o644); err != nil {
		return err
	}
	fmt.Printf("natsyard %s: %d archives in %s\n", source.Version, len(archives), shown(source.Dir, dist))
	return nil
}
