package kube

import (
	"fmt"
	"path"
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
	reloader.Args = []string{"-pid", pidFile, "-config", confDir + "/" + confKey}
	for _, file := range tlsFiles(in) {
		seen := slices.ContainsFunc(reloader.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == path.Dir(file) })
		if seen { // the reloader stops at a file that it cannot read
			reloader.Args = append(reloader.Args, "-config", file)
		}
	}
	return reloader
}

// tlsFiles are the files of all certificates, each once. Unlike in the chart those of remotes
// are among them: a server would use theirs until they have expired.
func tlsFiles(in *intent.Intent) (files []string) {
	for _, use := range in.TLSUses() {
		for _, file := range []string{use.CertFile(), use.KeyFile(), use.CAFile()} {
			if file != "" && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files
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
	if in.LeafNodesEnabled() {
		exporter.Args = append(exporter.Args, "-leafz")
	}
	if in.GatewayEnabled() {
		exporter.Args = append(exporter.Args, "-gatewayz")
	}
	scheme := "http"
	if in.Monitor.Tls.Enabled {
		scheme = "https"
	}
	exporter.Args = append(exporter.Args, fmt.Sprintf("%s://%s:%d%s/", scheme, in.PromExporter.MonitorDomain, in.Monitor.Port, in.Monitor.HttpBasePath))
	var ours []corev1.EnvVar
	if ca, file, ok := trustedCA(in); ok && exporterNeedsCA(in) {
		// The exporter has no option for it, but Go has a variable.
		ours = append(ours, corev1.EnvVar{Name: "SSL_CERT_FILE", Value: file})
		exporter.VolumeMounts = []corev1.VolumeMount{{Name: ca.Name, MountPath: in.TLSCADir()}}
	}
	exporter.Env = env(ours, in.PromExporter.Env)
	exporter.Ports = []corev1.ContainerPort{{Name: portPromMetrics, ContainerPort: in.PromExporter.Port}}
	return exporter
}

// exporterNeedsCA tells whether the exporter verifies a certificate of the server.
func exporterNeedsCA(in *intent.Intent) bool {
	return in.PromExporter.Enabled && in.Monitor.Tls.Enabled
}
