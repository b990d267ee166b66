package kube

import (
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/natsyard/natsyard/gen/intent"
)

// podDisruptionBudget keeps drains of several nodes from taking the servers' quorum.
func podDisruptionBudget(in *intent.Intent) *policyv1.PodDisruptionBudget {
	budget := in.PodDisruptionBudget
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"},
		ObjectMeta: objectMeta(in, server, in.PodDisruptionBudgetName(), budget.Annotations),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable: new(intstr.FromInt32(budget.MaxUnavailable)),
			Selector:       labelSelector(in, server),
		},
	}
}
