package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
)

var labelValues = rule{
	"label-value", diag.Error,
	"no node has such a label, and Kubernetes refuses the pod",
	func(in *intent.Intent, r *report) {
		selectors := map[string]map[string]string{"nodeSelector": in.NodeSelector}
		if in.NatsBox.Enabled {
			selectors["natsBox.nodeSelector"] = in.NatsBox.NodeSelector
		}
		for _, path := range keys(selectors) {
			for _, k := range keys(selectors[path]) {
				if value := selectors[path][k]; len(validation.IsValidLabelValue(value)) > 0 {
					r.add(finding{
						path: append(at(path), k), message: fmt.Sprintf("%q is no value of a label", value),
						allowed: labelValueForm, mend: labelMend(append(at(path), k), value),
					})
				}
			}
		}
	},
}

// labelMend is a value of a label in letters that it may have.
func labelMend(path []string, value string) string {
	if v := inLetters(value, func(s string) bool { return len(validation.IsValidLabelValue(s)) == 0 }); v != "" {
		return cueField(path, cueText(v))
	}
	return "leave it out"
}

var tolerationForm = rule{
	"toleration-form", diag.Error,
	"Kubernetes refuses the pod (its validation of tolerations)",
	func(in *intent.Intent, r *report) {
		given := map[string][]corev1.Toleration{"tolerations": in.Tolerations}
		if in.NatsBox.Enabled {
			given["natsBox.tolerations"] = in.NatsBox.Tolerations
		}
		for _, path := range keys(given) {
			for n, t := range given[path] {
				f := finding{path: append(at(path), strconv.Itoa(n))}
				switch {
				case t.Key == "" && t.Operator != corev1.TolerationOpExists:
					t.Operator = corev1.TolerationOpExists
					f.message, f.mend = "a toleration without a key is one of every taint", cueValue(t)
				case t.Key != "" && len(validation.IsQualifiedName(t.Key)) > 0:
					f.message, f.allowed = fmt.Sprintf("%q is no key of a taint", t.Key), "a name of at most 63 letters, digits, '-', '_' and '.', after an optional DNS domain and '/'"
				case t.Operator == corev1.TolerationOpExists && t.Value != "":
					t.Operator = corev1.TolerationOpEqual
					f.message, f.mend = "the operator Exists compares no value", cueValue(t)+", or no value"
				case len(validation.IsValidLabelValue(t.Value)) > 0:
					f.message, f.allowed = fmt.Sprintf("%q is no value of a taint", t.Value), labelValueForm
				case t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute:
					t.Effect = corev1.TaintEffectNoExecute
					f.message, f.mend = "tolerationSeconds is for taints that make a pod go", cueValue(t)+", or no tolerationSeconds"
				case (t.Operator == corev1.TolerationOpLt || t.Operator == corev1.TolerationOpGt) && !isInteger(t.Value):
					f.message, f.allowed = fmt.Sprintf("the operator %s compares numbers, and %q is none", t.Operator, t.Value), "a whole number in quotes"
					if n, err := strconv.Atoi(t.Value); err == nil {
						t.Value = strconv.Itoa(n)
						f.mend = cueValue(t)
					}
				default:
					continue
				}
				r.add(f)
			}
		}
	},
}

func isInteger(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == text
}

var spreadForm = rule{
	"topology-spread-form", diag.Error,
	"Kubernetes refuses the pod (its validation of topology spread constraints)",
	func(in *intent.Intent, r *report) {
		for _, key := range keys(in.TopologySpreadConstraints) {
			path, c := []string{"topologySpreadConstraints", key}, in.TopologySpreadConstraints[key]
			if len(validation.IsQualifiedName(key)) > 0 {
				r.add(finding{path: path, message: fmt.Sprintf("%q is no key of a label", key), allowed: `a label of the nodes, such as "kubernetes.io/hostname"`})
			}
			if c.MinDomains != nil && c.WhenUnsatisfiable != string(corev1.DoNotSchedule) {
				r.add(finding{
					path: below(path, "minDomains"), message: "minDomains holds back pods, which whenUnsatisfiable does not let it",
					mend: cueField(path, `whenUnsatisfiable: "DoNotSchedule"`), see: []see{{below(path, "whenUnsatisfiable"), "it"}},
				})
			}
			for n, label := range c.MatchLabelKeys {
				switch label {
				case "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component":
					r.add(finding{path: below(path, "matchLabelKeys", strconv.Itoa(n)), message: fmt.Sprintf("label %s is in the selector already", label), mend: "leave it out"})
					continue
				}
				if len(validation.IsQualifiedName(label)) > 0 {
					r.add(finding{path: below(path, "matchLabelKeys", strconv.Itoa(n)), message: fmt.Sprintf("%q is no key of a label", label), allowed: `a label of the pods, such as "controller-revision-hash"`})
				}
			}
		}
	},
}

