package own

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/schema"
)

// prod is an environment that adds what k says.
func prod(k schema.Kustomize) *intent.Intent {
	in := &intent.Intent{Environment: "prod"}
	in.Kustomize = k
	return in
}

func repository(files map[string]string) fstest.MapFS {
	repo := fstest.MapFS{}
	for name, text := range files {
		repo[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return repo
}

func messages(found diag.List) (out []string) {
	for _, d := range found {
		out = append(out, d.Message)
	}
	return out
}

const (
	component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
	configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
)

// All that a kustomization can name is read, from its own folder, and nothing beside it.
func TestReadFollowsKustomizations(t *testing.T) {
	t.Parallel()
	repo := repository(map[string]string{
		"components/all/kustomization.yaml": component + `
resources: [objects.yaml, ../../shared]
components: [../more]
patches: [{path: patch.yaml}, {patch: '[{op: remove, path: /a}]', target: {kind: A}}]
replacements: [{path: replacement.yaml}]
configurations: [configuration.yaml]
crds: [crd.yaml]
configMapGenerator: [{name: a, files: [key=file, other], envs: [envs], env: env}]
`,
		"components/all/objects.yaml":       configMap,
		"components/all/patch.yaml":         configMap,
		"components/all/replacement.yaml":   "[]",
		"components/all/configuration.yaml": "{}",
		"components/all/crd.yaml":           "{}",
		"components/all/file":               "\x00 no YAML: [",
		"components/all/other":              "",
		"components/all/envs":               "A=B",
		"components/all/env":                "A=B",
		"components/all/beside.yaml":        configMap,
		"components/more/Kustomization":     component,
		"shared/kustomization.yml":          "resources: [deep/x.yaml]\n",
		"shared/deep/x.yaml":                configMap,
	})
	a, found := Read(repo, prod(schema.Kustomize{Components: []string{"../../components/all"}}))
	require.Empty(t, found)
	delete(repo, "components/all/beside.yaml")
	var names []string
	for _, f := range a.Files {
		names = append(names, f.Path)
		require.Equal(t, string(repo[f.Path].Data), string(f.Data))
	}
	var want []string
	require.NoError(t, fs.WalkDir(repo, ".", func(name string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			want = append(want, name)
		}
		return err
	}))
	require.ElementsMatch(t, want, names)
	require.IsIncreasing(t, names)
}

func TestReadNothing(t *testing.T) {
	t.Parallel()
	named := prod(schema.Kustomize{Resources: []string{"none.yaml"}})
	base := *named
	base.Environment = intent.Base
	broken := *named
	broken.Broken = map[string]bool{"kustomize": true}
	for name, in := range map[string]*intent.Intent{"nil": nil, "none": prod(schema.Kustomize{}), "base": &base, "broken": &broken} {
		a, found := Read(fstest.MapFS{}, in)
		require.Nil(t, a, name)
		require.Empty(t, found, name)
	}
}

func TestRemote(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"https://example.com/a.yaml":           true,
		"HTTP://example.com/a.yaml":            true,
		"git::https://example.com/a":           true,
		"git@github.com:org/repo":              true,
		"user@host:org/repo":                   true,
		"ssh://git@host/org/repo":              true,
		"file:///srv/repo":                     true,
		"github.com/org/repo":                  true,
		"GitHub.com/org/repo//a?ref=b":         true,
		"www.github.com/org/repo":              true,
		"gh:org/repo":                          true,
		"a.yaml":                               false,
		"../../github.com/org/repo":            false,
		"folder/a@b.yaml":                      false,
		"github.company.example/folder/a.yaml": false,
	} {
		require.Equal(t, want, remote.MatchString(name), name)
	}
}

// What Go's decoder says of a kustomization is told in plain words.
func TestReadKustomizationForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"resource: [a]\n":                   `it has no field "resource"`,
		"labels: [{pairs: {x: y}}]\n":       "labels.pairs does not take bool",
		"patches: a\n":                      "patches does not take string",
		"resources: [{a: b}]\n":             "resources does not take object",
		"configMapGenerator: [{nam: a}]\n":  `it has no field "nam"`,
		"- a\n":                             "",
		"kind: Component\nresources: [a]\n": "",
	} {
		_, found := Read(repository(map[string]string{"c/kustomization.yaml": text}), prod(schema.Kustomize{Resources: []string{"../../c"}}))
		require.Len(t, found, 1, text)
		require.NotRegexp(t, "Go |json:|unmarshal", found[0].Message)
		if want != "" {
			require.Equal(t, "c/kustomization.yaml is not a kustomization: "+want, found[0].Message)
		}
	}
}

