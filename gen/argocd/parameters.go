package argocd

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/given"
)

// parameterNames are all that there are, in the order in which they are announced.
var parameterNames = []string{paramEnv, paramImages, paramSet}

// parameterFields are those of one of spec.source.plugin.parameters: its name, and its value of whatever type.
var parameterFields = []string{"name", "string", "map", "array"}

// parameter is one of spec.source.plugin.parameters, of the right type.
type parameter struct {
	name   string
	string *string
	texts  map[string]json.RawMessage
}

// members are the fields of a JSON object, and the names that it gives twice, each sorted. It is none where ok is false.
func members(raw json.RawMessage) (fields map[string]json.RawMessage, twice []string, ok bool) {
	fields = map[string]json.RawMessage{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, nil, false
	}
	for dec.More() {
		key, err := dec.Token()
		name, isText := key.(string)
		var value json.RawMessage
		if err != nil || !isText || dec.Decode(&value) != nil {
			return nil, nil, false
		}
		if _, again := fields[name]; again {
			twice = append(twice, name)
		}
		fields[name] = value
	}
	slices.Sort(twice)
	return fields, slices.Compact(twice), true
}

// isNull tells whether a value is null, or is not there at all.
func isNull(raw json.RawMessage) bool { return raw == nil || string(raw) == "null" }

func (p *parser) parameters(text string) {
	var all []json.RawMessage
	dec := json.NewDecoder(strings.NewReader(text))
	err := dec.Decode(&all)
	if _, end := dec.Token(); err != nil || !errors.Is(end, io.EOF) {
		p.noList("")
		return
	}
	seen := map[string]bool{}
	for n, raw := range all {
		fields, twice, ok := members(raw)
		var name *string
		if !ok || json.Unmarshal(fields["name"], &name) != nil && fields["name"] != nil {
			p.noList("")
			return
		}
		if name == nil || *name == "" {
			p.noList(fmt.Sprintf("parameter %d of %d has no name", n+1, len(all)))
			continue
		}
		at := parameterPrefix + *name
		switch {
		case !slices.Contains(parameterNames, *name):
			d := p.bad("parameter-unknown", at, "natsyard has no such parameter")
			if d.Mend = nearest(*name, parameterNames); d.Mend == "" {
				d.Allowed = strings.Join(parameterNames, ", ")
			}
		case seen[*name]:
			p.bad("parameter-twice", at, "given twice")
		default:
			p.fields(*name, at, fields, twice)
		}
		seen[*name] = true
	}
}

// noList says that the parameters are not what Argo CD makes of an Application, in words of its own or as a whole. Nobody
// knows then which environment was named.
func (p *parser) noList(message string) {
	p.Unread = true
	p.bad("parameter-type", variablePrefix+varParameters, cmp.Or(message, "not the list of parameters that Argo CD makes of an Application")).
		Allowed = `[{"name": "env", "string": "prod"}]`
}

// fields reads the value of a parameter that there is.
func (p *parser) fields(name, at string, fields map[string]json.RawMessage, twice []string) {
	want := "map"
	if name == paramEnv {
		want = "string"
	}
	bad := false
	for _, field := range twice {
		p.bad("parameter-twice", at, fmt.Sprintf("has %q twice", field))
		bad = true
	}
	var types []string
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(parameterFields, field) {
			d := p.bad("parameter-type", at, fmt.Sprintf("has a field %q, as no parameter has", field))
			if d.Mend = nearest(field, parameterFields); d.Mend == "" {
				d.Allowed = "name, " + want
			}
			bad = true
		} else if field != "name" && !isNull(fields[field]) {
			types = append(types, field)
		}
	}
	slices.SortFunc(types, func(a, b string) int {
		return cmp.Compare(slices.Index(parameterFields, a), slices.Index(parameterFields, b))
	})
	if len(types) > 1 || len(types) == 1 && types[0] != want {
		p.bad("parameter-type", at, "given as "+strings.Join(types, " and ")).Allowed = want
		bad = true
	}
	if bad {
		p.Unread = p.Unread || name == paramEnv
		return
	}
	one := parameter{name: name}
	raw := fields[want]
	if isNull(raw) {
		return
	}
	if name == paramEnv {
		if json.Unmarshal(raw, &one.string) != nil {
			p.Unread = true
			p.bad("parameter-type", at, fmt.Sprintf("%s is no text", raw)).Allowed = "text"
			return
		}
	} else {
		var ok bool
		if one.texts, twice, ok = members(raw); !ok {
			p.bad("parameter-type", at, fmt.Sprintf("%s is no map", raw)).Allowed = "a map of texts"
			return
		}
		for _, key := range twice {
			p.bad("parameter-twice", at+": "+key, "given twice")
			delete(one.texts, key)
		}
	}
	p.parameter(one, at)
}

func (p *parser) parameter(one parameter, at string) {
	values := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(one.texts)) {
		var text string
		if raw := one.texts[name]; isNull(raw) || json.Unmarshal(raw, &text) != nil {
			d := p.bad("parameter-type", at+": "+name, fmt.Sprintf("%s is no text", raw))
			if d.Allowed = "text"; !strings.ContainsAny(string(raw), "[{") && !isNull(raw) {
				d.Mend = strconv.Quote(string(raw))
			}
			continue
		}
		values[name] = text
	}
	switch one.name {
	case paramEnv:
		if one.string != nil && *one.string != "" { // Argo CD's page leaves an empty one behind
			p.Env, p.EnvFrom = *one.string, at
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
