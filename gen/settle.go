package gen

import (
	"context"
	"io/fs"
	"maps"
	"slices"

	"github.com/natsyard/natsyard/gen/accept"
	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rule"
)

// settled is what was found in the base and the environments, settled. Where work was lost, they are not
// looked at together.
func settled(ctx context.Context, guard *bound.Guard, repo fs.FS, all []*environment, lost bool) (diag.List, error) {
	var intents []*intent.Intent
	var lists []diag.List
	for _, e := range all {
		intents, lists = append(intents, e.in), append(lists, e.found)
	}
	envs, err := intent.Environments(repo)
	if err != nil {
		return nil, err
	}
	var met map[string]diag.List
	var gone diag.List
	if !lost {
		if met, gone, err = together(ctx, guard.Work("overlays"), intents[1:]); err != nil {
			return nil, err
		}
	}
	return append(gone, settle(intents, lists, met, len(envs)+1 == len(all))...), nil
}

// settle is the last word: all findings of the base and the environments, in this order, with those of all
// environments together, without those that are accepted, and with what is accepted in vain. Whole says that these are all environments of the
// repository.
func settle(intents []*intent.Intent, lists []diag.List, together map[string]diag.List, whole bool) diag.List {
	known := slices.Concat(slices.Collect(maps.Values(together))...)
	lists = slices.Clone(lists)
	for env, found := range together {
		n := slices.IndexFunc(intents, func(in *intent.Intent) bool { return in != nil && in.Environment == env })
		lists[n] = slices.Concat(lists[n], found)
	}
	all := slices.Concat(lists...)
	unsure := func(name string) bool { return !whole && rule.IsTogether(name) }
	var left diag.List
	for n, in := range intents {
		left = append(left, accept.Left(in, rule.Sure(lists[n], known))...)
		switch {
		case n > 0:
			left = append(left, accept.Idle(in, lists[n], unsure)...)
		case whole: // what the base accepts is meant for all
			left = append(left, accept.Idle(in, all, unsure)...)
		}
	}
	return slices.DeleteFunc(left.Sorted(), func(d diag.Diagnostic) bool { return everywhere(d, intents, lists) })
}

// everywhere tells whether a finding in the base is one of each environment too, and accepted there: by
// itself the base is never applied.
func everywhere(d diag.Diagnostic, intents []*intent.Intent, lists []diag.List) bool {
	for n, in := range intents {
		found := slices.ContainsFunc(lists[n], func(e diag.Diagnostic) bool {
			return e.Rule == d.Rule && e.Span == d.Span && e.Path == d.Path
		})
		if n > 0 && !(found && accept.Accepts(in, d)) {
			return false
		}
	}
	return len(intents) > 1
}
