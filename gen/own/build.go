package own

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/language"
)

// Build writes the environment's overlay anew, which then names the additions, and has kustomize
// build it with them. The environment's own objects are proven already. An error is natsyard's
// own fault; what the additions break is a finding.
func (a *Additions) Build(base *kustomize.Base, e kustomize.Environment) ([]kustomize.File, diag.List, error) {
	b := builder{Additions: a, base: base, env: e}
	e.Own = additions(a.entries)
	files, err := base.Overlay(e)
	if err != nil {
		return nil, nil, err
	}
	b.collisions(slices.Concat(base.Files, files))
	b.containers(a.sound())
	kept := a.sound()
	stream, failed, err := b.build(additions(kept))
	if failed != nil {
		kept, stream, err = b.blame(kept)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := b.unmatched(kept); err != nil {
		return nil, nil, err
	}
	if err := b.judge(kept, stream); err != nil {
		return nil, nil, err
	}
	return files, b.found, b.conf(stream)
}

type builder struct {
	*Additions
	base  *kustomize.Base
	env   kustomize.Environment
	found diag.List
}

func (b *builder) add(e *entry, d diag.Diagnostic) { b.found = append(b.found, finding(b.in, e, d)) }

// build builds the overlay with additions. What kustomize refuses is failed.
func (b *builder) build(o kustomize.Own) (stream []byte, failed, err error) {
	e := b.env
	e.Own = o
	files, err := b.base.Overlay(e)
	if err != nil {
		return nil, nil, err
	}
	stream, failed = kustomize.Build(slices.Concat(b.Files, b.base.Files, files), e.Dir)
	return stream, failed, nil
}

// collisions finds the user's files in the places of generated ones.
func (b *builder) collisions(generated []kustomize.File) {
	for _, e := range b.entries {
		for _, at := range e.files {
			if slices.ContainsFunc(generated, func(f kustomize.File) bool { return f.Path == at }) {
				b.add(e, isGenerated(at))
			}
		}
	}
}

// blame takes the entries in one after the other, finds those that cannot be built, and gives
// what is left and what it builds.
func (b *builder) blame(entries []*entry) (kept []*entry, stream []byte, err error) {
	stream, failed, err := b.build(kustomize.Own{})
	if err = cmp.Or(err, failed); err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		try := append(slices.Clip(kept), e)
		built, failed, err := b.build(additions(try))
		switch {
		case err != nil:
			return nil, nil, err
		case failed != nil:
			b.refused(e, strings.TrimPrefix(failed.Error(), "kustomize build "+b.env.Dir+": "))
		default:
			kept, stream = try, built
		}
	}
	return kept, stream, nil
}

var (
	twice   = regexp.MustCompile(`already registered id: ([^\s']+)`)
	nowhere = regexp.MustCompile(`no (?:resource matches strategic merge patch|matches for Id) "?([^\s";']+)`)
	way     = regexp.MustCompile("^(?:accumulat[^:]*: \"?|trouble configuring builtin [^`]*`[^`]*`: )+") // how kustomize came to where it failed
	objid   = regexp.MustCompile(`^([^.]+)[^/]*/(.*)\.[^.]*$`)                                           // such as StatefulSet.v1.apps/nats.[noNs]
)

// refused says in natsyard's words why kustomize refuses an entry.
func (b *builder) refused(e *entry, reason string) {
	if m := twice.FindStringSubmatch(reason); m != nil {
		kind, name := object(m[1])
		b.add(e, diag.Diagnostic{
			Rule: "kustomize-object-twice", Message: fmt.Sprintf("%s brings %s/%s, which is there already", e.name, kind, name),
			Mend: "another name, or a patch of the object that is there",
		})
		return
	}
	if m := nowhere.FindStringSubmatch(reason); m != nil {
		if kind, name := object(m[1]); !b.incomplete() {
			d := diag.Diagnostic{Rule: "kustomize-patch-matches", Message: fmt.Sprintf("%s patches %s/%s, which is not there", e.name, kind, name)}
			b.near(&d, kind, name)
			b.add(e, d)
		}
		e.broken = true
		return
	}
	reason = strings.TrimSuffix(way.ReplaceAllString(plain(reason), ""), `"`)
	b.add(e, diag.Diagnostic{Rule: "kustomize-build", Message: fmt.Sprintf("kustomize cannot build with %s: %s", e.name, reason)})
}

