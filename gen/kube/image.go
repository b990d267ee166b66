package kube

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// ImageName is the name by which a node pulls an image.
func ImageName(in *intent.Intent, image schema.Image) string {
	if image.FullImageName != "" {
		return image.FullImageName
	}
	name := image.Repository
	if registry := cmp.Or(image.Registry, in.Global.Image.Registry); registry != "" {
		name = registry + "/" + name
	}
	if image.Digest != "" {
		return name + "@" + image.Digest
	}
	return name + ":" + image.Tag
}

// pullSecrets are the Secrets that hold the credentials of the registry.
func pullSecrets(in *intent.Intent) []corev1.LocalObjectReference {
	var secrets []corev1.LocalObjectReference
	for _, name := range in.Global.Image.PullSecretNames {
		secrets = append(secrets, corev1.LocalObjectReference{Name: name})
	}
	return secrets
}
