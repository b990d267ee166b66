// Package krm lets natsyard run as a KRM function, for kpt and kustomize: an intent comes in the
// functionConfig of a ResourceList, and its objects go out among the items.
// The contract is the KRM Functions Specification of kustomize (functions-spec.md).
package krm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/given"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/gen/yamlerror"
)

// The functionConfig that holds an intent. A ConfigMap is taken as well, for kpt makes one of
// what stands on its command line.
const (
	APIVersion = "natsyard.io/v1alpha1"
	Kind       = "NATS"
)

// Config is a functionConfig that was read.
type Config struct {
	Values []given.Value // of the intent
	file   string        // where the user keeps it, as far as that is known
	data   bool          // it is a ConfigMap
}

// Read reads a functionConfig. Findings are mistakes of its own; what the intent says is not
// judged yet.
func Read(node *yaml.RNode) (*Config, diag.List) {
	c := &Config{file: "functionConfig"}
	if node.IsNilOrEmpty() {
		return nil, diag.List{c.finding("", "there is no functionConfig", "apiVersion: "+APIVersion+", kind: "+Kind+", with the intent as its spec")}
	}
	if found := c.checkForm(node.YNode()); len(found) > 0 {
		return nil, found
	}
	if path, _, err := kioutil.GetFileAnnotations(node); err == nil && path != "" {
		c.file = path
	}
	object, err := decode(node)
	if err != nil {
		return nil, diag.List{c.finding("", "the functionConfig cannot be read: "+yamlerror.Of(err).Reason, "")}
	}
	switch [2]string{node.GetApiVersion(), node.GetKind()} {
	case [2]string{"v1", "ConfigMap"}:
		c.data = true
		return c, c.fromData(object)
	case [2]string{APIVersion, Kind}:
		return c, c.fromSpec(object)
	}
	of := strings.TrimSpace(node.GetApiVersion() + " " + node.GetKind())
	if of == "" {
		of = "no kind"
	}
	return nil, diag.List{c.finding("", fmt.Sprintf("a functionConfig of %s is none of natsyard's", of),
		"apiVersion: "+APIVersion+", kind: "+Kind)}
}

// decode keeps numbers as they are written.
func decode(node *yaml.RNode) (object map[string]any, err error) {
	text, err := node.MarshalJSON()
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return object, dec.Decode(&object)
}

// is says what a decoded value is, to people.
func is(value any) string {
	switch value.(type) {
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	}
	return "a text"
}

// fromSpec takes the intent from spec. The object's own name and namespace are those of the
// installation where spec says no others.
func (c *Config) fromSpec(object map[string]any) (found diag.List) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch name {
		case "apiVersion", "kind", "metadata", "spec":
		default:
			f := c.finding(name, fmt.Sprintf("there is no field %q", name), "spec: "+name+": ..., where the intent stands")
			if _, ok := language.Lookup(name); !ok {
				f.Mend = "apiVersion, kind, metadata and spec are all that there is"
			}
			found = append(found, f)
		}
	}
	spec, ok := object["spec"].(map[string]any)
	if !ok && object["spec"] != nil {
		return append(found, c.finding("spec", "spec is "+is(object["spec"])+", not a map", "spec: {cluster: {replicas: 3}}"))
	}
	metadata, _ := object["metadata"].(map[string]any)
	values := map[string]any{}
	for _, name := range []string{"name", "namespace"} {
		if v, ok := metadata[name]; ok {
			values[name] = v
		}
	}
	maps.Copy(values, spec)
	var err error
	if c.Values, err = given.Tree(values); err != nil {
		return append(found, c.finding("spec", err.Error(), ""))
	}
	return found
}

// fromData takes plain fields, each by its path, from the data of a ConfigMap.
func (c *Config) fromData(object map[string]any) (found diag.List) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains([]string{"apiVersion", "kind", "metadata", "data", "immutable"}, name) {
			found = append(found, c.finding(name, fmt.Sprintf("there is no field %q", name), "data: cluster.replicas: \"3\", as all fields of the intent stand"))
		}
	}
	data, ok := object["data"].(map[string]any)
	if !ok && object["data"] != nil {
		return append(found, c.finding("data", "data is "+is(object["data"])+", not a map", "data: {cluster.replicas: \"3\"}"))
	}
	for _, path := range slices.Sorted(maps.Keys(data)) {
		text, ok := data[path].(string)
		switch data[path].(type) {
		case map[string]any, []any:
			found = append(found, c.finding(path, "data holds texts: "+path+" is "+is(data[path]), "each field by its path: "+path+".name: \"3\""))
			continue
		}
		if !ok {
			found = append(found, c.finding(path, fmt.Sprintf("data holds texts: %v is none", data[path]), fmt.Sprintf("%q in quotes", fmt.Sprint(data[path]))))
			continue
		}
		v, err := given.Plain(path, text)
		if err != nil {
			found = append(found, c.finding(path, err.Error(), ""))
			continue
		}
		c.Values = append(c.Values, v)
	}
	return found
}

// finding is about a field of the functionConfig.
func (c *Config) finding(path, message, mend string) diag.Diagnostic {
	return diag.Diagnostic{Rule: "function-config", Severity: diag.Error, Span: diag.Span{File: c.file}, Path: path, Message: message, Mend: mend}
}

// Findings gives what was found in the file that holds the values, named name, the place that
// the user knows: the field of the functionConfig. Mends are YAML, where CUE says the same.
func (c *Config) Findings(found diag.List, name string) diag.List {
	var out diag.List
	for _, d := range found {
		d.Path = c.field(d.Path, d.Span, name)
		d.Span = diag.Span{File: c.file}
		d.Mend = yamlOf(d.Mend)
		related := d.Related
		d.Related = nil
		for _, r := range related {
			r.Message += " (" + c.field("", r.Span, name) + ")"
			r.Span = diag.Span{File: c.file}
			d.Related = append(d.Related, r)
		}
		out = append(out, d)
	}
	return out
}

// field is the path of a field in the functionConfig.
func (c *Config) field(path string, at diag.Span, name string) string {
	if v, ok := given.At(c.Values, at.Line); path == "" && ok && at.File == name {
		path = strings.Join(v.Path, ".")
	}
	switch {
	case c.data || path == "":
		return path
	case path == "name" || path == "namespace":
		return "metadata." + path
	}
	return "spec." + path
}

// Results is findings in the form of the specification.
func Results(found diag.List) (results framework.Results) {
	for _, d := range found {
		r := &framework.Result{Severity: framework.Severity(d.Severity), Tags: map[string]string{"rule": d.Rule}}
		lines := []string{d.Message}
		for _, part := range []struct{ label, text string }{{"allowed", d.Allowed}, {"why", d.Why}, {"mend", d.Mend}} {
			if part.text != "" {
				lines = append(lines, part.label+": "+part.text)
			}
		}
		for _, see := range d.Related {
			lines = append(lines, "see: "+see.Message)
		}
		r.Message = strings.Join(lines, "\n")
		if d.Path != "" {
			r.Field = &framework.Field{Path: d.Path}
		}
		if d.Span.File != "" {
			r.File = &framework.File{Path: d.Span.File}
		}
		results = append(results, r)
	}
	return results
}
