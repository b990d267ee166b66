package kube

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/natsyard/natsyard/gen/intent"
)

// portPromMetrics is the name of the exporter's port. Those of the server's ports are the
// names of its listeners.
const portPromMetrics = "prom-metrics"

func containerPort(l intent.Listener) corev1.ContainerPort {
	return corev1.ContainerPort{Name: l.Name, ContainerPort: l.Port, HostPort: value(l.HostPort)}
}

// servicePort shows a listener on its own port.
func servicePort(l intent.Listener) corev1.ServicePort {
	return corev1.ServicePort{
		Name:        l.Name,
		Port:        l.Port,
		TargetPort:  intstr.FromString(l.Name),
		AppProtocol: new(l.AppProtocol()),
	}
}

// value is what p points to; nil is zero, which Kubernetes' types leave out.
func value(p *int32) int32 {
	if p == nil {
		return 0
	}
	return *p
}

// optional points to the text; nil, which Kubernetes' types leave out, where there is none.
func optional[T ~string](text string) *T {
	if text == "" {
		return nil
	}
	return new(T(text))
}
