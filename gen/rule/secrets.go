package rule

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
					path:    append([]string{"extraConfig"}, t.path...),
					message: fmt.Sprintf("a %s stands here in the clear", name),
					allowed: "a variable whose value comes from a Secret, or a bcrypt hash",
					mend:    fmt.Sprintf("%q, and env: %s: valueFrom: secretKeyRef: {name: \"nats-auth\", key: %q}", "<< $"+variable+" >>", variable, name),
				})
			}
		}
		for _, e := range environments(in) {
			for _, name := range slices.Sorted(maps.Keys(e.env)) {
				if v := e.env[name]; secretVariable.MatchString(name) && v.ValueFrom == nil && v.Value != "" {
					r.add(finding{
						path:    append(at(e.path), name),
						message: fmt.Sprintf("the value of %s stands here in the clear", name),
						mend:    fmt.Sprintf("%s: %s: valueFrom: secretKeyRef: {name: \"nats-auth\", key: %q}", strings.ReplaceAll(e.path, ".", ": "), name, strings.ToLower(name)),
					})
				}
			}
		}
		for i, route := range in.Cluster.Routes {
			if u, err := url.Parse(route); err == nil && u.User != nil {
				r.add(finding{
					path:    []string{"cluster", "routes", strconv.Itoa(i)},
					message: "this route has a user and a password in it",
					mend:    fmt.Sprintf("%q", "nats://"+u.Host),
				})
			}
		}
	},
}

// container is the environment of one container.
type container struct {
	path string
	env  map[string]schema.EnvVar
}

func environments(in *intent.Intent) []container {
	return []container{
		{"env", in.Env}, {"reloader.env", in.Reloader.Env},
		{"promExporter.env", in.PromExporter.Env}, {"natsBox.env", in.NatsBox.Env},
	}
}

var envSource = rule{
	"env-source", diag.Error,
	"Kubernetes refuses a variable with no source, or with two",
	func(in *intent.Intent, r *report) {
		for _, e := range environments(in) {
			for _, name := range slices.Sorted(maps.Keys(e.env)) {
				from := e.env[name].ValueFrom
				if from == nil {
					continue
				}
				sources := 0
				for _, given := range []bool{from.SecretKeyRef != nil, from.ConfigMapKeyRef != nil, from.FieldRef != nil, from.ResourceFieldRef != nil} {
					if given {
						sources++
					}
				}
				if sources != 1 {
					r.add(finding{
						path:    append(at(e.path), name, "valueFrom"),
						message: fmt.Sprintf("%s has %d sources", name, sources),
						allowed: "one of secretKeyRef, configMapKeyRef, fieldRef and resourceFieldRef",
					})
				}
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
