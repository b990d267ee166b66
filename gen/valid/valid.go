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
	"strconv"
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

// Check judges the objects of an environment. What gen/rule finds has been found already; this is the
// net below. A finding is at the field of the intent that becomes the place in the object, or else
// at the intent as a whole.
func Check(in *intent.Intent, objects []kube.Object) diag.List {
	var found diag.List
	said := map[string]bool{}
	for _, p := range merged(judge(objects, minorOf(in))) {
		path := place(in, p.object, p.path)
		d := p.diagnostic()
		d.Path, d.Span = strings.Join(path, "."), in.At(path...)
		key := d.Path + "\n" + p.group
		if p.group == "" || !said[key] {
			found = append(found, d)
		}
		said[key] = true
	}
	return found
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
		if p.safe {
			d.Mend = "" // it is of the user's own files
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
	if _, text, ok := strings.Cut(in.Kubernetes.Version, "."); ok {
		if n, err := strconv.Atoi(text); err == nil {
			return minor{n, true}
		}
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
	safe     bool     // the mend is a field of the intent
	group    string   // of problems in one place that are one mistake
	also     []string // other objects that have the same
}

const refused = "the API server refuses the object"

func (p *problem) id() string { return p.object.GetKind() + "/" + p.object.GetName() }

// key is what problems of several objects have in common.
func (p *problem) key() string { return p.rule + "\n" + p.path + "\n" + p.says }

func (p *problem) diagnostic() diag.Diagnostic {
	objects := strings.Join(append([]string{p.id()}, p.also...), ", ")
	message := fmt.Sprintf("%s %s", objects, p.says)
	if p.path != "" {
		message = fmt.Sprintf("%s of %s %s", p.path, objects, p.says)
	}
	return diag.Diagnostic{
		Rule: p.rule, Severity: cmp.Or(p.severity, diag.Error), Message: message,
		Allowed: p.allowed, Why: cmp.Or(p.why, refused), Mend: p.mend,
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
