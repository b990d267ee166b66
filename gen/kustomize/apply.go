package kustomize

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"
)

// generate makes the ConfigMap of nats.conf, or puts nats.conf into that of the base.
func (d *builder) generate(args types.ConfigMapArgs) error {
	plain := types.GeneratorArgs{
		Name:          args.Name,
		Behavior:      args.Behavior,
		KvPairSources: types.KvPairSources{FileSources: []string{confKey}},
		Options:       args.Options,
	}
	if !reflect.DeepEqual(args.GeneratorArgs, plain) || args.Options == nil ||
		!args.Options.DisableNameSuffixHash || args.Options.Immutable {
		return errors.New("it has a field that natsyard does not write")
	}
	text, err := d.read(confKey)
	if err != nil {
		return err
	}
	i := id{"v1", "ConfigMap", args.Name}
	object, replaces := d.built[i]
	if replaces != (args.Behavior == "replace") {
		return fmt.Errorf("behavior %q, while the base has one: %t", args.Behavior, replaces)
	}
	if !replaces {
		object = map[string]any{"metadata": map[string]any{"name": args.Name}}
	}
	d.built[i] = relabelled(replaced(object, string(text)), args.Options)
	return nil
}

// replaced is the ConfigMap that a generator with the behavior replace makes of one: only
// its name, labels and annotations are kept.
func replaced(object map[string]any, text string) map[string]any {
	old, _ := object["metadata"].(map[string]any)
	metadata := map[string]any{}
	for _, field := range []string{"name", "labels", "annotations"} {
		if value, ok := old[field]; ok {
			metadata[field] = value
		}
	}
	return map[string]any{
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"metadata":   metadata,
		"data":       map[string]any{confKey: text},
	}
}

// relabelled adds the labels and annotations of a generator's options, in place.
func relabelled(object map[string]any, options *types.GeneratorOptions) map[string]any {
	metadata := object["metadata"].(map[string]any)
	for field, more := range map[string]map[string]string{"labels": options.Labels, "annotations": options.Annotations} {
		if len(more) == 0 {
			continue
		}
		old, _ := metadata[field].(map[string]any)
		all := map[string]any{}
		maps.Copy(all, old)
		for key, value := range more {
			all[key] = value
		}
		metadata[field] = all
	}
	return object
}

// patch takes an object away, or applies a JSON patch to one.
func (d *builder) patch(p types.Patch) error {
	if p.Target == nil && p.Path == "" {
		return d.remove(p.Patch)
	}
	if p.Target == nil || p.Patch != "" || p.Options != nil || p.Target.Namespace != "" ||
		p.Target.LabelSelector != "" || p.Target.AnnotationSelector != "" {
		return fmt.Errorf("patch %s: it has a field that natsyard does not write", p.Path)
	}
	data, err := d.read(p.Path)
	if err != nil {
		return err
	}
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		return fmt.Errorf("read %s: %w", p.Path, err)
	}
	patch, err := jsonpatch.DecodePatch(text)
	if err != nil {
		return fmt.Errorf("read %s: %w", p.Path, err)
	}
	target, err := types.NewSelectorRegex(p.Target)
	if err != nil {
		return fmt.Errorf("read the target of %s: %w", p.Path, err)
	}
	targets := slices.DeleteFunc(slices.Collect(maps.Keys(d.built)), func(i id) bool {
		group, version := resid.ParseGroupVersion(i.apiVersion)
		return !target.MatchGvk(resid.Gvk{Group: group, Version: version, Kind: i.kind}) || !target.MatchName(i.name)
	})
	if len(targets) != 1 {
		return fmt.Errorf("apply %s: it patches %d objects", p.Path, len(targets))
	}
	object, err := apply(patch, d.built[targets[0]])
	if err != nil {
		return fmt.Errorf("apply %s: %w", p.Path, err)
	}
	delete(d.built, targets[0])
	return d.built.add(object)
}

func apply(patch jsonpatch.Patch, object map[string]any) (map[string]any, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	if text, err = patch.Apply(text); err != nil {
		return nil, err
	}
	var patched map[string]any
	return patched, json.Unmarshal(text, &patched)
}

// remove applies a strategic merge patch that says $patch: delete.
func (d *builder) remove(patch string) error {
	var p struct {
		Patch      string `json:"$patch"`
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	if err := yaml.UnmarshalStrict([]byte(patch), &p); err != nil {
		return fmt.Errorf("read the patch %q: %w", patch, err)
	}
	i := id{p.APIVersion, p.Kind, p.Metadata.Name}
	if d.built[i] == nil || p.Patch != "delete" {
		return fmt.Errorf("the patch %q deletes nothing", strings.TrimSpace(patch))
	}
	delete(d.built, i)
	return nil
}
