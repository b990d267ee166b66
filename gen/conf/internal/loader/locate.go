package loader

import (
	"regexp"
	"slices"
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

// problem finds the node that an error of the server speaks of, by its line.
func (w places) problem(rule string, err error, lines []*tree.Node, warning bool) Problem {
	p := Problem{Rule: rule, Warning: warning}
	line, reason := position(err)
	p.reason = reason
	if line >= 1 && line <= len(lines) {
		p.Node = lines[line-1]
	}
	if second := w.second(reason); second != nil {
		p.Node = second
	} else if _, isBlock := p.Node.Block(); isBlock {
		p.Node = w.named(p.Node, reason)
	}
	p.option = w.options[p.Node]
	return p
}

var duplicate = regexp.MustCompile(`(?i)\bduplicate\b.*["']([^"']+)["']`)

// second is the last place of what the loader calls a duplicate, by its name or its value. The
// loader itself blames the one that it happens to read later.
func (w places) second(reason string) *tree.Node {
	m := duplicate.FindStringSubmatch(reason)
	if m == nil {
		return nil
	}
	for _, n := range slices.Backward(w.nodes) {
		if n.Value == any(m[1]) || strings.HasSuffix("."+w.options[n], "."+m[1]) {
			return n
		}
	}
	return nil
}

var inQuotes = regexp.MustCompile(`"([^"]+)"`)

// named is the first option inside of a block that has a value or a name that the loader quotes, or
// the block itself.
func (w places) named(block *tree.Node, reason string) *tree.Node {
	for _, quoted := range inQuotes.FindAllStringSubmatch(reason, -1) {
		for _, n := range w.nodes {
			inside := within(w.options[n], w.options[block])
			if inside && (n.Value == any(quoted[1]) || strings.HasSuffix(w.options[n], "."+quoted[1])) {
				return n
			}
		}
	}
	return block
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
var written = strings.NewReplacer(" ", "_", "`", "_", `"`, "_", "'", "_", "(", "_", ")", "_", ".", "_", ":", "_", ",", "_")

// mentioned points a problem without a node at the option that it names: the first in the
// server's sentence, for that is what it speaks of, and the longest of those that begin there.
func (w places) mentioned(p Problem) Problem {
	if p.Node != nil {
		return p
	}
	text := "_" + written.Replace(strings.ToLower(p.reason)) + "_"
	var best *tree.Node
	first := len(text)
	for _, n := range w.nodes {
		option := strings.ReplaceAll(w.options[n], ".", "_")
		at := strings.Index(text, "_"+option+"_")
		if at >= 0 && (at < first || at == first && len(option) > len(w.options[best])) {
			best, first = n, at
		}
	}
	if _, isBlock := best.Block(); isBlock { // the server may name what is wrong in it
		best = w.named(best, p.reason)
	}
	p.Node, p.option = best, w.options[best]
	return p
}
