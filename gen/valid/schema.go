package valid

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// kind judges an object against the schema of its kind. Kinds that others than Kubernetes define are taken
// as they are, but for those that natsyard emits.
func (j *judgement) kind() {
	apiVersion, kind := j.object.GetAPIVersion(), j.object.GetKind()
	t := known()
	k := t.kinds[apiVersion+" "+kind]
	switch {
	case k == nil && t.groups[groupOf(apiVersion)]:
		j.malformed = true
		p := problem{
			path: "apiVersion", rule: "kubernetes-kind",
			says: fmt.Sprintf("is %s, where no Kubernetes from 1.%d to 1.%d has the kind %s", apiVersion, OldestMinor, NewestMinor, kind),
		}
		for _, other := range slices.Sorted(maps.Keys(t.kinds)) {
			if version, name, _ := strings.Cut(other, " "); name == kind && t.kinds[other].typ != nil {
				p.mend = "apiVersion: " + version
			}
		}
		j.add(p)
	case k == nil:
	default:
		w := walker{j: j}
		if !w.late(apiVersion+" "+kind, k.limits) || k.typ == nil {
			return
		}
		w.object(k.typ, j.object.Object)
	}
}

// walker compares a value with its type.
type walker struct {
	j    *judgement
	path []step
}

// step is a field, a key of a map or an element of a list on the way to a value.
type step struct {
	name  string
	index bool
}

