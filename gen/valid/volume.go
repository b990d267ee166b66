package valid

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// volumes are those of a pod, by their names; true for those that are claims.
type volumes map[string]bool

// volumes judges the volumes of a pod.
func (j *judgement) volumes(at *field.Path, given []corev1.Volume) volumes {
	known := volumes{}
	names := map[string]bool{}
	for i := range given {
		v := &given[i]
		at := at.Key(v.Name)
		j.unique(names, at.Child("name"), v.Name)
		known[v.Name] = v.PersistentVolumeClaim != nil || v.Ephemeral != nil
		j.source(at, &v.VolumeSource)
	}
	return known
}

// source judges where the content of a volume comes from. One without a source is an emptyDir.
func (j *judgement) source(at *field.Path, s *corev1.VolumeSource) {
	if sources := given(*s); len(sources) > 1 {
		j.bad(at, "has more than one source: "+strings.Join(sources, ", "), "one source")
	}
	switch {
	case s.EmptyDir != nil && s.EmptyDir.SizeLimit != nil:
		j.bytes(at.Child("emptyDir", "sizeLimit"), *s.EmptyDir.SizeLimit)
	case s.CSI != nil && s.CSI.NodePublishSecretRef != nil:
		at := at.Child("csi", "nodePublishSecretRef", "name")
		if name := s.CSI.NodePublishSecretRef.Name; j.needs(at, name != "") {
			j.form(at, name, content.IsDNS1123Subdomain(name))
		}
	case s.DownwardAPI != nil:
		j.told(at.Child("downwardAPI", "items"), s.DownwardAPI.Items)
	case s.Projected != nil:
		j.projected(at.Child("projected", "sources"), s.Projected.Sources)
	case s.Ephemeral != nil && s.Ephemeral.VolumeClaimTemplate != nil:
		t := s.Ephemeral.VolumeClaimTemplate
		at := at.Child("ephemeral", "volumeClaimTemplate")
		j.template(at, t.Labels, t.Annotations)
		if t.Name != "" {
			j.bad(at.Child("metadata", "name"), "is given in a template", "labels and annotations: the claim has the name of the pod and the volume")
		}
		j.claim(at.Child("spec"), &t.Spec)
	}
}

// told judges files that tell a container about its pod.
func (j *judgement) told(at *field.Path, items []corev1.DownwardAPIVolumeFile) {
	for i := range items {
		item := &items[i]
		at := at.Index(i)
		switch f, r := item.FieldRef, item.ResourceFieldRef; {
		case (f == nil) == (r == nil):
			j.bad(at, "must have one of fieldRef and resourceFieldRef")
		case f != nil:
			j.podField(at.Child("fieldRef"), f, toldInFiles)
		default:
			j.needs(at.Child("resourceFieldRef", "containerName"), r.ContainerName != "")
			j.amount(at.Child("resourceFieldRef"), r)
		}
	}
}

// projected judges sources that share one volume.
func (j *judgement) projected(at *field.Path, sources []corev1.VolumeProjection) {
	paths := map[string]bool{}
	items := func(at *field.Path, items []corev1.KeyToPath) {
		for i, item := range items {
			j.unique(paths, at.Index(i).Child("path"), item.Path)
		}
	}
	for n := range sources {
		s, at := &sources[n], at.Index(n)
		if got := given(*s); len(got) > 1 {
			j.bad(at, "has more than one source: "+strings.Join(got, ", "), "one source")
		}
		if s.Secret != nil {
			items(at.Child("secret", "items"), s.Secret.Items)
		}
		if s.ConfigMap != nil {
			items(at.Child("configMap", "items"), s.ConfigMap.Items)
		}
		if s.DownwardAPI != nil {
			j.told(at.Child("downwardAPI", "items"), s.DownwardAPI.Items)
			for i, item := range s.DownwardAPI.Items {
				j.unique(paths, at.Child("downwardAPI", "items").Index(i).Child("path"), item.Path)
			}
		}
	}
}

// claim judges what a volume is claimed with.
func (j *judgement) claim(at *field.Path, s *corev1.PersistentVolumeClaimSpec) {
	storage, ok := s.Resources.Requests[corev1.ResourceStorage]
	request := at.Child("resources", "requests").Key("storage")
	if j.needs(request, ok) && storage.Sign() <= 0 {
		j.bad(request, "is "+storage.String(), "more than 0")
	} else if ok {
		j.bytes(request, storage)
	}
	for i, mode := range s.AccessModes {
		if mode == corev1.ReadWriteOncePod && slices.ContainsFunc(s.AccessModes, func(m corev1.PersistentVolumeAccessMode) bool { return m != mode }) {
			j.bad(at.Child("accessModes").Index(i), fmt.Sprintf("is %q, beside another", mode), string(mode)+" alone")
		}
	}
	j.selector(at.Child("selector"), s.Selector)
	if d := s.DataSource; d != nil {
		j.origin(at.Child("dataSource"), d.APIGroup, d.Kind)
	}
	if d := s.DataSourceRef; d != nil {
		j.origin(at.Child("dataSourceRef"), d.APIGroup, d.Kind)
	}
}

// origin judges what a claim is filled from.
func (j *judgement) origin(at *field.Path, group *string, kind string) {
	if (group == nil || *group == "") && kind != "" && kind != "PersistentVolumeClaim" {
		j.bad(at.Child("kind"), "is "+shown(kind)+", without apiGroup", `"PersistentVolumeClaim"; other kinds with their apiGroup`)
	}
}

// template judges the labels and annotations of what is made from a template.
func (j *judgement) template(at *field.Path, labels, annotations map[string]string) {
	j.labels(at.Child("metadata", "labels"), labels)
	j.annotations(at.Child("metadata", "annotations"), annotations)
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
