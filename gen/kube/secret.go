package kube

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// auth is the component of Secrets with keys and credentials.
const auth component = "auth"

// Secret is a Secret in the environment's namespace, labelled as the other objects are. It is
// for standard output: no file that natsyard writes holds one.
func Secret(in *intent.Intent, name string, data map[string][]byte) (Object, error) {
	meta := objectMeta(in, auth, name, nil)
	meta.Namespace = in.Namespace
	plain, err := objects([]any{&corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: meta,
		Type:       corev1.SecretTypeOpaque,
		Data:       data,
	}})
	if err != nil {
		return nil, err
	}
	return plain[0], nil
}

// SecretSelector finds all such Secrets of an environment, as `kubectl get -l` takes it.
func SecretSelector(in *intent.Intent) string {
	return metav1.FormatLabelSelector(labelSelector(in, auth))
}
