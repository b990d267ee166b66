package source

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// groups are those whose objects the table describes field by field; of the others it knows the kinds.
var groups = []string{"", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io"}

// plain are the types of Kubernetes that are not described by their fields.
var plain = map[string]string{
	"io.k8s.apimachinery.pkg.api.resource.Quantity":           "quantity",
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString":         "intOrString",
	"io.k8s.apimachinery.pkg.apis.meta.v1.Time":               "time",
	"io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime":          "time",
	"io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1":           "any",
	"io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry": "any",
	"io.k8s.apimachinery.pkg.runtime.RawExtension":            "any",
}

// field is a line of the table.
type field struct {
	name, is string
	limits
}

// limits is what holds for a field besides its type; gen/valid reads the same names.
type limits struct {
	Required  bool     `json:"required,omitempty"`
	Since     int      `json:"since,omitempty"` // minor from which it is there and on
	Until     int      `json:"until,omitempty"` // last minor that has it
	Gate      string   `json:"gate,omitempty"`  // of a feature that is off by default in the newest minor
	Keys      []string `json:"keys,omitempty"`  // in which the elements of the list differ
	Set       bool     `json:"set,omitempty"`   // the elements of the list differ
	Enum      []choice `json:"enum,omitempty"`
	Strict    bool     `json:"strict,omitempty"` // an empty value is none of them
	Pattern   string   `json:"pattern,omitempty"`
	Minimum   *float64 `json:"minimum,omitempty"`
	Maximum   *float64 `json:"maximum,omitempty"`
	MinLength *int     `json:"minLength,omitempty"`
	MaxLength *int     `json:"maxLength,omitempty"`
	MinItems  *int     `json:"minItems,omitempty"`
	MaxItems  *int     `json:"maxItems,omitempty"`
}

// choice is a value that a field may have.
type choice struct {
	Value string `json:"value"`
	Since int    `json:"since,omitempty"`
	Gate  string `json:"gate,omitempty"`
}

// release is what the modules say of one minor.
type release struct {
	Release
	openAPI openAPI
	types   *goTypes
}

type table struct {
	releases []release // the oldest first
	gates    gates
	kinds    []string           // lines
	types    map[string][]field // by name
}

// Table is the text of the table of gen/valid.
func Table(m Modules) ([]byte, error) {
	t := &table{gates: gates{}, types: map[string][]field{}}
	for _, r := range Releases {
		dir, err := m.Find("k8s.io/kubernetes", r.kubernetes())
		if err != nil {
			return nil, err
		}
		api, err := m.Find("k8s.io/api", r.api())
		if err != nil {
			return nil, err
		}
		spec, err := readOpenAPI(dir)
		if err != nil {
			return nil, err
		}
		types, err := readGoTypes(api)
		if err != nil {
			return nil, err
		}
		if err := t.gates.read(dir); err != nil {
			return nil, err
		}
		t.releases = append(t.releases, release{r, spec, types})
	}
	t.own()
	for _, d := range Definitions {
		dir, err := m.Find(d.Module, d.Version)
		if err != nil {
			return nil, err
		}
		k, s, err := readDefinition(filepath.Join(dir, filepath.FromSlash(d.File)))
		if err != nil {
			return nil, err
		}
		s.Properties["metadata"] = &schema{Ref: "#/definitions/" + objectMeta}
		t.custom(k.Kind, s)
		t.kinds = append(t.kinds, fmt.Sprintf("custom %s %s %s", k.apiVersion(), k.Kind, k.Kind))
	}
	return t.text(), nil
}

const objectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

func (t *table) newest() release { return t.releases[len(t.releases)-1] }

// own adds the kinds of Kubernetes' own.
func (t *table) own() {
	type served struct {
		def         string
		first, last int
	}
	all := map[kind]served{}
	for _, r := range t.releases {
		for name, s := range r.openAPI {
			if len(s.Kinds) != 1 || s.Properties["metadata"] == nil || !strings.HasSuffix(s.Properties["metadata"].Ref, objectMeta) {
				continue
			}
			k := s.Kinds[0]
			all[k] = served{name, cmp.Or(all[k].first, r.Minor), r.Minor}
		}
	}
	for k, s := range all {
		def := "-"
		if slices.Contains(groups, k.Group) && !strings.ContainsAny(k.Version, "ab") {
			def = t.reach(s.def)
		}
		l := limits{Since: s.first, Until: s.last}
		if s.first == t.releases[0].Minor {
			l.Since = 0
		}
		if s.last == t.newest().Minor {
			l.Until = 0
		}
		t.kinds = append(t.kinds, strings.TrimSpace(fmt.Sprintf("kind %s %s %s %s", k.apiVersion(), k.Kind, def, l.text())))
	}
}

// short is the name of a type in the table, such as "core.v1.Pod".
func short(def string) string {
	parts := strings.Split(def, ".")
	return strings.Join(parts[max(0, len(parts)-3):], ".")
}

// reach describes a type of Kubernetes' own, and those of its fields.
func (t *table) reach(def string) string {
	if is := plain[def]; is != "" {
		return is
	}
	name := short(def)
	if _, seen := t.types[name]; seen {
		return name
	}
	t.types[name] = nil
	names := map[string]bool{}
	object := false
	for _, r := range t.releases {
		if s := r.openAPI[def]; s != nil {
			object = object || len(s.Kinds) > 0
			for f := range s.Properties {
				names[f] = true
			}
		}
	}
	var fields []field
	for _, f := range slices.Sorted(maps.Keys(names)) {
		fields = append(fields, t.field(def, f, object))
	}
	t.types[name] = fields
	if len(fields) == 0 {
		delete(t.types, name)
		return "any"
	}
	return name
}

// field describes a field over all minors.
func (t *table) field(def, name string, object bool) field {
	f := field{name: name}
	goName := strings.ReplaceAll(strings.TrimPrefix(def, "io.k8s.api."), ".", "/")
	goName = goName[:max(0, strings.LastIndexByte(goName, '/'))] + "." + def[strings.LastIndexByte(def, '.')+1:]
	first, last := 0, 0
	var s *schema
	var gates []string
	for _, r := range t.releases {
		d := r.openAPI[def]
		if d == nil || d.Properties[name] == nil {
			continue
		}
		s = d.Properties[name]
		first, last = cmp.Or(first, r.Minor), r.Minor
		f.Required = slices.Contains(d.Required, name)
		values, marked, pointer := r.types.about(goName, name)
		if known := byHand[goName+"."+name]; known != nil {
			values = known
		}
		f.choices(t, r, values)
		f.Strict = pointer && len(f.Enum) > 0 && !slices.ContainsFunc(values, func(v value) bool { return v.text == "" })
		// What the oldest minor has without a word of a gate has none: a later one speaks of what else the field does.
		if len(gates) == 0 && (r.Minor == first || first > t.releases[0].Minor) {
			gates = append(append(marked, t.gates.named(s.Description)...), unsaid[goName+"."+name]...)
		}
	}
	f.Since, f.Gate = t.since(first, gates)
	if last != t.newest().Minor {
		f.Until, f.Gate = last, ""
	}
	for i := range f.Enum {
		if f.Enum[i].Since <= f.Since {
			f.Enum[i].Since = 0 // says no more than the field's
		}
	}
	f.limit(s)
	switch {
	case object && name == "status":
		f.is, f.Required = "any", false // is the cluster's to tell
	default:
		f.is = t.typeOf(short(def)+"."+name, s)
	}
	return f
}

// byHand are the values of fields that the API server knows, and of which the types say nothing.
var byHand = map[string][]value{
	"core/v1.ServiceSpec.trafficDistribution": {
		{"PreferClose", nil}, {"PreferSameZone", []string{"PreferSameTrafficDistribution"}}, {"PreferSameNode", []string{"PreferSameTrafficDistribution"}},
	},
	"core/v1.Toleration.operator": {
		{"Exists", nil}, {"Equal", nil}, {"Lt", []string{"TaintTolerationComparisonOperators"}}, {"Gt", []string{"TaintTolerationComparisonOperators"}},
	},
}

// unsaid are the gates of fields of which neither OpenAPI nor the types say that they have one.
var unsaid = map[string][]string{
	"core/v1.Lifecycle.stopSignal":            {"ContainerStopSignals"},
	"core/v1.VolumeProjection.podCertificate": {"PodCertificateRequest"},
}

// choices adds the values that a field may have in one minor.
func (f *field) choices(t *table, r release, values []value) {
	for _, v := range values {
		if v.text == "" || slices.ContainsFunc(f.Enum, func(c choice) bool { return c.Value == v.text }) {
			continue
		}
		c := choice{Value: v.text}
		c.Since, c.Gate = t.since(r.Minor, v.gates)
		f.Enum = append(f.Enum, c)
	}
}

// since is the minor from which something is there and on, 0 for all, and the gate that keeps it off.
func (t *table) since(first int, gates []string) (minor int, gate string) {
	on, name := t.gates.on(gates)
	if minor = max(first, on); minor == never {
		minor, gate = first, name
	}
	if minor <= t.releases[0].Minor {
		minor = 0
	}
	return minor, gate
}

func (f *limits) limit(s *schema) {
	f.Pattern, f.Minimum, f.Maximum = s.Pattern, s.Minimum, s.Maximum
	f.MinLength, f.MaxLength, f.MinItems, f.MaxItems = s.MinLength, s.MaxLength, s.MinItems, s.MaxItems
	if s.ListType == "map" {
		f.Keys = s.ListMapKeys
	}
	f.Set = s.ListType == "set"
	for _, v := range s.Enum {
		f.Enum = append(f.Enum, choice{Value: fmt.Sprint(v)})
	}
	f.Strict = f.Strict || len(s.Enum) > 0 && !slices.Contains(s.Enum, any(""))
}

// typeOf is the type of a value. path is where it stands, the name of a type that has none.
func (t *table) typeOf(path string, s *schema) string {
	switch {
	case s.Ref != "":
		return t.reach(strings.TrimPrefix(s.Ref, "#/definitions/"))
	case s.IntOrString:
		return "intOrString"
	case s.PreserveUnknown:
		return "any"
	}
	switch s.Type {
	case "array":
		return "[]" + t.element(path+"[]", s.Items)
	case "object":
		switch {
		case len(s.Properties) > 0:
			t.custom(path, s)
			return path
		case s.AdditionalProperties != nil:
			return "{}" + t.element(path+"{}", s.AdditionalProperties)
		}
		return "any"
	case "string":
		switch s.Format {
		case "byte":
			return "bytes"
		case "date-time":
			return "time"
		}
		return "string"
	case "boolean":
		return "bool"
	case "integer":
		return cmp.Or(s.Format, "int64")
	case "number":
		return "number"
	}
	return "any"
}

// element is the type of the elements of a list or map. One with limits gets a name.
func (t *table) element(path string, s *schema) string {
	f := field{name: "=", is: t.typeOf(path, s)}
	f.limit(s)
	if f.text() == "" {
		return f.is
	}
	t.types[path] = []field{f}
	return path
}

// custom describes a type of a custom resource.
func (t *table) custom(path string, s *schema) {
	var fields []field
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		f := field{name: name, is: "any"}
		if path != strings.Split(path, ".")[0] || name != "status" {
			f.is = t.typeOf(path+"."+name, p)
			f.limit(p)
			f.Required = slices.Contains(s.Required, name) && p.Default == nil
		}
		fields = append(fields, f)
	}
	t.types[path] = fields
}

