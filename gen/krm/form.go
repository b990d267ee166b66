package krm

import (
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/diag"
)

// Bounds of a functionConfig, with what its aliases stand for: bytes, of which an intent has some thousands, and how deep it nests.
const (
	MaxConfig = 1 << 20
	maxLevels = 100
)

// form finds what the library that decodes a functionConfig would say in words of its own, or would not survive.
type form struct {
	config *Config
	left   int // bytes
	found  diag.List
}

// checkForm says what keeps a functionConfig from being decoded.
func (c *Config) checkForm(n *yaml.Node) diag.List {
	f := &form{config: c, left: MaxConfig}
	if n.Kind != yaml.MappingNode {
		return diag.List{c.finding("", "the functionConfig is "+kindOf(n)+", not a map", "apiVersion: "+APIVersion+", kind: "+Kind+", with the intent as its spec")}
	}
	f.value(n, "", 0)
	if len(f.found) > 0 {
		return f.found
	}
	for _, want := range []struct {
		path string
		kind yaml.Kind
		is   string
		at   *yaml.Node
	}{
		{"apiVersion", yaml.ScalarNode, "text", field(n, "apiVersion")},
		{"kind", yaml.ScalarNode, "text", field(n, "kind")},
		{"metadata", yaml.MappingNode, "map", field(n, "metadata")},
		{"metadata.annotations", yaml.MappingNode, "map", field(field(n, "metadata"), "annotations")},
		{"metadata.labels", yaml.MappingNode, "map", field(field(n, "metadata"), "labels")},
	} {
		if want.at != nil && want.at.Kind == yaml.AliasNode {
			want.at = want.at.Alias
		}
		if !isA(want.at, want.kind) {
			f.add(want.path, fmt.Sprintf("%s is %s, not a %s", want.path, kindOf(want.at), want.is), "")
		}
	}
	return f.found
}

func (f *form) add(path, message, mend string) bool {
	f.found = append(f.found, f.config.finding(path, message, mend))
	return false
}

// value looks at a value and all below it. It is false where nothing more is to be looked at.
func (f *form) value(n *yaml.Node, path string, level int) bool {
	if f.left -= len(n.Value) + 1; f.left < 0 {
		f.found = nil // what else there is would be said as often
		return f.add("", fmt.Sprintf("the functionConfig is larger than %d MiB, or its aliases refer to each other", MaxConfig>>20), "fewer and smaller texts, lists and aliases")
	}
	if level > maxLevels {
		if parts := strings.SplitN(path, ".", 3); len(parts) > 2 {
			path, _, _ = strings.Cut(strings.Join(parts[:2], "."), "[")
		}
		return f.add(path, fmt.Sprintf("this is nested more than %d deep", maxLevels), "fewer maps and lists in each other")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return f.value(n.Alias, path, level+1)
	case yaml.SequenceNode:
		for i, element := range n.Content {
			if !f.value(element, path+"["+strconv.Itoa(i)+"]", level+1) {
				return false
			}
		}
	case yaml.MappingNode:
		return f.fields(n, path, level)
	case yaml.ScalarNode:
		switch n.Value {
		case ".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN":
			if n.Tag == yaml.NodeTagFloat {
				f.add(path, n.Value+" is no number that an intent can hold", "a number of digits")
			}
		}
	}
	return true
}

func (f *form) fields(n *yaml.Node, path string, level int) bool {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		f.left -= len(key.Value) + 1
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		below := key.Value
		if path != "" {
			below = path + "." + key.Value
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			f.add(path, "the name of a field is "+kindOf(key)+", not a text", "")
			continue
		case key.Tag == "!!merge":
			below = path
		case key.Tag != yaml.NodeTagString:
			f.add(below, fmt.Sprintf("the name of the field %s is %s, not a text", key.Value, kindOf(key)), fmt.Sprintf("%q in quotes", key.Value))
		case seen[key.Value]:
			f.add(below, key.Value+" is there twice", "one of the two")
		}
		seen[key.Value] = true
		if !f.value(n.Content[i+1], below, level+1) {
			return false
		}
	}
	return true
}
