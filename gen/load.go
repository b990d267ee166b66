package gen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/rule"
)

// bounds are how much one environment may take. A real one takes milliseconds and a few MiB; files
// can be written that take for ever, or all the memory there is.
var bounds = bound.Bounds{Time: 5 * time.Second, Memory: MaxMemory}

// MaxMemory is how many bytes one environment may take.
const MaxMemory = 512 << 20

// What is done to an environment, as people read it and as bound reports it.
const (
	Evaluating = "evaluate"
	proving    = "prove"
)

// lostError is work that was let go of, or has crashed.
type lostError struct{ found diag.Diagnostic }

func (e *lostError) Error() string { return e.found.Message }

// evaluate runs a part of the work that is CUE's. Its errors are do's, ctx's, or lost work.
func evaluate[T any](ctx context.Context, w *bound.Work, file string, do func() (T, error)) (T, error) {
	return bounded(ctx, w, file, Evaluating, do)
}

// proof runs a part of the work that comes after CUE's. Its errors are as with evaluate.
func proof[T any](ctx context.Context, w *bound.Work, file string, do func() (T, error)) (T, error) {
	return bounded(ctx, w, file, proving, do)
}

func bounded[T any](ctx context.Context, w *bound.Work, file, doing string, do func() (T, error)) (T, error) {
	out, err := bound.Run(ctx, w, doing, do)
	var excess *bound.Excess
	var crash *bound.Crash
	switch {
	case errors.As(err, &excess) && excess.Memory:
		return out, &lostError{tooMuchMemory(file, doing)}
	case errors.As(err, &excess):
		d := lost(file, doing, fmt.Sprintf("needs more than %s to %s this", bounds.Time, doing))
		d.Why = "an intent needs milliseconds"
		return out, &lostError{d}
	case errors.As(err, &crash):
		return out, &lostError{crashed(file, doing, fmt.Sprint(crash.Reason))}
	}
	return out, err
}

// Died is the finding about work that a whole process has died of: for a reason, or, without one,
// for want of memory. The file and what was done are as bound reports them.
func Died(file, doing, reason string) diag.Diagnostic {
	if reason == "" {
		return tooMuchMemory(file, doing)
	}
	return crashed(file, doing, reason)
}

func tooMuchMemory(file, doing string) diag.Diagnostic {
	d := lost(file, doing, fmt.Sprintf("needs more than %d MiB of memory to %s this", bounds.Memory>>20, doing))
	d.Why = "an intent needs a few MiB"
	return d
}

func crashed(file, doing, reason string) diag.Diagnostic {
	d := lost(file, doing, fmt.Sprintf("crashed when it was to %s this: %s", doing, reason))
	d.Why, d.Mend = "that is its own mistake, whatever this holds; please report it", ""
	return d
}

func lost(file, doing, message string) diag.Diagnostic {
	d := diag.Diagnostic{
		Rule: proofLost.Name, Severity: diag.Error, Span: diag.Span{File: file}, Message: "natsyard " + message,
		Mend: "fewer accounts, users, variables and kustomize files, or several environments",
	}
	if doing == Evaluating {
		d.Rule, d.Message = evaluationLost.Name, "CUE "+message
		d.Mend = "fewer and smaller texts, lists, comprehensions, references and choices of the form a | b"
	}
	return d
}

// asFound tells whether an error is lost work, and gives the finding.
func asFound(err error) (diag.List, bool) {
	var gone *lostError
	if errors.As(err, &gone) {
		return diag.List{gone.found}, true
	}
	return nil, false
}

// newLoader prepares to load. With an error among the findings there is no loader.
func newLoader(ctx context.Context, w *bound.Work, repo fs.FS) (*intent.Loader, diag.List, error) {
	type prepared struct {
		loader *intent.Loader
		found  diag.List
	}
	p, err := evaluate(ctx, w, moduleFile, func() (prepared, error) {
		loader, found := intent.NewLoader(repo)
		return prepared{loader, found}, nil
	})
	if gone, lost := asFound(err); lost {
		return nil, gone, nil
	}
	return p.loader, p.found, err
}

const moduleFile = "cue.mod/module.cue"

// together looks at all environments of a run. It gives what it finds by environment, and what it was let
// go of with.
func together(ctx context.Context, w *bound.Work, intents []*intent.Intent) (map[string]diag.List, diag.List, error) {
	found, err := proof(ctx, w, "overlays", func() (map[string]diag.List, error) { return rule.Together(intents), nil })
	if gone, lost := asFound(err); lost {
		return nil, gone, nil
	}
	return found, nil, err
}

var evaluationLost = diag.Rule{
	Name: "evaluation-lost", Severity: diag.Error,
	Why: "CUE is given 5 seconds and 512 MiB for an environment, of which a real one takes milliseconds and a few MiB; a file can be written that takes for ever, or at which CUE crashes",
	Example: diag.Example{
		Trips:   "$ natsyard vet prod\nwith a list of a thousand million elements",
		Message: "CUE needs more than 512 MiB of memory to evaluate this",
		Passes:  "$ natsyard vet prod\nwith the elements that are needed",
	},
}

var proofLost = diag.Rule{
	Name: "proof-lost", Severity: diag.Error,
	Why: "what comes after CUE is given 5 seconds and 512 MiB for an environment too, of which a real one takes milliseconds and a few MiB",
	Example: diag.Example{
		Trips:   "$ natsyard vet prod\nwith a hundred thousand users",
		Message: "natsyard needs more than 5s to prove this",
		Passes:  "$ natsyard vet prod\nwith auth callout, or operator mode",
	},
}
