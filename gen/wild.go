package gen

import (
	"context"
	"io/fs"

	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// Wild tells whether CUE may ask for any amount of memory at once when it evaluates the base or one of
// these environments, so that it is better watched by another process; see
// bound.Report. Its findings are errors that Render would find too.
func Wild(ctx context.Context, repo fs.FS, envs []string) (bool, diag.List, error) {
	guard := bound.New(bounds)
	defer guard.Close()
	loader, found, err := newLoader(ctx, guard.Work(moduleFile), repo)
	if err != nil || found.HasErrors() {
		return false, found, err
	}
	for _, name := range append([]string{intent.Base}, envs...) {
		e := newEnvironment(repo, name, guard)
		wild, err := evaluate(ctx, e.work, e.file, func() (bool, error) { return loader.Wild(name), nil })
		if gone, lost := asFound(err); lost {
			return false, gone, nil
		}
		if wild || err != nil {
			return wild, nil, err
		}
	}
	return false, nil, nil
}
