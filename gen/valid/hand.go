package valid

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	segments "k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// bad adds what is wrong at a place. reasons are the library's words for what is allowed.
func (j *judgement) bad(at *field.Path, says string, reasons ...string) {
	j.add(problem{path: at.String(), rule: "kubernetes-value", says: says, allowed: inShort(strings.Join(reasons, ", "))})
}

// inShort is what the library says is allowed, without examples.
func inShort(reason string) string {
	if at := strings.Index(reason, " (e.g. "); at > 0 {
		return reason[:at]
	}
	return reason
}

// form adds a value that does not have its form.
func (j *judgement) form(at *field.Path, value string, reasons []string) {
	if len(reasons) > 0 {
		j.bad(at, "is "+shown(value), reasons...)
	}
}

// needs adds what is missing.
func (j *judgement) needs(at *field.Path, given bool) bool {
	if !given {
		j.add(problem{path: at.String(), rule: "kubernetes-required", says: "is missing"})
	}
	return given
}

// unique adds a name that is there twice, unless the schema has said so.
func (j *judgement) unique(seen map[string]bool, at *field.Path, name string) {
	said := func(p problem) bool {
		return p.rule == "kubernetes-duplicate" && strings.HasPrefix(at.String(), p.path)
	}
	if seen[name] && name != "" && !slices.ContainsFunc(j.problems, said) {
		j.add(problem{path: at.String(), rule: "kubernetes-duplicate", says: fmt.Sprintf("is %q, which is taken", name)})
	}
	seen[name] = true
}

// errors adds what a library of Kubernetes found.
func (j *judgement) errors(list field.ErrorList) {
	for _, e := range list {
		p := problem{path: e.Field, rule: "kubernetes-value", allowed: inShort(e.Detail)}
		switch value := e.BadValue.(type) {
		case string:
			p.says = "is " + shown(value)
		default:
			p.says, p.allowed = "is refused: "+e.Detail, ""
		}
		if e.Type == field.ErrorTypeRequired {
			p.rule, p.says, p.allowed = "kubernetes-required", "is missing", ""
		}
		j.add(p)
	}
}

var metadata = field.NewPath("metadata")

// meta judges what all objects have.
func (j *judgement) meta() {
	o := j.object
	name := o.GetName()
	raw, _, _ := unstructured.NestedFieldNoCopy(o.Object, "metadata", "name")
	if _, text := raw.(string); text || raw == nil {
		if j.needs(metadata.Child("name"), name != "") {
			j.form(metadata.Child("name"), name, j.nameProblems(name))
		}
	}
	if ns := o.GetNamespace(); ns != "" {
		j.form(metadata.Child("namespace"), ns, content.IsDNS1123Label(ns))
	}
	j.errors(metav1validation.ValidateLabels(o.GetLabels(), metadata.Child("labels")))
	j.errors(validation.ValidateAnnotations(o.GetAnnotations(), metadata.Child("annotations")))
}

// nameProblems says what is wrong with the name of an object; it depends on the kind.
func (j *judgement) nameProblems(name string) []string {
	switch group := groupOf(j.object.GetAPIVersion()); {
	case group == "rbac.authorization.k8s.io":
		return segments.IsPathSegmentName(name)
	case group == "" && j.object.GetKind() == "Service":
		return content.IsDNS1035Label(name)
	case group == "" && j.object.GetKind() == "Namespace":
		return content.IsDNS1123Label(name)
	}
	return content.IsDNS1123Subdomain(name)
}

// read reads an object as its Go type.
func read[T any](j *judgement, judge func(*T)) {
	var o T
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(j.object.Object, &o); err != nil {
		j.add(problem{rule: "kubernetes-type", says: "cannot be read: " + err.Error()})
		return
	}
	judge(&o)
}

// spec is the place of the specification of an object.
var spec = field.NewPath("spec")

// byHand judges what an API server checks without a schema.
func (j *judgement) byHand() {
	switch j.object.GetAPIVersion() + " " + j.object.GetKind() {
	case "v1 ConfigMap":
		read(j, func(o *corev1.ConfigMap) { keys(j, o.Data, o.BinaryData) })
	case "v1 Secret":
		read(j, func(o *corev1.Secret) { keys(j, o.StringData, o.Data) })
	case "v1 Service":
		read(j, j.service)
	case "v1 PersistentVolumeClaim":
		read(j, func(o *corev1.PersistentVolumeClaim) { j.claim(spec, &o.Spec) })
	case "v1 Pod":
		read(j, func(o *corev1.Pod) { j.pod(nil, &o.ObjectMeta, &o.Spec, nil) })
	case "apps/v1 StatefulSet":
		read(j, j.statefulSet)
	case "apps/v1 Deployment":
		read(j, j.deployment)
	case "apps/v1 DaemonSet":
		read(j, func(o *appsv1.DaemonSet) { j.workload(o.Spec.Selector, &o.Spec.Template, nil) })
	case "batch/v1 Job":
		read(j, func(o *batchv1.Job) { j.job(spec, &o.Spec) })
	case "batch/v1 CronJob":
		read(j, func(o *batchv1.CronJob) {
			j.needs(spec.Child("schedule"), o.Spec.Schedule != "")
			j.job(spec.Child("jobTemplate", "spec"), &o.Spec.JobTemplate.Spec)
		})
	case "policy/v1 PodDisruptionBudget":
		read(j, func(o *policyv1.PodDisruptionBudget) { j.budget(o) })
	case "networking.k8s.io/v1 NetworkPolicy":
		read(j, func(o *networkingv1.NetworkPolicy) { j.networkPolicy(o) })
	case "networking.k8s.io/v1 Ingress":
		read(j, j.ingress)
	}
}

// maxData is what a ConfigMap or Secret holds at most, in bytes.
const maxData = 1 << 20

// keys judges what a ConfigMap or Secret holds.
func keys(j *judgement, texts map[string]string, data map[string][]byte) {
	size := 0
	for k, v := range texts {
		j.form(field.NewPath("data").Key(k), k, content.IsConfigMapKey(k))
		size += len(v)
	}
	for k, v := range data {
		j.form(field.NewPath("data").Key(k), k, content.IsConfigMapKey(k))
		if _, both := texts[k]; both && j.object.GetKind() == "ConfigMap" {
			j.bad(field.NewPath("binaryData").Key(k), "stands in data too")
		}
		size += len(v)
	}
	if size > maxData {
		j.bad(field.NewPath("data"), fmt.Sprintf("has %d bytes", size), "at most "+strconv.Itoa(maxData)+" bytes")
	}
}

// labels judges the keys and values of labels.
func (j *judgement) labels(at *field.Path, labels map[string]string) {
	j.errors(metav1validation.ValidateLabels(labels, at))
}

// selector judges a label selector.
func (j *judgement) selector(at *field.Path, s *metav1.LabelSelector) {
	j.errors(metav1validation.ValidateLabelSelector(s, metav1validation.LabelSelectorValidationOptions{}, at))
}
