package loader

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// places knows the option that each node of a configuration is.
type places struct {
	options map[*tree.Node]string
	nodes   []*tree.Node // in the order of the text
}

func locate(root tree.Block) places {
	w := places{options: map[*tree.Node]string{}}
	root.Walk(func(option string, n *tree.Node) {
		w.options[n] = option
		w.nodes = append(w.nodes, n)
	})
	return w
}

// problem finds the node that an error of the server speaks of: by its line, or else by
// the option that it names.
func (w places) problem(rule string, err error, lines []*tree.Node, warning bool) Problem {
	p := Problem{Rule: rule, Warning: warning}
	line, reason := position(err)
	p.reason = reason
	if line >= 1 && line <= len(lines) {
		p.Node = lines[line-1]
	} else {
		p.Node = w.mentioned(reason)
	}
	p.option = w.options[p.Node]
	return p
}

// narrow finds the options of a block that a problem with the whole block comes from. For some
// blocks, such as jetstream, the loader does not say which of them has a wrong type.
func (w places) narrow(p Problem, root tree.Block) []Problem {
	inner, ok := p.Node.Block()
	if !ok || !conversion.MatchString(p.reason) {
		return []Problem{p}
	}
	var narrowed []Problem
	for _, name := range inner.Keys() {
		text, _ := root.Only(inner[name]).Text(0)
		_, errs, _ := read(text)
		for _, err := range errs {
			if _, reason := position(err); conversion.MatchString(reason) {
				alone := Problem{Rule: p.Rule, Node: inner[name], option: w.options[inner[name]], reason: reason}
				narrowed = append(narrowed, w.narrow(alone, root)...)
			}
		}
	}
	if len(narrowed) == 0 {
		return []Problem{p}
	}
	return narrowed
}

var (
	atLine = regexp.MustCompile(`^:(\d+):-?\d+: `)  // options that make no sense
	onLine = regexp.MustCompile(` on line (\d+)\b`) // text that is no configuration
)

// position splits an error of the server into its line, or 0, and the reason.
func position(err error) (int, string) {
	reason := err.Error()
	if m := atLine.FindStringSubmatch(reason); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line, strings.TrimPrefix(reason, m[0])
	}
	if m := onLine.FindStringSubmatch(reason); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line, tree.Reason(err)
	}
	return 0, reason
}

// written are the ways in which the server writes an option: max_pending, `cluster.name`,
// "lame duck duration".
var written = strings.NewReplacer(" ", "_", "`", "_", `"`, "_", "'", "_", "(", "_", ")", "_")

// mentioned is the option that an error without a line names, the longest name first.
func (w places) mentioned(reason string) *tree.Node {
	text := "_" + written.Replace(strings.ToLower(reason)) + "_"
	var best *tree.Node
	for _, n := range w.nodes {
		option := w.options[n]
		if strings.Contains(text, "_"+option+"_") && (best == nil || len(option) > len(w.options[best])) {
			best = n
		}
	}
	return best
}
