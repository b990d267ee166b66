package loader

import (
	"slices"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// narrow finds the options that a problem comes from, where the loader does not say: some
// errors have no line at all, and of a value of a wrong type in jetstream only jetstream is
// named. Each option is read by itself, and what gives such an error is it.
func (w places) narrow(p Problem, root tree.Block) []Problem {
	kind := conversion.MatchString
	_, isBlock := p.Node.Block()
	switch {
	case p.Node == nil:
		kind = func(reason string) bool { return plain(reason) == plain(p.reason) }
	case !isBlock || !kind(p.reason):
		return []Problem{p}
	}
	var found []Problem
	for _, n := range w.nodes {
		option := w.options[n]
		if p.Node != nil && n != p.Node && !within(option, p.option) {
			continue
		}
		// Inside of what should be no block, everything gives the error.
		if slices.ContainsFunc(found, func(outer Problem) bool { return within(option, outer.option) }) {
			continue
		}
		if _, isBlock := n.Block(); !isBlock && len(n.Variables()) > 0 {
			continue // alone, it would ask the environment of this process
		}
		for _, reason := range alone(root.Only(n), kind) {
			found = append(found, Problem{Rule: p.Rule, Node: n, option: option, reason: reason})
		}
	}
	if len(found) == 0 {
		return []Problem{p}
	}
	return found
}

// alone is what the loader says, of one kind, against a configuration of one option.
func alone(option tree.Block, kind func(string) bool) (reasons []string) {
	text, _ := option.Text(0)
	_, errs, _ := read(text)
	for _, err := range errs {
		if _, reason := position(err); kind(reason) {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// eliminate finds the option without which a problem of NewServer, which has no lines, is gone.
// NewServer says only the first of its problems: without the option all is well, or, where
// there is no such option, the next one shows.
func (w places) eliminate(p Problem, root tree.Block) Problem {
	if p.Node != nil {
		return p
	}
	var next *tree.Node
	for _, n := range w.nodes {
		if _, isBlock := n.Block(); isBlock {
			continue
		}
		without := root.Clone()
		if len(without.Remove([]*tree.Node{n})) == 0 {
			continue
		}
		text, _ := without.Text(0)
		options, _, _ := read(text)
		if options == nil {
			continue
		}
		err := construct(options)
		if err == nil {
			next = n
			break
		}
		if _, reason := position(err); next == nil && reason != p.reason {
			next = n
		}
	}
	p.Node, p.option = next, w.options[next]
	return p
}
