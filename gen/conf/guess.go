package conf

import (
	"strconv"

	"github.com/natsyard/natsyard/gen/conf/internal/loader"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// guesser stands in for values that only the cluster knows. They have to be of the kind that
// their option takes, and natsyard need not know which: it tries.
type guesser struct {
	numbers  map[string]int        // of the variables, in the order of their use
	tried    map[string]int        // how many guesses failed
	guessed  map[*tree.Node]string // nodes whose value is a guess, and the variable
	hopeless []*tree.Node          // nodes for which no guess is left, in the order of the text
}

func newGuesser() *guesser {
	return &guesser{numbers: map[string]int{}, tried: map[string]int{}, guessed: map[*tree.Node]string{}}
}

// guesses are tried in turn. The first is a name, a subject and a duration, and no two
// variables get the same, for users must differ.
var guesses = []func(number int) any{
	func(number int) any { return strconv.Itoa(number) + "m" },
	func(int) any { return int64(1) },
	func(int) any { return true },
}

// again forgets the nodes, for a new copy of the configuration, but not what failed.
func (g *guesser) again() {
	g.guessed, g.hopeless = map[*tree.Node]string{}, nil
}

// guess is a node in place of another that takes its value from a variable.
func (g *guesser) guess(n *tree.Node, name string) *tree.Node {
	if g.numbers[name] == 0 {
		g.numbers[name] = len(g.numbers) + 1
	}
	guess := &tree.Node{From: n.From}
	if g.tried[name] < len(guesses) {
		guess.Value = guesses[g.tried[name]](g.numbers[name])
		g.guessed[guess] = name
	} else {
		guess.Value = name
		g.hopeless = append(g.hopeless, guess)
	}
	return guess
}

// wrong notes each guess that the server does not like, and tells whether there is one.
func (g *guesser) wrong(problems []loader.Problem) bool {
	names := map[string]bool{}
	for _, p := range problems {
		if name, ok := g.guessed[p.Node]; ok {
			names[name] = true
		}
	}
	for name := range names {
		g.tried[name]++
	}
	return len(names) > 0
}
