// Package valid judges objects as an API server of Kubernetes would, before they reach one: against
// the OpenAPI schema of every minor that natsyard knows, the definitions of the custom resources that it
// emits with their rules in CEL, the rules that the API server checks by hand, and Pod Security admission. The
// rules of admission webhooks are not among them.
package valid

//go:generate go test ./internal/source -run ^TestTable$ -update

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
)

// The minors of Kubernetes that natsyard knows, without the 1 before them.
const (
	OldestMinor = 30
	NewestMinor = 36
)

// Check judges the objects of an environment. told is what has been found already, by gen/rule above all: this is
// the net below, and does not say again in other words what has been said. A finding is at the field of the intent
// that becomes the place in the object, or else at the intent as a whole.
func Check(in *intent.Intent, objects []kube.Object, told diag.List) diag.List {
	var found diag.List
	said := map[string]bool{}
	problems := merged(judge(objects, minorOf(in)))
	echoes := map[string]bool{} // by what they say
	for i := range problems {
		p := &problems[i]
		p.field = place(in, p.object, p.path)
		if p.echoes(told, in.At(p.field...)) {
			echoes[p.says] = true
		}
	}
	for _, p := range problems {
		if echoes[p.says] {
			continue
		}
		d := p.diagnostic()
		d.Path, d.Span = strings.Join(p.field, "."), in.At(p.field...)
		key := d.Path + "\n" + p.group
		if p.group == "" || !said[key] {
			found = append(found, d)
		}
		said[key] = true
	}
	return found
}

// echoes tells whether a problem is what an error that has been told is about: at the same place, or, if it is an
// error too, at a field around it or in it, or at the other of two that may not be the same. An error without a place
// of its own is then what became of the mistake.
func (p *problem) echoes(told diag.List, at diag.Span) bool {
	return slices.ContainsFunc(told, func(d diag.Diagnostic) bool {
		if d.Severity == diag.Warning || len(p.field) > 0 && d.Span == at {
			return d.Severity != diag.Warning
		}
		field, common := strings.Split(d.Path, "."), 0
		shorter := min(len(field), len(p.field))
		for common < shorter && field[common] == p.field[common] {
			common++
		}
		return p.severity != diag.Warning && (common == shorter || p.rule == "kubernetes-duplicate" && common >= max(1, shorter-2))
	})
}

// Added judges what an overlay builds with files of the user's own. It gives what Check does not find in
// the environment's own objects, without a place.
func Added(in *intent.Intent, own, built []kube.Object) diag.List {
	minor := minorOf(in)
	known := map[string]bool{}
	for _, p := range judge(own, minor) {
		known[p.key()+p.id()] = true
	}
	var found diag.List
	for _, p := range merged(slices.DeleteFunc(judge(built, minor), func(p problem) bool { return known[p.key()+p.id()] })) {
		d := p.diagnostic()
		if p.rule == "pod-security-baseline" || p.rule == "pod-security-restricted" {
			d.Mend = p.safe // it is of the user's own files
		}
		found = append(found, d)
	}
	return found
}

// minor is the oldest minor that an environment runs on.
type minor struct {
	number int
	said   bool // by the user
}

func minorOf(in *intent.Intent) minor {
	if n, said := in.KubernetesMinor(); said {
		return minor{n, true}
	}
	return minor{OldestMinor, false}
}

// problem is what an API server has against an object.
type problem struct {
	object   kube.Object
	path     string // such as spec.template.spec.containers[nats].image; "" is the object
	rule     string
	severity diag.Severity // "" is an error
	says     string        // what is wrong, after the path and the object
	allowed  string
	why      string
	mend     string
	safe     string   // the mend in a file of the user's own, where it is another
	group    string   // of problems in one place that are one mistake
	also     []string // other objects that have the same
	field    []string // of the intent, from which it is; nil where that is not known
}

const (
	refused = "the API server refuses the object"
	// Before 1.36 it takes a StatefulSet whatever its pods are.
	refusedPods = "the API server refuses the pods"
)

func (p *problem) id() string { return p.object.GetKind() + "/" + p.object.GetName() }

// key is what problems of several objects have in common.
func (p *problem) key() string { return p.rule + "\n" + p.path + "\n" + p.says }

func (p *problem) diagnostic() diag.Diagnostic {
	objects := strings.Join(append([]string{p.id()}, p.also...), ", ")
	message := fmt.Sprintf("%s %s", objects, p.says)
	if p.path != "" {
		message = fmt.Sprintf("%s of %s %s", p.path, objects, p.says)
	}
	why := refused
	if p.object.GetKind() == "StatefulSet" && strings.HasPrefix(p.path, template.Child("spec").String()) && p.rule != "kubernetes-type" {
		why = refusedPods
	}
	return diag.Diagnostic{
		Rule: p.rule, Severity: cmp.Or(p.severity, diag.Error), Message: message,
		Allowed: p.allowed, Why: cmp.Or(p.why, why), Mend: p.mend,
	}
}

// merged has one problem for all objects of a kind that have it, such as the StatefulSets of several zones.
func merged(problems []problem) (out []problem) {
	at := map[string]int{}
	for _, p := range problems {
		key := p.object.GetKind() + "\n" + p.key()
		if i, seen := at[key]; seen {
			if p.id() != out[i].id() {
				out[i].also = append(out[i].also, p.id())
			}
			continue
		}
		at[key] = len(out)
		out = append(out, p)
	}
	return out
}

// judge gives all problems of the objects, in their order.
func judge(objects []kube.Object, m minor) (problems []problem) {
	for _, o := range objects {
		if o.Object["sops"] != nil { // is encrypted, and another object once it is applied
			continue
		}
		j := judgement{object: o, minor: m}
		j.kind()
		if j.meta(); !j.malformed {
			j.byHand()
			j.byRules()
		}
		problems = append(problems, j.problems...)
	}
	return problems
}

// judgement is about one object.
type judgement struct {
	object     kube.Object
	minor      minor
	problems   []problem
	malformed  bool // it cannot be read as its type
	incomplete bool // it lacks what its definition wants
}

func (j *judgement) add(p problem) {
	p.object = j.object
	if !slices.ContainsFunc(j.problems, func(q problem) bool { return q.path == p.path && q.says == p.says }) {
		j.problems = append(j.problems, p)
	}
}
