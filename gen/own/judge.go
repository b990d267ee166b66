package own

import (
	"slices"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/valid"
)

// judge finds what an API server would have against the objects that the additions bring or change. A finding
// is at the entry with which it first appears.
func (b *builder) judge(kept []*entry, stream []byte) error {
	if len(kept) == 0 {
		return nil
	}
	all, err := b.against(stream)
	if err != nil || len(all) == 0 {
		return err
	}
	for n, e := range kept {
		if len(all) == 0 {
			return nil
		}
		first := all
		if n < len(kept)-1 {
			stream, failed, err := b.build(additions(kept[:n+1]))
			if err != nil {
				return err
			}
			if failed != nil {
				continue
			}
			if first, err = b.against(stream); err != nil {
				return err
			}
		}
		all = slices.DeleteFunc(all, func(d diag.Diagnostic) bool {
			same := slices.ContainsFunc(first, func(f diag.Diagnostic) bool { return f.Rule == d.Rule && f.Message == d.Message })
			if same {
				b.add(e, d)
			}
			return same
		})
	}
	return nil
}

// against is what an API server has against a stream, but for what it has against the environment's own objects.
func (b *builder) against(stream []byte) (diag.List, error) {
	objects, err := kustomize.Objects(stream)
	if err != nil {
		return nil, err
	}
	return append(valid.Added(b.in, b.env.Objects, objects), b.replicas(objects)...), nil
}
