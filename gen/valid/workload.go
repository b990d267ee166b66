package valid

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
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
	j.selects(spec.Child("selector"), s, t)
	if policy := t.Spec.RestartPolicy; policy != "" && policy != corev1.RestartPolicyAlways {
		j.bad(template.Child("spec", "restartPolicy"), fmt.Sprintf("is %q", policy), `"Always"`)
	}
	if t.Spec.ActiveDeadlineSeconds != nil {
		j.bad(template.Child("spec", "activeDeadlineSeconds"), "is given for pods that live on")
	}
	j.pod(template, &t.ObjectMeta, &t.Spec, claims)
}

// selects judges a selector that must select the pods of a template.
func (j *judgement) selects(at *field.Path, s *metav1.LabelSelector, t *corev1.PodTemplateSpec) {
	if j.selector(at, s); s == nil {
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(s)
	switch {
	case err != nil: // is said already
	case selector.Empty():
		j.bad(at, "selects every pod", "a selector of the pod's labels")
	case !selector.Matches(labels.Set(t.Labels)):
		j.bad(at, "does not select the pods", "labels of spec.template")
	}
}

func (j *judgement) statefulSet(o *appsv1.StatefulSet) {
	if u := o.Spec.UpdateStrategy; u.RollingUpdate != nil && u.Type == appsv1.OnDeleteStatefulSetStrategyType {
		j.bad(spec.Child("updateStrategy", "rollingUpdate"), "is given with the type OnDelete")
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
		made := len(j.problems)
		j.template(at, c.Labels, c.Annotations)
		for n := range j.problems[made:] {
			j.problems[made+n].why = "the API server refuses the claims that the StatefulSet makes, and no pod starts"
		}
		j.claim(at.Child("spec"), &c.Spec)
		claims = append(claims, c.Name)
	}
	j.workload(o.Spec.Selector, &o.Spec.Template, claims)
}

func (j *judgement) deployment(o *appsv1.Deployment) {
	deadline := int32(600) // the API server's default
	if d := o.Spec.ProgressDeadlineSeconds; d != nil {
		deadline = *d
	}
	if n := o.Spec.MinReadySeconds; deadline >= 0 && deadline <= n {
		j.bad(spec.Child("minReadySeconds"), fmt.Sprintf("is %d", n), fmt.Sprintf("less than progressDeadlineSeconds, %d", deadline))
	}
	if s := o.Spec.Strategy; s.RollingUpdate != nil {
		at := spec.Child("strategy", "rollingUpdate")
		if s.Type == appsv1.RecreateDeploymentStrategyType {
			j.bad(at, "is given with the type Recreate")
		}
		j.share(at.Child("maxSurge"), s.RollingUpdate.MaxSurge)
		j.part(at.Child("maxUnavailable"), s.RollingUpdate.MaxUnavailable)
		if zero(s.RollingUpdate.MaxSurge) && zero(s.RollingUpdate.MaxUnavailable) {
			j.bad(at.Child("maxUnavailable"), "is 0, as maxSurge is: no pod could be replaced")
		}
	}
	j.workload(o.Spec.Selector, &o.Spec.Template, nil)
}

func (j *judgement) daemonSet(o *appsv1.DaemonSet) {
	if u := o.Spec.UpdateStrategy; u.RollingUpdate != nil && u.Type != appsv1.OnDeleteDaemonSetStrategyType {
		at, r := spec.Child("updateStrategy", "rollingUpdate"), u.RollingUpdate
		j.part(at.Child("maxSurge"), r.MaxSurge)
		j.part(at.Child("maxUnavailable"), r.MaxUnavailable)
		surges, replaces := r.MaxSurge != nil && !zero(r.MaxSurge), !zero(r.MaxUnavailable) // 1 where it is not given
		switch {
		case surges && replaces:
			j.bad(at.Child("maxSurge"), fmt.Sprintf("is %s, where maxUnavailable is not 0", r.MaxSurge), "one of the two")
		case !surges && !replaces:
			j.bad(at.Child("maxUnavailable"), "is 0, as maxSurge is: no pod could be replaced")
		}
	}
	j.workload(o.Spec.Selector, &o.Spec.Template, nil)
}

func (j *judgement) budget(o *policyv1.PodDisruptionBudget) {
	if o.Spec.MinAvailable != nil && o.Spec.MaxUnavailable != nil {
		j.bad(spec.Child("maxUnavailable"), "is given beside minAvailable", "one of the two")
	}
	j.part(spec.Child("minAvailable"), o.Spec.MinAvailable)
	j.part(spec.Child("maxUnavailable"), o.Spec.MaxUnavailable)
	j.selector(spec.Child("selector"), o.Spec.Selector)
}

// natural judges a number that is not below 0.
func (j *judgement) natural(at *field.Path, n int32) {
	if n < 0 {
		j.bad(at, fmt.Sprintf("is %d", n), "0 or more")
	}
}

// share judges a number of pods, or how many there are of each hundred.
func (j *judgement) share(at *field.Path, v *intstr.IntOrString) {
	switch {
	case v == nil:
	case v.Type == intstr.String:
		j.form(at, v.StrVal, content.IsValidPercent(v.StrVal))
	default:
		j.natural(at, v.IntVal)
	}
}

// part judges a number of the pods that there are, or a share of them.
func (j *judgement) part(at *field.Path, v *intstr.IntOrString) {
	if j.share(at, v); v == nil || v.Type != intstr.String || len(content.IsValidPercent(v.StrVal)) > 0 {
		return
	}
	if percent := strings.TrimLeft(strings.TrimSuffix(v.StrVal, "%"), "0"); len(percent) > 3 || len(percent) == 3 && percent != "100" {
		j.bad(at, "is "+shown(v.StrVal), "at most 100%")
	}
}

func zero(v *intstr.IntOrString) bool {
	return v != nil && (v.Type == intstr.Int && v.IntVal == 0 || v.Type == intstr.String && strings.Trim(v.StrVal, "0") == "%")
}
