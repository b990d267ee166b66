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
	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/own"
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
func Render(ctx context.Context, repo fs.FS, envs []string) ([]*Rendered, diag.List, error) {
	loader, found := intent.NewLoader(repo)
	if found.HasErrors() {
		return nil, found, nil
	}
	names := append([]string{intent.Base}, envs...)
	out, lists := make([]*Rendered, len(names)), make([]diag.List, len(names))
	intents := make([]*intent.Intent, len(names))
	stale := scaffold.Check(repo)
	var base *kustomize.Base // ready, or nil for good, when based is closed
	based := make(chan struct{})

	// Loading shares one CUE context and goes in turn; what follows is pure and does not.
	work, working := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0) + 1)
	for n, name := range names {
		if working.Err() != nil {
			break
		}
		in, loaded, alive := load(working, loader, name)
		if !alive {
			lists[n] = loaded
			break
		}
		intents[n] = in
		work.Go(func() (err error) {
			if n == 0 {
				defer close(based)
			}
			var objects []kube.Object
			loaded = slices.Concat(stale, loaded)
			objects, lists[n], err = prove(in, slices.Clone(loaded))
			added, bad := own.Read(repo, in)
			if lists[n] = append(lists[n], bad...); err != nil || objects == nil {
				return err
			}
			out[n] = &Rendered{Env: name, Dir: in.Dir()}
			if n == 0 {
				if base, err = kustomize.NewBase(in.Dir(), objects); err == nil {
					out[n].Files = base.Files
					if len(envs) > 0 {
						lists[n] = carried(lists[n], loaded)
					}
				}
			} else if <-based; base != nil {
				var more diag.List
				more, err = out[n].overlay(base, in, objects, added)
				lists[n] = append(lists[n], more...)
			}
			if lists[n].HasErrors() || lists[0].HasErrors() { // of the base, which is through by now
				return nil // what is refused need not build, nor what stands on it
			}
			return err
		})
	}
	if err := errors.Join(work.Wait(), ctx.Err()); err != nil {
		return nil, nil, err
	}
	all, err := intent.Environments(repo)
	if err != nil {
		return nil, nil, err
	}
	found = settle(intents, lists, len(all) == len(envs))
	if found.HasErrors() {
		return nil, found, nil
	}
	return out, found, nil
}

// carried is what the base is told for itself where environments stand on it: what was wrong when it was
// loaded. What else is found in it alone is not there in what is applied, or is found in an environment too.
func carried(found, loaded diag.List) diag.List {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return !slices.ContainsFunc(loaded, func(l diag.Diagnostic) bool { return l.Rule == d.Rule && l.Span == d.Span })
	})
}

// prove takes a loaded intent through everything that speaks of one environment alone. There are objects where
// they can be made, errors or not: what Kubernetes has against them comes in the same run as what rules have.
func prove(in *intent.Intent, found diag.List) ([]kube.Object, diag.List, error) {
	if in == nil {
		return nil, found, nil
	}
	found = append(found, accept.Check(in, Rules())...)
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

// overlay writes an environment on the base and proves that it builds what was meant, and
// then that it still builds with what the user adds.
func (r *Rendered) overlay(base *kustomize.Base, in *intent.Intent, objects []kube.Object, added *own.Additions) (found diag.List, err error) {
	env := kustomize.Environment{Dir: in.Dir(), Namespace: in.Namespace, Objects: objects}
	if r.Files, err = base.Overlay(env); err != nil {
		return nil, err
	}
	if err = base.Prove(r.Files, env); err != nil || added == nil {
		return nil, err
	}
	r.Own = added.Files
	r.Files, found, err = added.Build(base, env)
	return found, err
}