// object is the kind and the name in kustomize's notation of an object.
func object(id string) (kind, name string) {
	if m := objid.FindStringSubmatch(id); m != nil {
		return m[1], m[2]
	}
	return "an object", id
}

// incomplete tells whether objects may be missing because of another mistake.
func (b *builder) incomplete() bool {
	return slices.ContainsFunc(b.entries, func(e *entry) bool { return e.broken && e.field != "patches" })
}

// near says which object of natsyard's own was meant, or may have been.
func (b *builder) near(d *diag.Diagnostic, kind, name string) {
	var kinds, names, all []string
	for _, o := range b.env.Objects {
		kinds, all = append(kinds, o.GetKind()), append(all, o.GetKind()+"/"+o.GetName())
		if o.GetKind() == kind {
			names = append(names, o.GetName())
		}
	}
	slices.Sort(all)
	d.Allowed = strings.Join(slices.Compact(all), ", ")
	near := language.Closest(name, names)
	switch {
	case len(names) > 0 && near != "" && near != name:
	case len(names) == 1 && names[0] != name:
		near = names[0]
	case len(names) == 0:
		near = language.Closest(kind, kinds)
	default:
		return
	}
	if near != "" {
		d.Message += "; did you mean " + near + "?"
		d.Mend = near + " in its place"
	}
}

// probe is the field that marks the objects that a patch matches.
const probe = "natsyard.io/probe-"

// unmatched finds the patches whose target is no object: kustomize passes over them in silence.
// It has an own patch before each mark what that is about to patch.
func (b *builder) unmatched(kept []*entry) error {
	if b.incomplete() || !slices.ContainsFunc(kept, func(e *entry) bool { return e.target != nil }) {
		return nil
	}
	own := additions(kept)
	own.Patches = nil
	var asked []*entry
	for _, e := range kept {
		if e.field == "patches" && e.target != nil {
			asked = append(asked, e)
			own.Patches = append(own.Patches, mark(e))
		}
		if e.field == "patches" {
			own.Patches = append(own.Patches, types.Patch{Path: e.name, Target: e.selector()})
		}
	}
	stream, failed, err := b.build(own)
	if err != nil || failed != nil {
		return err
	}
	for _, e := range asked {
		if marked(stream, e) {
			continue
		}
		// The objects may have been there, and then been deleted.
		own.Patches = append(additions(kept[:slices.Index(kept, e)]).Patches, mark(e))
		before, failed, err := b.build(own)
		if err != nil {
			return err
		}
		if failed == nil && !marked(before, e) {
			d := diag.Diagnostic{
				Rule: "kustomize-patch-matches", Message: fmt.Sprintf("%s patches nothing: no object is its target", e.name),
				Why: "kustomize passes over such a patch in silence",
			}
			b.near(&d, e.target.Kind, e.target.Name)
			b.add(e, d)
		}
	}
	return nil
}

func mark(e *entry) types.Patch {
	return types.Patch{
		Patch:  `[{"op": "add", "path": "/` + strings.ReplaceAll(probe, "/", "~1") + strconv.Itoa(e.index) + `", "value": true}]`,
		Target: e.selector(),
	}
}

func marked(stream []byte, e *entry) bool {
	return strings.Contains("\n"+string(stream), "\n"+probe+strconv.Itoa(e.index)+": true\n")
}

// conf finds an addition that changes what the server has accepted.
func (b *builder) conf(stream []byte) error {
	kept, err := kustomize.KeepsConf(stream, b.env)
	if err != nil || kept {
		return err
	}
	span, _ := b.in.Written("kustomize")
	b.found = append(b.found, diag.Diagnostic{
		Rule: "kustomize-conf-changed", Severity: diag.Error, Span: span, Path: "kustomize",
		Message: "with these files nats.conf is no longer the one that the server has accepted",
		Mend:    "extraConfig, which goes through the server's own loader",
	})
	return nil
}