// at is the path of the value, as @kube has it.
func (w *walker) at() string {
	var b strings.Builder
	for _, s := range w.path {
		if s.index {
			b.WriteString("[" + s.name + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
	}
	return b.String()
}

// refuse adds what is wrong at the place where the walk is. A wrong type makes the object unreadable.
func (w *walker) refuse(rule, says, allowed string) {
	w.j.malformed = w.j.malformed || rule == "kubernetes-type"
	w.j.add(problem{path: w.at(), rule: rule, says: says, allowed: allowed})
}

func (w *walker) enter(s step, value func()) {
	w.path = append(w.path, s)
	value()
	w.path = w.path[:len(w.path)-1]
}

func (w *walker) object(t *typ, o map[string]any) {
	t.load()
	for _, name := range slices.Sorted(maps.Keys(o)) {
		w.enter(step{name: name}, func() {
			f := t.fields[name]
			switch {
			case f == nil:
				p := problem{
					path: w.at(), rule: "kubernetes-field", says: "is no field that Kubernetes knows",
					why: "kubectl refuses the object; other ways of applying it drop the field in silence",
				}
				names := slices.DeleteFunc(slices.Sorted(maps.Keys(t.fields)), func(n string) bool { return n == "=" })
				if near := language.Closest(name, names); near != "" {
					p.says += "; did you mean " + near + "?"
					p.mend = near + " in its place"
				}
				if len(names) > 0 && len(names) <= manyFields {
					p.allowed = strings.Join(names, ", ")
				}
				w.j.add(p)
			case o[name] == nil: // is as if it were not there
			case f.Needed && empty(o[name]):
				w.missing(name)
			case w.known(f, o[name]):
				w.value(f.typ, &f.limits, f, o[name])
			}
		})
	}
	for _, name := range t.needed {
		if o[name] == nil {
			w.j.incomplete = true
			w.enter(step{name: name}, func() { w.missing(name) })
		}
	}
}

// missing finds a field that is not there and has to be.
func (w *walker) missing(name string) {
	p := problem{path: w.at(), rule: "kubernetes-required", says: "is missing"}
	if value := usual[name]; value != "" {
		p.mend = name + ": " + value + ", beside what is there"
	}
	w.j.add(p)
}

// usual are values of fields that objects need, as CUE.
var usual = map[string]string{
	"topologyKey": `"kubernetes.io/hostname"`, "mountPath": `"/mnt/data"`, "containerPort": "8080", "port": "8080", "path": `"/"`,
	"image": `"registry.example.com/tool:1.0"`, "key": `"app"`, "operator": `"Exists"`, "fieldPath": `"metadata.name"`, "name": `"name"`,
}

// manyFields is how many names of fields a sentence can carry.
const manyFields = 14

// known tells whether all minors know a field. Where some lack the field, and more of them its value, it
// speaks of the value.
func (w *walker) known(f *member, v any) bool {
	s, _ := v.(string)
	var others []string // that the environment's version knows
	for _, c := range f.Enum {
		if c.Since <= w.j.minor.number && f.Since <= w.j.minor.number {
			others = append(others, strconv.Quote(c.Value))
		}
	}
	for _, c := range f.Enum {
		if c.Value == s && f.Since > 0 && c.Since > f.Since {
			return w.late(strconv.Quote(s), limits{Since: c.Since}, others...)
		}
	}
	return w.late("", f.limits)
}

// late finds what some minor lacks: a field, or what is written in it, for which others may stand. It tells
// whether the value is worth a look.
func (w *walker) late(what string, l limits, others ...string) bool {
	if l.Gate == "" && l.Until == 0 && l.Since <= w.j.minor.number {
		return true
	}
	w.j.late(cmp.Or(w.at(), "kind"), what, l, others...)
	return false
}

// late adds that some minor may lack a field, or what is written in it, for which others may stand.
func (j *judgement) late(at, what string, l limits, others ...string) {
	if l.Gate == "" && l.Until == 0 && l.Since <= j.minor.number {
		return
	}
	p := problem{path: at, rule: ruleAssumed, severity: diag.Warning}
	does := "the field is dropped in silence by an API server"
	if what != "" {
		p.says, does = "is "+what+", which ", "the object is refused by an API server"
	}
	m := j.minor
	switch {
	case l.Gate != "":
		p.rule = ruleGate
		p.says += fmt.Sprintf("is off by default in Kubernetes up to 1.%d", NewestMinor)
		p.why = fmt.Sprintf("%s unless its feature gate %s is on", does, l.Gate)
	case l.Until != 0:
		p.says += fmt.Sprintf("is gone from Kubernetes 1.%d", l.Until+1)
		p.why = "a newer API server does not know it"
	default:
		p.says += fmt.Sprintf("needs Kubernetes 1.%d or newer", l.Since)
		p.why, p.mend = does+" that is older", asks(l.Since)
		if m.said {
			p.rule, p.severity, p.mend = ruleVersion, diag.Error, "leave it out"
			if len(others) > 0 {
				p.mend = strings.Join(others, " or ") + ", or leave it out"
			}
			p.why = fmt.Sprintf("the environment runs on 1.%d; %s that is older", m.number, does)
		}
	}
	j.add(p)
}

// empty tells whether a value says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

func asks(minor int) string { return fmt.Sprintf(`kubernetes: version: "1.%d"`, minor) }

// value compares a value with its type and with what else holds for it.
func (w *walker) value(t *typ, l *limits, f *member, v any) {
	if t.form == isObject {
		if t.load(); t.fields["="] != nil {
			alias := t.fields["="]
			w.value(alias.typ, &alias.limits, alias, v)
			return
		}
	}
	switch t.form {
	case isScalar:
		w.scalar(t.name, l, f, v)
	case isObject:
		o, ok := v.(map[string]any)
		if !ok {
			w.refuse("kubernetes-type", fmt.Sprintf("is %s, where fields are wanted", shown(v)), "")
			return
		}
		w.object(t, o)
	case isMap:
		m, ok := v.(map[string]any)
		if !ok {
			w.refuse("kubernetes-type", fmt.Sprintf("is %s, where keys and values are wanted", shown(v)), "")
			return
		}
		for _, key := range slices.Sorted(maps.Keys(m)) {
			w.enter(step{key, true}, func() {
				if m[key] != nil { // is as if it were not there
					w.value(t.elem, &limits{}, nil, m[key])
				}
			})
		}
	case isList:
		list, ok := v.([]any)
		if !ok {
			w.refuse("kubernetes-type", fmt.Sprintf("is %s, where a list is wanted", shown(v)), "")
			return
		}
		w.list(t, l, list)
	}
}

func (w *walker) list(t *typ, l *limits, list []any) {
	if l.MinItems != nil && len(list) < *l.MinItems || l.MaxItems != nil && len(list) > *l.MaxItems {
		w.refuse("kubernetes-value", fmt.Sprintf("has %d elements", len(list)), between(l.MinItems, l.MaxItems, "elements"))
	}
	of := &limits{Enum: l.Enum, Form: l.Form, Required: true}
	seen := map[string]bool{}
	twice := func(allowed string) {
		p := problem{path: w.at(), rule: "kubernetes-duplicate", says: "is there twice", allowed: allowed}
		if l.Loose {
			p.why = "Flux, and whatever else applies on the server's side, refuses the object; `kubectl apply` makes one of the two"
		}
		w.j.add(p)
	}
	for i, v := range list {
		w.enter(step{nameOf(v, i, l.Keys), true}, func() {
			if v == nil {
				w.j.malformed = true
				w.j.add(problem{
					path: w.at(), rule: "kubernetes-type", says: "is null, where a value is wanted",
					why: "an API server takes it for an empty value",
				})
				return
			}
			w.value(t.elem, of, nil, v)
			if key := keyOf(v, l.Keys); key != "" {
				if seen[key] {
					twice("elements that differ in " + strings.Join(l.Keys, " and "))
				}
				seen[key] = true
			}
			if l.Set {
				key := fmt.Sprintf("%T %v", v, v)
				if seen[key] {
					twice("elements that differ")
				}
				seen[key] = true
			}
		})
	}
}

// nameOf is an element of a list as @kube has it: its key or name, or else its index.
func nameOf(v any, i int, keys []string) string {
	o, _ := v.(map[string]any)
	if meta, ok := o["metadata"].(map[string]any); ok {
		o = meta
	}
	for _, key := range slices.Concat(keys[:min(1, len(keys))], []string{"name"}) {
		if name, ok := o[key].(string); ok && name != "" {
			return name
		}
	}
	return strconv.Itoa(i)
}

// keyOf is an element in the keys in which it must differ from the others; "" where it lacks one.
func keyOf(v any, keys []string) string {
	o, ok := v.(map[string]any)
	if !ok || len(keys) == 0 {
		return ""
	}
	var b strings.Builder
	for _, k := range keys {
		value := o[k]
		if value == nil && k == "protocol" {
			value = "TCP"
		}
		if value == nil {
			return ""
		}
		fmt.Fprintf(&b, "%v\n", value)
	}
	return b.String()
}
