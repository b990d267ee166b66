package judge

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/valid"
)

const root = "../../../.."

// load gives an environment on the Kubernetes that judges, with fields beyond the language's defaults.
func load(t *testing.T, fields string) *intent.Intent {
	t.Helper()
	loader, found := intent.NewLoader(fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/m@v0\"\nlanguage: version: \"v0.17.0\"\n")},
		"base/intent.cue":    {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent\n")},
		"overlays/prod/intent.cue": {Data: []byte("package prod\n\nimport \"example.com/m/base\"\n\n" +
			"intent: base.intent & {kubernetes: version: \"1.36\"} & {\n" + fields + "\n}\n")},
	})
	require.Empty(t, found)
	in, found := loader.Load("prod")
	require.Empty(t, found)
	return in
}

func objects(t *testing.T, in *intent.Intent) []kube.Object {
	t.Helper()
	all, err := kube.Objects(in, []byte("port: 4222\n"), "0a1b2c3d")
	require.NoError(t, err)
	return all
}

// golden are the intents of gen/kube's golden objects, by name.
func golden(t *testing.T) map[string]*intent.Intent {
	t.Helper()
	names, err := filepath.Glob(root + "/gen/kube/testdata/*.cue")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	all := map[string]*intent.Intent{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		all[filepath.Base(name)] = load(t, "{"+string(text)+"\n}")
	}
	return all
}

// Kubernetes takes what natsyard emits.
func TestTakesWhatIsEmitted(t *testing.T) {
	all := golden(t)
	for _, dir := range []string{root, root + "/examples"} {
		loader, found := intent.NewLoader(os.DirFS(dir))
		require.Empty(t, found)
		entries, err := fs.ReadDir(os.DirFS(dir), "overlays")
		require.NoError(t, err)
		for _, e := range entries {
			in, found := loader.Load(e.Name())
			require.False(t, found.HasErrors(), found)
			all[dir+"/"+e.Name()] = in
		}
	}
	judged := 0
	for name, in := range all {
		for _, o := range objects(t, in) {
			if Known(o) {
				require.NoError(t, Create(o), "%s: %s %s", name, o.GetKind(), o.GetName())
				judged++
			}
		}
	}
	require.Greater(t, judged, 100)
}

// refused tells whether gen/valid refuses an object.
func refused(in *intent.Intent, o kube.Object) diag.List {
	return slices.DeleteFunc(valid.Added(in, nil, []kube.Object{o}), func(d diag.Diagnostic) bool { return d.Severity == diag.Warning })
}

// Of the objects of gen/valid/testdata/hand.txt gen/valid refuses those that Kubernetes refuses.
func TestByHand(t *testing.T) {
	in := load(t, "")
	data, err := os.ReadFile("../../testdata/hand.txt")
	require.NoError(t, err)
	for block := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
		given := map[string]string{}
		for line := range strings.SplitSeq(block, "\n") {
			if what, fields, ok := strings.Cut(line, ": "); ok && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") {
				given[what] = fields
			}
		}
		if len(given) == 0 {
			continue
		}
		text := given["object"]
		if text == "" {
			text = "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: o}, spec: {serviceName: o, selector: {matchLabels: {a: b}}, " + given["set"] +
				", template: {metadata: {labels: {a: b}}, spec: {" + given["pod"] + ", containers: [{name: c, image: i, " + given["container"] + "}]}}}}"
			text = strings.NewReplacer(" , ", " ", "{, ", "{").Replace(text)
		}
		json, err := yaml.YAMLToJSON([]byte(text))
		require.NoError(t, err, text)
		o := &unstructured.Unstructured{}
		require.NoError(t, o.UnmarshalJSON(json))
		require.True(t, Known(o), text)
		switch {
		case strings.Contains(text, "nodePort: 70000"): // the allocator refuses it
		case strings.Contains(text, "minReplicas: 0"): // a warning: there is a feature gate
		default:
			agree(t, in, o, text)
		}
	}
}

func agree(t *testing.T, in *intent.Intent, o kube.Object, of string) bool {
	t.Helper()
	found, err := refused(in, o), Create(o)
	if (len(found) > 0) == (err != nil) {
		return true
	}
	t.Errorf("%s\n  gen/valid: %v\n  Kubernetes: %v", of, found, err)
	return false
}

// odd are values that stand in turn in every place of every object.
var odd = []any{nil, "", "x", "A_", "a b", "/x", "../x", "1.2.3.4", "5", int64(-1), int64(0), int64(70000), 1.5, true, map[string]any{}, map[string]any{"x": "y"}, []any{}, []any{"x"}}

// apart are the places of which the two do not say the same, and why.
var apart = map[string]string{
	"Service/spec/ports/[]/nodePort":                                          "the allocator refuses it",
	"StatefulSet/spec/template/spec/topologySpreadConstraints/[]/topologyKey": "Kubernetes takes what no node can have",
	"StatefulSet/spec/volumeClaimTemplates/[]/status":                         "it is the cluster's to tell",
	"StatefulSet/spec/volumeClaimTemplates/[]/status/phase":                   "it is the cluster's to tell",
	"StatefulSet/spec/volumeClaimTemplates/[]/status/nobody":                  "it is the cluster's to tell",
}

// Whatever stands in the objects of natsyard, gen/valid and Kubernetes say the same of it.
func TestOdd(t *testing.T) {
	in := golden(t)["everything.cue"]
	judged, failed := 0, 0
	for _, o := range objects(t, in) {
		if !Known(o) {
			continue
		}
		visit("", o.Object, func(path string) {
			of := o.GetKind() + path
			if apart[of] == "" && failed < 50 && path != "/kind" && path != "/apiVersion" {
				judged++
				if !agree(t, in, o, of) {
					failed++
				}
			}
		})
	}
	require.Greater(t, judged, 5000)
}

// visit puts every odd value into every place below v in turn, calls f, and puts back what was there.
func visit(path string, v any, f func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			was := v[key]
			for _, o := range odd {
				v[key] = o
				f(path + "/" + key)
			}
			v[key] = was
			visit(path+"/"+key, was, f)
		}
		v["nobody"] = "x"
		f(path + "/nobody")
		delete(v, "nobody")
	case []any:
		for i, was := range v {
			for _, o := range odd[1:] { // Kubernetes takes null for an empty element
				v[i] = o
				f(path + "/[]")
			}
			v[i] = was
			visit(path+"/[]", was, f)
		}
	}
}
