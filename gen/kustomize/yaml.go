package kustomize

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// encode writes a JSON value as a YAML file, below the header.
//
// The readers differ: kustomize reads objects as YAML 1.2 and patches as YAML 1.1, kubectl
// reads all as 1.1. So strings are quoted that either would take for something else.
func encode(header string, v any) ([]byte, error) {
	root, err := node(v)
	if err != nil {
		return nil, err
	}
	file := bytes.NewBufferString(header)
	encoder := yaml.NewEncoder(file)
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	if err := encoder.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

func node(v any) (*yaml.Node, error) {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range slices.SortedFunc(maps.Keys(v), fieldOrder) {
			value, err := node(v[key])
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, stringNode(key), value)
		}
		return n, nil
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range v {
			value, err := node(e)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, value)
		}
		return n, nil
	case string:
		return stringNode(v), nil
	case bool:
		return scalar(yaml.NodeTagBool, strconv.FormatBool(v)), nil
	case int64:
		return scalar(yaml.NodeTagInt, strconv.FormatInt(v, 10)), nil
	case float64:
		if whole := int64(v); float64(whole) == v {
			return node(whole)
		}
		return scalar(yaml.NodeTagFloat, strconv.FormatFloat(v, 'g', -1, 64)), nil
	case nil:
		return scalar(yaml.NodeTagNull, "null"), nil
	}
	return nil, fmt.Errorf("a Kubernetes object cannot hold %T", v)
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// stringNode is a string: plain where every reader takes it for one, a block where it has lines.
func stringNode(s string) *yaml.Node {
	n := scalar(yaml.NodeTagString, s)
	switch {
	case strings.HasPrefix(s, "\t"): // as a block, the reader would take the tab for indentation
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
	case mistakable(s):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// mistakable tells whether a reader of YAML 1.1 could take the string, unquoted, for a
// number, a truth value or the like. What begins with a letter is one of a few words
// (https://yaml.org/type/bool.html) or a string; to ask the reader is slower by far.
func mistakable(s string) bool {
	if s != "" && (s[0] == '/' || isLetter(s[0])) {
		return slices.Contains(words, strings.ToLower(s))
	}
	return yaml.IsValueNonString(s)
}

var words = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// fieldOrder puts first what says which thing this is, and all else by the alphabet.
func fieldOrder(a, b string) int {
	rank := func(field string) int {
		if i := slices.Index(firstFields, field); i >= 0 {
			return i
		}
		return len(firstFields)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

var firstFields = []string{"apiVersion", "kind", "metadata", "name"}
