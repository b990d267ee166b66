package kube

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

var serviceType = metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}

// service is the Service that clients connect to. It shows a port where both the port and
// its listener are on.
func service(in *intent.Intent) *corev1.Service {
	var ports []corev1.ServicePort
	for _, l := range listeners(in) {
		shown := in.Service.Ports[l.name]
		if !shown.Enabled {
			continue
		}
		port := l.servicePort()
		port.Port = cmp.Or(value(shown.Port), l.port)
		port.NodePort = value(shown.NodePort)
		ports = append(ports, port)
	}
	spec := corev1.ServiceSpec{Selector: selector(in, server), Ports: ports}
	if kind := corev1.ServiceType(in.Service.Type); kind != corev1.ServiceTypeClusterIP {
		spec.Type = kind // ClusterIP is Kubernetes' default
	}
	return &corev1.Service{
		TypeMeta:   serviceType,
		ObjectMeta: objectMeta(in, server, in.ServiceName(), in.Service.Annotations),
		Spec:       spec,
	}
}

// headlessService gives each server its DNS name. Routes need that name before the server
// is ready, and the server is not ready before it has routes.
func headlessService(in *intent.Intent) *corev1.Service {
	var ports []corev1.ServicePort
	for _, l := range listeners(in) {
		ports = append(ports, l.servicePort())
	}
	return &corev1.Service{
		TypeMeta:   serviceType,
		ObjectMeta: objectMeta(in, server, in.HeadlessName(), in.HeadlessService.Annotations),
		Spec: corev1.ServiceSpec{
			ClusterIP:                corev1.ClusterIPNone,
			PublishNotReadyAddresses: true,
			Selector:                 selector(in, server),
			Ports:                    ports,
		},
	}
}
