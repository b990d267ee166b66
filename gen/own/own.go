// Package own brings in the kustomize files of the user's own. It reads the patches, components
// and resources that an intent names, refuses what could not be proven or would need the
// network, and has kustomize build the overlay with them. It writes none of them.
package own

import (
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/schema"
)

// Additions are what one environment adds to its overlay in files of the user's own.
type Additions struct {
	Files []kustomize.File // all that kustomize reads of them, by path

	in      *intent.Intent
	entries []*entry // in the order in which kustomize takes them
}

// entry is one resource, component or patch that the intent names.
type entry struct {
	field  string // "resources", "components" or "patches"
	index  int
	name   string              // its path, as written
	target *schema.PatchTarget // of a patch
	files  []string            // that were read for it
	broken bool                // an error has been found in it
}

// path is the field of the intent that holds the entry's path.
func (e *entry) path() []string {
	path := []string{"kustomize", e.field, strconv.Itoa(e.index)}
	if e.field == "patches" {
		path = append(path, "path")
	}
	return path
}

// Read reads the files that an environment's intent names, all that those name in turn
// included. It gives nil where the intent names none, and for the base, in whose kustomization
// they have no place. What is wrong with a file is a finding where the intent names it.
func Read(repo fs.FS, in *intent.Intent) (*Additions, diag.List) {
	if in == nil || in.Environment == intent.Base || in.Broken["kustomize"] {
		return nil, nil
	}
	a := &Additions{in: in}
	for i, name := range in.Kustomize.Resources {
		a.entries = append(a.entries, &entry{field: "resources", index: i, name: name})
	}
	for i, name := range in.Kustomize.Components {
		a.entries = append(a.entries, &entry{field: "components", index: i, name: name})
	}
	for i, p := range in.Kustomize.Patches {
		a.entries = append(a.entries, &entry{field: "patches", index: i, name: p.Path, target: p.Target})
	}
	if len(a.entries) == 0 {
		return nil, nil
	}
	r := newReader(repo, in)
	for _, e := range a.entries {
		r.read(e)
	}
	for _, name := range slices.Sorted(maps.Keys(r.files)) {
		a.Files = append(a.Files, kustomize.File{Path: name, Data: r.files[name]})
	}
	return a, r.found
}

// sound are the entries without an error.
func (a *Additions) sound() []*entry {
	return slices.DeleteFunc(slices.Clone(a.entries), func(e *entry) bool { return e.broken })
}

// additions are entries as the overlay names them.
func additions(entries []*entry) (o kustomize.Own) {
	for _, e := range entries {
		switch e.field {
		case "resources":
			o.Resources = append(o.Resources, e.name)
		case "components":
			o.Components = append(o.Components, e.name)
		default:
			o.Patches = append(o.Patches, types.Patch{Path: e.name, Target: e.selector()})
		}
	}
	return o
}

func (e *entry) selector() *types.Selector {
	if e.target == nil {
		return nil
	}
	return &types.Selector{
		ResId: resid.ResId{
			Gvk:  resid.Gvk{Group: e.target.Group, Version: e.target.Version, Kind: e.target.Kind},
			Name: e.target.Name,
		},
		LabelSelector:      e.target.LabelSelector,
		AnnotationSelector: e.target.AnnotationSelector,
	}
}

// finding is about an entry, at the user's own place.
func finding(in *intent.Intent, e *entry, d diag.Diagnostic) diag.Diagnostic {
	if d.Severity == "" {
		d.Severity = diag.Error
	}
	e.broken = e.broken || d.Severity == diag.Error
	d.Path, d.Span = strings.Join(e.path(), "."), in.At(e.path()...)
	return d
}
