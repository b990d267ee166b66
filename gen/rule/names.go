package rule

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// maxStatefulSetName leaves room in a label's 63 characters for the hash that Kubernetes
// appends to the name of a StatefulSet's revision.
const maxStatefulSetName = 52

var nameLength = rule{
	"name-length", diag.Error,
	"Kubernetes labels each pod with the StatefulSet's name and a hash of 11 characters, in 63; past that no pod is made",
	func(in *intent.Intent, r *report) {
		longest := in.StatefulSetName()
		for _, set := range in.ServerSets() {
			if len(set.Name) > len(longest) {
				longest = set.Name
			}
		}
		over := len(longest) - maxStatefulSetName
		if over <= 0 {
			return
		}
		f := finding{
			path:    at("statefulSet.name"),
			message: fmt.Sprintf("the StatefulSet's name %s has %d characters", longest, len(longest)),
			allowed: fmt.Sprintf("at most %d characters", maxStatefulSetName),
			needs:   "name zones",
		}
		if stem := in.StatefulSetName(); over < len(stem) {
			f.mend = fmt.Sprintf("statefulSet: name: %q", strings.TrimRight(stem[:len(stem)-over], "-"))
		}
		r.add(f)
	},
}

var serviceNameLength = rule{
	"service-name-length", diag.Error,
	"the name of a Service is a DNS label, which has at most 63 characters; Kubernetes refuses a longer one",
	func(in *intent.Intent, r *report) {
		for _, key := range keys(in.ExtraServices) {
			name := in.ExtraServiceName(key)
			if !in.ExtraServices[key].Enabled || len(name) <= validation.DNS1035LabelMaxLength {
				continue
			}
			path := []string{"extraServices", key, "name"}
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("the Service's name %s has %d characters", name, len(name)),
				allowed: fmt.Sprintf("at most %d characters", validation.DNS1035LabelMaxLength),
				mend:    cueField(path, fmt.Sprintf("%q", strings.TrimRight(name[:validation.DNS1035LabelMaxLength], "-"))),
				needs:   "name",
			})
		}
	},
}

// object is something in Kubernetes that has a name.
type object struct {
	kind, what, name string
	path             []string // of its name
	usual            string   // the name that it has where none is given; "" where there is none
	needs            string
}

// objects are those of which several are of one kind. What is there already comes first.
func objects(in *intent.Intent) (out []object) {
	if in.TLSCAEnabled() && in.TlsCA.ConfigMapName != "" {
		out = append(out, object{"ConfigMap", "the ConfigMap of tlsCA", in.TlsCA.ConfigMapName, at("tlsCA.configMapName"), "", "tlsCA"})
	}
	out = append(out, object{"ConfigMap", "the ConfigMap of nats.conf", in.ConfigMapName(), at("configMap.name"), in.Name + "-config", "name configMap"})
	if in.NatsBox.Enabled {
		out = append(out, object{"ConfigMap", "that of nats-box's contexts", in.BoxContextsName(), at("name"), "", "name natsBox"})
	}
	if in.Service.Enabled {
		out = append(out, object{"Service", "the client Service", in.ServiceName(), at("service.name"), in.Name, "name service"})
	}
	out = append(out, object{"Service", "the headless Service", in.HeadlessName(), at("headlessService.name"), in.Name + "-headless", "name headlessService"})
	for _, key := range keys(in.ExtraServices) {
		if in.ExtraServices[key].Enabled {
			out = append(out, object{"Service", "the Service " + key, in.ExtraServiceName(key), []string{"extraServices", key, "name"}, in.Name + "-" + key, "name extraServices"})
		}
	}
	return out
}

var objectNamesDistinct = rule{
	"object-names-distinct", diag.Error,
	"two objects of one kind and name are one object in the cluster: the second replaces the first",
	func(in *intent.Intent, r *report) {
		taken := map[string]object{}
		for _, o := range objects(in) {
			first, clash := taken[o.kind+" "+o.name]
			if !clash {
				taken[o.kind+" "+o.name] = o
				continue
			}
			wrong, other := o, first
			_, written := in.Written(o.path...)
			_, before := in.Written(first.path...)
			if extra := o.path[0] == "extraServices" && !before; !written && !extra || o.usual == "" {
				wrong, other = first, o // the name that the user wrote is the one to change
			}
			name := wrong.usual
			if name == "" || name == o.name {
				name = o.name + "-2"
			}
			r.add(finding{
				path:    wrong.path,
				message: fmt.Sprintf("%s and %s are both named %s", first.what, o.what, o.name),
				mend:    cueField(wrong.path, fmt.Sprintf("%q", name)),
				needs:   first.needs + " " + o.needs,
				see:     []see{{other.path, "the other name"}},
			})
		}
	},
}
