package krm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/yamlerror"
)

// MaxList bounds a ResourceList, in bytes: it holds the objects of a package, and takes the library beneath
// 150 times as much memory.
const MaxList = 8 << 20

// ErrNoList says that a text is YAML, and no ResourceList.
var ErrNoList = errors.New("standard input is no ResourceList, which kpt and kustomize make of a NATS and what stands beside it: " +
	`kpt fn eval --exec "natsyard fn" --fn-config FILE`)

// ReadList reads a text that is a ResourceList of the form that the specification has, as far as natsyard and the library
// beneath look at it: what else is in an item is nobody's business here. The functionConfig is Read's to judge.
func ReadList(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxList+1))
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err // of which the path is the system's own
	}
	if err != nil {
		return nil, fmt.Errorf("standard input cannot be read: %w", err)
	}
	if len(text) > MaxList {
		return nil, fmt.Errorf("standard input is larger than %d MiB: give natsyard the NATS with fewer items beside it", MaxList>>20)
	}
	list, err := document(text)
	if err != nil {
		return nil, err
	}
	return text, checkList(list)
}

// document is the one that a text has.
func document(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, ErrNoList
	case err != nil:
		return nil, notYAML(err)
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
		return first.Content[0], nil
	case err != nil:
		return nil, notYAML(err)
	}
	return nil, ErrNoList
}

func notYAML(err error) error {
	e := yamlerror.Of(err)
	at := "standard input"
	if e.Line > 0 {
		at += fmt.Sprintf(":%d:1", e.Line)
	}
	if e.Mend != "" {
		e.Reason += ": want " + e.Mend
	}
	return fmt.Errorf("%s: this is not YAML: %s", at, e.Reason)
}

func checkList(list *yaml.Node) error {
	if list.Kind != yaml.MappingNode || text(field(list, "kind")) != "ResourceList" {
		return ErrNoList
	}
	if group, _, _ := strings.Cut(text(field(list, "apiVersion")), "/"); group != "config.kubernetes.io" {
		at := field(list, "apiVersion")
		if at == nil {
			at = list
		}
		return wrong(at, "apiVersion", "is not that of a ResourceList", "config.kubernetes.io/v1")
	}
	for n := 0; n < len(list.Content); n += 2 {
		key := list.Content[n]
		if field(list, key.Value) != list.Content[n+1] {
			return wrong(key, key.Value, "is there twice", "it once")
		}
	}
	if at := field(list, "metadata"); !isA(at, yaml.MappingNode) {
		return wrongKind(at, "metadata", "a map")
	}
	if at := field(list, "results"); !isA(at, yaml.SequenceNode) {
		return wrongKind(at, "results", "a list")
	}
	items := field(list, "items")
	if !isA(items, yaml.SequenceNode) {
		return wrongKind(items, "items", "a list of objects")
	}
	if items == nil {
		return nil
	}
	for n, item := range items.Content {
		if err := checkItem(item, fmt.Sprintf("items[%d]", n)); err != nil {
			return err
		}
	}
	return nil
}

// checkItem looks at what tells objects apart.
func checkItem(item *yaml.Node, at string) error {
	if item.Kind != yaml.MappingNode {
		return wrongKind(item, at, "an object")
	}
	metadata := field(item, "metadata")
	if !isA(metadata, yaml.MappingNode) {
		return wrongKind(metadata, at+".metadata", "a map")
	}
	for _, name := range []string{"labels", "annotations"} {
		fields := field(metadata, name)
		if !isA(fields, yaml.MappingNode) {
			return wrongKind(fields, at+".metadata."+name, "a map of texts")
		}
		if fields == nil {
			continue
		}
		for n := 1; n < len(fields.Content); n += 2 {
			if !isA(fields.Content[n], yaml.ScalarNode) {
				return wrongKind(fields.Content[n], at+".metadata."+name+"."+fields.Content[n-1].Value, "a text")
			}
		}
	}
	for _, name := range []string{"apiVersion", "kind"} {
		if value := field(item, name); !isA(value, yaml.ScalarNode) {
			return wrongKind(value, at+"."+name, "a text")
		}
	}
	for _, name := range []string{"name", "namespace"} {
		if value := field(metadata, name); !isA(value, yaml.ScalarNode) {
			return wrongKind(value, at+".metadata."+name, "a text")
		}
	}
	return nil
}

// field is the value of a field of a map, nil where there is none.
func field(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for k := 0; k+1 < len(n.Content); k += 2 {
		if n.Content[k].Value == name {
			return n.Content[k+1]
		}
	}
	return nil
}

func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// isA tells whether a value is of a kind, or is not there: null is as good as nothing.
func isA(n *yaml.Node, kind yaml.Kind) bool {
	return n == nil || n.Kind == kind || n.Kind == yaml.ScalarNode && n.Tag == yaml.NodeTagNull
}

// kindOf is what a value is, to people.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case yaml.NodeTagNull:
		return "null"
	case yaml.NodeTagInt, yaml.NodeTagFloat:
		return "a number"
	case yaml.NodeTagBool:
		return "true or false"
	}
	return "a text"
}

func wrongKind(n *yaml.Node, name, want string) error {
	return wrong(n, name, "is "+kindOf(n), want)
}

func wrong(at *yaml.Node, name, is, want string) error {
	return fmt.Errorf("standard input:%d:%d: %s %s: want %s", at.Line, at.Column, name, is, want)
}
