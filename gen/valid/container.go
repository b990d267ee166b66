package valid

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/natsyard/natsyard/gen/language"
)

// container is one of a pod that is judged.
type container struct {
	*judgement
	at      *field.Path
	c       *corev1.Container
	pod     *corev1.PodSpec
	volumes volumes
}

// judge judges it; names and ports of the node are those of the containers before it.
func (k container) judge(names, hostPorts map[string]bool) {
	k.unique(names, k.at.Child("name"), k.c.Name)
	k.ports(hostPorts)
	k.env()
	k.mounts()
	k.devices()
	k.requirements(k.at.Child("resources"), &k.c.Resources)
	k.claims()
	k.restarts()
	k.probes()
	k.rights()
}

func (k container) ports(hostPorts map[string]bool) {
	names := map[string]bool{}
	for i := range k.c.Ports {
		p := &k.c.Ports[i]
		at := k.at.Child("ports").Index(i)
		if p.Name != "" {
			at = k.at.Child("ports").Key(p.Name)
		}
		k.unique(names, at.Child("name"), p.Name)
		if p.HostPort == 0 {
			continue
		}
		if k.pod.HostNetwork && p.HostPort != p.ContainerPort {
			k.bad(at.Child("hostPort"), fmt.Sprintf("is %d", p.HostPort), "containerPort, as hostNetwork is true")
		}
		k.unique(hostPorts, at.Child("hostPort"), strings.TrimRight(fmt.Sprintf("%d/%s %s", p.HostPort, p.Protocol, p.HostIP), "/ "))
	}
}

func (k container) env() {
	valid := content.IsEnvVarName
	if k.minor.number >= 34 { // RelaxedEnvironmentVariableValidation
		valid = content.IsRelaxedEnvVarName
	}
	for i := range k.c.Env {
		e := &k.c.Env[i]
		at := k.at.Child("env").Key(e.Name)
		if e.Name != "" {
			k.form(at.Child("name"), e.Name, valid(e.Name))
		}
		v := e.ValueFrom
		if v == nil {
			continue
		}
		from := at.Child("valueFrom")
		if e.Value != "" {
			k.bad(from, "is given beside value", "one of the two")
		}
		if sources := given(*v); len(sources) != 1 {
			k.bad(from, fmt.Sprintf("has %d sources", len(sources)), "one of secretKeyRef, configMapKeyRef, fieldRef and resourceFieldRef")
			continue
		}
		switch {
		case v.ResourceFieldRef != nil:
			k.amount(from.Child("resourceFieldRef"), v.ResourceFieldRef)
		case v.FieldRef != nil:
			k.podField(from.Child("fieldRef"), v.FieldRef, toldInEnv)
		}
	}
	for i := range k.c.EnvFrom {
		e := &k.c.EnvFrom[i]
		at := k.at.Child("envFrom").Index(i)
		if (e.ConfigMapRef == nil) == (e.SecretRef == nil) {
			k.bad(at, "must have one of configMapRef and secretRef")
		}
		if e.Prefix != "" {
			k.form(at.Child("prefix"), e.Prefix, valid(e.Prefix))
		}
	}
}

func (k container) mounts() {
	for i := range k.c.VolumeMounts {
		m := &k.c.VolumeMounts[i]
		at := k.at.Child("volumeMounts").Key(m.MountPath)
		k.volume(at.Child("name"), m.Name, false)
		if m.SubPath != "" && m.SubPathExpr != "" {
			k.bad(at.Child("subPathExpr"), "is given beside subPath", "one of the two")
		}
		privileged := k.c.SecurityContext != nil && k.c.SecurityContext.Privileged != nil && *k.c.SecurityContext.Privileged
		if m.MountPropagation != nil && *m.MountPropagation == corev1.MountPropagationBidirectional && !privileged {
			k.bad(at.Child("mountPropagation"), `is "Bidirectional" in a container that is not privileged`, `"HostToContainer", "None"`)
		}
		if r := m.RecursiveReadOnly; r != nil && (*r == corev1.RecursiveReadOnlyEnabled || *r == corev1.RecursiveReadOnlyIfPossible) {
			if !m.ReadOnly {
				k.bad(at.Child("recursiveReadOnly"), fmt.Sprintf("is %q, where readOnly is not true", *r))
			}
			if p := m.MountPropagation; p != nil && *p != corev1.MountPropagationNone {
				k.bad(at.Child("recursiveReadOnly"), fmt.Sprintf("is %q, with the mount propagation %s", *r, *p))
			}
		}
	}
}

