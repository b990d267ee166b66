package kube

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// natsContainer runs nats-server; the image's entrypoint adds the command.
func natsContainer(in *intent.Intent, set intent.ServerSet, mounts []corev1.VolumeMount) corev1.Container {
	nats := container(in, "nats", in.Image, in.Resources)
	nats.Args = []string{"--config", confDir + "/" + confKey}
	nats.Env = serverEnv(in, set)
	for _, l := range in.Listeners() {
		nats.Ports = append(nats.Ports, containerPort(l))
	}
	nats.StartupProbe = probe(in, in.StartupProbe)
	nats.ReadinessProbe = probe(in, in.ReadinessProbe)
	nats.LivenessProbe = probe(in, in.LivenessProbe)
	nats.Lifecycle = lameDuck()
	nats.VolumeMounts = mounts
	return nats
}

// lameDuck hands the clients over before Kubernetes stops the server.
func lameDuck() *corev1.Lifecycle {
	return &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{
		Exec: &corev1.ExecAction{Command: []string{"nats-server", "-sl=ldm=" + pidFile}},
	}}
}

// probe asks the monitoring port. Without one it opens the client port, where the chart's
// three probes vanish without a word.
func probe(in *intent.Intent, p schema.Probe) *corev1.Probe {
	asks := corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString(intent.ListenerNats)}}
	if in.Monitor.Enabled {
		page := &corev1.HTTPGetAction{Path: in.Monitor.HttpBasePath + p.Path, Port: intstr.FromString(intent.ListenerMonitor)}
		if in.Monitor.Tls.Enabled {
			page.Scheme = corev1.URISchemeHTTPS // the kubelet verifies no certificate
		}
		asks = corev1.ProbeHandler{HTTPGet: page}
	}
	return &corev1.Probe{
		ProbeHandler:        asks,
		InitialDelaySeconds: p.InitialDelaySeconds,
		TimeoutSeconds:      p.TimeoutSeconds,
		PeriodSeconds:       p.PeriodSeconds,
		SuccessThreshold:    p.SuccessThreshold,
		FailureThreshold:    p.FailureThreshold,
	}
}
