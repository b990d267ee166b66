package valid

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	segments "k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/natsyard/natsyard/gen/diag"
)

// placement judges on which nodes a pod may run.
func (j *judgement) placement(at *field.Path, p *corev1.PodSpec) {
	j.labels(at.Child("nodeSelector"), p.NodeSelector)
	for i := range p.Tolerations {
		j.toleration(at.Child("tolerations").Index(i), &p.Tolerations[i])
	}
	seen := map[string]bool{}
	for i := range p.TopologySpreadConstraints {
		c := &p.TopologySpreadConstraints[i]
		at := at.Child("topologySpreadConstraints").Key(c.TopologyKey)
		if c.MinDomains != nil && c.WhenUnsatisfiable != corev1.DoNotSchedule {
			j.bad(at.Child("minDomains"), "is given without whenUnsatisfiable DoNotSchedule")
		}
		if reasons := segments.IsLabelKey(c.TopologyKey); c.TopologyKey != "" && len(reasons) > 0 {
			j.add(problem{
				path: at.Child("topologyKey").String(), rule: "kubernetes-value", says: "is " + shown(c.TopologyKey),
				allowed: inShort(strings.Join(reasons, ", ")), why: "no node can have such a label",
			})
		}
		j.selector(at.Child("labelSelector"), c.LabelSelector)
		if c.LabelSelector == nil {
			j.selectsNone(at)
		}
		if k := c.TopologyKey + "\n" + string(c.WhenUnsatisfiable); seen[k] {
			j.unique(map[string]bool{c.TopologyKey: true}, at.Child("topologyKey"), c.TopologyKey)
		} else {
			seen[k] = true
		}
		j.labelKeys(at.Child("matchLabelKeys"), c.MatchLabelKeys, c.LabelSelector)
	}
	if a := p.Affinity; a != nil {
		j.affinity(at.Child("affinity"), a)
	}
}

// selectsNone warns of a term that is about no pod, as the API server does.
func (j *judgement) selectsNone(at *field.Path) {
	j.add(problem{
		path: at.String(), rule: ruleWarning, severity: diag.Warning,
		says: "has no labelSelector", why: "without one it is about no pod, and has no effect; the API server warns of it",
	})
}

// labelKeys judges the labels of a pod that join a selector.
func (j *judgement) labelKeys(at *field.Path, keys []string, s *metav1.LabelSelector) {
	named := selectorKeys(s)
	for n, key := range keys {
		switch at := at.Index(n); {
		case s == nil:
			j.bad(at, "is given without a labelSelector")
		case named[key]:
			j.bad(at, "is "+shown(key), "a label that the labelSelector does not name")
		}
	}
}

func selectorKeys(s *metav1.LabelSelector) map[string]bool {
	keys := map[string]bool{}
	if s != nil {
		for k := range s.MatchLabels {
			keys[k] = true
		}
		for _, e := range s.MatchExpressions {
			keys[e.Key] = true
		}
	}
	return keys
}

func (j *judgement) toleration(at *field.Path, t *corev1.Toleration) {
	if t.Key == "" && t.Operator != corev1.TolerationOpExists {
		j.bad(at.Child("operator"), "is "+shown(string(t.Operator))+", without a key", `"Exists", which then means every key`)
	}
	if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
		j.bad(at.Child("effect"), "is "+shown(string(t.Effect))+", beside tolerationSeconds", `"NoExecute"`)
	}
	switch t.Operator {
	case corev1.TolerationOpEqual, "":
		j.form(at.Child("value"), t.Value, segments.IsLabelValue(t.Value))
	case corev1.TolerationOpExists:
		if t.Value != "" {
			j.bad(at.Child("value"), "is "+shown(t.Value)+", with the operator Exists", "no value")
		}
	}
}