// volume judges the name of a volume, of a claim's if it has to be one, and tells whether the pod has it.
func (k container) volume(at *field.Path, name string, claim bool) bool {
	_, known := k.volumes[name]
	if name != "" && !known {
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(k.volumes)), func(n string) bool { return claim && !k.volumes[n] })
		p := problem{path: at.String(), rule: "kubernetes-reference", says: fmt.Sprintf("is %q, and the pod has no such volume", name), allowed: strings.Join(names, ", ")}
		if near := language.Closest(name, names); near != "" {
			p.mend = strconv.Quote(near)
		} else if !claim {
			p.mend = fmt.Sprintf("{name: %q, emptyDir: {}} among the volumes of the pod, or another kind of volume", name)
		}
		k.add(p)
	}
	return known
}

// devices judges the claims that a container has as they are, without a file system.
func (k container) devices() {
	names, paths := map[string]bool{}, map[string]bool{}
	for _, m := range k.c.VolumeMounts {
		names[m.Name], paths[m.MountPath] = true, true
	}
	for i := range k.c.VolumeDevices {
		d := &k.c.VolumeDevices[i]
		at := k.at.Child("volumeDevices").Key(d.DevicePath)
		if k.volume(at.Child("name"), d.Name, true) && !k.volumes[d.Name] {
			k.bad(at.Child("name"), fmt.Sprintf("is %q, which is no claim", d.Name), "a volume that is a claim")
		}
		k.unique(names, at.Child("name"), d.Name)
		k.unique(paths, at.Child("devicePath"), d.DevicePath)
	}
}

// claims judges the devices that a container shares with others of its pod.
func (k container) claims() {
	for i, c := range k.c.Resources.Claims {
		if !slices.ContainsFunc(k.pod.ResourceClaims, func(p corev1.PodResourceClaim) bool { return p.Name == c.Name }) {
			at := k.at.Child("resources", "claims").Index(i)
			if c.Name != "" {
				at = k.at.Child("resources", "claims").Key(c.Name)
			}
			k.add(problem{
				path: at.Child("name").String(), rule: "kubernetes-reference",
				says: fmt.Sprintf("is %q, and the pod has no such claim", c.Name),
			})
		}
	}
}

// restarts judges when a container is started anew.
func (k container) restarts() {
	if len(k.c.RestartPolicyRules) > 0 {
		k.needs(k.at.Child("restartPolicy"), k.c.RestartPolicy != nil)
	}
	for i, r := range k.c.RestartPolicyRules {
		k.needs(k.at.Child("restartPolicyRules").Index(i).Child("exitCodes"), r.ExitCodes != nil)
	}
}

func (k container) rights() {
	s := k.c.SecurityContext
	if s == nil {
		return
	}
	at := k.at.Child("securityContext")
	k.user(at.Child("runAsUser"), s.RunAsUser)
	k.group(at.Child("runAsGroup"), s.RunAsGroup)
	k.profiles(at, s.SeccompProfile, s.AppArmorProfile)
	if p := s.ProcMount; p != nil && *p == corev1.UnmaskedProcMount && (k.pod.HostUsers == nil || *k.pod.HostUsers) {
		k.bad(at.Child("procMount"), `is "Unmasked", where hostUsers is not false`)
	}
	if s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
		return
	}
	if s.Privileged != nil && *s.Privileged {
		k.bad(at.Child("allowPrivilegeEscalation"), "is false, where privileged is true")
	}
	if s.Capabilities != nil && slices.Contains(s.Capabilities.Add, "CAP_SYS_ADMIN") {
		k.bad(at.Child("allowPrivilegeEscalation"), "is false, where the capability CAP_SYS_ADMIN is added")
	}
}
