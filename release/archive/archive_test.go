package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/release/archive"
	"github.com/natsyard/natsyard/release/build"
)

var (
	files = []archive.File{{Name: "natsyard", Mode: 0o755, Data: []byte("program")}, {Name: "LICENSE", Mode: 0o644, Data: []byte("text")}}
	at    = time.Date(2026, 11, 25, 0, 48, 54, 0, time.UTC)
)

func TestTarball(t *testing.T) {
	t.Parallel()
	a, err := archive.Pack(build.Target{OS: "linux", Arch: "arm64"}, files, at)
	require.NoError(t, err)
	require.Equal(t, "natsyard-linux-arm64.tar.gz", a.Name)
	plain, err := gzip.NewReader(bytes.NewReader(a.Data))
	require.NoError(t, err)
	r := tar.NewReader(plain)
	for _, f := range files {
		head, err := r.Next()
		require.NoError(t, err)
		require.Equal(t, f.Name, head.Name)
		require.Equal(t, f.Mode, head.Mode)
		require.True(t, at.Equal(head.ModTime))
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, f.Data, data)
	}
	_, err = r.Next()
	require.ErrorIs(t, err, io.EOF)
}

func TestZip(t *testing.T) {
	t.Parallel()
	a, err := archive.Pack(build.Target{OS: "windows", Arch: "amd64"}, files, at.In(time.FixedZone("there", 3600)))
	require.NoError(t, err)
	require.Equal(t, "natsyard-windows-amd64.zip", a.Name)
	same, err := archive.Pack(build.Target{OS: "windows", Arch: "amd64"}, files, at)
	require.NoError(t, err)
	require.Equal(t, same.Data, a.Data)
	r, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
	require.NoError(t, err)
	for n, f := range files {
		require.Equal(t, f.Name, r.File[n].Name)
		require.True(t, at.Equal(r.File[n].Modified))
		in, err := r.File[n].Open()
		require.NoError(t, err)
		data, err := io.ReadAll(in)
		require.NoError(t, err)
		require.Equal(t, f.Data, data)
	}
}

// Outside of git there is no time.
func TestWithoutTime(t *testing.T) {
	t.Parallel()
	for _, target := range build.Targets {
		one, err := archive.Pack(target, files, time.Time{})
		require.NoError(t, err)
		two, err := archive.Pack(target, files, time.Time{})
		require.NoError(t, err)
		require.Equal(t, one, two)
		require.Len(t, one.SHA256(), 64)
	}
}

func TestChecksums(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.tar.gz\n",
		string(archive.Checksums([]archive.Archive{{Name: "a.tar.gz", Data: []byte("abc")}})))
}
