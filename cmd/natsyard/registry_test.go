package main

import (
	"archive/tar"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	ggcr "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/rogpeppe/go-internal/testscript"
)

// startRegistry NAME [USER PASSWORD] starts an OCI registry on loopback and sets $NAME to its host and port.
// It knows only who logs in, where a user is given. registry -tls CERTIFICATE NAME has TLS, and writes its authority's certificate.
func startRegistry(ts *testscript.TestScript, neg bool, args []string) {
	start, certificate := httptest.NewServer, ""
	if len(args) > 2 && args[0] == "-tls" {
		start, certificate, args = httptest.NewTLSServer, args[1], args[2:]
	}
	if neg || len(args) != 1 && len(args) != 3 {
		ts.Fatalf("usage: registry [-tls CERTIFICATE] NAME [USER PASSWORD]")
	}
	handler := ggcr.New(ggcr.Logger(log.New(io.Discard, "", 0)))
	if len(args) == 3 {
		handler = guarded(handler, args[1], args[2])
	}
	server := start(handler)
	ts.Defer(server.Close)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if certificate != "" {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		ts.Check(os.WriteFile(ts.MkAbs(certificate), text, 0o644))
	}
	_, host, _ := strings.Cut(server.URL, "://")
	ts.Setenv(args[0], host)
}

// guarded asks, as most registries do, for a token that a user's name and password are good for.
func guarded(inner http.Handler, user, password string) http.Handler {
	const token = "good"
	refuse := func(w http.ResponseWriter) {
		http.Error(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`, http.StatusUnauthorized)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, p, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/token" && u == user && p == password:
			fmt.Fprintf(w, `{"token":%q}`, token)
		case r.URL.Path == "/token":
			refuse(w)
		case r.Header.Get("Authorization") == "Bearer "+token:
			inner.ServeHTTP(w, r)
		default:
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://%s/token",service="test"`, r.Host))
			refuse(w)
		}
	})
}

// pull REFERENCE DIR writes what is in the artifact's layer to a new folder. It prints the digest. Of a reference that there is not, ! pull.
func pull(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: pull REFERENCE DIR")
	}
	ref, err := name.ParseReference(args[0])
	ts.Check(err)
	image, err := remote.Image(ref)
	if neg {
		if err == nil {
			ts.Fatalf("%s is there", args[0])
		}
		return
	}
	ts.Check(err)
	ts.Check(validate.Image(image))
	ts.Check(extract(image, ts.MkAbs(args[1])))
	digest, err := image.Digest()
	ts.Check(err)
	_, err = ts.Stdout().Write([]byte(digest.String() + "\n"))
	ts.Check(err)
}

// extract writes the files of the one layer that there is.
func extract(image v1.Image, dir string) error {
	layers, err := image.Layers()
	if err != nil {
		return err
	}
	if len(layers) != 1 {
		return errors.New("there is more than one layer")
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		return err
	}
	defer content.Close()
	for r := tar.NewReader(content); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		name := filepath.Join(dir, path.Clean("/"+head.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
}
