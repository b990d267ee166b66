package kube

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// confKey is the key of the ConfigMap, and the name of the file, that holds the configuration.
const confKey = "nats.conf"

var configMapType = metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}

// configMap holds nats.conf. Its name does not change with its content: the reloader shows
// the change to running servers, and what they cannot reload is in the restart hash.
func configMap(in *intent.Intent, conf []byte) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   configMapType,
		ObjectMeta: objectMeta(in, server, in.ConfigMapName(), in.ConfigMap.Annotations),
		Data:       map[string]string{confKey: string(conf)},
	}
}
