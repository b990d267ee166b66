package valid

import (
	"fmt"
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Names grow on the way to a pod: the name of a Job becomes a label, and a CronJob adds its time to the Job's.
const (
	longestJob     = content.DNS1123LabelMaxLength
	longestCronJob = content.DNS1123LabelMaxLength - len("-0123456789")
)

func (j *judgement) named(longest int) {
	if name := j.object.GetName(); len(name) > longest {
		j.bad(metadata.Child("name"), fmt.Sprintf("has %d characters", len(name)), fmt.Sprintf("at most %d characters", longest))
	}
}

func (j *judgement) cronJob(o *batchv1.CronJob) {
	j.named(longestCronJob)
	at := spec.Child("jobTemplate")
	j.template(at, o.Spec.JobTemplate.Labels, o.Spec.JobTemplate.Annotations)
	s := &o.Spec.JobTemplate.Spec
	if s.Selector != nil {
		j.bad(at.Child("spec", "selector"), "is given in a template", "none: each Job gets its own")
	}
	if s.ManualSelector != nil && *s.ManualSelector {
		j.bad(at.Child("spec", "manualSelector"), "is true in a template", "none: each Job gets its own selector")
	}
	j.job(at.Child("spec"), s)
}

// oneJob judges a Job that is none of a CronJob's.
func (j *judgement) oneJob(o *batchv1.Job) {
	j.named(longestJob)
	switch manual := o.Spec.ManualSelector != nil && *o.Spec.ManualSelector; {
	case manual:
		if j.needs(spec.Child("selector"), o.Spec.Selector != nil) {
			j.selects(spec.Child("selector"), o.Spec.Selector, &o.Spec.Template)
		}
	case o.Spec.Selector != nil && len(o.Spec.Selector.MatchLabels)+len(o.Spec.Selector.MatchExpressions) > 0:
		j.bad(spec.Child("selector"), "is given without manualSelector", "none: the Job gets its own")
	}
	j.job(spec, &o.Spec)
}

func (j *judgement) job(at *field.Path, s *batchv1.JobSpec) {
	pod := at.Child("template")
	switch policy := s.Template.Spec.RestartPolicy; {
	case policy == "":
		j.add(problem{path: pod.Child("spec", "restartPolicy").String(), rule: "kubernetes-required", says: "is missing", allowed: `"OnFailure", "Never"`})
	case policy != corev1.RestartPolicyOnFailure && policy != corev1.RestartPolicyNever:
		j.bad(pod.Child("spec", "restartPolicy"), fmt.Sprintf("is %q", policy), `"OnFailure", "Never"`)
	case policy != corev1.RestartPolicyNever && s.PodFailurePolicy != nil:
		j.bad(pod.Child("spec", "restartPolicy"), fmt.Sprintf("is %q, with a podFailurePolicy", policy), `"Never"`)
	}
	indexed := s.CompletionMode != nil && *s.CompletionMode == batchv1.IndexedCompletion
	for name, given := range map[string]bool{
		"backoffLimitPerIndex": s.BackoffLimitPerIndex != nil, "maxFailedIndexes": s.MaxFailedIndexes != nil, "successPolicy": s.SuccessPolicy != nil,
	} {
		if given && !indexed {
			j.bad(at.Child(name), "is given without the completionMode Indexed")
		}
	}
	if indexed && (s.Parallelism != nil || j.object.GetKind() == "CronJob") { // a Job of its own has one of what it does not say
		j.needs(at.Child("completions"), s.Completions != nil)
	}
	if s.MaxFailedIndexes != nil {
		j.needs(at.Child("backoffLimitPerIndex"), s.BackoffLimitPerIndex != nil)
	}
	if p := s.SuccessPolicy; p != nil && indexed {
		for i, r := range p.Rules {
			if r.SucceededCount == nil && r.SucceededIndexes == nil {
				j.bad(at.Child("successPolicy", "rules").Index(i), "must have succeededCount or succeededIndexes")
			}
		}
	}
	if s.PodFailurePolicy != nil {
		if p := s.PodReplacementPolicy; p != nil && *p == batchv1.TerminatingOrFailed {
			j.bad(at.Child("podReplacementPolicy"), fmt.Sprintf("is %q, with a podFailurePolicy", *p), `"Failed"`)
		}
		j.failures(at.Child("podFailurePolicy", "rules"), s)
	}
	j.pod(pod, &s.Template.ObjectMeta, &s.Template.Spec, nil)
}

// failures judges what a Job does about pods that fail.
func (j *judgement) failures(at *field.Path, s *batchv1.JobSpec) {
	for i, r := range s.PodFailurePolicy.Rules {
		at := at.Index(i)
		if (r.OnExitCodes == nil) == (len(r.OnPodConditions) == 0) {
			j.bad(at, "must have one of onExitCodes and onPodConditions")
		}
		if r.Action == batchv1.PodFailurePolicyActionFailIndex && s.BackoffLimitPerIndex == nil {
			j.bad(at.Child("action"), `is "FailIndex", without backoffLimitPerIndex`)
		}
		if r.OnExitCodes == nil {
			continue
		}
		at = at.Child("onExitCodes")
		named := func(c corev1.Container) bool { return c.Name == *r.OnExitCodes.ContainerName }
		if r.OnExitCodes.ContainerName != nil && !slices.ContainsFunc(s.Template.Spec.Containers, named) && !slices.ContainsFunc(s.Template.Spec.InitContainers, named) {
			j.add(problem{
				path: at.Child("containerName").String(), rule: "kubernetes-reference",
				says: fmt.Sprintf("is %q, and the pod has no such container", *r.OnExitCodes.ContainerName),
			})
		}
		if !slices.IsSorted(r.OnExitCodes.Values) {
			j.bad(at.Child("values"), "are not sorted", "the least first")
		}
		if r.OnExitCodes.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn && slices.Contains(r.OnExitCodes.Values, 0) {
			j.bad(at.Child("values"), "have 0, which is no failure")
		}
	}
}
