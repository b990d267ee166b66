package valid

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// container is one of a pod that is judged.
type container struct {
	*judgement
	at      *field.Path
	c       *corev1.Container
	pod     *corev1.PodSpec
	volumes map[string]bool
}

// judge judges it; names and ports of the node are those of the containers before it.
func (k container) judge(names, hostPorts map[string]bool) {
	c := k.c
	if k.needs(k.at.Child("name"), c.Name != "") {
		k.form(k.at.Child("name"), c.Name, content.IsDNS1123Label(c.Name))
	}
	k.unique(names, k.at.Child("name"), c.Name)
	if k.needs(k.at.Child("image"), c.Image != "") && strings.TrimSpace(c.Image) != c.Image {
		k.bad(k.at.Child("image"), "is "+shown(c.Image), "an image's name without spaces around it")
	}
	k.ports(hostPorts)
	k.env()
	k.mounts()
	k.resources()
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
			k.form(at.Child("name"), p.Name, content.IsValidPortName(p.Name))
		}
		k.unique(names, at.Child("name"), p.Name)
		k.port(at.Child("containerPort"), p.ContainerPort)
		if p.HostPort == 0 {
			continue
		}
		k.port(at.Child("hostPort"), p.HostPort)
		if k.pod.HostNetwork && p.HostPort != p.ContainerPort {
			k.bad(at.Child("hostPort"), fmt.Sprintf("is %d", p.HostPort), "containerPort, as hostNetwork is true")
		}
		k.unique(hostPorts, at.Child("hostPort"), strings.TrimRight(fmt.Sprintf("%d/%s %s", p.HostPort, p.Protocol, p.HostIP), "/ "))
	}
}

// podFields are the fields of a pod that the environment of a container may name.
var podFields = []string{
	"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
	"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
}

func (k container) env() {
	for i := range k.c.Env {
		e := &k.c.Env[i]
		at := k.at.Child("env").Key(e.Name)
		valid := content.IsEnvVarName
		if k.minor.number >= 34 { // RelaxedEnvironmentVariableValidation
			valid = content.IsRelaxedEnvVarName
		}
		if k.needs(at.Child("name"), e.Name != "") {
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
		case v.SecretKeyRef != nil:
			k.ref(from.Child("secretKeyRef"), v.SecretKeyRef.Name, v.SecretKeyRef.Key)
		case v.ConfigMapKeyRef != nil:
			k.ref(from.Child("configMapKeyRef"), v.ConfigMapKeyRef.Name, v.ConfigMapKeyRef.Key)
		case v.ResourceFieldRef != nil:
			if r := v.ResourceFieldRef.Resource; !strings.HasPrefix(r, "limits.") && !strings.HasPrefix(r, "requests.") {
				k.bad(from.Child("resourceFieldRef", "resource"), "is "+shown(r), "limits.<resource> or requests.<resource>, such as limits.memory")
			}
		case v.FieldRef != nil:
			p := v.FieldRef.FieldPath
			if !slices.Contains(podFields, p) && !strings.HasPrefix(p, "metadata.labels['") && !strings.HasPrefix(p, "metadata.annotations['") {
				k.bad(from.Child("fieldRef", "fieldPath"), "is "+shown(p), strings.Join(podFields, ", ")+", metadata.labels['<key>'], metadata.annotations['<key>']")
			}
		}
	}
	for i := range k.c.EnvFrom {
		e := &k.c.EnvFrom[i]
		at := k.at.Child("envFrom").Index(i)
		switch {
		case (e.ConfigMapRef == nil) == (e.SecretRef == nil):
			k.bad(at, "must have one of configMapRef and secretRef")
		case e.ConfigMapRef != nil:
			k.needs(at.Child("configMapRef", "name"), e.ConfigMapRef.Name != "")
		default:
			k.needs(at.Child("secretRef", "name"), e.SecretRef.Name != "")
		}
	}
}

// ref judges a key of a Secret or ConfigMap.
func (k container) ref(at *field.Path, name, key string) {
	k.needs(at.Child("name"), name != "")
	if k.needs(at.Child("key"), key != "") {
		k.form(at.Child("key"), key, content.IsConfigMapKey(key))
	}
}

func (k container) mounts() {
	for i := range k.c.VolumeMounts {
		m := &k.c.VolumeMounts[i]
		at := k.at.Child("volumeMounts").Key(m.MountPath)
		if k.needs(at.Child("name"), m.Name != "") && !k.volumes[m.Name] {
			k.add(problem{
				path: at.Child("name").String(), rule: "kubernetes-reference",
				says: fmt.Sprintf("is %q, and the pod has no such volume", m.Name),
			})
		}
		k.needs(at.Child("mountPath"), m.MountPath != "")
		k.inside(at.Child("subPath"), m.SubPath)
		k.inside(at.Child("subPathExpr"), m.SubPathExpr)
		if m.SubPath != "" && m.SubPathExpr != "" {
			k.bad(at.Child("subPathExpr"), "is given beside subPath", "one of the two")
		}
	}
}

func (k container) resources() {
	r := &k.c.Resources
	at := k.at.Child("resources")
	for side, list := range map[string]corev1.ResourceList{"requests": r.Requests, "limits": r.Limits} {
		for _, name := range sorted(list) {
			at := at.Child(side).Key(string(name))
			if q := list[name]; q.Sign() < 0 {
				k.bad(at, "is "+q.String(), "0 or more")
			}
			switch n := string(name); {
			case n == "cpu", n == "memory", n == "ephemeral-storage", strings.HasPrefix(n, corev1.ResourceHugePagesPrefix):
			case !strings.Contains(n, "/"):
				k.bad(at, "is no resource of a container", "cpu, memory, ephemeral-storage, hugepages-<size> or <domain>/<name>")
			default:
				k.form(at, n, content.IsQualifiedName(n))
			}
		}
	}
	for _, name := range sorted(r.Requests) {
		request, limit := r.Requests[name], r.Limits[name]
		if _, limited := r.Limits[name]; limited && request.Cmp(limit) > 0 {
			k.bad(at.Child("requests").Key(string(name)), fmt.Sprintf("is %s, over the limit %s", request.String(), limit.String()))
		}
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
	k.seccomp(at.Child("seccompProfile"), s.SeccompProfile)
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

// sorted are the names of resources in their order.
func sorted(list corev1.ResourceList) []corev1.ResourceName { return slices.Sorted(maps.Keys(list)) }