func (j *judgement) affinity(at *field.Path, a *corev1.Affinity) {
	const must, should = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
	if n := a.NodeAffinity; n != nil {
		at := at.Child("nodeAffinity")
		if r := n.RequiredDuringSchedulingIgnoredDuringExecution; r != nil {
			at := at.Child(must, "nodeSelectorTerms")
			for i := range r.NodeSelectorTerms {
				j.nodeTerm(at.Index(i), &r.NodeSelectorTerms[i])
				for n, e := range r.NodeSelectorTerms[i].MatchExpressions {
					for v, value := range e.Values { // of a preference the API server does not look at them
						j.form(at.Index(i).Child("matchExpressions").Index(n).Child("values").Index(v), value, segments.IsLabelValue(value))
					}
				}
			}
		}
		for i, w := range n.PreferredDuringSchedulingIgnoredDuringExecution {
			at := at.Child(should).Index(i)
			j.nodeTerm(at.Child("preference"), &w.Preference)
		}
	}
	terms := func(at *field.Path, required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm) {
		for i := range required {
			j.podTerm(at.Child(must).Index(i), &required[i])
		}
		for i := range preferred {
			j.podTerm(at.Child(should).Index(i).Child("podAffinityTerm"), &preferred[i].PodAffinityTerm)
		}
	}
	if p := a.PodAffinity; p != nil {
		terms(at.Child("podAffinity"), p.RequiredDuringSchedulingIgnoredDuringExecution, p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if p := a.PodAntiAffinity; p != nil {
		terms(at.Child("podAntiAffinity"), p.RequiredDuringSchedulingIgnoredDuringExecution, p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
}

func (j *judgement) podTerm(at *field.Path, t *corev1.PodAffinityTerm) {
	j.selector(at.Child("labelSelector"), t.LabelSelector)
	if t.LabelSelector == nil {
		j.selectsNone(at)
	}
	j.selector(at.Child("namespaceSelector"), t.NamespaceSelector)
	j.labelKeys(at.Child("matchLabelKeys"), t.MatchLabelKeys, t.LabelSelector)
	j.labelKeys(at.Child("mismatchLabelKeys"), t.MismatchLabelKeys, t.LabelSelector)
	for n, key := range t.MismatchLabelKeys {
		if slices.Contains(t.MatchLabelKeys, key) {
			j.bad(at.Child("mismatchLabelKeys").Index(n), "is "+shown(key)+", as one of matchLabelKeys is")
		}
	}
}

func (j *judgement) nodeTerm(at *field.Path, t *corev1.NodeSelectorTerm) {
	for i, r := range t.MatchExpressions {
		at := at.Child("matchExpressions").Index(i)
		if r.Key != "" {
			j.form(at.Child("key"), r.Key, segments.IsLabelKey(r.Key))
		}
		values := at.Child("values")
		switch r.Operator {
		case corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn:
			j.needs(values, len(r.Values) > 0)
		case corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist:
			if len(r.Values) > 0 {
				j.bad(values, fmt.Sprintf("has values, with the operator %s", r.Operator), "no value")
			}
		case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt:
			if len(r.Values) != 1 {
				j.bad(values, fmt.Sprintf("has %d values, with the operator %s", len(r.Values), r.Operator), "one whole number")
			}
		}
	}
	for i, r := range t.MatchFields {
		at := at.Child("matchFields").Index(i)
		if r.Key != "" && r.Key != metav1.ObjectNameField {
			j.bad(at.Child("key"), "is "+shown(r.Key), `"metadata.name"`)
		}
		if r.Operator != corev1.NodeSelectorOpIn && r.Operator != corev1.NodeSelectorOpNotIn {
			j.bad(at.Child("operator"), "is "+shown(string(r.Operator))+", for a field", `"In", "NotIn"`)
		}
		if len(r.Values) != 1 {
			j.bad(at.Child("values"), fmt.Sprintf("has %d values", len(r.Values)), "the name of one node")
			continue
		}
		j.form(at.Child("values").Index(0), r.Values[0], segments.IsDNS1123Subdomain(r.Values[0]))
	}
}
