// Package argocd is the contract of natsyard with Argo CD, whose config management plugin it is:
// what a run is asked, where in a repository it stands, and what parameters it announces. The
// facts are of Argo CD 3.5 (cmpserver/plugin, reposerver/repository).
package argocd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/given"
	"github.com/natsyard/natsyard/gen/language"
)

// Names of the parameters.
const (
	paramEnv    = "env"
	paramImages = "images"
	paramSet    = "set"
)

// Variables of Argo CD's. The first holds the parameters as they stand in the Application; it sets
// the others too, one a value, in which names are upper-cased. plugin.env comes with a prefix.
const (
	varParameters   = "ARGOCD_APP_PARAMETERS"
	varParamPrefix  = "PARAM_"
	varEnvPrefix    = "ARGOCD_ENV_"
	varEnvironment  = "ARGOCD_ENV_ENV"
	varSourcePath   = "ARGOCD_APP_SOURCE_PATH"
	varWorkDir      = "ARGOCD_CMP_WORKDIR"
	workDirName     = "_cmp_server" // what Argo CD's server makes in that folder, or in the temporary one
	parameterPrefix = "parameter "
	variablePrefix  = "variable "
)

// Request is what an Application asks for.
type Request struct {
	Env     string        // the environment; "" where none is named
	EnvFrom string        // where it is named, such as "parameter env"
	Unread  bool          // it may be named in what cannot be read, of which there is a finding
	Values  []given.Value // values of fields, by the order of parameters and names

	SourcePath string // path of the Application in its git repository; "" where nobody said
	WorkDir    string // folder in which Argo CD's server extracts; "" where nobody said
}

// Parse reads a request from the environment of the process. What it does not know it refuses by
// name, all at once; the request has what was right.
func Parse(environ []string) (Request, diag.List) {
	vars := map[string]string{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		vars[name] = value
	}
	p := &parser{vars: vars, from: map[string]string{}}
	p.SourcePath, p.WorkDir = vars[varSourcePath], vars[varWorkDir]
	if text, ok := vars[varParameters]; ok {
		p.parameters(text)
	} else {
		p.singly()
	}
	for _, name := range p.names(varEnvPrefix) {
		if name != varEnvironment {
			p.unknownVariable(name)
		}
	}
	if env := vars[varEnvironment]; env != "" && p.Env == "" {
		p.Env, p.EnvFrom = env, variablePrefix+varEnvironment
	}
	return p.Request, p.found
}

type parser struct {
	Request
	vars  map[string]string
	found diag.List
	from  map[string]string // who has set a field, by its path
}

// bad is a finding about a parameter or a variable.
func (p *parser) bad(rule, at, message string) *diag.Diagnostic {
	p.found = append(p.found, diag.Diagnostic{
		Rule: rule, Severity: diag.Error, Span: diag.Span{File: at}, Message: message,
	})
	return &p.found[len(p.found)-1]
}

// names are the variables with a prefix, sorted.
func (p *parser) names(prefix string) (names []string) {
	for name := range p.vars {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (p *parser) unknownVariable(name string) {
	d := p.bad("variable-unknown", variablePrefix+name, "natsyard reads no such variable")
	d.Allowed = "ENV alone in plugin.env; what else there is are parameters: " + strings.Join(parameterNames, ", ")
	lower := strings.ToLower(strings.TrimPrefix(name, varEnvPrefix))
	if near := nearest(lower, parameterNames); near != "" {
		d.Allowed, d.Mend = "", "a parameter: "+near
		if near == paramEnv {
			d.Mend = "plugin.env: ENV"
		}
	}
}

// value keeps a value, unless its field has one already.
func (p *parser) value(v given.Value) {
	path := strings.Join(v.Path, ".")
	if other, twice := p.from[path]; twice {
		p.bad("parameter-twice", v.From, fmt.Sprintf("%s has a value already, from %s", path, other))
		return
	}
	p.from[path] = v.From
	p.Values = append(p.Values, v)
}

// nearest is the name that was meant; "" when nobody can tell.
func nearest(name string, names []string) string {
	fold := strings.NewReplacer("-", "", "_", "", ".", "").Replace
	for _, n := range names {
		if strings.EqualFold(fold(name), fold(n)) {
			return n
		}
	}
	return language.Closest(name, names)
}
