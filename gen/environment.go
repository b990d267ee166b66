package gen

import (
	"context"
	"io/fs"
	"path"
	"slices"

	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/own"
)

// environment is the base, or an environment, on its way through the pipeline.
type environment struct {
	name  string
	file  string // that says what it wants, or the folder where there are several
	repo  fs.FS
	work  *bound.Work
	in    *intent.Intent
	found diag.List
	out   *Rendered
}

func newEnvironment(repo fs.FS, name string, guard *bound.Guard) *environment {
	e := &environment{name: name, file: intent.Dir(name), repo: repo}
	if files, err := fs.Glob(repo, path.Join(e.file, "*.cue")); err == nil && len(files) == 1 {
		e.file = files[0]
	}
	e.work = guard.Work(e.file)
	return e
}

// foundation is the base that overlays stand on. It is nil for good when ready is closed and
// there is none.
type foundation struct {
	*kustomize.Base
	ready   chan struct{}
	alone   bool // nothing stands on it
	refused bool // there are errors in it, known when it is ready; one without objects has no Base
}

// judged is what one environment says for itself.
type judged struct {
	objects []kube.Object
	added   *own.Additions
	found   diag.List
}

// load loads one environment. After an error the loader is not to be used again.
func (e *environment) load(ctx context.Context, loader *intent.Loader) error {
	type loaded struct {
		in    *intent.Intent
		found diag.List
	}
	l, err := evaluate(ctx, e.work, e.file, func() (loaded, error) {
		in, found := loader.Load(e.name)
		return loaded{in, found}, nil
	})
	e.in, e.found = l.in, l.found
	return err
}

// render proves a loaded environment, up to its files.
func (e *environment) render(ctx context.Context, base *foundation) error {
	if e.name == intent.Base {
		defer close(base.ready)
	}
	loaded := e.found
	j, err := proof(ctx, e.work, e.file, e.judge)
	if err != nil {
		return err
	}
	if e.found = j.found; j.objects == nil {
		return nil
	}
	if e.name == intent.Base {
		base.Base, err = proof(ctx, e.work, e.file, func() (*kustomize.Base, error) { return kustomize.NewBase(e.in.Dir(), j.objects) })
		if err == nil {
			e.out = &Rendered{Env: e.name, Dir: e.in.Dir(), Files: base.Files}
			if !base.alone {
				// What else is found in the base alone is not there in what is applied, or is found in an
				// environment too.
				e.found = loaded
			}
		}
		base.refused = e.found.HasErrors()
		return e.unlessFound(err)
	}
	select {
	case <-base.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if base.Base == nil {
		return nil
	}
	o, err := proof(ctx, e.work, e.file, func() (overlaid, error) { return overlay(base.Base, e.in, j) })
	e.out, e.found = &Rendered{Env: e.name, Dir: e.in.Dir(), Files: o.files, Own: o.own}, append(e.found, o.found...)
	if _, lost := asFound(err); base.refused && !lost {
		return nil // nor need what stands on what is refused
	}
	return e.unlessFound(err)
}

// unlessFound is an error, unless an earlier one explains it: objects that Kubernetes refuses need
// not build.
func (e *environment) unlessFound(err error) error {
	if _, lost := asFound(err); e.found.HasErrors() && !lost {
		return nil
	}
	return err
}

func (e *environment) judge() (j judged, err error) {
	j.objects, j.found, err = prove(e.in, slices.Clone(e.found))
	added, bad := own.Read(e.repo, e.in)
	j.added, j.found = added, append(j.found, bad...)
	return j, err
}

// overlaid is an environment's overlay, with what the user adds to it.
type overlaid struct {
	files, own []kustomize.File
	found      diag.List
}

// overlay writes an environment on the base and proves that it builds what was meant, and
// then that it still builds with what the user adds.
func overlay(base *kustomize.Base, in *intent.Intent, j judged) (o overlaid, err error) {
	env := kustomize.Environment{Dir: in.Dir(), Namespace: in.Namespace, Objects: j.objects}
	if o.files, err = base.Overlay(env); err != nil {
		return o, err
	}
	if err = base.Prove(o.files, env); err != nil || j.added == nil {
		return o, err
	}
	o.own = j.added.Files
	o.files, o.found, err = j.added.Build(base, env)
	return o, err
}
