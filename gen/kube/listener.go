package kube

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/natsyard/natsyard/gen/intent"
)

// Names of the ports. Services and probes refer to a port by its name.
const (
	portNats        = "nats"
	portCluster     = "cluster"
	portMonitor     = "monitor"
	portProfiling   = "profiling"
	portPromMetrics = "prom-metrics"
)

// listener is a port that the server listens on.
type listener struct {
	name     string
	port     int32
	hostPort *int32
	protocol string // the appProtocol of a Service
}

// listeners are the ports that are on, in the order in which every object lists them.
func listeners(in *intent.Intent) []listener {
	on := []listener{{portNats, in.Nats.Port, in.Nats.HostPort, "tcp"}}
	if in.Clustered() {
		on = append(on, listener{portCluster, in.Cluster.Port, in.Cluster.HostPort, "tcp"})
	}
	if in.Monitor.Enabled {
		on = append(on, listener{portMonitor, in.Monitor.Port, in.Monitor.HostPort, "http"})
	}
	if in.ProfilingEnabled() {
		on = append(on, listener{portProfiling, in.Profiling.Port, in.Profiling.HostPort, "tcp"})
	}
	return on
}

func (l listener) containerPort() corev1.ContainerPort {
	return corev1.ContainerPort{Name: l.name, ContainerPort: l.port, HostPort: value(l.hostPort)}
}

func (l listener) servicePort() corev1.ServicePort {
	return corev1.ServicePort{
		Name:        l.name,
		Port:        l.port,
		TargetPort:  intstr.FromString(l.name),
		AppProtocol: &l.protocol,
	}
}

// value is what p points to; nil is zero, which Kubernetes' types leave out.
func value(p *int32) int32 {
	if p == nil {
		return 0
	}
	return *p
}
