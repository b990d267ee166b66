package kustomize

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// built are the objects that a directory builds.
type built map[id]map[string]any

// add adds an object that is not there yet.
func (b built) add(object map[string]any) error {
	i := idOf(&unstructured.Unstructured{Object: object})
	if b[i] != nil {
		return fmt.Errorf("%s is there twice", i)
	}
	b[i] = object
	return nil
}

// builder builds one directory of ordinary objects as kustomize does, from the bytes of its
// files. It knows what natsyard writes and refuses all else.
type builder struct {
	dir    string
	unread map[string][]byte // by path
	base   *Base
	built  built
}

func (b *Base) build(files []File, dir string) (built, error) {
	d := builder{dir: dir, unread: map[string][]byte{}, base: b, built: built{}}
	for _, f := range files {
		d.unread[f.Path] = f.Data
	}
	k, err := d.kustomization()
	if err != nil {
		return nil, err
	}
	for _, name := range k.Resources {
		if err := d.resource(name); err != nil {
			return nil, err
		}
	}
	for _, args := range k.ConfigMapGenerator {
		if err := d.generate(args); err != nil {
			return nil, fmt.Errorf("generate ConfigMap/%s: %w", args.Name, err)
		}
	}
	for _, p := range k.Patches {
		if err := d.patch(p); err != nil {
			return nil, err
		}
	}
	if len(d.unread) > 0 {
		return nil, fmt.Errorf("kustomize does not read %s", slices.Min(slices.Collect(maps.Keys(d.unread))))
	}
	for i, o := range d.built {
		d.built[i] = inNamespace(o, k.Namespace)
	}
	return d.built, nil
}

// read returns a file, which no other part of the directory may use too.
func (d *builder) read(name string) ([]byte, error) {
	at := path.Join(d.dir, name)
	data, ok := d.unread[at]
	if !ok {
		return nil, fmt.Errorf("there is no %s", at)
	}
	delete(d.unread, at)
	return data, nil
}

func (d *builder) kustomization() (*types.Kustomization, error) {
	data, err := d.read("kustomization.yaml")
	if err != nil {
		return nil, err
	}
	var k types.Kustomization
	if err := k.Unmarshal(data); err != nil {
		return nil, fmt.Errorf("read kustomization.yaml: %w", err)
	}
	if problems := k.EnforceFields(); len(problems) > 0 {
		return nil, fmt.Errorf("read kustomization.yaml: %s", strings.Join(problems, ", "))
	}
	known := types.Kustomization{
		TypeMeta:           k.TypeMeta,
		Namespace:          k.Namespace,
		Resources:          k.Resources,
		ConfigMapGenerator: k.ConfigMapGenerator,
		Patches:            k.Patches,
	}
	if !reflect.DeepEqual(k, known) {
		return nil, errors.New("read kustomization.yaml: it has a field that natsyard does not write")
	}
	return &k, nil
}

// resource adds an object from its file, or all that the base builds.
func (d *builder) resource(name string) error {
	if name == d.base.from(d.dir) {
		for _, object := range d.base.built {
			if err := d.built.add(object); err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
		}
		return nil
	}
	data, err := d.read(name)
	if err != nil {
		return err
	}
	nodes, err := kio.FromBytes(data)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	for _, n := range nodes {
		object, err := n.Map()
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if err := d.built.add(object); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	return nil
}
