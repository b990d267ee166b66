package rehearse_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/rehearse"
	"github.com/natsyard/natsyard/gen/rehearse/rehearsetest"
	"github.com/natsyard/natsyard/schema"
)

// repo is a repository with one environment for each intent, by name.
func repo(intents map[string]string) fs.FS {
	files := fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/nats@v0\"\nlanguage: version: \"v0.17.0\"\n")},
		"base/intent.cue":    {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent\n")},
	}
	for env, text := range intents {
		files["overlays/"+env+"/intent.cue"] = &fstest.MapFile{Data: fmt.Appendf(nil,
			"package %s\n\nimport \"example.com/nats/base\"\n\nintent: base.intent & %s\n", env, text)}
	}
	return files
}

// one rehearses one environment.
func one(t testing.TB, text string) *rehearse.Rehearsal {
	t.Helper()
	return rehearsetest.Run(t, repo(map[string]string{"prod": text}), "prod")
}

func secretKey(name, key string) schema.SecretKey {
	return schema.SecretKey{SecretName: name, Key: key}
}

// foreign is a certificate and a key of an authority that no rehearsal trusts.
func foreign(t testing.TB) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bob"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}
