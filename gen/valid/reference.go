package valid

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Fields of a pod that its containers may be told: in the environment, and in files.
var (
	toldInEnv = []string{
		"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
		"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
	}
	toldInFiles = []string{"metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"}
)

// podField judges the field of a pod that a container is told.
func (j *judgement) podField(at *field.Path, r *corev1.ObjectFieldSelector, told []string) {
	at = at.Child("fieldPath")
	path := r.FieldPath
	if of, key, ok := strings.Cut(strings.TrimSuffix(path, "']"), "['"); ok && strings.HasSuffix(path, "']") {
		switch of {
		case "metadata.labels":
			j.form(at, path, content.IsLabelKey(key))
			return
		case "metadata.annotations":
			j.form(at, path, content.IsLabelKey(strings.ToLower(key)))
			return
		}
	}
	if path != "" && path != "spec.host" && !slices.Contains(told, path) { // spec.host is spec.nodeName of old
		p := problem{
			path: at.String(), rule: "kubernetes-value", says: "is " + shown(path),
			allowed: strings.Join(told, ", ") + ", metadata.labels['<key>'], metadata.annotations['<key>']",
		}
		for _, t := range told { // the same field of another part of the pod
			if p.mend == "" && t[strings.IndexByte(t, '.'):] == path[max(strings.IndexByte(path, '.'), 0):] {
				p.mend = strconv.Quote(t)
			}
		}
		j.add(p)
	}
}

// divisors are the units in which an amount is told.
var divisors = map[bool]string{
	true:  "1, 1m",
	false: "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei",
}

// amount judges the request or limit that a container is told.
func (j *judgement) amount(at *field.Path, r *corev1.ResourceFieldSelector) {
	side, name, _ := strings.Cut(r.Resource, ".")
	known := name == "cpu" || name == "memory" || name == "ephemeral-storage" || strings.HasPrefix(name, corev1.ResourceHugePagesPrefix)
	switch units := divisors[name == "cpu"]; {
	case r.Resource == "": // the table says so
	case side != "limits" && side != "requests" || !known:
		j.bad(at.Child("resource"), "is "+shown(r.Resource), "limits.<resource> or requests.<resource>, such as limits.memory")
	case !r.Divisor.IsZero() && !slices.Contains(strings.Split(units, ", "), r.Divisor.String()):
		j.bad(at.Child("divisor"), "is "+r.Divisor.String(), units)
	}
}
