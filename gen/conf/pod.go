package conf

import (
	"maps"
	"regexp"
	"slices"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// Pod is what one server gets from its pod.
type Pod struct {
	Name string
	// Env is the variables of the nats container whose text is known here.
	Env map[string]string
	// Unknown names those whose text only the cluster knows: Secrets, ConfigMaps, and fields
	// that Kubernetes fills in.
	Unknown []string
}

// Pods are the pods of the StatefulSet, by ordinal.
func Pods(in *intent.Intent) []Pod {
	names := in.PodNames()
	pods := make([]Pod, len(names))
	for i, name := range names {
		pods[i] = newPod(in, name)
	}
	return pods
}

func newPod(in *intent.Intent, name string) Pod {
	p := Pod{Name: name, Env: map[string]string{"POD_NAME": name}}
	p.set("SERVER_NAME", in.ServerNamePrefix+"$(POD_NAME)")
	users := maps.Clone(in.Env)
	if limit := in.GoMemLimitText(); limit != "" {
		const ours = "GOMEMLIMIT"
		p.set(ours, limit)
		if user, ok := users[ours]; ok { // it takes our place, before the others
			p.give(in, ours, user)
			delete(users, ours)
		}
	}
	for _, variable := range slices.Sorted(maps.Keys(users)) {
		p.give(in, variable, users[variable])
	}
	return p
}

// give gives a variable what the user says of it.
func (p *Pod) give(in *intent.Intent, variable string, v schema.EnvVar) {
	switch from := v.ValueFrom; {
	case from == nil:
		p.set(variable, v.Value)
	case from.FieldRef != nil && from.FieldRef.FieldPath == "metadata.name":
		p.Env[variable] = p.Name
	case from.FieldRef != nil && from.FieldRef.FieldPath == "metadata.namespace":
		p.Env[variable] = in.Namespace
	default:
		p.hide(variable)
	}
}

// reference is what Kubernetes looks for in a variable's value.
var reference = regexp.MustCompile(`\$\$|\$\([^)]*\)`)

// set gives a variable its text as the kubelet does: $(NAME) is a variable that stands
// before it, $$ is a dollar, and a reference to nothing stays.
func (p *Pod) set(variable, value string) {
	hidden := false
	text := reference.ReplaceAllStringFunc(value, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		name := ref[2 : len(ref)-1]
		hidden = hidden || slices.Contains(p.Unknown, name)
		if known, ok := p.Env[name]; ok {
			return known
		}
		return ref
	})
	if hidden {
		p.hide(variable)
		return
	}
	p.Env[variable] = text
}

func (p *Pod) hide(variable string) {
	delete(p.Env, variable)
	p.Unknown = append(p.Unknown, variable)
}
