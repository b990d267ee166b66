package gen

import (
	"context"
	"fmt"
	"time"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// evaluation is how long CUE may take over one environment. A real one takes milliseconds; a
// file can be written that takes for ever.
const evaluation = 30 * time.Second

// load loads one environment. It is not alive when ctx has ended, or when the evaluation
// crashes or takes too long: the loader is then not to be used again, and what it still does
// ends with the process.
func load(ctx context.Context, loader *intent.Loader, name string) (_ *intent.Intent, _ diag.List, alive bool) {
	type result struct {
		in    *intent.Intent
		found diag.List
		alive bool
	}
	loaded := make(chan result, 1)
	go func() {
		defer func() {
			if crash := recover(); crash != nil {
				loaded <- result{found: lost(name, fmt.Sprintf("CUE crashed over this: %v", crash))}
			}
		}()
		in, found := loader.Load(name)
		loaded <- result{in, found, true}
	}()
	timer := time.NewTimer(evaluation)
	defer timer.Stop()
	select {
	case r := <-loaded:
		return r.in, r.found, r.alive
	case <-ctx.Done():
		return nil, nil, false
	case <-timer.C:
		return nil, lost(name, fmt.Sprintf("CUE has not evaluated this within %s", evaluation)), false
	}
}

func lost(name, message string) diag.List {
	return diag.List{{
		Rule: evaluationLost.Name, Severity: evaluationLost.Severity, Span: diag.Span{File: intent.Dir(name)},
		Message: message, Mend: "comprehensions, lists and references that are not so large",
	}}
}

var evaluationLost = diag.Rule{
	Name: "evaluation-lost", Severity: diag.Error,
	Why: "CUE is given 30 seconds for an environment, of which a real one takes milliseconds; a file can be written that takes for ever, or at which CUE crashes",
	Example: diag.Example{
		Trips:   "$ natsyard vet prod\nwith a list of a thousand million elements",
		Message: "CUE has not evaluated this within 30s",
		Passes:  "$ natsyard vet prod\nwith the elements that are needed",
	},
}
