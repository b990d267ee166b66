package valid

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
