package kube

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// serviceAccount is the servers' own identity in Kubernetes, without any right.
func serviceAccount(in *intent.Intent) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta: objectMeta(in, server, in.ServiceAccountName(), in.ServiceAccount.Annotations),
		// A server never calls the API server; a token in its pod is only there to be stolen.
		AutomountServiceAccountToken: new(false),
	}
}
