package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"debug/elf"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/release/build"
	"github.com/natsyard/natsyard/release/image"
)

func TestImage(t *testing.T) {
	dist := release(t, filepath.Join(t.TempDir(), "clone"), "022", nil, "image")

	// In a deeper folder, for another user with another umask, at another time, from an empty cache.
	t.Run("reproducible", func(t *testing.T) {
		requireSame(t, dist, release(t, filepath.Join(t.TempDir(), "a", "deeper", "folder"), "077", elsewhere(t), "image"))
	})

	revision := strings.TrimSpace(sh(t, "git", "-C", "..", "rev-parse", "HEAD"))
	source, err := build.Read(filepath.Dir(dist), "")
	require.NoError(t, err)
	require.NotContains(t, source.Version, "dirty")

	images := read(t, dist)
	require.Len(t, images, 2)
	for target, i := range images {
		t.Run(target.Arch, func(t *testing.T) {
			config, err := i.ConfigFile()
			require.NoError(t, err)
			require.Equal(t, "999:999", config.Config.User)
			require.Equal(t, []string{"/usr/local/bin/natsyard"}, config.Config.Entrypoint)
			require.Empty(t, config.Config.Cmd)
			require.Equal(t, "/work", config.Config.WorkingDir)
			require.Equal(t, []string{"PATH=/usr/local/bin"}, config.Config.Env)
			require.Equal(t, revision, config.Config.Labels["org.opencontainers.image.revision"])
			require.Equal(t, source.Version, config.Config.Labels["org.opencontainers.image.version"])
			require.Equal(t, "Apache-2.0", config.Config.Labels["org.opencontainers.image.licenses"])
			require.True(t, source.Time.Equal(config.Created.Time))

			list, files := unpack(t, i)
			require.Equal(t, []string{
				"drwxrwxrwt 0:0 0 tmp/",
				"drwxr-xr-x 0:0 0 work/",
				"drwxr-xr-x 0:0 0 etc/",
				"drwxr-xr-x 0:0 0 etc/ssl/",
				"drwxr-xr-x 0:0 0 etc/ssl/certs/",
				"-rw-r--r-- 0:0 0 etc/ssl/certs/ca-certificates.crt",
				"drwxr-xr-x 0:0 0 usr/",
				"drwxr-xr-x 0:0 0 usr/local/",
				"drwxr-xr-x 0:0 0 usr/local/bin/",
				"-rwxr-xr-x 0:0 0 usr/local/bin/natsyard",
			}, list)
			binary := files[image.Program]
			requireStatic(t, target, binary)
			requireRoots(t, files[image.Certificates])
			requireMaterials(t, filepath.Join(dist, image.SBOM(target)), source.Version, binary)

			// The tarball for docker load holds the same image.
			loaded, err := tarball.ImageFromPath(filepath.Join(dist, image.Tarball(target)), nil)
			require.NoError(t, err)
			want, err := i.ConfigName()
			require.NoError(t, err)
			got, err := loaded.ConfigName()
			require.NoError(t, err)
			require.Equal(t, want, got)
			listLoaded, _ := unpack(t, loaded)
			require.Equal(t, list, listLoaded)
		})
	}
	t.Run("runs", func(t *testing.T) {
		requireRuns(t, images[build.Target{OS: "linux", Arch: runtime.GOARCH}], source.Version)
	})
	t.Run("crane", func(t *testing.T) { requireCrane(t, dist) })
	t.Run("skopeo", func(t *testing.T) { requireSkopeo(t, dist) })
}

// read reads the OCI layout: one index of the images of all platforms, each as its manifest says.
func read(t *testing.T, dist string) map[build.Target]v1.Image {
	t.Helper()
	outer, err := layout.ImageIndexFromPath(filepath.Join(dist, image.Layout))
	require.NoError(t, err)
	manifest, err := outer.IndexManifest()
	require.NoError(t, err)
	require.Len(t, manifest.Manifests, 1)
	index, err := outer.ImageIndex(manifest.Manifests[0].Digest)
	require.NoError(t, err)
	require.NoError(t, validate.Index(index))
	manifest, err = index.IndexManifest()
	require.NoError(t, err)
	out := map[build.Target]v1.Image{}
	for _, m := range manifest.Manifests {
		i, err := index.Image(m.Digest)
		require.NoError(t, err)
		out[build.Target{OS: m.Platform.OS, Arch: m.Platform.Architecture}] = i
	}
	return out
}

// unpack gives all that is in the layers: a line for each, and the content of files.
func unpack(t *testing.T, i v1.Image) (list []string, files map[string][]byte) {
	t.Helper()
	files = map[string][]byte{}
	layers, err := i.Layers()
	require.NoError(t, err)
	for _, l := range layers {
		content, err := l.Uncompressed()
		require.NoError(t, err)
		defer content.Close()
		for r := tar.NewReader(content); ; {
			head, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			require.Empty(t, head.Uname+head.Gname)
			list = append(list, fmt.Sprintf("%s %d:%d %d %s", head.FileInfo().Mode(), head.Uid, head.Gid, head.ModTime.Unix(), head.Name))
			files[head.Name], err = io.ReadAll(r)
			require.NoError(t, err)
		}
	}
	for n, line := range list {
		list[n] = strings.Replace(line, "dtrwxrwxrwx", "drwxrwxrwt", 1) // as ls writes it
	}
	return list, files
}

