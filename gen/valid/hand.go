package valid

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
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
		switch value := reflect.ValueOf(e.BadValue); {
		case e.Type == field.ErrorTypeRequired:
			p.rule, p.says, p.allowed = "kubernetes-required", "is missing", ""
		case e.Type != field.ErrorTypeForbidden && value.Kind() == reflect.String:
			p.says = "is " + shown(value.String())
		default:
			p.says, p.allowed = "is refused: "+e.Detail, ""
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
	j.finalizers(o.GetFinalizers())
	if ns := o.GetNamespace(); ns != "" {
		j.form(metadata.Child("namespace"), ns, content.IsDNS1123Label(ns))
	}
	j.labels(metadata.Child("labels"), o.GetLabels())
	j.annotations(metadata.Child("annotations"), o.GetAnnotations())
}

// finalizers judges who must agree before an object goes. Of some groups the API server asks less.
func (j *judgement) finalizers(names []string) {
	group := groupOf(j.object.GetAPIVersion())
	strict := known().groups[group] && group != "policy"
	standard := []string{"kubernetes", metav1.FinalizerOrphanDependents, metav1.FinalizerDeleteDependents}
	for i, name := range names {
		at := metadata.Child("finalizers").Index(i)
		reasons := segments.IsLabelKey(name)
		if j.form(at, name, reasons); len(reasons) == 0 && strict && !strings.Contains(name, "/") && !slices.Contains(standard, name) {
			j.bad(at, "is "+shown(name), "<domain>/<name>")
		}
	}
}

// nameProblems says what is wrong with the name of an object; it depends on the kind.
func (j *judgement) nameProblems(name string) []string {
	switch group := groupOf(j.object.GetAPIVersion()); {
	case group == "rbac.authorization.k8s.io", group == "policy":
		return segments.IsPathSegmentName(name)
	case group == "apps" && j.object.GetKind() == "StatefulSet":
		return content.IsDNS1123Label(name) // the pods have it in their host names
	case group == "" && j.object.GetKind() == "Service":
		return j.serviceName(name)
	case group == "" && j.object.GetKind() == "Namespace":
		return content.IsDNS1123Label(name)
	}
	return content.IsDNS1123Subdomain(name)
}

// serviceName judges the name of a Service. From 1.36 it may begin with a digit.
func (j *judgement) serviceName(name string) []string {
	if j.minor.number >= 36 { // RelaxedServiceNameValidation
		return content.IsDNS1123Label(name)
	}
	return content.IsDNS1035Label(name)
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
		read(j, j.secret)
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
		read(j, j.daemonSet)
	case "apps/v1 ReplicaSet":
		read(j, func(o *appsv1.ReplicaSet) { j.workload(o.Spec.Selector, &o.Spec.Template, nil) })
	case "autoscaling/v2 HorizontalPodAutoscaler":
		read(j, j.autoscaler)
	case "batch/v1 Job":
		read(j, j.oneJob)
	case "batch/v1 CronJob":
		read(j, j.cronJob)
	case "rbac.authorization.k8s.io/v1 Role":
		read(j, func(o *rbacv1.Role) { j.rights(o.Rules) })
	case "rbac.authorization.k8s.io/v1 ClusterRole":
		read(j, j.clusterRole)
	case "rbac.authorization.k8s.io/v1 RoleBinding":
		read(j, func(o *rbacv1.RoleBinding) { j.binding(o.RoleRef, o.Subjects) })
	case "rbac.authorization.k8s.io/v1 ClusterRoleBinding":
		read(j, func(o *rbacv1.ClusterRoleBinding) { j.binding(o.RoleRef, o.Subjects) })
	case "scheduling.k8s.io/v1 PriorityClass":
		j.priorityClass()
	case "v1 LimitRange":
		read(j, j.limitRange)
	case "v1 ResourceQuota":
		read(j, j.quota)
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

// wanted are the keys without which a Secret of a type is refused: of each list, one.
var wantedKeys = map[corev1.SecretType][][]string{
	corev1.SecretTypeTLS:              {{corev1.TLSCertKey}, {corev1.TLSPrivateKeyKey}},
	corev1.SecretTypeDockerConfigJson: {{corev1.DockerConfigJsonKey}},
	corev1.SecretTypeDockercfg:        {{corev1.DockerConfigKey}},
	corev1.SecretTypeBasicAuth:        {{corev1.BasicAuthUsernameKey, corev1.BasicAuthPasswordKey}},
	corev1.SecretTypeSSHAuth:          {{corev1.SSHAuthPrivateKey}},
}

func (j *judgement) secret(o *corev1.Secret) {
	keys(j, o.StringData, o.Data)
	data := field.NewPath("data")
	for _, one := range wantedKeys[o.Type] {
		if !slices.ContainsFunc(one, func(key string) bool {
			_, text := o.StringData[key]
			_, bytes := o.Data[key]
			return text || bytes
		}) {
			j.bad(data, fmt.Sprintf("has no %s, with the type %s", strings.Join(one, " or "), o.Type))
		}
	}
	if o.Type == corev1.SecretTypeServiceAccountToken {
		j.needs(metadata.Child("annotations").Key(corev1.ServiceAccountNameKey), o.Annotations[corev1.ServiceAccountNameKey] != "")
	}
	for _, key := range []string{corev1.DockerConfigJsonKey, corev1.DockerConfigKey} {
		value, is := o.Data[key]
		if text, given := o.StringData[key]; given {
			value, is = []byte(text), true
		}
		if of := wantedKeys[o.Type]; is && len(of) > 0 && of[0][0] == key && json.Unmarshal(value, &map[string]any{}) != nil {
			j.bad(data.Key(key), "is no object of JSON")
		}
	}
}

// labels judges the keys and values of labels.
func (j *judgement) labels(at *field.Path, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		j.form(at.Key(key), key, segments.IsLabelKey(key))
		j.form(at.Key(key), labels[key], segments.IsLabelValue(labels[key]))
	}
}

func (j *judgement) annotations(at *field.Path, annotations map[string]string) {
	size := 0
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		j.form(at.Key(key), key, segments.IsLabelKey(strings.ToLower(key)))
		size += len(key) + len(annotations[key])
	}
	if size > validation.TotalAnnotationSizeLimitB {
		j.bad(at, fmt.Sprintf("have %d bytes", size), "at most "+strconv.Itoa(validation.TotalAnnotationSizeLimitB)+" bytes")
	}
}

// selector judges a label selector.
func (j *judgement) selector(at *field.Path, s *metav1.LabelSelector) {
	if s == nil {
		return
	}
	j.labels(at.Child("matchLabels"), s.MatchLabels)
	for i, r := range s.MatchExpressions {
		at := at.Child("matchExpressions").Index(i)
		if r.Operator != "" {
			j.errors(metav1validation.ValidateLabelSelectorRequirement(r, metav1validation.LabelSelectorValidationOptions{}, at))
		}
	}
}
