package conf

import (
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/nats-io/nkeys"

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

// Pods are the pods of the servers, StatefulSet by StatefulSet and by ordinal. Secrets that fields
// of the intent name have samples in them: what they hold is text in any case.
func Pods(in *intent.Intent) []Pod {
	secrets := in.Secrets()
	return PodsWith(in, func(key schema.SecretKey) string {
		if secrets.Form(key) == intent.SecretSeed { // the server takes for a seed only what is one
			return sampleSeed()
		}
		return "sample"
	})
}

// PodsWith is Pods with the texts of Secrets.
func PodsWith(in *intent.Intent, secret func(schema.SecretKey) string) (pods []Pod) {
	for _, set := range in.ServerSets() {
		ours := in.Variables(set)
		for _, name := range set.PodNames() {
			pods = append(pods, newPod(in, name, ours, secret))
		}
	}
	return pods
}

// newPod gives the variables of the nats container their texts, in the order in which Kubernetes
// does.
func newPod(in *intent.Intent, name string, ours []intent.Variable, secret func(schema.SecretKey) string) Pod {
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
	for _, v := range ours {
		switch {
		case v.Secret != nil:
			p.Env[v.Name] = secret(*v.Secret)
		case v.Field != "":
			p.Env[v.Name] = "sample"
		default:
			p.set(v.Name, v.Value)
		}
	}
	for _, variable := range slices.Sorted(maps.Keys(users)) {
		p.give(in, variable, users[variable])
	}
	return p
}

// sampleSeed is a valid seed that nobody uses: its key is all zero.
var sampleSeed = sync.OnceValue(func() string {
	seed, err := nkeys.EncodeSeed(nkeys.PrefixByteUser, make([]byte, 32))
	if err != nil {
		panic(err) // the length is right
	}
	return string(seed)
})

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
