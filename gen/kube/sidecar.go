package kube

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// reloaderContainer tells the server to read its configuration again when it changes. It
// needs the server's process id and the files to watch: of the server's mounts, those
// that begin with a given prefix.
func reloaderContainer(in *intent.Intent, mounts []corev1.VolumeMount) corev1.Container {
	reloader := container(in, "reloader", in.Reloader.Image, in.Reloader.Resources)
	reloader.Args = []string{"-pid", pidFile, "-config", confDir + "/" + confKey}
	reloader.Env = env(nil, in.Reloader.Env)
	reloader.VolumeMounts = []corev1.VolumeMount{{Name: pidVolume, MountPath: pidDir}}
	for _, mount := range mounts {
		watched := slices.ContainsFunc(in.Reloader.NatsVolumeMountPrefixes, func(prefix string) bool {
			return strings.HasPrefix(mount.MountPath, prefix)
		})
		if watched && mount.Name != pidVolume {
			reloader.VolumeMounts = append(reloader.VolumeMounts, mount)
		}
	}
	return reloader
}

// promExporterContainer reads the server's monitoring pages and gives them as metrics.
func promExporterContainer(in *intent.Intent) corev1.Container {
	exporter := container(in, "prom-exporter", in.PromExporter.Image, in.PromExporter.Resources)
	exporter.Args = []string{
		fmt.Sprintf("-port=%d", in.PromExporter.Port),
		"-connz",
		"-routez",
		"-subz",
		"-varz",
		"-prefix=nats",
		"-use_internal_server_id",
	}
	if in.JetStreamEnabled() {
		exporter.Args = append(exporter.Args, "-jsz=all")
	}
	exporter.Args = append(exporter.Args, fmt.Sprintf("http://%s:%d/", in.PromExporter.MonitorDomain, in.Monitor.Port))
	exporter.Env = env(nil, in.PromExporter.Env)
	exporter.Ports = []corev1.ContainerPort{{Name: portPromMetrics, ContainerPort: in.PromExporter.Port}}
	return exporter
}
