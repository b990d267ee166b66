// Package gen is the pipeline from the CUE files of a repository to proven kustomize.
// Data flows one way: intent, rule, auth, conf, kube, valid, kustomize.
package gen

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/natsyard/natsyard/gen/accept"
	"github.com/natsyard/natsyard/gen/auth"
	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/rule"
	"github.com/natsyard/natsyard/gen/scaffold"
	"github.com/natsyard/natsyard/gen/valid"
)

// Rendered is the base or one environment, proven.
type Rendered struct {
	Env   string           // its name; intent.Base for the base
	Dir   string           // its directory in the repository
	Files []kustomize.File // what is written there
	Own   []kustomize.File // the user's own, which it names; they are built with it and never written
}

// Render proves the base and the named environments of a repository, and gives the base and
// then the environments in the order of their names. Where a finding is an error it gives
// nothing but findings, all of them. An error is natsyard's own fault, or ctx's end.
//
// What takes too long or too much memory is let go of with a finding. It goes on until the
// process ends, which should be soon.
func Render(ctx context.Context, repo fs.FS, envs []string) ([]*Rendered, diag.List, error) {
	guard := bound.New(bounds)
	defer guard.Close()
	loader, found, err := newLoader(ctx, guard.Work(moduleFile), repo)
	if err != nil || found.HasErrors() {
		return nil, found, err
	}
	var all []*environment
	for _, name := range append([]string{intent.Base}, envs...) {
		all = append(all, newEnvironment(repo, name, guard))
	}
	stale := scaffold.Check(repo)
	// Loading shares one CUE context and goes in turn; what follows is pure and does not.
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	work, working := errgroup.WithContext(within)
	work.SetLimit(runtime.GOMAXPROCS(0) + 1)
	base := &foundation{ready: make(chan struct{}), alone: len(envs) == 0}
	var unloaded error
	for _, e := range all {
		if unloaded = e.load(working, loader); unloaded != nil {
			cancel() // what it left behind has the processor and the memory
			break
		}
		e.found = slices.Concat(stale, e.found)
		work.Go(func() error { return e.render(working, base) })
	}
	failed := work.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	found, lost := asFound(errors.Join(unloaded, failed))
	if failed != nil && !lost {
		return nil, nil, failed
	}
	more, err := settled(ctx, guard, repo, all, lost)
	if err != nil {
		return nil, nil, err
	}
	var out []*Rendered
	for _, e := range all {
		out = append(out, e.out)
	}
	if found = append(found, more...).Sorted(); found.HasErrors() {
		return nil, found, nil
	}
	return out, found, nil
}

// prove takes a loaded intent through everything that speaks of one environment alone. There are objects where
// they can be made, errors or not: what Kubernetes has against them comes in the same run as what rules have.
func prove(in *intent.Intent, found diag.List) ([]kube.Object, diag.List, error) {
	if in == nil {
		return nil, found, nil
	}
	if len(in.Accept) > 0 { // else nobody need read the catalogue
		found = append(found, accept.Check(in, Rules())...)
	}
	found = append(found, rule.Check(in)...)
	found = found.Join(auth.Check(in))
	if len(in.Broken) > 0 {
		return nil, found, nil
	}
	c, built := conf.Build(in)
	found = found.Join(built)
	if !built.HasErrors() {
		checked, err := conf.Check(c, in, conf.Pods(in))
		if err != nil {
			return nil, nil, err
		}
		found = found.Join(checked)
	}
	found = rule.Once(found)
	objects, err := kube.Objects(in, c.Text(), c.RestartHash())
	switch {
	case err != nil && found.HasErrors(): // may be the reason
		return nil, found, nil
	case err != nil:
		return nil, nil, err
	}
	return objects, append(found, valid.Check(in, objects, found)...), nil
}
