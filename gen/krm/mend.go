package krm

import (
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// yamlOf writes a mend that is CUE as YAML of one line. Words, and what is CUE alone, stay.
func yamlOf(mend string) string {
	v := cuecontext.New().CompileString(mend)
	if mend == "" || v.Validate(cue.Concrete(true)) != nil {
		return mend
	}
	fields, err := v.Fields()
	if err != nil {
		return mend
	}
	var parts []string
	for fields.Next() {
		raw, err := fields.Value().MarshalJSON()
		if err != nil {
			return mend
		}
		line, err := flow(raw)
		if err != nil || strings.Contains(line, "\n") {
			return mend
		}
		parts = append(parts, fields.Selector().String()+": "+line)
	}
	if len(parts) == 0 {
		return mend
	}
	return strings.Join(parts, "\n")
}

// flow writes JSON as YAML of one line.
func flow(text []byte) (string, error) {
	block, err := sigsyaml.JSONToYAML(text)
	if err != nil {
		return "", err
	}
	node, err := yaml.Parse(string(block))
	if err != nil {
		return "", err
	}
	node.YNode().Style = yaml.FlowStyle
	line, err := node.String()
	return strings.TrimSpace(line), err
}