// A repository that is made to hang or to fill the memory does neither.
func TestReadIsBounded(t *testing.T) {
	t.Parallel()
	doubling := map[string]string{}
	for level := range 30 {
		for _, side := range "lr" {
			doubling[fmt.Sprintf("%d%c/kustomization.yaml", level, side)] = fmt.Sprintf("namePrefix: %c\nresources: [../%dl, ../%dr]\n", side, level+1, level+1)
		}
	}
	doubling["30l/kustomization.yaml"], doubling["30r/kustomization.yaml"] = "resources: []\n", "resources: []\n"
	large := map[string]string{}
	for i := range 8 {
		large[fmt.Sprintf("0l/%d", i)] = strings.Repeat("x", 1<<20)
	}
	large["0l/kustomization.yaml"] = "configMapGenerator: [{name: a, files: [\"0\", \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\"]}]\n"
	aliases := map[string]string{"0l/kustomization.yaml": "resources: [a.yaml]\n"}
	aliases["0l/a.yaml"] = strings.Repeat("a: [&a [x,x,x,x,x,x,x,x,x,x], &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a], &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]]\n---\n", 2000)
	endless := map[string]string{"0l/kustomization.yaml": "resources: [a.yaml]\n", "0l/a.yaml": "a: &a [*a]\n"}
	deep := map[string]string{"0l/kustomization.yaml": "resources: [a.yaml]\n", "0l/a.yaml": "a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100)}
	through := map[string]string{"0l/kustomization.yaml": "resources: [a.yaml]\n", "0l/a.yaml": "a0: &a0 []\n"}
	for i := range 100 {
		through["0l/a.yaml"] += fmt.Sprintf("a%d: &a%d {a: *a%d}\n", i+1, i+1, i)
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"deep":             {deep, "0l/a.yaml is not YAML: it is nested more than 100 deep"},
		"deep by aliases":  {through, "0l/a.yaml is not YAML: it is nested more than 100 deep"},
		"doubling folders": {doubling, "kustomize would read more than 500 files for this"},
		"large files":      {large, "the files that kustomize would read for this hold more than 4 MiB"},
		"aliases":          {aliases, "0l/a.yaml is not YAML: it is too large, or its aliases refer to each other"},
		"endless alias":    {endless, "0l/a.yaml is not YAML: it is too large, or its aliases refer to each other"},
	} {
		_, found := Read(repository(c.files), prod(schema.Kustomize{Resources: []string{"../../0l"}}))
		require.Equal(t, []string{c.want}, messages(found), name)
	}
}

// natsyard's own objects, for what follows.
func overlay(t *testing.T) (*kustomize.Base, kustomize.Environment) {
	t.Helper()
	object := func(kind, name string) kustomize.Object {
		return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"name": name}}}
	}
	conf := object("ConfigMap", "nats-config")
	conf.Object["data"] = map[string]any{"nats.conf": "port: 4222\n"}
	objects := []kustomize.Object{object("Service", "nats"), object("ServiceAccount", "nats"), conf}
	base, err := kustomize.NewBase("base", objects)
	require.NoError(t, err)
	return base, kustomize.Environment{Dir: "overlays/prod", Namespace: "nats", Objects: objects}
}

// Patches are found to match by what kustomize does when it comes to them: after renaming,
// before deleting.
func TestBuildMatches(t *testing.T) {
	t.Parallel()
	label := "- {op: add, path: /metadata/labels, value: {a: b}}\n"
	repo := repository(map[string]string{
		"overlays/prod/label.yaml":  label,
		"overlays/prod/delete.yaml": "$patch: delete\napiVersion: v1\nkind: Any\nmetadata: {name: any}\n",
		"overlays/prod/conf.yaml":   "- {op: replace, path: /data/nats.conf, value: 'port: 4223'}\n",
		"agent/kustomization.yaml":  "namePrefix: my-\nresources: [agent.yaml]\n",
		"agent/agent.yaml":          "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: agent}\n",
	})
	patch := func(path, kind, name string) schema.Patch {
		return schema.Patch{Path: path, Target: &schema.PatchTarget{Kind: kind, Name: name}}
	}
	for name, c := range map[string]struct {
		patches []schema.Patch
		want    []string
	}{
		"matching":               {[]schema.Patch{patch("label.yaml", "Service", "nats")}, nil},
		"by an expression":       {[]schema.Patch{patch("label.yaml", "Service.*", "n.*")}, nil},
		"by its name before":     {[]schema.Patch{patch("label.yaml", "ServiceAccount", "agent")}, nil},
		"by its name after":      {[]schema.Patch{patch("label.yaml", "ServiceAccount", "my-agent")}, nil},
		"patched, then deleted":  {[]schema.Patch{patch("label.yaml", "Service", "nats"), patch("delete.yaml", "Service", "nats")}, nil},
		"deleted, then patched":  {[]schema.Patch{patch("delete.yaml", "Service", "nats"), patch("label.yaml", "Service", "nats")}, []string{"label.yaml patches nothing: no object is its target"}},
		"of a part of the name":  {[]schema.Patch{patch("label.yaml", "Service", "nat")}, []string{"label.yaml patches nothing: no object is its target; did you mean nats?"}},
		"of no such kind, twice": {[]schema.Patch{patch("label.yaml", "Pod", ""), patch("label.yaml", "Pod", "a")}, []string{"label.yaml patches nothing: no object is its target", "label.yaml patches nothing: no object is its target"}},
		"changing nats.conf":     {[]schema.Patch{patch("conf.yaml", "ConfigMap", "")}, []string{"with these files nats.conf is no longer the one that the server has accepted"}},
		"deleting nats.conf":     {[]schema.Patch{patch("delete.yaml", "ConfigMap", "")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, env := overlay(t)
			a, found := Read(repo, prod(schema.Kustomize{Resources: []string{"../../agent"}, Patches: c.patches}))
			require.Empty(t, found)
			files, found, err := a.Build(base, env)
			require.NoError(t, err)
			require.Equal(t, c.want, messages(found))
			require.NotEmpty(t, files)
		})
	}
}

