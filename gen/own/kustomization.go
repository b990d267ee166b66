package own

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/natsyard/natsyard/gen/diag"
)

// resource reads a file of objects, or a folder with a kustomization.
func (r *reader) resource(name string) {
	at, info, ok := r.locate(name)
	if !ok {
		return
	}
	if info.IsDir() {
		r.folder(at, types.KustomizationKind)
		return
	}
	at, data, ok := r.file(name)
	if !ok {
		return
	}
	docs, ok := r.parse(at, data)
	if !ok {
		return
	}
	for _, doc := range docs {
		if o, _ := doc.(map[string]any); o["kind"] == nil || o["apiVersion"] == nil {
			r.add(diag.Diagnostic{Rule: "kustomize-file-form", Message: at + " holds what is no Kubernetes object: it lacks apiVersion and kind"})
			return
		}
	}
	r.secrets(at, docs)
}

// component reads a folder with a component.
func (r *reader) component(name string) {
	switch at, info, ok := r.locate(name); {
	case !ok:
	case !info.IsDir():
		r.add(diag.Diagnostic{Rule: "kustomize-path", Message: at + " is a file, where kustomize wants the folder of a component"})
	default:
		r.folder(at, types.ComponentKind)
	}
}

// patch reads a file with strategic merge patches or one JSON patch.
func (r *reader) patch(name string, targeted bool) {
	at, data, ok := r.file(name)
	if !ok {
		return
	}
	docs, ok := r.parse(at, data)
	if !ok {
		return
	}
	if len(docs) == 0 {
		r.add(diag.Diagnostic{Rule: "kustomize-file-form", Message: at + " holds no patch"})
		return
	}
	if _, json := docs[0].([]any); json && !targeted {
		r.add(diag.Diagnostic{
			Rule: "kustomize-patch-target", Message: at + " is a JSON patch, and does not say what it patches",
			Mend: `target: {kind: "StatefulSet", name: "nats"}`,
		})
	}
	r.secrets(at, docs)
}

// folder reads the kustomization of a folder, of the kind that is wanted there, and all that
// it names.
func (r *reader) folder(at, kind string) {
	for _, visited := range r.trail {
		if at == visited || below(visited, at) {
			r.add(diag.Diagnostic{
				Rule: "kustomize-path", Message: fmt.Sprintf("%s leads back to %s", at, visited),
				Why: "kustomize takes no folder that it is in already",
			})
			return
		}
	}
	var names []string
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if _, err := fs.Lstat(r.repo, path.Join(at, name)); err == nil {
			names = append(names, path.Join(at, name))
		}
	}
	if len(names) != 1 {
		message := fmt.Sprintf("%s has no kustomization.yaml", at)
		if len(names) > 1 {
			message = fmt.Sprintf("%s has several kustomizations: %s", at, strings.Join(names, ", "))
		}
		r.add(diag.Diagnostic{Rule: "kustomize-file-missing", Message: message})
		return
	}
	file := names[0]
	if _, ok := r.stat(file); !ok {
		return
	}
	data, ok := r.load(file)
	if !ok {
		return
	}
	if _, ok := r.parse(file, data); !ok {
		return
	}
	k, err := parseKustomization(data)
	if err != nil {
		r.add(diag.Diagnostic{Rule: "kustomize-file-form", Message: fmt.Sprintf("%s is not a kustomization: %s", file, said(err))})
		return
	}
	if got := k.Kind; got != kind {
		r.add(diag.Diagnostic{
			Rule: "kustomize-file-form", Message: fmt.Sprintf("%s is of kind %s, where %s is wanted", file, got, kind),
			Mend: fmt.Sprintf("%s under components, %s under resources", types.ComponentKind, types.KustomizationKind),
		})
		return
	}
	trail, by := r.trail, r.by
	r.trail, r.by = append(trail[:len(trail):len(trail)], at), file
	r.kustomization(k)
	r.trail, r.by = trail, by
}

// parseKustomization reads a kustomization as kustomize does.
func parseKustomization(data []byte) (_ *types.Kustomization, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	var k types.Kustomization
	if err := k.Unmarshal(data); err != nil {
		return nil, err
	}
	if k.Kind == "" {
		k.Kind = types.KustomizationKind
	}
	return &k, nil
}

var (
	unknownField = regexp.MustCompile(`^.*json: unknown field `)
	noMapping    = regexp.MustCompile(`^.*json: cannot unmarshal (\S+) into Go value of .*$`)
	wrongType    = regexp.MustCompile(`^.*json: cannot unmarshal (\S+) into Go struct field [^. ]*\.(\S+) of type .*$`)
)

// said is why a kustomization cannot be read, without the words of Go's decoder.
func said(err error) string {
	text := unknownField.ReplaceAllString(plain(err.Error()), "it has no field ")
	text = noMapping.ReplaceAllString(text, "it is $1, where fields are wanted")
	return wrongType.ReplaceAllString(text, "$2 does not take $1")
}

// kustomization reads all that a kustomization names.
func (r *reader) kustomization(k *types.Kustomization) {
	r.fields(k)
	for _, name := range k.Resources {
		r.resource(name)
	}
	for _, name := range k.Components {
		r.component(name)
	}
	for _, p := range k.Patches {
		if p.Path != "" {
			r.patch(p.Path, p.Target != nil)
		}
	}
	for _, p := range k.Replacements {
		if p.Path != "" {
			r.settings(p.Path)
		}
	}
	for _, list := range [][]string{k.Configurations, k.Crds} {
		for _, name := range list {
			r.settings(name)
		}
	}
	for _, g := range k.ConfigMapGenerator {
		r.sources(g.KvPairSources)
	}
	for _, g := range k.SecretGenerator {
		r.sources(g.KvPairSources)
		r.secret(fmt.Sprintf("%s generates Secret/%s from what is in the repository", r.by, g.Name))
	}
}

// settings reads a YAML file that tells kustomize something.
func (r *reader) settings(name string) {
	if at, data, ok := r.file(name); ok {
		r.parse(at, data)
	}
}

// sources reads the files of a generator, each of which may have a key before it.
func (r *reader) sources(s types.KvPairSources) {
	for _, source := range s.FileSources {
		if _, name, keyed := strings.Cut(source, "="); keyed {
			source = name
		}
		r.file(source)
	}
	for _, name := range s.EnvSources {
		r.file(name)
	}
	if s.EnvSource != "" {
		r.file(s.EnvSource)
	}
}
