package kustomize

import (
	"fmt"
	"path"
	"regexp"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kustomization is the part of kustomize's own type that natsyard uses, in the order in
// which it is best read.
type kustomization struct {
	APIVersion         string                `yaml:"apiVersion"`
	Kind               string                `yaml:"kind"`
	Namespace          string                `yaml:"namespace,omitempty"`
	Resources          []string              `yaml:"resources,omitempty"`
	Components         []string              `yaml:"components,omitempty"`
	ConfigMapGenerator []types.ConfigMapArgs `yaml:"configMapGenerator,omitempty"`
	Patches            []types.Patch         `yaml:"patches,omitempty"`
}

// writer gathers the files of one directory.
type writer struct {
	dir           string
	files         []File
	kustomization kustomization
}

func newWriter(dir string) *writer {
	return &writer{dir: dir, kustomization: kustomization{
		APIVersion: types.KustomizationVersion,
		Kind:       types.KustomizationKind,
	}}
}

func (w *writer) add(name string, data []byte) {
	w.files = append(w.files, File{Path: path.Join(w.dir, name), Data: data})
}

func (w *writer) addYAML(name string, v any) error {
	data, err := encode(header(w.dir), v)
	if err != nil {
		return fmt.Errorf("write %s: %w", path.Join(w.dir, name), err)
	}
	w.add(name, data)
	return nil
}

// resource adds an object as a file of its own.
func (w *writer) resource(o Object) error {
	name := idOf(o).file(".yaml")
	w.kustomization.Resources = append(w.kustomization.Resources, name)
	return w.addYAML(name, o.Object)
}

// generator adds the ConfigMap of nats.conf as a generator and nats.conf as a file. One
// that replaces the base's keeps the base's labels and annotations.
func (w *writer) generator(o Object, text string, replace bool) {
	args := types.ConfigMapArgs{GeneratorArgs: types.GeneratorArgs{
		Name:          o.GetName(),
		KvPairSources: types.KvPairSources{FileSources: []string{confKey}},
		Options:       &types.GeneratorOptions{DisableNameSuffixHash: true},
	}}
	if replace {
		args.Behavior = "replace"
	} else {
		args.Options.Labels = o.GetLabels()
		args.Options.Annotations = o.GetAnnotations()
	}
	w.kustomization.ConfigMapGenerator = append(w.kustomization.ConfigMapGenerator, args)
	w.add(confKey, []byte(text))
}

// patch adds a JSON patch of one object of the base.
func (w *writer) patch(i id, ops []op) error {
	gv, err := schema.ParseGroupVersion(i.apiVersion)
	if err != nil {
		return fmt.Errorf("write %s: %w", i, err)
	}
	name := i.file(".patch.yaml")
	w.kustomization.Patches = append(w.kustomization.Patches, types.Patch{
		Path: name,
		Target: &types.Selector{ResId: resid.ResId{
			Gvk:  resid.Gvk{Group: gv.Group, Version: gv.Version, Kind: i.kind},
			Name: regexp.QuoteMeta(i.name),
		}},
	})
	list := make([]any, len(ops))
	for n, o := range ops {
		list[n] = o.fields()
	}
	return w.addYAML(name, list)
}

// remove adds a patch that takes an object of the base away. It has no target, so that
// kustomize complains when there is no such object.
func (w *writer) remove(i id) error {
	patch, err := encode("", map[string]any{
		"$patch":     "delete",
		"apiVersion": i.apiVersion,
		"kind":       i.kind,
		"metadata":   map[string]any{"name": i.name},
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", i, err)
	}
	w.kustomization.Patches = append(w.kustomization.Patches, types.Patch{Patch: string(patch)})
	return nil
}

// done returns the files, kustomization.yaml included.
func (w *writer) done() ([]File, error) {
	text, err := yaml.Marshal(w.kustomization)
	if err != nil {
		return nil, fmt.Errorf("write %s/kustomization.yaml: %w", w.dir, err)
	}
	w.add("kustomization.yaml", append([]byte(header(w.dir)), text...))
	sortFiles(w.files)
	for n, f := range w.files[1:] {
		if f.Path == w.files[n].Path {
			return nil, fmt.Errorf("write %s: two objects have this file", f.Path)
		}
	}
	return w.files, nil
}
