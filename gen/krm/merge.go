package krm

//lint:file-ignore SA1019 kpt still writes and reads the annotations that kyaml has deprecated

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/diag"
)

// Labels by which natsyard's objects of one installation are known.
const (
	managedBy = "app.kubernetes.io/managed-by"
	instance  = "app.kubernetes.io/instance"
)

// ours are the annotations by which an orchestrator remembers where an item is from.
var ours = []string{
	kioutil.PathAnnotation, kioutil.IndexAnnotation, kioutil.IdAnnotation,
	kioutil.LegacyPathAnnotation, kioutil.LegacyIndexAnnotation, kioutil.LegacyIdAnnotation,
	kioutil.InternalAnnotationsMigrationResourceIDAnnotation,
}

// id tells objects of a cluster apart.
type id struct{ group, kind, namespace, name string }

func idOf(n *yaml.RNode) id {
	group, _, versioned := strings.Cut(n.GetApiVersion(), "/")
	if !versioned {
		group = ""
	}
	return id{group, n.GetKind(), n.GetNamespace(), n.GetName()}
}

// Taken says which of the objects of an installation are among the items already and are somebody else's.
func (c *Config) Taken(items, objects []*yaml.RNode) (found diag.List) {
	made := map[id]*yaml.RNode{}
	for _, o := range objects {
		made[idOf(o)] = o
	}
	for _, item := range items {
		o, same := made[idOf(item)]
		if !same {
			continue
		}
		had, has := item.GetLabels(), o.GetLabels() // an intent may say who manages its objects
		if had[managedBy] == "natsyard" || had[managedBy] == has[managedBy] && had[instance] == has[instance] {
			continue
		}
		at := &Config{file: c.file}
		if path, _, err := kioutil.GetFileAnnotations(item); err == nil && path != "" {
			at.file = path
		}
		what := item.GetKind() + " " + item.GetName()
		if namespace := item.GetNamespace(); namespace != "" {
			what += " of the namespace " + namespace
		}
		d := at.finding("", "the "+what+" is an object of the installation, and not natsyard's", "")
		d.Rule, d.Why = "item-taken", "natsyard replaces and removes only what it has made"
		d.Mend = fmt.Sprintf("another name of the installation or of the object, or its label %s: natsyard, if it may be replaced", managedBy)
		found = append(found, d)
	}
	return found
}

// Merge puts the objects of an installation among the items. One that is there already is
// replaced at its place and stays in its file; what an earlier run made and this one does not is
// removed. All else stays as it is.
func Merge(items, objects []*yaml.RNode) ([]*yaml.RNode, error) {
	if len(objects) == 0 {
		return items, nil
	}
	made := map[id]*yaml.RNode{}
	for _, o := range objects {
		made[idOf(o)] = o
	}
	owner := objects[0].GetLabels()[instance]
	namespace := objects[0].GetNamespace()
	var out []*yaml.RNode
	for _, item := range items {
		o, again := made[idOf(item)]
		labels := item.GetLabels()
		switch {
		case again:
			if err := keepPlace(o, item); err != nil {
				return nil, err
			}
			delete(made, idOf(item))
			out = append(out, o)
		case labels[managedBy] == "natsyard" && labels[instance] == owner && item.GetNamespace() == namespace:
		default:
			out = append(out, item)
		}
	}
	for _, o := range objects {
		if made[idOf(o)] != o {
			continue
		}
		file := strings.ToLower(o.GetKind()) + "-" + o.GetName() + ".yaml"
		if err := annotate(o, map[string]string{kioutil.PathAnnotation: file, kioutil.LegacyPathAnnotation: file}); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// keepPlace gives an object the file of the item that it replaces.
func keepPlace(o, item *yaml.RNode) error {
	had := item.GetAnnotations()
	kept := map[string]string{}
	for _, key := range ours {
		if v, ok := had[key]; ok {
			kept[key] = v
		}
	}
	return annotate(o, kept)
}

func annotate(o *yaml.RNode, with map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(with)) {
		if err := o.PipeE(yaml.SetAnnotation(key, with[key])); err != nil {
			return err
		}
	}
	return nil
}
