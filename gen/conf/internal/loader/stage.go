package loader

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// setStage supplies what the server opens or calls while it loads: a certificate in the place of
// every one, an empty directory for JWTs, no responder of OCSP, and no account server of an operator. It
// changes root; strike takes it all away again.
func setStage(root tree.Block) (strike func(), err error) {
	s := stage{}
	defer func() {
		if err != nil {
			s.strike()
		}
	}()
	for name, n := range root {
		switch inner, isBlock := n.Block(); option.Canonical(name) {
		case "ocsp":
			if isBlock && inner["mode"] != nil { // the others ask the responder at once
				inner["mode"] = &tree.Node{Value: "auto", From: inner["mode"].From}
			}
		case "resolver":
			if isBlock && inner["dir"] != nil {
				if inner["dir"], err = s.path(inner["dir"], "jwt"); err != nil {
					return nil, err
				}
			}
		}
	}
	if root["operator"] != nil && root["resolver"] == nil {
		// The server would call the address that the operator's JWT may name.
		root["resolver"] = &tree.Node{Value: "MEMORY", From: root["operator"].From}
	}
	return s.strike, s.certificates(root)
}

// stage is a directory that is made when it is first needed.
type stage struct{ dir string }

func (s *stage) strike() {
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // what is left is in the directory for temporary files
	}
}

// path is a node with a path in the stage.
func (s *stage) path(n *tree.Node, name string) (*tree.Node, error) {
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "natsyard-check-")
		if err != nil {
			return nil, fmt.Errorf("make a place for the certificates of a check: %w", err)
		}
		s.dir = dir
		made, err := certificate()
		if err != nil {
			return nil, err
		}
		err = errors.Join(
			os.WriteFile(filepath.Join(dir, "cert_file"), made.cert, 0o600),
			os.WriteFile(filepath.Join(dir, "ca_file"), made.cert, 0o600),
			os.WriteFile(filepath.Join(dir, "key_file"), made.key, 0o600),
		)
		if err != nil {
			return nil, fmt.Errorf("write the certificates of a check: %w", err)
		}
	}
	return &tree.Node{Value: filepath.Join(s.dir, name), From: n.From}, nil
}

// certificates replaces the files of every TLS in a block.
func (s *stage) certificates(b tree.Block) (err error) {
	for name, n := range b {
		switch v := n.Value.(type) {
		case tree.Block:
			err = s.certificates(v)
		case tree.List:
			for _, item := range v {
				if inner, ok := item.Block(); ok && err == nil {
					err = s.certificates(inner)
				}
			}
		case string:
			if name == "cert_file" || name == "key_file" || name == "ca_file" {
				b[name], err = s.path(n, name)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pair is a certificate and its key, as PEM.
type pair struct{ cert, key []byte }

// certificate is one of no meaning. It is made once, and never leaves the process but for a stage.
var certificate = sync.OnceValues(func() (pair, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, fmt.Errorf("make a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "natsyard check"},
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return pair{}, fmt.Errorf("make a certificate: %w", err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return pair{}, fmt.Errorf("encode a key: %w", err)
	}
	return pair{
		cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}, nil
})
