package kube

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// certificate is the part of cert-manager's Certificate that natsyard writes; cert-manager's
// own module would bring its whole client along.
type certificate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec certificateSpec `json:"spec"`
}

type certificateSpec struct {
	SecretName  string                   `json:"secretName"`
	DNSNames    []string                 `json:"dnsNames"`
	IPAddresses []string                 `json:"ipAddresses,omitempty"`
	IssuerRef   schema.CertificateIssuer `json:"issuerRef"`
	Duration    string                   `json:"duration,omitempty"`
	RenewBefore string                   `json:"renewBefore,omitempty"`
	PrivateKey  certificateKey           `json:"privateKey"`
	Usages      []string                 `json:"usages"`
}

type certificateKey struct {
	Algorithm      string `json:"algorithm"`
	Size           *int32 `json:"size,omitempty"` // bits
	RotationPolicy string `json:"rotationPolicy"`
}

// Usages of a certificate, by cert-manager's names and in its order.
const (
	usageSignature    = "digital signature"
	usageEncipherment = "key encipherment"
	usageServer       = "server auth"
	usageClient       = "client auth"
)

// certificates have cert-manager fill the Secrets of the connections that ask for it, in the
// order of these. Connections that share a Secret share its certificate: it has the names of all.
func certificates(in *intent.Intent) (all []*certificate) {
	bySecret := map[string]*certificate{}
	for _, use := range in.TLSUses() {
		given := use.TLS.CertManager
		if given == nil {
			continue
		}
		made, shared := bySecret[use.SecretName()]
		if !shared {
			made = newCertificate(in, use.SecretName(), given)
			bySecret[use.SecretName()] = made
			all = append(all, made)
		}
		made.Spec.DNSNames = union(made.Spec.DNSNames, in.DNSNames(use))
		made.Spec.IPAddresses = union(made.Spec.IPAddresses, in.IPAddresses(use))
		made.Spec.Usages = inOrder(append(made.Spec.Usages, usages(use)...))
	}
	return all
}

func newCertificate(in *intent.Intent, secret string, given *schema.CertManager) *certificate {
	return &certificate{
		TypeMeta:   metav1.TypeMeta{APIVersion: "cert-manager.io/v1", Kind: "Certificate"},
		ObjectMeta: objectMeta(in, server, secret, nil),
		Spec: certificateSpec{
			SecretName:  secret,
			IssuerRef:   given.IssuerRef,
			Duration:    given.Duration,
			RenewBefore: given.RenewBefore,
			PrivateKey: certificateKey{
				Algorithm: given.PrivateKey.Algorithm,
				Size:      given.PrivateKey.Size,
				// cert-manager before 1.18 kept one key for ever.
				RotationPolicy: "Always",
			},
		},
	}
}

// usages are what the certificate of a connection is shown for. Servers of a cluster and
// gateways verify each other in both directions.
func usages(use intent.TLSUse) []string {
	shown := []string{usageSignature, usageEncipherment}
	if !use.Remote {
		shown = append(shown, usageServer)
	}
	if use.Remote || use.Name == intent.ListenerCluster || use.Name == intent.ListenerGateway {
		shown = append(shown, usageClient)
	}
	return shown
}

// inOrder gives each usage once.
func inOrder(given []string) (once []string) {
	for _, usage := range []string{usageSignature, usageEncipherment, usageServer, usageClient} {
		if slices.Contains(given, usage) {
			once = append(once, usage)
		}
	}
	return once
}

// union is what one of the two has, sorted.
func union(a, b []string) []string {
	both := slices.Concat(a, b)
	slices.Sort(both)
	return slices.Compact(both)
}
