package conf

import (
	"fmt"

	"github.com/natsyard/natsyard/gen/conf/internal/loader"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// Check has the real nats-server judge the configuration as each pod would run it: its
// loader, and NewServer for what only shows when all options are known. No server is
// started, no port opened, no file touched, and the environment is not read: variables have
// the values that the pods give them.
//
// It does not see what a server finds out only when it starts: a directory or file that
// is missing, a port in use, a peer that is not there.
func Check(c *Conf, in *intent.Intent, pods []Pod) diag.List {
	r := report{in: in}
	for _, pod := range pods {
		v := variables{report: &r, pod: pod, tried: map[string]int{}}
		v.check(c.root)
	}
	return r.found.Sorted()
}

// check judges the configuration of one pod. A problem with a value that was guessed says
// nothing about the user's: the next guess is tried, and in the end the option left out.
func (v *variables) check(root tree.Block) {
	for {
		v.guessed = map[*tree.Node]string{}
		problems := loader.Judge(v.settle(root, nil))
		wrong := v.wrongGuesses(problems)
		if len(wrong) == 0 {
			for _, p := range problems {
				v.add(p.From(), p.Finding())
			}
			return
		}
		for name, n := range wrong {
			if v.tried[name]++; v.tried[name] == len(guesses) {
				v.add(n.From, unproven(name))
			}
		}
	}
}

// wrongGuesses are the variables whose guessed value the server refuses, and where.
func (v *variables) wrongGuesses(problems []loader.Problem) map[string]*tree.Node {
	wrong := map[string]*tree.Node{}
	for _, p := range problems {
		if name, ok := v.guessed[p.Node]; ok && !p.Warning {
			wrong[name] = p.Node
		}
	}
	return wrong
}

func unproven(name string) diag.Diagnostic {
	return diag.Diagnostic{
		Rule:     "variable-unproven",
		Severity: diag.Warning,
		Message:  fmt.Sprintf("whether nats-server takes the value of %s shows only in the cluster", name),
		Why:      "natsyard does not know the value, and none that it tried fits; the option was left out of the proof",
	}
}
