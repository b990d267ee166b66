package own

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/yamlerror"
)

// maxNodes bounds the YAML of one environment with its aliases written out. A few lines of aliases
// of aliases would fill the memory of whoever writes them out, as kustomize does.
const maxNodes = 500_000

// maxLevels bounds how deep YAML nests. No object of Kubernetes comes near it, and kustomize takes the
// longer the deeper it is.
const maxLevels = 100

// parse gives the documents of a file that are not empty. It has a finding when it is not YAML.
func (r *reader) parse(at string, data []byte) (docs []any, ok bool) {
	docs, nodes, err := parseYAML(data, maxNodes-r.nodes)
	if err != nil {
		r.add(notYAML(at, err))
		return nil, false
	}
	r.nodes += nodes
	return docs, true
}

// notYAML says what is wrong with a file in words that need no YAML library, and where.
func notYAML(at string, err error) diag.Diagnostic {
	e := yamlerror.Of(err)
	d := diag.Diagnostic{Rule: "kustomize-file-form", Mend: cmp.Or(e.Mend, "the file as YAML")}
	if e.Line > 0 {
		d.Related = []diag.Related{{Span: diag.Span{File: at, Line: e.Line, Column: 1}, Message: "near here"}}
	}
	d.Message = fmt.Sprintf("%s is not YAML: %s", at, e.Reason)
	return d
}

// parseYAML gives the documents that are not empty, and the number of nodes in all, of which
// there may be so many.
func parseYAML(data []byte, most int) (docs []any, nodes int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); errors.Is(err, io.EOF) {
			return docs, nodes, nil
		} else if err != nil {
			return nil, nodes, err
		}
		if nodes += size(&node, map[*yaml.Node]int{}); nodes > most {
			return nil, nodes, errors.New("it is too large, or its aliases refer to each other")
		}
		if levels(&node) > maxLevels {
			return nil, nodes, fmt.Errorf("it is nested more than %d deep", maxLevels)
		}
		var doc any
		if err := node.Decode(&doc); err != nil {
			return nil, nodes, err
		}
		if doc != nil {
			docs = append(docs, doc)
		}
	}
}

// size is the number of nodes with all aliases written out, and more than maxNodes where that is
// how it is or there is no end.
func size(n *yaml.Node, known map[*yaml.Node]int) int {
	if total, ok := known[n]; ok {
		return total
	}
	known[n] = maxNodes + 1 // while it is being counted: whoever asks is a part of it
	total := 1
	for _, child := range n.Content {
		total += size(child, known)
	}
	if n.Alias != nil {
		total += size(n.Alias, known)
	}
	known[n] = min(total, maxNodes+1)
	return known[n]
}

// levels is how deep a node nests, with what its aliases stand for. They are known to end.
func levels(n *yaml.Node) (most int) {
	for _, child := range n.Content {
		most = max(most, levels(child))
	}
	switch n.Kind {
	case yaml.AliasNode:
		return levels(n.Alias)
	case yaml.MappingNode, yaml.SequenceNode:
		return most + 1
	}
	return most
}

// plain is a text on one line.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// secrets warns of Secrets whose data stands in the file, as it will stand in git.
func (r *reader) secrets(at string, docs []any) {
	for _, doc := range docs {
		o, _ := doc.(map[string]any)
		if items, ok := o["items"].([]any); ok {
			r.secrets(at, items)
		}
		data, _ := o["data"].(map[string]any)
		text, _ := o["stringData"].(map[string]any)
		if _, encrypted := o["sops"]; o["kind"] != "Secret" || encrypted || len(data)+len(text) == 0 {
			continue
		}
		metadata, _ := o["metadata"].(map[string]any)
		r.secret(fmt.Sprintf("%s holds the data of Secret/%v", at, metadata["name"]))
	}
}

func (r *reader) secret(message string) {
	r.add(diag.Diagnostic{
		Rule: "kustomize-secret-in-clear", Severity: diag.Warning, Message: message,
		Why:  "what is in git stays in its history, and base64 is no encryption",
		Mend: "an ExternalSecret, a SealedSecret or a file that sops has encrypted",
	})
}