// maxID is the largest user or group that Kubernetes takes.
const maxID = math.MaxInt32

// ids are the users and groups of the security contexts, by path.
func ids(in *intent.Intent) map[string]int64 {
	out := map[string]int64{}
	add := func(id *int64, path string) {
		if id != nil {
			out[path] = *id
		}
	}
	pod, c := in.PodSecurityContext, in.SecurityContext
	add(pod.RunAsUser, "podSecurityContext.runAsUser")
	add(pod.RunAsGroup, "podSecurityContext.runAsGroup")
	add(pod.FSGroup, "podSecurityContext.fsGroup")
	for n := range pod.SupplementalGroups {
		add(&pod.SupplementalGroups[n], "podSecurityContext.supplementalGroups."+strconv.Itoa(n))
	}
	add(c.RunAsUser, "securityContext.runAsUser")
	add(c.RunAsGroup, "securityContext.runAsGroup")
	return out
}

var userID = rule{
	"user-id", diag.Error,
	"Kubernetes refuses the pod",
	func(in *intent.Intent, r *report) {
		all := ids(in)
		for _, path := range keys(all) {
			if id := all[path]; id < 0 || id > maxID {
				r.add(finding{path: at(path), message: fmt.Sprintf("%d is no user or group", id), allowed: fmt.Sprintf("0 to %d", maxID), mend: "1000"})
			}
		}
	},
}

var seccompProfile = rule{
	"seccomp-profile", diag.Error,
	"Kubernetes refuses a profile of the node that is not named, and the name of one that is not of the node",
	func(in *intent.Intent, r *report) {
		given := map[string]*corev1.SeccompProfile{
			"podSecurityContext.seccompProfile": in.PodSecurityContext.SeccompProfile, "securityContext.seccompProfile": in.SecurityContext.SeccompProfile,
		}
		for _, path := range keys(given) {
			p := given[path]
			if p == nil {
				continue
			}
			local := p.Type == corev1.SeccompProfileTypeLocalhost
			switch named := p.LocalhostProfile != nil && *p.LocalhostProfile != ""; {
			case local && !named:
				r.add(finding{path: at(path), message: "type Localhost without the file", mend: cueField(append(at(path), "localhostProfile"), `"profiles/nats.json"`)})
			case !local && p.LocalhostProfile != nil:
				r.add(finding{path: append(at(path), "localhostProfile"), message: fmt.Sprintf("a file beside type %s", p.Type), mend: cueField(at(path), `type: "Localhost"`)})
			}
		}
	},
}

// maxExact is the largest number up to which all tools keep whole numbers whole.
const maxExact = 1 << 53

var numberExact = rule{
	"number-range", diag.Error,
	"JSON tools, kustomize among them, hold such a number as another one",
	func(in *intent.Intent, r *report) {
		data, err := json.Marshal(map[string]any{
			"terminationGracePeriodSeconds": in.TerminationGracePeriodSeconds, "tolerations": in.Tolerations, "affinity": in.Affinity,
			"extraVolumes": in.ExtraVolumes, "extraContainers": in.ExtraContainers, "extraInitContainers": in.ExtraInitContainers,
			"natsBox": map[string]any{"tolerations": in.NatsBox.Tolerations},
		})
		if err != nil {
			return // a quantity that JSON has no form for is another's finding
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var fields any
		if decoder.Decode(&fields) == nil {
			r.largeNumbers(nil, fields)
		}
	},
}

func (r *report) largeNumbers(path []string, field any) {
	switch f := field.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(f)) {
			r.largeNumbers(below(path, k), f[k])
		}
	case []any:
		for n, item := range f {
			r.largeNumbers(below(path, strconv.Itoa(n)), item)
		}
	case json.Number:
		if n, err := f.Int64(); err == nil && (n > maxExact || n < -maxExact) {
			r.add(finding{path: path, message: fmt.Sprintf("%s is too large a number", f), allowed: fmt.Sprintf("at most %d", maxExact), mend: inPlace(path, usual(path, fmt.Sprint(maxExact)))})
		}
	}
}

// usual is the value that a field has by default, where that is a number.
func usual(path []string, otherwise string) string {
	if f, ok := language.Lookup(path...); ok && !f.Derived && isInteger(f.Default) {
		return f.Default
	}
	return otherwise
}
