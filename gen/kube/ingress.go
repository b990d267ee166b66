package kube

import (
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// ingress leads to the websocket from outside of the Kubernetes cluster.
func ingress(in *intent.Intent) *networkingv1.Ingress {
	given := in.Websocket.Ingress
	to, _ := shownBy(in, intent.ListenerWebSocket, in.Websocket.Port)
	leads := networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
		Paths: []networkingv1.HTTPIngressPath{{
			Path:     given.Path,
			PathType: new(networkingv1.PathType(given.PathType)),
			Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
				Name: to,
				Port: networkingv1.ServiceBackendPort{Name: intent.ListenerWebSocket},
			}},
		}},
	}}
	spec := networkingv1.IngressSpec{IngressClassName: optional[string](given.ClassName)}
	for _, host := range given.Hosts {
		spec.Rules = append(spec.Rules, networkingv1.IngressRule{Host: host, IngressRuleValue: leads})
	}
	if given.TlsSecretName != "" {
		spec.TLS = []networkingv1.IngressTLS{{Hosts: given.Hosts, SecretName: given.TlsSecretName}}
	}
	return &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: objectMeta(in, server, in.IngressName(), given.Annotations),
		Spec:       spec,
	}
}
