package own

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/schema"
)

// servers is a StatefulSet with a container and one that runs before it.
func servers() kube.Object {
	named := func(name string) []any { return []any{map[string]any{"name": name}} }
	return &unstructured.Unstructured{Object: map[string]any{
		"kind": "StatefulSet", "metadata": map[string]any{"name": "nats"},
		"spec": map[string]any{"template": map[string]any{"spec": map[string]any{"containers": named("nats"), "initContainers": named("wait")}}},
	}}
}

func TestPatchedContainers(t *testing.T) {
	t.Parallel()
	const head = "kind: StatefulSet\nmetadata: {name: nats}\nspec: {template: {spec: "
	byKind := &schema.PatchTarget{Kind: "StatefulSet"}
	for name, c := range map[string]struct {
		patch  string
		target *schema.PatchTarget
		want   []string
	}{
		"another name":   {head + "{containers: [{name: nast}]}}}", nil, []string{`3:46 nats in its place`}},
		"the same":       {head + "{containers: [{name: nats}]}}}", nil, nil},
		"one more":       {head + "{containers: [{name: tool, image: a}, {name: tool}]}}}", nil, nil},
		"deleted":        {head + "{containers: [{name: tool, $patch: delete}]}}}", nil, nil},
		"before":         {head + "{initContainers: [{name: nats}]}}}", nil, []string{"3:50 "}},
		"by target":      {"kind: X\nspec: {template: {spec: {containers: [{name: x}]}}}", byKind, []string{"2:46 "}},
		"another object": {"kind: StatefulSet\nmetadata: {name: other}\nspec: {template: {spec: {containers: [{name: x}]}}}", nil, nil},
		"operations":     {"- {op: remove, path: /a}", byKind, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := prod(schema.Kustomize{Patches: []schema.Patch{{Path: "p.yaml", Target: c.target}}})
			a, found := Read(repository(map[string]string{"overlays/prod/p.yaml": c.patch}), in)
			require.Empty(t, found)
			b := builder{Additions: a, env: kustomize.Environment{Objects: []kube.Object{servers()}}}
			b.containers(a.sound())
			var got []string
			for _, d := range b.found {
				require.Equal(t, "overlays/prod/p.yaml", d.Span.File)
				got = append(got, d.Span.String()[len("overlays/prod/p.yaml:"):]+" "+d.Mend)
			}
			require.Equal(t, c.want, got)
			require.Equal(t, len(c.want) == 0, len(a.sound()) == 1, "a patch with an error is built no more")
		})
	}
}
