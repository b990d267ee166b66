package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/natsyard/natsyard/gen/kube"
)

// certificates are the specs of the Certificates, by name.
func certificates(all []kube.Object) map[string]map[string]any {
	found := map[string]map[string]any{}
	for _, object := range all {
		if object.GetKind() == "Certificate" {
			found[object.GetName()] = object.Object["spec"].(map[string]any)
		}
	}
	return found
}

func TestCertificatesOfTheirOwn(t *testing.T) {
	t.Parallel()
	in := parse(t, `{
		cluster: {replicas: 3, tls: certManager: issuerRef: name: "i"}
		gateway: {tls: certManager: issuerRef: name: "i", gateways: far: {urls: ["tls://f:1"], tls: certManager: issuerRef: name: "i"}}
		nats: tls: certManager: {
			issuerRef: {name: "i", kind: "ClusterIssuer", group: "issuers.example.com"}
			dnsNames: ["nats.example.com"], ipAddresses: ["192.0.2.1"], duration: "24h", renewBefore: "8h"
			privateKey: {algorithm: "RSA", size: 4096}
		}
		websocket: tls: secretName: "existing"
		mqtt: {enabled: false, tls: certManager: issuerRef: name: "i"}
	}`)
	all := certificates(objects(t, in))
	usages := map[string]any{}
	for name, spec := range all {
		require.Equal(t, name, spec["secretName"])
		usages[name] = spec["usages"]
	}
	both := []any{"digital signature", "key encipherment", "server auth", "client auth"}
	require.Equal(t, map[string]any{
		"nats-nats-tls":        []any{"digital signature", "key encipherment", "server auth"},
		"nats-cluster-tls":     both,
		"nats-gateway-tls":     both,
		"nats-gateway-far-tls": []any{"digital signature", "key encipherment", "client auth"},
	}, usages)

	full := all["nats-nats-tls"]
	require.Equal(t, map[string]any{"name": "i", "kind": "ClusterIssuer", "group": "issuers.example.com"}, full["issuerRef"])
	require.Equal(t, map[string]any{"algorithm": "RSA", "size": int64(4096), "rotationPolicy": "Always"}, full["privateKey"])
	require.Equal(t, []any{"192.0.2.1"}, full["ipAddresses"])
	require.Equal(t, []any{"24h", "8h"}, []any{full["duration"], full["renewBefore"]})
	require.Subset(t, full["dnsNames"], []any{"nats.example.com", "nats", "*.nats-headless.nats.svc.cluster.local"})

	plain := all["nats-cluster-tls"]
	require.Equal(t, map[string]any{"name": "i", "kind": "Issuer", "group": "cert-manager.io"}, plain["issuerRef"])
	require.Equal(t, map[string]any{"algorithm": "ECDSA", "rotationPolicy": "Always"}, plain["privateKey"])
	for _, unsaid := range []string{"duration", "renewBefore", "ipAddresses"} {
		require.NotContains(t, plain, unsaid)
	}
}

// Two Certificates of one name would be one object in the cluster, and half of the names missing.
func TestConnectionsThatShareASecretShareItsCertificate(t *testing.T) {
	t.Parallel()
	in := parse(t, `{
		nats: {clientAdvertise: "nats.example.com", tls: {secretName: "one", certManager: {issuerRef: name: "i", ipAddresses: ["192.0.2.1"]}}}
		websocket: {advertise: "ws.example.com:443", tls: {secretName: "one", certManager: issuerRef: name: "i"}}
		cluster: {replicas: 3, tls: {secretName: "one", certManager: issuerRef: name: "i"}}
	}`)
	all := certificates(objects(t, in))
	require.Len(t, all, 1)
	require.Equal(t, []any{"digital signature", "key encipherment", "server auth", "client auth"}, all["one"]["usages"])
	require.Equal(t, []any{"192.0.2.1"}, all["one"]["ipAddresses"])
	names, _, err := unstructured.NestedStringSlice(all["one"], "dnsNames")
	require.NoError(t, err)
	require.Subset(t, names, []string{"nats.example.com", "ws.example.com", "nats"})
	require.IsIncreasing(t, names, "sorted, each once")
}