// requireStatic looks at the program: of the architecture, and in need of no loader.
func requireStatic(t *testing.T, target build.Target, binary []byte) {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(binary))
	require.NoError(t, err)
	require.Equal(t, map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[target.Arch], f.Machine)
	require.False(t, slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }))
	own, err := filepath.Abs("..")
	require.NoError(t, err)
	for _, path := range []string{own, goEnv(t, "GOMODCACHE"), goEnv(t, "GOROOT")} {
		require.False(t, bytes.Contains(binary, []byte(path)), "a path of this machine is in it")
	}
}

func requireRoots(t *testing.T, text []byte) {
	t.Helper()
	var count int
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		require.True(t, certificate.IsCA)
		count++
	}
	require.Greater(t, count, 100)
}

// requireMaterials compares the bill of materials with the program.
func requireMaterials(t *testing.T, file, version string, binary []byte) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var bom cdx.BOM
	require.NoError(t, cdx.NewBOMDecoder(bytes.NewReader(data), cdx.BOMFileFormatJSON).Decode(&bom))
	main := bom.Metadata.Component
	require.Equal(t, "natsyard", main.Name)
	require.Equal(t, version, main.Version)
	sum := sha256.Sum256(binary)
	require.Equal(t, []cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}, *main.Hashes)

	refs := []string{}
	versions := map[string]string{}
	for _, c := range *bom.Components {
		refs = append(refs, c.BOMRef)
		versions[c.Name] = c.Version
		require.NotContains(t, c.PackageURL, "+")
	}
	require.Equal(t, refs, *(*bom.Dependencies)[0].Dependencies)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(refs))), len(refs))
	server := strings.Fields(sh(t, "go", "-C", "..", "list", "-m", "github.com/nats-io/nats-server/v2"))
	require.Equal(t, server[1], versions[server[0]])
	roots := strings.Fields(sh(t, "go", "list", "-m", "golang.org/x/crypto/x509roots/fallback"))
	require.Equal(t, roots[1], versions[roots[0]])
	require.Equal(t, "v"+strings.TrimPrefix(goEnv(t, "GOVERSION"), "go"), versions["stdlib"])
}

// requireCrane pushes the layout, all platforms of it, and a tarball.
func requireCrane(t *testing.T, dist string) {
	crane := tool(t, "crane", "make test-image installs it")
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	at := strings.TrimPrefix(server.URL, "http://") + "/natsyard"
	sh(t, crane, "push", filepath.Join(dist, image.Layout), at+":all")
	platforms := sh(t, crane, "manifest", at+":all")
	for _, target := range image.Targets {
		require.Contains(t, platforms, `"architecture":"`+target.Arch+`"`)
		file := filepath.Join(dist, image.Tarball(target))
		sh(t, crane, "validate", "--tarball", file)
		sh(t, crane, "push", file, at+":"+target.Arch)
	}
	sh(t, crane, "validate", "--remote", at+":all")
}

// requireSkopeo copies the layout and a tarball, which it reads as podman load does.
func requireSkopeo(t *testing.T, dist string) {
	skopeo := tool(t, "skopeo", "apt-get install skopeo")
	from := "oci:" + filepath.Join(dist, image.Layout)
	require.Contains(t, sh(t, skopeo, "inspect", from), `"Architecture": "amd64"`)
	sh(t, skopeo, "--insecure-policy", "copy", "--all", from, "oci:"+t.TempDir())
	for _, target := range image.Targets {
		archive := "docker-archive:" + filepath.Join(dist, image.Tarball(target))
		require.Contains(t, sh(t, skopeo, "inspect", archive), `"Architecture": "`+target.Arch+`"`)
		sh(t, skopeo, "--insecure-policy", "copy", archive, "dir:"+t.TempDir())
	}
}

// requireRuns runs the image's program with nothing but the image around it, as its user, who may write to /tmp alone.
func requireRuns(t *testing.T, i v1.Image, version string) {
	if os.Geteuid() != 0 {
		t.Skip("only root may change the root of a process, and whether the program runs in the image alone is not known")
	}
	root := t.TempDir()
	layers, err := i.Layers()
	require.NoError(t, err)
	for _, l := range layers {
		content, err := l.Uncompressed()
		require.NoError(t, err)
		defer content.Close()
		extract := exec.Command("tar", "-x", "-p", "-C", root)
		extract.Stdin = content
		out, err := extract.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	require.NoError(t, os.Chmod(root, 0o755))
	for _, dir := range []string{"base", "overlays", "cue.mod"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, "work", dir), os.DirFS(filepath.Join("..", dir))))
	}
	before := contents(t, root)

	out := inside(t, i, root, "version")
	require.Regexp(t, `(?m)^natsyard +`+version+`$`, out)
	require.Contains(t, inside(t, i, root, "vet", "prod"), "proven: prod")
	require.Empty(t, inside(t, i, root, "render", "--check", "prod"))
	require.Contains(t, inside(t, i, root, "render", "prod", "-o", "/tmp/out"), "proven;")
	require.FileExists(t, filepath.Join(root, "tmp", "out", "statefulset-nats.yaml"))

	require.NoError(t, os.RemoveAll(filepath.Join(root, "tmp", "out")))
	require.Equal(t, before, contents(t, root), "it left something outside of what it was told to write")
}
