package kube

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// podSpec begins a pod with what all pods share. Unlike the chart's, they pass the
// restricted Pod Security Standard and hold no key to Kubernetes.
func podSpec(in *intent.Intent, containers []corev1.Container, volumes []corev1.Volume) corev1.PodSpec {
	return corev1.PodSpec{
		// Nothing in them calls the API server; a token is only there to be stolen.
		AutomountServiceAccountToken: new(false),
		// Names come from DNS; variables for each Service of the namespace could shadow those of
		// nats.conf.
		EnableServiceLinks: new(false),
		ImagePullSecrets:   pullSecrets(in),
		SecurityContext:    new(in.PodSecurityContext),
		Containers:         containers,
		Volumes:            volumes,
	}
}

// container begins a container with what all containers share, so that none goes without
// the security context.
func container(in *intent.Intent, name string, image schema.Image, resources corev1.ResourceRequirements) corev1.Container {
	return corev1.Container{
		Name:            name,
		Image:           ImageName(in, image),
		ImagePullPolicy: cmp.Or(image.PullPolicy, in.Global.Image.PullPolicy),
		Resources:       resources,
		SecurityContext: new(in.SecurityContext),
	}
}

// emptyDir is a directory that lives as long as its pod.
func emptyDir(name string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
}

// configMapVolume shows a ConfigMap as files that follow its changes.
func configMapVolume(name, configMap string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
		ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: configMap}},
	}}
}
