package kustomize

import (
	"maps"
	"slices"
	"strings"
)

// Base is a kustomize base that overlays are written on. It is read-only and safe for
// concurrent use.
type Base struct {
	Files []File // sorted by path

	dir     string
	objects map[id]Object
	built   built
	odd     bool // some object is extraordinary
}

// NewBase writes objects as a base in dir, such as "base": kustomization.yaml, one file an
// object named <kind>-<name>.yaml, and nats.conf. It has proven that kustomize builds the
// objects from them.
func NewBase(dir string, objects []Object) (*Base, error) {
	byID, err := index(objects)
	if err != nil {
		return nil, err
	}
	w := newWriter(dir)
	for _, i := range slices.SortedFunc(maps.Keys(byID), compareIDs) {
		o := byID[i]
		if text, ok := conf(o); ok {
			w.generator(o, text, false)
		} else if err := w.resource(o); err != nil {
			return nil, err
		}
	}
	files, err := w.done()
	if err != nil {
		return nil, err
	}
	b := &Base{Files: files, dir: dir, objects: byID, odd: slices.ContainsFunc(objects, extraordinary)}
	b.built, err = (&Base{}).prove(files, Environment{Dir: dir, Objects: objects})
	return b, err
}

// Overlay writes what turns the base into the environment's objects: kustomization.yaml,
// a JSON patch an object named <kind>-<name>.patch.yaml, the objects that the base lacks,
// and nats.conf. What is the user's own is named and not written. An environment that has no object of the base does not refer to it. The
// files are sorted by path.
func (b *Base) Overlay(e Environment) ([]File, error) {
	wanted, err := index(e.Objects)
	if err != nil {
		return nil, err
	}
	w := newWriter(e.Dir)
	w.kustomization.Namespace = e.Namespace
	ids, base := slices.Collect(maps.Keys(wanted)), b.objects
	if slices.ContainsFunc(ids, func(i id) bool { return base[i] != nil }) {
		w.kustomization.Resources = []string{b.from(e.Dir)}
		for i := range base {
			if wanted[i] == nil {
				ids = append(ids, i)
			}
		}
	} else {
		base = nil
	}
	slices.SortFunc(ids, compareIDs)
	for _, i := range ids {
		if err := w.change(i, base[i], wanted[i]); err != nil {
			return nil, err
		}
	}
	w.own(e.Own)
	return w.done()
}

// from is the path of the base as a file in dir names it.
func (b *Base) from(dir string) string {
	return strings.Repeat("../", strings.Count(dir, "/")+1) + b.dir
}

// change writes what turns one object of the base into the wanted one; either may be nil.
func (w *writer) change(i id, base, wanted Object) error {
	if wanted == nil {
		return w.remove(i)
	}
	text, generated := conf(wanted)
	if generated {
		w.generator(wanted, text, base != nil)
	}
	switch {
	case base == nil && generated:
		return nil
	case base == nil:
		return w.resource(wanted)
	}
	from := base.Object
	if generated {
		from = replaced(base.Object, text)
	}
	if ops := diff("", from, wanted.Object); len(ops) > 0 {
		return w.patch(i, ops)
	}
	return nil
}
