package rule

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var (
	secretOption = regexp.MustCompile(`(?i)^(password|pass|token|secret|seed|encryption_key|key|ek|prev_key|prev_ek|prev_encryption_key)$`)
	bcrypted     = regexp.MustCompile(`^\$2[abxy]\$\d\d\$`)
	wholeRaw     = regexp.MustCompile(`^<<.*>>$`)
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
			if !intent.SecretVariable.MatchString(v.name) || v.from != nil || v.value == "" || strings.Contains(v.value, "$(") {
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
		for _, c := range extraContainers(in) {
			r.secretArguments(c.Command, below(c.path, "command"))
			r.secretArguments(c.Args, below(c.path, "args"))
		}
		r.secretShapes(in)
	},
}

var (
	secretFlag  = regexp.MustCompile(`(?i)^--?([a-z-]*-)?(password|passwd|token)(=(.*))?$`)
	nkeySeed    = regexp.MustCompile(`\bS[ACNOUX][A-Z2-7]{56}\b`)
	privateKey  = regexp.MustCompile(`-----BEGIN [A-Z ]*(PRIVATE KEY|NKEY SEED)-----`)
	urlPassword = regexp.MustCompile(`://[^\s/:@]*:([^\s/@]+)@`)
)

// secretArguments reports the values of flags that say a password or a token.
func (r *report) secretArguments(args []string, path []string) {
	for n, arg := range args {
		m := secretFlag.FindStringSubmatch(arg)
		if m == nil {
			continue
		}
		value, place, what := m[4], n, strings.ToLower(m[2])
		mend := fmt.Sprintf("\"$(%s)\"", strings.ToUpper(what))
		switch {
		case m[3] != "":
			mend = fmt.Sprintf("%q", strings.TrimSuffix(arg, value)+"$("+strings.ToUpper(what)+")")
		case n+1 < len(args) && !strings.HasPrefix(args[n+1], "-"):
			value, place = args[n+1], n+1
		}
		if value == "" || strings.Contains(value, "$") || strings.HasPrefix(value, "/") { // a variable, or a file
			continue
		}
		r.add(finding{
			secret:  true,
			path:    below(path, strconv.Itoa(place)),
			message: fmt.Sprintf("a %s stands here in the clear", what),
			allowed: "a variable of the container whose value comes from a Secret",
			mend:    fmt.Sprintf(`%s, and env: [{name: %q, valueFrom: secretKeyRef: {name: "nats-auth", key: %q}}]`, mend, strings.ToUpper(what), what),
		})
	}
}

// secretShapes reports what is a secret by its form, wherever it stands.
func (r *report) secretShapes(in *intent.Intent) {
	known := map[string]bool{}
	for _, d := range r.found {
		known[d.Path] = known[d.Path] || d.Rule == r.rule.name
	}
	data, err := json.Marshal(in.Intent)
	if err != nil {
		return // a quantity or number that JSON has no form for is another's finding
	}
	var fields any
	if json.Unmarshal(data, &fields) == nil {
		eachText(nil, fields, func(path []string, text string) {
			what, mend := secretShape(text)
			if what == "" || known[dotted(path)] || path[0] == "natsBox" && path[len(path)-1] == "url" || path[0] == "ocsp" { // the rule url-secret
				return
			}
			r.add(finding{
				secret:  true,
				path:    path,
				message: what + " stands here in the clear",
				allowed: "the name of a Secret that holds it",
				mend:    mend,
			})
		})
	}
}

// eachText visits the strings of a JSON value, not the keys.
func eachText(path []string, field any, visit func(path []string, text string)) {
	switch f := field.(type) {
	case map[string]any:
		for _, k := range keys(f) {
			eachText(below(path, k), f[k], visit)
		}
	case []any:
		for n, item := range f {
			eachText(below(path, strconv.Itoa(n)), item, visit)
		}
	case string:
		visit(path, f)
	}
}

// secretShape is what kind of secret a text holds, "" for none, and where it belongs.
func secretShape(text string) (what, mend string) {
	const named = `{secretName: "nats-auth", key: "seed"} where a field takes it, or a variable with valueFrom: secretKeyRef`
	if privateKey.MatchString(text) {
		return "a private key", named
	}
	for _, seed := range nkeySeed.FindAllString(text, -1) {
		_, err := nkeys.FromSeed([]byte(seed))
		if _, curve := nkeys.FromCurveSeed([]byte(seed)); err == nil || curve == nil {
			return "the seed of an nkey", named
		}
	}
	if m := urlPassword.FindStringSubmatch(text); m != nil && !strings.Contains(m[1], "$") {
		return "an address with a password", "the address without them, and user and password as fields of their own, or as variables with valueFrom: secretKeyRef"
	}
	return "", ""
}
