package rehearse

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Holder is whom a certificate is for.
type Holder struct {
	CommonName  string
	DNSNames    []string
	Emails      []string
	IPAddresses []net.IP
}

// authority is the certificate authority of one rehearsal: it plays cert-manager's issuer, whoever
// made the certificates of Secrets, and the authorities of the image.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	pem  []byte
	pool *x509.CertPool
}

// lifetime is how long certificates are valid; a rehearsal is shorter.
const lifetime = 24 * time.Hour

func newAuthority() (*authority, error) {
	key, err := newKey("")
	if err != nil {
		return nil, err
	}
	template := newTemplate(Holder{CommonName: "natsyard rehearsal"})
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	a := &authority{key: key, pem: encode("CERTIFICATE", der), pool: x509.NewCertPool()}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	a.pool.AddCert(a.cert)
	return a, nil
}

// issue makes a certificate for both sides of a connection. The algorithm of its key is one of
// cert-manager's; "" is ECDSA.
func (a *authority) issue(h Holder, algorithm string) (cert, private []byte, err error) {
	key, err := newKey(algorithm)
	if err != nil {
		return nil, nil, err
	}
	template := newTemplate(h)
	template.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, nil, fmt.Errorf("make a certificate for %s: %w", h.CommonName, err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("encode a key: %w", err)
	}
	return encode("CERTIFICATE", der), encode("PRIVATE KEY", secret), nil
}

func newTemplate(h Holder) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: h.CommonName},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(lifetime),
		DNSNames:     h.DNSNames, EmailAddresses: h.Emails, IPAddresses: h.IPAddresses,
	}
}

// newKey makes a private key. Of RSA it is the smallest: larger ones take seconds.
func newKey(algorithm string) (key crypto.Signer, err error) {
	switch algorithm {
	case "RSA":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "Ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// Certificate makes a certificate that the servers trust, such as that of a client.
func (r *Rehearsal) Certificate(h Holder) (tls.Certificate, error) {
	cert, key, err := r.authority.issue(h, "")
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// TLS is what a client needs to trust the servers, with the certificates that it shows.
func (r *Rehearsal) TLS(certificates ...tls.Certificate) *tls.Config {
	return &tls.Config{RootCAs: r.authority.pool, Certificates: certificates, MinVersion: tls.VersionTLS12}
}
