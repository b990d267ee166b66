package valid

import (
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// pod judges a pod or a template of pods. claims are volumes that it has besides its own.
func (j *judgement) pod(at *field.Path, meta *metav1.ObjectMeta, p *corev1.PodSpec, claims []string) {
	j.security(at, meta, p)
	if at == nil {
		at = spec
	} else {
		at = at.Child("spec")
	}
	volumes := j.volumes(at.Child("volumes"), p.Volumes)
	for _, c := range claims {
		volumes[c] = true
	}
	j.needs(at.Child("containers"), len(p.Containers) > 0)
	names := map[string]bool{}
	hostPorts := map[string]bool{}
	for i := range p.InitContainers {
		c := &p.InitContainers[i]
		k := container{j, at.Child("initContainers").Key(c.Name), c, p, volumes}
		k.judge(names, hostPorts)
		if c.RestartPolicy == nil {
			for field, given := range map[string]bool{
				"livenessProbe": c.LivenessProbe != nil, "readinessProbe": c.ReadinessProbe != nil,
				"startupProbe": c.StartupProbe != nil, "lifecycle": c.Lifecycle != nil,
			} {
				if given {
					j.bad(k.at.Child(field), "is given for a container that runs to its end before the others", `restartPolicy "Always" beside it`)
				}
			}
		}
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		k := container{j, at.Child("containers").Key(c.Name), c, p, volumes}
		k.judge(names, hostPorts)
	}
	j.placement(at, p)
	j.podFields(at, p)
}

func (j *judgement) podFields(at *field.Path, p *corev1.PodSpec) {
	for name, value := range map[string]string{"serviceAccountName": p.ServiceAccountName, "priorityClassName": p.PriorityClassName} {
		if value != "" {
			j.form(at.Child(name), value, content.IsDNS1123Subdomain(value))
		}
	}
	for name, value := range map[string]string{"hostname": p.Hostname, "subdomain": p.Subdomain} {
		if value != "" {
			j.form(at.Child(name), value, content.IsDNS1123Label(value))
		}
	}
	if p.DNSPolicy == corev1.DNSNone && (p.DNSConfig == nil || len(p.DNSConfig.Nameservers) == 0) {
		j.needs(at.Child("dnsConfig", "nameservers"), false)
	}
	for i, h := range p.HostAliases {
		if _, err := netip.ParseAddr(h.IP); err != nil {
			j.bad(at.Child("hostAliases").Index(i).Child("ip"), "is "+shown(h.IP), "an address")
		}
	}
	if p.ShareProcessNamespace != nil && *p.ShareProcessNamespace && p.HostPID {
		j.bad(at.Child("shareProcessNamespace"), "is true, as hostPID is")
	}
	s := p.SecurityContext
	if s == nil {
		return
	}
	at = at.Child("securityContext")
	j.user(at.Child("runAsUser"), s.RunAsUser)
	j.group(at.Child("runAsGroup"), s.RunAsGroup)
	j.group(at.Child("fsGroup"), s.FSGroup)
	for i := range s.SupplementalGroups {
		j.group(at.Child("supplementalGroups").Index(i), &s.SupplementalGroups[i])
	}
	j.seccomp(at.Child("seccompProfile"), s.SeccompProfile)
	seen := map[string]bool{}
	for _, c := range s.Sysctls {
		at := at.Child("sysctls").Key(c.Name)
		j.needs(at.Child("name"), c.Name != "")
		j.unique(seen, at.Child("name"), c.Name)
	}
}

func (j *judgement) user(at *field.Path, id *int64) {
	if id == nil {
		return
	}
	if reasons := content.IsValidUserID(*id); len(reasons) > 0 {
		j.bad(at, "is "+strconv.FormatInt(*id, 10), reasons...)
	}
}

func (j *judgement) group(at *field.Path, id *int64) {
	if id == nil {
		return
	}
	if reasons := content.IsValidGroupID(*id); len(reasons) > 0 {
		j.bad(at, "is "+strconv.FormatInt(*id, 10), reasons...)
	}
}

func (j *judgement) seccomp(at *field.Path, s *corev1.SeccompProfile) {
	if s == nil {
		return
	}
	local, given := s.Type == corev1.SeccompProfileTypeLocalhost, s.LocalhostProfile != nil
	switch at = at.Child("localhostProfile"); {
	case local:
		j.needs(at, given && *s.LocalhostProfile != "")
	case given:
		j.bad(at, fmt.Sprintf("is given with the type %s", s.Type), "a profile for the type Localhost")
	}
}

// volumes judges the volumes of a pod and gives their names.
func (j *judgement) volumes(at *field.Path, volumes []corev1.Volume) map[string]bool {
	names := map[string]bool{}
	for i := range volumes {
		v := &volumes[i]
		at := at.Key(v.Name)
		if j.needs(at.Child("name"), v.Name != "") {
			j.form(at.Child("name"), v.Name, content.IsDNS1123Label(v.Name))
		}
		j.unique(names, at.Child("name"), v.Name)
		// One without a source is an emptyDir.
		if sources := given(v.VolumeSource); len(sources) > 1 {
			j.bad(at, "has more than one source: "+strings.Join(sources, ", "), "one source")
		}
		switch s := v.VolumeSource; {
		case s.Secret != nil:
			j.needs(at.Child("secret", "secretName"), s.Secret.SecretName != "")
			j.items(at.Child("secret", "items"), s.Secret.Items)
		case s.ConfigMap != nil:
			j.needs(at.Child("configMap", "name"), s.ConfigMap.Name != "")
			j.items(at.Child("configMap", "items"), s.ConfigMap.Items)
		case s.PersistentVolumeClaim != nil:
			j.needs(at.Child("persistentVolumeClaim", "claimName"), s.PersistentVolumeClaim.ClaimName != "")
		case s.HostPath != nil:
			j.needs(at.Child("hostPath", "path"), s.HostPath.Path != "")
		case s.EmptyDir != nil && s.EmptyDir.SizeLimit != nil && s.EmptyDir.SizeLimit.Sign() < 0:
			j.bad(at.Child("emptyDir", "sizeLimit"), "is "+s.EmptyDir.SizeLimit.String(), "0 or more")
		case s.Projected != nil:
			for n := range s.Projected.Sources {
				if got := given(s.Projected.Sources[n]); len(got) != 1 {
					j.bad(at.Child("projected", "sources").Index(n), "must have one source")
				}
			}
		}
	}
	return names
}

func (j *judgement) items(at *field.Path, items []corev1.KeyToPath) {
	for i, item := range items {
		at := at.Index(i)
		j.needs(at.Child("key"), item.Key != "")
		if j.needs(at.Child("path"), item.Path != "") {
			j.inside(at.Child("path"), item.Path)
		}
	}
}

// inside judges a path that may not leave its volume.
func (j *judgement) inside(at *field.Path, p string) {
	if strings.HasPrefix(p, "/") || slices.Contains(strings.Split(p, "/"), "..") {
		j.bad(at, "is "+shown(p), "a relative path without '..'")
	}
}

// given are the fields of a Go struct of Kubernetes of which one is wanted, by their names in JSON.
func given(union any) (names []string) {
	v := reflect.ValueOf(union)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

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

// sorted are the names of resources in their order.
func sorted(list corev1.ResourceList) []corev1.ResourceName { return slices.Sorted(maps.Keys(list)) }
