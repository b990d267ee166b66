package rule

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

var (
	secretOption   = regexp.MustCompile(`(?i)^(password|pass|token|secret|seed|encryption_key|key|ek|prev_key|prev_ek|prev_encryption_key)$`)
	secretVariable = regexp.MustCompile(`(?i)(password|passwd|token|secret|seed|creds)$`)
	bcrypted       = regexp.MustCompile(`^\$2[abxy]\$\d\d\$`)
	wholeRaw       = regexp.MustCompile(`^<<.*>>$`)
)

var secretInClear = rule{
	"secret-in-the-clear", diag.Error,
	"what an intent holds is in git, and what it becomes is in a ConfigMap that many may read (nats-io/k8s#836); Secrets are named, never held",
	func(in *intent.Intent, r *report) {
		for _, t := range texts(in) {
			name := t.path[len(t.path)-1]
			if secretOption.MatchString(name) && t.value != "" && !bcrypted.MatchString(t.value) && !wholeRaw.MatchString(t.value) {
				variable := "NATS_" + strings.ToUpper(name)
				r.add(finding{
					secret:  true,
					path:    append([]string{"extraConfig"}, t.path...),
					message: fmt.Sprintf("a %s stands here in the clear", name),
					allowed: "a variable whose value comes from a Secret, or a bcrypt hash",
					mend:    fmt.Sprintf("%q, and env: %s: valueFrom: secretKeyRef: {name: \"nats-auth\", key: %q}", "<< $"+variable+" >>", variable, name),
				})
			}
		}
		for _, v := range variables(in) {
			if !secretVariable.MatchString(v.name) || v.from != nil || v.value == "" || strings.Contains(v.value, "$(") {
				continue
			}
			from := fmt.Sprintf("valueFrom: secretKeyRef: {name: \"nats-auth\", key: %q}", strings.ToLower(v.name))
			mend := cueField(v.path, from)
			if strings.HasPrefix(v.path[0], "extra") { // there the variables are a list
				mend = fmt.Sprintf("{name: %q, %s}", v.name, from)
			}
			r.add(finding{path: v.path, message: fmt.Sprintf("the value of %s stands here in the clear", v.name), mend: mend})
		}
		for i, route := range in.Cluster.Routes {
			if u, err := url.Parse(route); err == nil && u.User != nil {
				r.add(finding{
					secret:  true,
					path:    []string{"cluster", "routes", strconv.Itoa(i)},
					message: "this route has a user and a password in it",
					mend:    fmt.Sprintf("%q", "nats://"+u.Host),
				})
			}
		}
	},
}

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

// goMemory is the form that the Go runtime takes; it stops a program at any other.
var goMemory = regexp.MustCompile(`^([0-9]+([KMGT]i)?B|[0-9]+|off)$`)

var goMemoryForm = rule{
	"gomemlimit-form", diag.Error,
	"the Go runtime of the server stops at once: malformed GOMEMLIMIT",
	func(in *intent.Intent, r *report) {
		if v, ok := in.Env["GOMEMLIMIT"]; ok && v.ValueFrom == nil && !goMemory.MatchString(v.Value) {
			r.add(finding{
				path:    at("env.GOMEMLIMIT"),
				message: fmt.Sprintf("GOMEMLIMIT cannot be %q", v.Value),
				allowed: `a whole number of bytes with the unit B, KiB, MiB, GiB or TiB, such as "800MiB"`,
				mend:    "leave it out: it is derived from resources.limits.memory",
			})
		}
	},
}
