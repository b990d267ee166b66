package kustomize

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/yaml"
)

// Build runs kustomize on a directory of the files and returns what `kustomize build` and
// `kubectl kustomize` print: a stream of objects, byte for byte. It needs no disk, and no network
// as long as no kustomization among the files names any.
func Build(files []File, dir string) (stream []byte, err error) {
	defer func() { // kustomize panics on some objects, such as one with an annotation without a key
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
		if err != nil {
			reason := strings.ReplaceAll(err.Error(), mount+"/", "")
			stream, err = nil, fmt.Errorf("kustomize build %s: %s", dir, shortened(reason))
		}
	}()
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified // the order of the command line
	objects, err := krusty.MakeKustomizer(options).Run(newSnapshot(files), mount+"/"+dir)
	if err != nil {
		return nil, err
	}
	return objects.AsYaml()
}

// A JSON patch may copy a value into itself, and again, until no memory is left.
func init() { jsonpatch.AccumulatedCopySizeLimit = 4 << 20 }

// shortened is what kustomize says without the objects that it prints.
func shortened(reason string) string {
	return printed.ReplaceAllString(reason, "an object: ")
}

// printed is an object in Go's notation, up to the end of the line or the last of its braces.
var printed = regexp.MustCompile(`map\[string\]interface \{\}\{.*\}(: )?`)

// Split cuts a stream that Build returned into one file an object, <kind>-<name>.yaml,
// with the header of the files generated from dir.
func Split(stream []byte, dir string) ([]File, error) {
	var files []File
	for _, text := range documents(stream) {
		var o struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := yaml.Unmarshal(text, &o); err != nil {
			return nil, fmt.Errorf("split the objects of %s: %w", dir, err)
		}
		name := id{kind: o.Kind, name: o.Metadata.Name}.file(".yaml")
		files = append(files, File{Path: name, Data: append([]byte(header(dir)), text...)})
	}
	return sortFiles(files), nil
}

// Objects reads a stream that Build returned.
func Objects(stream []byte) ([]Object, error) {
	var objects []Object
	for _, text := range documents(stream) {
		json, err := yaml.YAMLToJSON(text)
		if err != nil {
			return nil, fmt.Errorf("read what kustomize built: %w", err)
		}
		var o unstructured.Unstructured // keeps whole numbers whole
		if err := o.UnmarshalJSON(json); err != nil {
			return nil, fmt.Errorf("read what kustomize built: %w", err)
		}
		objects = append(objects, &o)
	}
	return objects, nil
}

// documents are the documents of a stream. Nothing in one begins a line with ---, since
// kustomize indents all text that has lines.
func documents(stream []byte) [][]byte {
	if len(stream) == 0 {
		return nil
	}
	texts := bytes.Split(stream, []byte("\n---\n"))
	for n := range texts[:len(texts)-1] {
		texts[n] = append(bytes.Clone(texts[n]), '\n')
	}
	return texts
}
