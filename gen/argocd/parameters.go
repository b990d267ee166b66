package argocd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/given"
)

// parameterNames are all that there are, in the order in which they are announced.
var parameterNames = []string{paramEnv, paramImages, paramSet}

// parameter is one of spec.source.plugin.parameters.
type parameter struct {
	Name   string                     `json:"name"`
	String *string                    `json:"string"`
	Map    map[string]json.RawMessage `json:"map"` // of texts
	Array  []string                   `json:"array"`
}

// is tells of what type the parameter is, in the words of an Application.
func (p parameter) is() (types []string) {
	if p.String != nil {
		types = append(types, "string")
	}
	if p.Map != nil {
		types = append(types, "map")
	}
	if p.Array != nil {
		types = append(types, "array")
	}
	return types
}

func (p *parser) parameters(text string) {
	var all []parameter
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	if err := dec.Decode(&all); err != nil || dec.More() {
		p.bad("parameter-type", variablePrefix+varParameters, "not the list of parameters that Argo CD makes of an Application").
			Allowed = `[{"name": "env", "string": "prod"}]`
		return
	}
	seen := map[string]bool{}
	for _, one := range all {
		at := parameterPrefix + one.Name
		switch {
		case !slices.Contains(parameterNames, one.Name):
			d := p.bad("parameter-unknown", at, "natsyard has no such parameter")
			if d.Mend = nearest(one.Name, parameterNames); d.Mend == "" {
				d.Allowed = strings.Join(parameterNames, ", ")
			}
		case seen[one.Name]:
			p.bad("parameter-twice", at, "given twice")
		default:
			p.parameter(one, at)
		}
		seen[one.Name] = true
	}
}

func (p *parser) parameter(one parameter, at string) {
	want := "map"
	if one.Name == paramEnv {
		want = "string"
	}
	if types := one.is(); len(types) > 1 || len(types) == 1 && types[0] != want {
		p.bad("parameter-type", at, "given as "+strings.Join(types, " and ")).Allowed = want
		return
	}
	values := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(one.Map)) {
		var text string
		if raw := one.Map[name]; json.Unmarshal(raw, &text) != nil {
			d := p.bad("parameter-type", at+": "+name, fmt.Sprintf("%s is no text", raw))
			if d.Allowed = "text"; !strings.ContainsAny(string(raw), "[{") {
				d.Mend = strconv.Quote(string(raw))
			}
			continue
		}
		values[name] = text
	}
	switch one.Name {
	case paramEnv:
		if one.String != nil && *one.String != "" { // Argo CD's page leaves an empty one behind
			p.Env, p.EnvFrom = *one.String, at
		}
	case paramImages:
		for _, name := range slices.Sorted(maps.Keys(values)) {
			p.image(name, values[name])
		}
	case paramSet:
		for _, path := range slices.Sorted(maps.Keys(values)) {
			v, err := given.Plain(path, values[path])
			if err != nil {
				p.bad("parameter-field", at, err.Error())
				continue
			}
			v.From = at + ": " + path
			p.value(v)
		}
	}
}

// singly reads the variables that Argo CD makes of single values, for a run by hand: it always
// gives the other one too.
func (p *parser) singly() {
	for _, name := range p.names(varParamPrefix) {
		key := strings.TrimPrefix(name, varParamPrefix)
		of, isImage := strings.CutPrefix(key, strings.ToUpper(paramImages)+"_")
		switch {
		case key == strings.ToUpper(paramEnv):
			if p.vars[name] != "" {
				p.Env, p.EnvFrom = p.vars[name], variablePrefix+name
			}
		case isImage:
			if i := slices.IndexFunc(images, func(i image) bool { return strings.EqualFold(i.name, of) }); i >= 0 {
				of = images[i].name
			}
			p.image(of, p.vars[name])
		case key == strings.ToUpper(paramSet), key == strings.ToUpper(paramImages):
			p.bad("parameter-type", variablePrefix+name, "a map cannot be given as one variable").
				Mend = fmt.Sprintf(`%s='[{"name": %q, "map": {...}}]'`, varParameters, strings.ToLower(key))
		case strings.HasPrefix(key, strings.ToUpper(paramSet)+"_"):
			p.bad("variable-unknown", variablePrefix+name, "the name of a field cannot be read from that of a variable").
				Mend = fmt.Sprintf(`%s='[{"name": "set", "map": {"limits.maxConnections": "20000"}}]'`, varParameters)
		default:
			p.bad("variable-unknown", variablePrefix+name, "natsyard has no such parameter").
				Allowed = strings.Join(parameterNames, ", ")
		}
	}
}
