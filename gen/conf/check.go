package conf

import (
	"fmt"
	"slices"

	"github.com/natsyard/natsyard/gen/conf/internal/loader"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// Check has the real nats-server judge the configuration as each pod would run it: its
// loader, and NewServer for what only shows when all options are known. No server is
// started, no port opened, and the environment is not read: variables have the values that the
// pods give them. Certificates and directories that the server opens while it loads are
// supplied in a throw-away place, which is gone when Check returns; the error is that there
// could be none.
//
// It does not see what a server finds out only when it starts: a directory or file that
// is missing, a port in use, a peer that is not there.
func Check(c *Conf, in *intent.Intent, pods []Pod) (diag.List, error) {
	r, g := report{in: in}, newGuesser()
	r.tooNew(c.root)
	for _, pod := range pods {
		v := variables{&r, g, pod}
		if err := v.check(c.root); err != nil {
			return nil, fmt.Errorf("check %s/%s: %w", in.Dir(), pod.Name, err)
		}
	}
	return r.found.Sorted(), nil
}

// check judges the configuration of one pod. A problem with a value that was guessed says
// nothing about the user's: the next guess is tried, and in the end the option left out.
func (v *variables) check(root tree.Block) error {
	for {
		v.again()
		settled := v.settle(root, nil)
		problems, err := loader.Judge(settled, v.hopeless...)
		if err != nil {
			return err
		}
		if v.wrong(problems) {
			continue
		}
		for _, p := range problems {
			v.add(p.From(), p.Finding())
		}
		for _, n := range v.hopeless {
			if name := n.Value.(string); slices.Contains(v.pod.Unknown, name) {
				v.add(n.From, unproven(name))
			}
		}
		return nil
	}
}

func unproven(name string) diag.Diagnostic {
	return diag.Diagnostic{
		Rule:     "variable-unproven",
		Severity: diag.Warning,
		Message:  fmt.Sprintf("whether nats-server takes the value of %s shows only in the cluster", name),
		Why:      "natsyard does not know the value, and none that it tried fits; the option was left out of the proof",
	}
}
