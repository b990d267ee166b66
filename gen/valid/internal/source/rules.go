package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Rules is the text of the rules in CEL of the custom resources that natsyard emits, and of the defaults on which
// they build: a block for each kind, in it a line for each place that has any.
func Rules(m Modules) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header(Definitions))
	for _, d := range Definitions {
		dir, err := m.Find(d.Module, d.Version)
		if err != nil {
			return nil, err
		}
		k, s, err := readDefinition(filepath.Join(dir, filepath.FromSlash(d.File)))
		if err != nil {
			return nil, err
		}
		if !s.ruled() {
			continue
		}
		fmt.Fprintf(&b, "\nkind %s %s\n", k.apiVersion(), k.Kind)
		if err := s.rules(&b, ""); err != nil {
			return nil, fmt.Errorf("rules of %s: %w", k.Kind, err)
		}
	}
	return b.Bytes(), nil
}

// ruled tells whether there is a rule for a value or for anything in it.
func (s *schema) ruled() bool {
	if s == nil {
		return false
	}
	if len(s.Validations) > 0 || s.Items.ruled() || s.AdditionalProperties.ruled() {
		return true
	}
	for _, p := range s.Properties {
		if p.ruled() {
			return true
		}
	}
	return false
}

// rules writes what holds for a value, and then for what is in it.
func (s *schema) rules(b *bytes.Buffer, path string) error {
	if s == nil {
		return nil
	}
	for _, r := range s.Validations {
		if r.Message == "" || strings.Contains(r.Rule, "oldSelf") {
			return fmt.Errorf("%s: gen/valid cannot judge %q", path, r.Rule)
		}
	}
	line := struct {
		Default any    `json:"default,omitempty"`
		Rules   []rule `json:"rules,omitempty"`
	}{s.Default, s.Validations}
	if s.Default != nil || len(s.Validations) > 0 {
		fmt.Fprint(b, path+" ")
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(line); err != nil {
			return err
		}
	}
	if err := s.Items.rules(b, path+"[]"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if path == "" && name == "status" { // is the cluster's to tell
			continue
		}
		if err := s.Properties[name].rules(b, strings.TrimPrefix(path+"."+name, ".")); err != nil {
			return err
		}
	}
	return nil
}
