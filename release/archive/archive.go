// Package archive packs compiled natsyard for download: an archive for each target, their checksums, and the manifest with which
// krew, the plugin manager of kubectl, installs them as kubectl natsyard.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/natsyard/natsyard/release/build"
)

// File is a file of an archive.
type File struct {
	Name string
	Mode int64
	Data []byte
}

// Archive is one for a target.
type Archive struct {
	Target build.Target
	Name   string // of the file
	Data   []byte
}

// SHA256 is its checksum, in hex.
func (a Archive) SHA256() string { return fmt.Sprintf("%x", sha256.Sum256(a.Data)) }

// Pack makes the archive of a target, zip for Windows and tar.gz for others: the files as they come, of root, of the time.
func Pack(target build.Target, files []File, at time.Time) (Archive, error) {
	a := Archive{Target: target, Name: "natsyard-" + target.OS + "-" + target.Arch + ".tar.gz"}
	pack := tarball
	if target.OS == "windows" {
		a.Name, pack = strings.TrimSuffix(a.Name, ".tar.gz")+".zip", zipped
	}
	var err error
	if a.Data, err = pack(files, at); err != nil {
		return Archive{}, fmt.Errorf("pack %s: %w", a.Name, err)
	}
	return a, nil
}

func tarball(files []File, at time.Time) ([]byte, error) {
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(packed)
	for _, f := range files {
		head := &tar.Header{Typeflag: tar.TypeReg, Name: f.Name, Mode: f.Mode, Size: int64(len(f.Data)), ModTime: at.UTC(), Format: tar.FormatPAX}
		if err := w.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func zipped(files []File, at time.Time) ([]byte, error) {
	if at.IsZero() {
		at = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) // zip knows none before
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		packed, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at.UTC()})
		if err != nil {
			return nil, err
		}
		if _, err := packed.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Checksums are those of the archives, as sha256sum --check reads them.
func Checksums(archives []Archive) []byte {
	var out bytes.Buffer
	for _, a := range archives {
		fmt.Fprintf(&out, "%s  %s\n", a.SHA256(), a.Name)
	}
	return out.Bytes()
}