// text is the limits as JSON, "" for none.
func (l limits) text() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(l); err != nil {
		return "" // strings and numbers always encode
	}
	if text := strings.TrimSpace(b.String()); text != "{}" {
		return text
	}
	return ""
}

// Header is the first line of the table.
func Header() string {
	var from []string
	for _, r := range Releases {
		from = append(from, r.String())
	}
	return header(Definitions, "Kubernetes "+strings.Join(from, ", "))
}

func header(defined []Definition, from ...string) string {
	for _, d := range defined {
		from = append(from, d.Name+" "+strings.TrimPrefix(d.Version, "v"))
	}
	return fmt.Sprintf("# Code generated by gen/valid/internal/source from %s; DO NOT EDIT.\n", strings.Join(from, ", "))
}

func (t *table) text() []byte {
	var b bytes.Buffer
	b.WriteString(Header() + "\n")
	slices.Sort(t.kinds)
	b.WriteString(strings.Join(t.kinds, "\n") + "\n")
	for _, name := range slices.Sorted(maps.Keys(t.types)) {
		fmt.Fprintf(&b, "\ntype %s\n", name)
		for _, f := range t.types[name] {
			b.WriteString(strings.TrimRight(f.name+" "+f.is+" "+f.text(), " ") + "\n")
		}
	}
	return b.Bytes()
}
