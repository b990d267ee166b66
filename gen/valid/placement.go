package valid

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
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
		if c.MaxSkew <= 0 {
			j.bad(at.Child("maxSkew"), fmt.Sprintf("is %d", c.MaxSkew), "1 or more")
		}
		if c.MinDomains != nil && *c.MinDomains < 1 {
			j.bad(at.Child("minDomains"), fmt.Sprintf("is %d", *c.MinDomains), "1 or more")
		}
		if c.MinDomains != nil && c.WhenUnsatisfiable != corev1.DoNotSchedule {
			j.bad(at.Child("minDomains"), "is given without whenUnsatisfiable DoNotSchedule")
		}
		j.key(at.Child("topologyKey"), c.TopologyKey)
		j.selector(at.Child("labelSelector"), c.LabelSelector)
		if k := c.TopologyKey + "\n" + string(c.WhenUnsatisfiable); seen[k] {
			j.unique(map[string]bool{c.TopologyKey: true}, at.Child("topologyKey"), c.TopologyKey)
		} else {
			seen[k] = true
		}
		for n, key := range c.MatchLabelKeys {
			at := at.Child("matchLabelKeys").Index(n)
			switch _, named := selectorKeys(c.LabelSelector)[key]; {
			case c.LabelSelector == nil:
				j.bad(at, "is given without a labelSelector")
			case named:
				j.bad(at, "is "+shown(key), "a label that the labelSelector does not name")
			}
			j.key(at, key)
		}
	}
	if a := p.Affinity; a != nil {
		j.affinity(at.Child("affinity"), a)
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

// key judges the key of a label.
func (j *judgement) key(at *field.Path, key string) {
	if j.needs(at, key != "") {
		j.errors(metav1validation.ValidateLabelName(key, at))
	}
}

func (j *judgement) toleration(at *field.Path, t *corev1.Toleration) {
	if t.Key != "" {
		j.errors(metav1validation.ValidateLabelName(t.Key, at.Child("key")))
	} else if t.Operator != corev1.TolerationOpExists {
		j.bad(at.Child("operator"), "is "+shown(string(t.Operator))+", without a key", `"Exists", which then means every key`)
	}
	if t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute {
		j.bad(at.Child("effect"), "is "+shown(string(t.Effect))+", beside tolerationSeconds", `"NoExecute"`)
	}
	switch t.Operator {
	case corev1.TolerationOpEqual, "":
		j.form(at.Child("value"), t.Value, content.IsValidLabelValue(t.Value))
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
			j.needs(at, len(r.NodeSelectorTerms) > 0)
			for i := range r.NodeSelectorTerms {
				j.nodeTerm(at.Index(i), &r.NodeSelectorTerms[i])
			}
		}
		for i, w := range n.PreferredDuringSchedulingIgnoredDuringExecution {
			at := at.Child(should).Index(i)
			j.weight(at, w.Weight)
			j.nodeTerm(at.Child("preference"), &w.Preference)
		}
	}
	terms := func(at *field.Path, required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm) {
		for i := range required {
			j.podTerm(at.Child(must).Index(i), &required[i])
		}
		for i := range preferred {
			j.weight(at.Child(should).Index(i), preferred[i].Weight)
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

func (j *judgement) weight(at *field.Path, weight int32) {
	if weight < 1 || weight > 100 {
		j.bad(at.Child("weight"), fmt.Sprintf("is %d", weight), "1 to 100")
	}
}

func (j *judgement) podTerm(at *field.Path, t *corev1.PodAffinityTerm) {
	j.key(at.Child("topologyKey"), t.TopologyKey)
	j.selector(at.Child("labelSelector"), t.LabelSelector)
	j.selector(at.Child("namespaceSelector"), t.NamespaceSelector)
}

func (j *judgement) nodeTerm(at *field.Path, t *corev1.NodeSelectorTerm) {
	for i, r := range t.MatchExpressions {
		at := at.Child("matchExpressions").Index(i)
		j.key(at.Child("key"), r.Key)
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
}
