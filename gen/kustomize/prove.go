package kustomize

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Prove tells whether the files of an overlay and the base build exactly the objects of
// the environment, each in its namespace. It says what differs. The files name nothing of the
// user's own.
//
// Where all objects are ordinary it builds from the bytes of the files as kustomize
// would, with the libraries that kustomize reads and patches with, at a fraction of the
// cost of kustomize, with which the tests compare it. Anything else it gives to kustomize itself.
func (b *Base) Prove(files []File, e Environment) error {
	_, err := b.prove(files, e)
	return err
}

func (b *Base) prove(files []File, e Environment) (built, error) {
	wanted, err := index(e.Objects)
	if err != nil {
		return nil, err
	}
	build := b.buildWithKustomize
	if !b.odd && !slices.ContainsFunc(e.Objects, extraordinary) {
		build = b.build
	}
	got, err := build(files, e.Dir)
	if err != nil {
		return nil, fmt.Errorf("build %s: %w", e.Dir, err)
	}
	var problems []error
	for i, o := range wanted {
		meant := inNamespace(o.Object, e.Namespace)
		switch object, ok := got[i]; {
		case !ok:
			problems = append(problems, fmt.Errorf("build %s: %s is missing", e.Dir, i))
		case !same(meant, object):
			problems = append(problems, fmt.Errorf("build %s: %s is not as it was meant at %s", e.Dir, i, differs("", meant, object)))
		}
	}
	for i := range got {
		if wanted[i] == nil {
			problems = append(problems, fmt.Errorf("build %s: %s was not meant", e.Dir, i))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return got, errors.Join(problems...)
}

// buildWithKustomize gives the work to kustomize and reads back what it prints.
func (b *Base) buildWithKustomize(files []File, dir string) (built, error) {
	stream, err := Build(slices.Concat(b.Files, files), dir)
	if err != nil {
		return nil, err
	}
	all, err := Objects(stream)
	if err != nil {
		return nil, err
	}
	objects := built{}
	for _, o := range all {
		if err := objects.add(o.Object); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

// inNamespace is the object with a namespace; the object itself stays as it is.
func inNamespace(object map[string]any, namespace string) map[string]any {
	if namespace == "" {
		return object
	}
	old, _ := object["metadata"].(map[string]any)
	metadata := map[string]any{}
	maps.Copy(metadata, old)
	metadata["namespace"] = namespace
	object = maps.Clone(object)
	object["metadata"] = metadata
	return object
}

// differs is the first place, as a JSON pointer, at which two values are not the same.
func differs(path string, a, b any) string {
	switch a := a.(type) {
	case map[string]any:
		b, _ := b.(map[string]any)
		both := maps.Clone(a)
		if both == nil {
			both = map[string]any{}
		}
		maps.Copy(both, b)
		for _, key := range slices.Sorted(maps.Keys(both)) {
			x, inA := a[key]
			y, inB := b[key]
			if inA != inB || !same(x, y) {
				return differs(join(path, key), x, y)
			}
		}
	case []any:
		b, _ := b.([]any)
		for i := range min(len(a), len(b)) {
			if !same(a[i], b[i]) {
				return differs(at(path, i), a[i], b[i])
			}
		}
	}
	return path
}

// same tells whether two values are the same JSON.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, value := range a {
			if other, ok := b[key]; !ok || !same(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	}
	return isScalar(b) && number(a) == number(b)
}

// number makes an int64 of every whole number; JSON has but one kind of number.
func number(v any) any {
	switch n := v.(type) {
	case int:
		return int64(n)
	case float64:
		if whole := int64(n); float64(whole) == n {
			return whole
		}
	}
	return v
}
