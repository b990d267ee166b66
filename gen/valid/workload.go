package valid

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

var template = spec.Child("template")

// workload judges a selector and the pods that it must select. claims are volumes that each pod has besides.
func (j *judgement) workload(s *metav1.LabelSelector, t *corev1.PodTemplateSpec, claims []string) {
	at := spec.Child("selector")
	if j.selector(at, s); s != nil {
		selector, err := metav1.LabelSelectorAsSelector(s)
		switch {
		case err != nil: // is said already
		case selector.Empty():
			j.bad(at, "selects every pod", "a selector of the pod's labels")
		case !selector.Matches(labels.Set(t.Labels)):
			j.bad(at, "does not select the pods", "labels of spec.template")
		}
	}
	j.labels(template.Child("metadata", "labels"), t.Labels)
	if policy := t.Spec.RestartPolicy; policy != "" && policy != corev1.RestartPolicyAlways {
		j.bad(template.Child("spec", "restartPolicy"), fmt.Sprintf("is %q", policy), `"Always"`)
	}
	if t.Spec.ActiveDeadlineSeconds != nil {
		j.bad(template.Child("spec", "activeDeadlineSeconds"), "is given for pods that live on")
	}
	j.pod(template, &t.ObjectMeta, &t.Spec, claims)
}

func (j *judgement) statefulSet(o *appsv1.StatefulSet) {
	j.natural(spec.Child("replicas"), o.Spec.Replicas)
	j.natural(spec.Child("minReadySeconds"), &o.Spec.MinReadySeconds)
	if u := o.Spec.UpdateStrategy; u.RollingUpdate != nil {
		if u.Type == appsv1.OnDeleteStatefulSetStrategyType {
			j.bad(spec.Child("updateStrategy", "rollingUpdate"), "is given with the type OnDelete")
		}
		j.natural(spec.Child("updateStrategy", "rollingUpdate", "partition"), u.RollingUpdate.Partition)
	}
	var claims []string
	seen := map[string]bool{}
	for i := range o.Spec.VolumeClaimTemplates {
		c := &o.Spec.VolumeClaimTemplates[i]
		at := spec.Child("volumeClaimTemplates").Key(c.Name)
		if j.needs(at.Child("metadata", "name"), c.Name != "") {
			j.form(at.Child("metadata", "name"), c.Name, content.IsDNS1123Label(c.Name))
		}
		j.unique(seen, at.Child("metadata", "name"), c.Name)
		j.labels(at.Child("metadata", "labels"), c.Labels)
		j.claim(at.Child("spec"), &c.Spec)
		claims = append(claims, c.Name)
	}
	j.workload(o.Spec.Selector, &o.Spec.Template, claims)
}

func (j *judgement) deployment(o *appsv1.Deployment) {
	j.natural(spec.Child("replicas"), o.Spec.Replicas)
	j.natural(spec.Child("minReadySeconds"), &o.Spec.MinReadySeconds)
	if s := o.Spec.Strategy; s.RollingUpdate != nil {
		at := spec.Child("strategy", "rollingUpdate")
		if s.Type == appsv1.RecreateDeploymentStrategyType {
			j.bad(at, "is given with the type Recreate")
		}
		j.share(at.Child("maxSurge"), s.RollingUpdate.MaxSurge)
		j.share(at.Child("maxUnavailable"), s.RollingUpdate.MaxUnavailable)
		if zero(s.RollingUpdate.MaxSurge) && zero(s.RollingUpdate.MaxUnavailable) {
			j.bad(at.Child("maxUnavailable"), "is 0, as maxSurge is: no pod could be replaced")
		}
	}
	j.workload(o.Spec.Selector, &o.Spec.Template, nil)
}

func (j *judgement) job(at *field.Path, s *batchv1.JobSpec) {
	pod := at.Child("template")
	switch s.Template.Spec.RestartPolicy {
	case corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever:
	default:
		j.bad(pod.Child("spec", "restartPolicy"), fmt.Sprintf("is %q", s.Template.Spec.RestartPolicy), `"OnFailure", "Never"`)
	}
	j.labels(pod.Child("metadata", "labels"), s.Template.Labels)
	j.natural(at.Child("backoffLimit"), s.BackoffLimit)
	j.natural(at.Child("parallelism"), s.Parallelism)
	j.natural(at.Child("completions"), s.Completions)
	j.pod(pod, &s.Template.ObjectMeta, &s.Template.Spec, nil)
}

func (j *judgement) budget(o *policyv1.PodDisruptionBudget) {
	if o.Spec.MinAvailable != nil && o.Spec.MaxUnavailable != nil {
		j.bad(spec.Child("maxUnavailable"), "is given beside minAvailable", "one of the two")
	}
	j.share(spec.Child("minAvailable"), o.Spec.MinAvailable)
	j.share(spec.Child("maxUnavailable"), o.Spec.MaxUnavailable)
	j.selector(spec.Child("selector"), o.Spec.Selector)
}

// claim judges what a volume is claimed with.
func (j *judgement) claim(at *field.Path, s *corev1.PersistentVolumeClaimSpec) {
	j.needs(at.Child("accessModes"), len(s.AccessModes) > 0)
	storage, ok := s.Resources.Requests[corev1.ResourceStorage]
	request := at.Child("resources", "requests").Key("storage")
	if j.needs(request, ok) && storage.Sign() <= 0 {
		j.bad(request, "is "+storage.String(), "more than 0")
	}
	if c := s.StorageClassName; c != nil && *c != "" {
		j.form(at.Child("storageClassName"), *c, content.IsDNS1123Subdomain(*c))
	}
	j.selector(at.Child("selector"), s.Selector)
}

// natural judges a number that is not below 0.
func (j *judgement) natural(at *field.Path, n *int32) {
	if n != nil && *n < 0 {
		j.bad(at, fmt.Sprintf("is %d", *n), "0 or more")
	}
}

// share judges a number of pods, or a part of them in percent.
func (j *judgement) share(at *field.Path, v *intstr.IntOrString) {
	switch {
	case v == nil:
	case v.Type == intstr.String:
		j.form(at, v.StrVal, content.IsValidPercent(v.StrVal))
	default:
		j.natural(at, &v.IntVal)
	}
}

func zero(v *intstr.IntOrString) bool {
	return v != nil && (v.Type == intstr.Int && v.IntVal == 0 || v.Type == intstr.String && v.StrVal == "0%")
}
