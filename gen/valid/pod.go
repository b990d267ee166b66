package valid

import (
	"fmt"
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
		j.template(at, meta.Labels, meta.Annotations)
		at = at.Child("spec")
	}
	volumes := j.volumes(at.Child("volumes"), p.Volumes)
	for _, c := range claims {
		volumes[c] = true
	}
	names := map[string]bool{}
	hostPorts := map[string]bool{}
	for i := range p.InitContainers {
		c := &p.InitContainers[i]
		k := container{j, at.Child("initContainers").Key(c.Name), c, p, volumes}
		k.judge(names, hostPorts)
		if c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways {
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
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			j.late(k.at.Child("restartPolicy").String(), "given for a container that does not run before the others", limits{Since: 35})
		}
	}
	if len(p.EphemeralContainers) > 0 {
		j.bad(at.Child("ephemeralContainers"), "is given before the pod is there", "`kubectl debug`, once it is")
	}
	j.placement(at, p)
	j.podFields(at, p)
	j.podSecurity(at.Child("securityContext"), p)
}

func (j *judgement) podFields(at *field.Path, p *corev1.PodSpec) {
	// A StatefulSet gives its pods others.
	if j.object.GetKind() != "StatefulSet" {
		for name, value := range map[string]string{"hostname": p.Hostname, "subdomain": p.Subdomain} {
			if value != "" {
				j.form(at.Child(name), value, content.IsDNS1123Label(value))
			}
		}
	}
	if p.DNSPolicy == corev1.DNSNone && (p.DNSConfig == nil || len(p.DNSConfig.Nameservers) == 0) {
		j.needs(at.Child("dnsConfig", "nameservers"), false)
	}
	if p.ShareProcessNamespace != nil && *p.ShareProcessNamespace && p.HostPID {
		j.bad(at.Child("shareProcessNamespace"), "is true, as hostPID is")
	}
	if p.HostUsers != nil && !*p.HostUsers {
		for name, given := range map[string]bool{"hostNetwork": p.HostNetwork, "hostPID": p.HostPID, "hostIPC": p.HostIPC} {
			if given {
				j.bad(at.Child(name), "is true, where hostUsers is false")
			}
		}
	}
	j.amounts(at.Child("overhead"), p.Overhead)
	if p.Resources != nil {
		j.requirements(at.Child("resources"), p.Resources)
	}
	for i := range p.ResourceClaims {
		c := &p.ResourceClaims[i]
		if (c.ResourceClaimName == nil) == (c.ResourceClaimTemplateName == nil) {
			j.bad(at.Child("resourceClaims").Key(c.Name), "must have one of resourceClaimName and resourceClaimTemplateName")
		}
	}
}

// podSecurity judges what all containers of a pod run as.
func (j *judgement) podSecurity(at *field.Path, p *corev1.PodSpec) {
	s := p.SecurityContext
	if s == nil {
		return
	}
	j.user(at.Child("runAsUser"), s.RunAsUser)
	j.group(at.Child("runAsGroup"), s.RunAsGroup)
	j.group(at.Child("fsGroup"), s.FSGroup)
	for i := range s.SupplementalGroups {
		j.group(at.Child("supplementalGroups").Index(i), &s.SupplementalGroups[i])
	}
	j.profiles(at, s.SeccompProfile, s.AppArmorProfile)
	seen := map[string]bool{}
	for _, c := range s.Sysctls {
		at := at.Child("sysctls").Key(c.Name)
		j.unique(seen, at.Child("name"), strings.ReplaceAll(c.Name, "/", "."))
		for of, host := range map[string]bool{"net.": p.HostNetwork, "kernel.shm": p.HostIPC, "kernel.msg": p.HostIPC, "kernel.sem": p.HostIPC, "fs.mqueue.": p.HostIPC} {
			if host && strings.HasPrefix(c.Name, of) {
				j.bad(at.Child("name"), "is "+shown(c.Name)+", which is the node's own here")
			}
		}
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

// profiles judges which profiles of the kernel bound a container.
func (j *judgement) profiles(at *field.Path, seccomp *corev1.SeccompProfile, armor *corev1.AppArmorProfile) {
	if s := seccomp; s != nil {
		j.profile(at.Child("seccompProfile", "localhostProfile"), string(s.Type), s.LocalhostProfile)
		if s.LocalhostProfile != nil {
			j.form(at.Child("seccompProfile", "localhostProfile"), *s.LocalhostProfile, inside(*s.LocalhostProfile))
		}
	}
	if a := armor; a != nil {
		j.profile(at.Child("appArmorProfile", "localhostProfile"), string(a.Type), a.LocalhostProfile)
	}
}

// profile judges the name of a profile, which one of the type Localhost has.
func (j *judgement) profile(at *field.Path, kind string, name *string) {
	switch {
	case kind == string(corev1.SeccompProfileTypeLocalhost):
		j.needs(at, name != nil && *name != "")
	case name != nil:
		j.bad(at, fmt.Sprintf("is given with the type %s", kind), "a profile for the type Localhost")
	}
}
