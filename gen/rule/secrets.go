package rule

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// variable is a variable of a container.
type variable struct {
	path  []string
	name  string
	value string
	from  *corev1.EnvVarSource
}

// variables are those of all containers that the user gives.
func variables(in *intent.Intent) (out []variable) {
	for _, c := range []struct {
		path string
		env  map[string]schema.EnvVar
	}{
		{"env", in.Env}, {"reloader.env", in.Reloader.Env},
		{"promExporter.env", in.PromExporter.Env}, {"natsBox.env", in.NatsBox.Env},
	} {
		for _, name := range keys(c.env) {
			out = append(out, variable{append(at(c.path), name), name, c.env[name].Value, c.env[name].ValueFrom})
		}
	}
	for _, c := range extraContainers(in) {
		for n, e := range c.Env {
			out = append(out, variable{below(c.path, "env", strconv.Itoa(n)), e.Name, e.Value, e.ValueFrom})
		}
	}
	return out
}

var envReserved = rule{
	"env-reserved", diag.Error,
	"natsyard gives it to every server",
	func(in *intent.Intent, r *report) {
		own := map[string]string{
			"POD_NAME":    "; serverNamePrefix changes the servers' names",
			"SERVER_NAME": "; serverNamePrefix changes the servers' names",
		}
		for _, set := range in.ServerSets() {
			for _, v := range in.Variables(set) {
				own[v.Name] = ""
			}
		}
		for _, name := range keys(in.Env) {
			if more, taken := own[name]; taken {
				value := any(in.Env[name].Value)
				if in.Env[name].ValueFrom != nil {
					value = map[string]any{"valueFrom": in.Env[name].ValueFrom}
				}
				r.add(finding{
					path:    []string{"env", name},
					message: name + " is natsyard's own",
					mend:    cueField([]string{"env", "MY_" + name}, cueValue(value)) + ", in its place" + more,
					needs:   variableFields(name),
				})
			}
		}
	},
}

// variableFields are the top-level fields that natsyard's own variables come from.
func variableFields(name string) string {
	if name == "POD_NAME" || name == "SERVER_NAME" {
		return ""
	}
	return "zones cluster jetstream leafnodes gateway websocket mqtt authorization accounts operator"
}

var envSource = rule{
	"env-source", diag.Error,
	"Kubernetes refuses a variable with no source, or with two",
	func(in *intent.Intent, r *report) {
		for _, v := range variables(in) {
			if v.from == nil {
				continue
			}
			sources := 0
			for _, given := range []bool{v.from.SecretKeyRef != nil, v.from.ConfigMapKeyRef != nil, v.from.FieldRef != nil, v.from.ResourceFieldRef != nil, v.from.FileKeyRef != nil} {
				if given {
					sources++
				}
			}
			if sources != 1 {
				r.add(finding{
					path:    below(v.path, "valueFrom"),
					message: fmt.Sprintf("%s has %d sources", v.name, sources),
					allowed: "one of secretKeyRef, configMapKeyRef, fieldRef and resourceFieldRef",
					mend:    inPlace(below(v.path, "valueFrom"), fmt.Sprintf("{secretKeyRef: {name: \"nats-auth\", key: %q}}", strings.ToLower(v.name))) + ", alone",
				})
			}
		}
	},
}
