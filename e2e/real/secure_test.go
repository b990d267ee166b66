package real

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/e2e/internal/check"
	"github.com/natsyard/natsyard/e2e/internal/nodes"
)

// operated is an environment of an operator with an account for each of two services, of TLS for clients and routes, and of encrypted disks.
const operated = `
import "github.com/natsyard/natsyard/base"

intent: base.intent & {
	namespace: "secure"
	cluster: {
		replicas: 3
		tls: {secretName: "nats-tls", ca: "ca.crt"}
	}
	nats: tls: {secretName: "nats-tls", ca: "ca.crt"}
	jetstream: {
		fileStore: pvc: {size: "1Gi", storageClassName: "secure"}
		encryptionKey: {secretName: "nats-jetstream", key: "key"}
	}
	podAntiAffinityPreset: "soft"
	resolver: type: "memory"
	accounts: {
		ORDERS: {
			jetstream: {}
			users: shop: {}
		}
		BILLING: {
			jetstream: {}
			users: clerk: {}
		}
	}
	natsBox: contexts: {
		default: creds: {secretName: "nats-creds-sys-sys", key: "nats.creds"}
		orders: creds: {secretName: "nats-creds-orders-shop", key: "nats.creds"}
		billing: creds: {secretName: "nats-creds-billing-clerk", key: "nats.creds"}
	}
}`

// Secrets, TLS and operator mode: what natsyard auth makes lets each service into its own account, and nobody else anywhere.
func TestSecure(t *testing.T) {
	t.Parallel()
	const ns, url = "secure", "tls://nats.secure.svc.cluster.local:4222"
	namespace(t, ns)
	for i, node := range []int{4, 5, 4} { // the others have a hard time
		require.NoError(t, machines.Volume(t.Context(), nodes.Name(node), fmt.Sprintf("secure-%d", i+1), "secure", "1Gi"))
	}
	r := repoOf(t, "secure", "secure", operated)
	flags := []string{"-ca", "/etc/ca/ca.crt", "-creds", "/etc/creds/nats.creds", url}
	of := func(user string) map[string]string {
		return map[string]string{"/etc/ca": "nats-ca", "/etc/creds": "nats-creds-" + user}
	}
	refused := func(c *check.Check, name, why string, files map[string]string, args ...string) {
		service(c.T, ns, name, files, append([]string{"-once"}, args...)...)
		phase, log := ended(c.T, ns, name)
		require.Equal(c.T, corev1.PodFailed, phase, log)
		require.Contains(c.T, log, why)
	}
	var steady *publisher
	inOrder(t, ns, []step{
		{"what natsyard auth prints is applied, and the servers let nobody in by any other way", func(c *check.Check) {
			certificate(c.T, ns)
			secret(c.T, ns, "nats-jetstream", corev1.SecretTypeOpaque, map[string][]byte{"key": []byte(rand.Text())})
			applied(c.T, r.run(c.T, "", "auth", r.env))
			r.apply(c.T)
			ready(c.T, ns, 3)
			refused(c, "stranger", "Authorization Violation", map[string]string{"/etc/ca": "nats-ca"}, "-ca", "/etc/ca/ca.crt", url)
			refused(c, "distrustful", "certificate signed by unknown authority", map[string]string{"/etc/creds": "nats-creds-orders-shop"}, "-creds", "/etc/creds/nats.creds", url)
		}},
		{"a service of an account publishes with the credentials of its user", func(c *check.Check) {
			steady = publish(c.T, ns, "shop", of("orders-shop"), flags...)
			steady.since(c.T, time.Now())
		}},
		{"the service of another account sees nothing of it", func(c *check.Check) {
			service(c.T, ns, "clerk", of("billing-clerk"), append([]string{"-once"}, flags...)...)
			phase, log := ended(c.T, ns, "clerk")
			require.Equal(c.T, corev1.PodSucceeded, phase, log)
			kubectl(c.T, "-n", ns, "rollout", "status", "deployment/nats-box", "--timeout=60s")
			streams := func(context string) string {
				return kubectl(c.T, "-n", ns, "exec", "deploy/nats-box", "--", "nats", "--context", context, "stream", "ls", "--names")
			}
			require.Contains(c.T, streams("orders"), "E2E")
			require.NotContains(c.T, streams("billing"), "E2E")
		}},
		{"the routes use TLS, and what is on the disks is encrypted", func(c *check.Check) {
			for name, p := range servers(c.T, ns) {
				var v struct {
					Cluster struct {
						TLS bool `json:"tls_required"`
					}
				}
				require.NoError(c.T, monitor(p, "/varz", &v))
				require.True(c.T, v.Cluster.TLS, name)
			}
			keys, err := filepath.Glob(filepath.Join(work, "node-*/volumes/secure-*/jetstream/*/streams/E2E/meta.key"))
			require.NoError(c.T, err)
			require.Len(c.T, keys, 3)
		}},
		{"a user who is added gets in, and the others stay", func(c *check.Check) {
			began := time.Now()
			credentials := func() []byte {
				s, err := k8s.Client.CoreV1().Secrets(ns).Get(c.Context(), "nats-creds-orders-shop", metav1.GetOptions{})
				require.NoError(c.T, err)
				return s.Data["nats.creds"]
			}
			before := credentials()
			r.set(c.T, "auditor", `accounts: BILLING: users: auditor: {}`)
			kept := kubectl(c.T, "-n", ns, "get", "secret", "-l", "app.kubernetes.io/component=auth,app.kubernetes.io/instance=nats", "-o", "yaml")
			applied(c.T, r.run(c.T, kept, "auth", r.env, "--keys", "-"))
			require.Equal(c.T, before, credentials())
			r.apply(c.T)
			ready(c.T, ns, 3)
			service(c.T, ns, "auditor", of("billing-auditor"), append([]string{"-once"}, flags...)...)
			phase, log := ended(c.T, ns, "auditor")
			require.Equal(c.T, corev1.PodSucceeded, phase, log)
			c.Note("%s", steady.since(c.T, began))
		}},
		{"every message that the service of the account was told is kept is there", func(c *check.Check) {
			final := steady.whole(c.T, 100)
			c.Note("%d acknowledged, %d stored", final.Acked, final.Stored)
		}},
	}...)
}

// applied applies objects, as the pages of natsyard auth say.
func applied(t *testing.T, objects string) {
	t.Helper()
	file := filepath.Join(work, "objects.yaml")
	require.NoError(t, os.WriteFile(file, []byte(objects), 0o600))
	kubectl(t, "apply", "--server-side", "-f", file)
}

// secret makes a Secret.
func secret(t *testing.T, namespace, name string, kind corev1.SecretType, data map[string][]byte) {
	t.Helper()
	_, err := k8s.Client.CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, Type: kind, Data: data}, metav1.CreateOptions{})
	require.NoError(t, err)
}

// certificate makes the Secret of a certificate for the servers, of an authority that is made for it, and one of that authority for the services.
func certificate(t *testing.T, namespace string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "e2e"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	require.NoError(t, err)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "nats"}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		DNSNames:    []string{"nats", "nats." + namespace, "nats." + namespace + ".svc.cluster.local", "*.nats-headless", "*.nats-headless." + namespace + ".svc.cluster.local"},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, leaf, authority, &own.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(own)
	require.NoError(t, err)
	trust := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca})
	secret(t, namespace, "nats-ca", corev1.SecretTypeOpaque, map[string][]byte{"ca.crt": trust})
	secret(t, namespace, "nats-tls", corev1.SecretTypeTLS, map[string][]byte{
		"ca.crt":  trust,
		"tls.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		"tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	})
}
