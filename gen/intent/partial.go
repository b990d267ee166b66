package intent

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"

	"github.com/natsyard/natsyard/gen/diag"
)

// omissions are the fields that a partial load leaves out, by the place of their label.
type omissions map[string]bool

// apply takes the fields out of a parsed file.
func (o omissions) apply(file *ast.File) {
	if len(o) == 0 {
		return
	}
	astutil.Apply(file, func(c astutil.Cursor) bool {
		f, ok := c.Node().(*ast.Field)
		if ok && o[spanOf(f.Label).String()] {
			c.Delete()
			return false
		}
		return true
	}, nil)
}

// partial loads an environment without the fields that are wrong, so that the rules can
// find what else is. It is nil where that is not enough to make it valid.
func (l *Loader) partial(env string, broken []brokenField) *Intent {
	if len(broken) == 0 || l.omit != nil {
		return nil
	}
	again := &Loader{repo: l.repo, module: l.module, omit: omissions{}}
	for _, b := range broken {
		again.omit[b.label.String()] = true
	}
	again.reset()
	in, found := again.Load(env)
	if in == nil || len(found) > 0 {
		return nil
	}
	in.Broken = map[string]bool{}
	for _, b := range broken {
		if len(b.path) > 0 {
			in.Broken[b.path[0]] = true
		}
	}
	return in
}

// brokenField is a field that a finding is about: the nearest to it that the user wrote.
type brokenField struct {
	path  []string
	label diag.Span
}
