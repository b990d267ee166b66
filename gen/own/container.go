package own

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/language"
)

// containers finds the patches of a container that no object has: kustomize adds one of that name, which
// has no image. What has one is meant to be added, and may be patched by those that come after.
func (b *builder) containers(kept []*entry) {
	if slices.ContainsFunc(kept, func(e *entry) bool { return e.field == "components" }) {
		return // which may bring containers
	}
	added := map[string]bool{}
	for _, e := range kept {
		if e.field != "patches" {
			continue
		}
		for _, doc := range b.documents(path.Join(b.in.Dir(), e.name)) {
			targets := b.targets(e, doc)
			for _, list := range []string{"containers", "initContainers"} {
				elements, err := doc.Pipe(yaml.Lookup("spec", "template", "spec", list))
				if err != nil || elements == nil || len(targets) == 0 {
					continue
				}
				b.elements(e, elements, list, targets, added)
			}
		}
	}
}

// documents are those of a patch; none where they cannot be read, of which others speak.
func (b *builder) documents(file string) (docs []*yaml.RNode) {
	for _, f := range b.Files {
		if f.Path != file {
			continue
		}
		decoder := yaml.NewDecoder(bytes.NewReader(f.Data))
		for {
			var node yaml.Node
			if decoder.Decode(&node) != nil {
				return docs
			}
			if doc := yaml.NewRNode(&node); doc.YNode() != nil && doc.YNode().Kind == yaml.MappingNode {
				docs = append(docs, doc)
			}
		}
	}
	return docs
}

// targets are the environment's own objects that a patch is for.
func (b *builder) targets(e *entry, doc *yaml.RNode) (targets []kube.Object) {
	kind, name := doc.GetKind(), regexp.QuoteMeta(doc.GetName())
	if e.target != nil {
		kind, name = e.target.Kind, cmp.Or(e.target.Name, ".*") // to kustomize it is a pattern
	}
	named, err := regexp.Compile("^(?:" + name + ")$")
	if err != nil {
		return nil
	}
	for _, o := range b.env.Objects {
		if o.GetKind() == kind && named.MatchString(o.GetName()) {
			targets = append(targets, o)
		}
	}
	return targets
}

// elements looks for the containers of a patch in its targets.
func (b *builder) elements(e *entry, elements *yaml.RNode, list string, targets []kube.Object, added map[string]bool) {
	var there []string
	for _, o := range targets {
		there = append(there, containerNames(o, list)...)
	}
	_ = elements.VisitElements(func(c *yaml.RNode) error {
		name := c.Field("name")
		if name == nil || name.Value == nil || c.Field("$patch") != nil {
			return nil
		}
		text := name.Value.YNode().Value
		if added[text] = added[text] || c.Field("image") != nil; added[text] || slices.Contains(there, text) {
			return nil
		}
		d := finding(b.in, e, diag.Diagnostic{
			Rule: "kustomize-patch-matches", Message: fmt.Sprintf("%s patches the container %s of %s/%s, which is not there", e.name, text, targets[0].GetKind(), targets[0].GetName()),
			Allowed: strings.Join(there, ", "), Why: "kustomize adds a container of that name, and Kubernetes refuses one without an image",
		})
		if near := nearest(text, there); near != "" {
			d.Message += "; did you mean " + near + "?"
			d.Mend = near + " in its place"
		}
		node := name.Value.YNode()
		d.Related = append(d.Related, diag.Related{Span: d.Span, Message: "names it"})
		d.Span = diag.Span{File: path.Join(b.in.Dir(), e.name), Line: node.Line, Column: node.Column, Length: len(node.Value)}
		b.found = append(b.found, d)
		return nil
	})
}

// containerNames are the names of an object's containers, or of those that run before them.
func containerNames(o kube.Object, list string) (names []string) {
	spec, _ := o.Object["spec"].(map[string]any)
	template, _ := spec["template"].(map[string]any)
	pod, _ := template["spec"].(map[string]any)
	all, _ := pod[list].([]any)
	for _, c := range all {
		if c, ok := c.(map[string]any); ok {
			names = append(names, fmt.Sprint(c["name"]))
		}
	}
	return names
}

// nearest is the name that was meant: one that is nearly the same, or a part of what was written.
func nearest(text string, names []string) string {
	if near := language.Closest(text, names); near != "" {
		return near
	}
	for _, name := range names {
		if strings.HasPrefix(text, name) || strings.HasSuffix(text, name) {
			return name
		}
	}
	return ""
}