// A mistake does not hide the next one, and what only follows from it is not told.
func TestBuildFindsAll(t *testing.T) {
	t.Parallel()
	repo := repository(map[string]string{
		"overlays/prod/a.yaml":     configMap,
		"overlays/prod/twice.yaml": configMap,
		"overlays/prod/patch.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: missing}\ndata: {a: b}\n",
		"overlays/prod/flow.yaml":  "[{op: remove, path: /kind}]\n",
		"overlays/prod/path.yaml":  "- {op: remove, path: /none}\n",
	})
	base, env := overlay(t)
	a, found := Read(repo, prod(schema.Kustomize{
		Resources: []string{"missing.yaml", "a.yaml", "twice.yaml"},
		Patches:   []schema.Patch{{Path: "patch.yaml"}, {Path: "path.yaml", Target: &schema.PatchTarget{Kind: "Service"}}, {Path: "flow.yaml", Target: &schema.PatchTarget{Kind: "Service"}}},
	}))
	require.Equal(t, []string{"there is no overlays/prod/missing.yaml"}, messages(found))
	_, found, err := a.Build(base, env)
	require.NoError(t, err)
	require.Equal(t, []string{
		"twice.yaml brings ConfigMap/a, which is there already",
		"kustomize cannot build with path.yaml: error in remove for path: '/none': Unable to remove nonexistent key: none: missing value",
		`kustomize cannot build with flow.yaml: unable to parse SM or JSON patch from [path: "flow.yaml"]`,
	}, messages(found))
	require.Equal(t, "kustomize.resources.2", found[0].Path)
	require.Equal(t, "kustomize.patches.1.path", found[1].Path)
}

// A JSON patch that copies a value into itself over and over ends.
func TestBuildIsBounded(t *testing.T) {
	t.Parallel()
	bomb := "- {op: add, path: /data, value: {a: " + strings.Repeat("x", 1000) + "}}\n" +
		strings.Repeat("- {op: copy, from: /data, path: /data/b}\n- {op: copy, from: /data, path: /data/c}\n", 40)
	base, env := overlay(t)
	a, found := Read(repository(map[string]string{"overlays/prod/bomb.yaml": bomb}), prod(schema.Kustomize{
		Patches: []schema.Patch{{Path: "bomb.yaml", Target: &schema.PatchTarget{Kind: "Service"}}},
	}))
	require.Empty(t, found)
	_, found, err := a.Build(base, env)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Contains(t, found[0].Message, "the accumulated size increase of copy")
}

// FuzzRead reads any kustomization. Nothing crashes, nothing is read twice as much as is
// allowed, and what is accepted names no address.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"resources: [a.yaml, ../../base]\n", component + "patches: [{path: a.yaml, target: {kind: A}}]\n",
		"helmCharts: [{name: a}]\n", "resources: [https://example.com/a]\n", "a: &a [*a]\n", "[", "\x00", "? ? ?", "- - -",
		"configMapGenerator: [{name: a, files: [=, a=, =a.yaml], envs: ['']}]\n", "resources: ['', ., .., /]\n",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, kustomization, file string) {
		repo := repository(map[string]string{"c/kustomization.yaml": kustomization, "c/a.yaml": file, "overlays/prod/a.yaml": file})
		in := prod(schema.Kustomize{
			Resources: []string{"a.yaml", "../../c"}, Components: []string{"../../c"}, Patches: []schema.Patch{{Path: "a.yaml"}},
		})
		a, found := Read(repo, in)
		for _, d := range found {
			require.NotEmpty(t, d.Message)
			require.NotEmpty(t, d.Rule)
		}
		var k types.Kustomization
		if found.HasErrors() || k.Unmarshal([]byte(kustomization)) != nil {
			return
		}
		require.NotEmpty(t, a.Files)
		for _, name := range append(k.Resources, k.Components...) {
			require.False(t, remote.MatchString(name), name)
		}
	})
}
