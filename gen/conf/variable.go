package conf

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// variables gives each variable of a configuration the value that the server of one pod
// would see, by the server's own rules and without asking the environment of this process.
type variables struct {
	*report
	*guesser
	pod Pod
}

// settle is a copy of a block with all values in place. A variable without one is a finding
// and gets a guess, so that the rest can still be judged. The blocks around hold what the
// loader has read when it comes here.
func (v *variables) settle(b tree.Block, around []tree.Block) tree.Block {
	out := make(tree.Block, len(b))
	inner := tree.Below(around, out)
	for _, name := range b.Keys() {
		out[name] = v.node(b[name], inner)
	}
	return out
}

func (v *variables) node(n *tree.Node, around []tree.Block) *tree.Node {
	switch value := n.Value.(type) {
	case tree.Block:
		return &tree.Node{Value: v.settle(value, around), From: n.From}
	case tree.List:
		items := make(tree.List, len(value))
		for i, item := range value {
			items[i] = v.node(item, around)
		}
		return &tree.Node{Value: items, From: n.From}
	case tree.Raw:
		if value.IsVariable() {
			return v.variable(n, value.Name(), around)
		}
	}
	return n
}

func (v *variables) variable(n *tree.Node, name string, around []tree.Block) *tree.Node {
	if slices.ContainsFunc(around, func(b tree.Block) bool { return b[name] != nil }) {
		if v.defined(name) {
			v.add(n.From, shadowed(name))
		}
		return n // the loader finds the key by itself
	}
	value, err := v.lookup(name, nil)
	var hidden hiddenError
	switch {
	case err == nil:
		return &tree.Node{Value: value, From: n.From}
	case errors.As(err, &hidden):
		return v.guess(n, string(hidden))
	case v.defined(name):
		v.refuseValue(name, err)
	default:
		v.add(n.From, v.undefined(name))
	}
	return v.guess(n, name)
}

// lookup is the value of a variable of the pod. Its text may be the name of another one.
func (v *variables) lookup(name string, seen []string) (any, error) {
	text, known := v.pod.Env[name]
	token := tree.Raw(strings.Trim(text, " \t"))
	switch {
	case slices.Contains(v.pod.Unknown, name):
		return nil, hiddenError(name)
	case !known:
		return nil, fmt.Errorf("there is no variable %s", name)
	case slices.Contains(seen, name):
		return nil, fmt.Errorf("%s refers to itself", name)
	case token.IsVariable():
		return v.lookup(token.Name(), append(seen, name))
	}
	value, err := tree.Raw(text).Literal()
	if err != nil {
		return nil, fmt.Errorf("%q %w", text, err)
	}
	return value, nil
}

// hiddenError is the name of a variable that only the cluster knows.
type hiddenError string

func (e hiddenError) Error() string { return string(e) + " is known only in the cluster" }

func (v *variables) defined(name string) bool {
	_, known := v.pod.Env[name]
	return known || slices.Contains(v.pod.Unknown, name)
}

func shadowed(name string) diag.Diagnostic {
	return diag.Diagnostic{
		Rule:    "variable-shadowed",
		Message: fmt.Sprintf("$%s is not the pod's variable here, but the key %s of nats-server.conf", name, name),
		Why:     "the server looks among the keys of the enclosing blocks before it asks the environment",
		Mend:    "another name for the variable",
	}
}

func (v *variables) undefined(name string) diag.Diagnostic {
	names := append(slices.Collect(maps.Keys(v.pod.Env)), v.pod.Unknown...)
	slices.Sort(names)
	d := diag.Diagnostic{
		Rule:    "variable-undefined",
		Message: fmt.Sprintf("the nats container has no variable %s", name),
		Allowed: strings.Join(names, ", "),
		Why:     "the server does not start with a variable that it cannot find",
		Mend:    fmt.Sprintf(`env: %s: valueFrom: secretKeyRef: {name: "nats-auth", key: %q}`, name, strings.ReplaceAll(strings.ToLower(name), "_", "-")),
	}
	near := language.Closest(name, names)
	for _, longer := range names {
		if near == "" && strings.HasPrefix(longer, name) {
			near = longer
		}
	}
	if near != "" {
		d.Message += "; did you mean " + near + "?"
		d.Mend = fmt.Sprintf("%q", "<< $"+near+" >>")
	}
	return d
}

// refuseValue files a finding where the variable gets its text. Of a Secret that a field of the
// intent names it does not say the text.
func (v *variables) refuseValue(name string, err error) {
	if from, ok := v.in.SecretOf(name); ok {
		v.add(from, diag.Diagnostic{
			Rule:    "secret-value",
			Message: "nats-server cannot take the text of this Secret",
			Allowed: "any text without a single quote (')",
			Why:     "the server reads it between single quotes, and it is too late to escape one in it",
		})
		return
	}
	from, mend := []string{"env", name}, `quotes inside the value: "\"text\""`
	if name == "SERVER_NAME" || name == "POD_NAME" {
		from, mend = []string{"serverNamePrefix"}, `serverNamePrefix: "nats-"`
	}
	v.add(from, diag.Diagnostic{
		Rule:    "variable-value",
		Message: fmt.Sprintf("nats-server cannot take the value of %s: %v", name, err),
		Allowed: "a number, true or false, a word, or text in quotes of its own",
		Why:     "the server reads the text of a variable as it reads nats-server.conf",
		Mend:    mend,
	})
}
