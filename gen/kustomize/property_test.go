package kustomize

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

var pairs = flag.Int("pairs", 40, "random pairs of a base and an overlay that real kustomize builds")

// TestKustomizeBuildsWhatWasMeant has the real kustomize build random overlays on random
// bases, and compares with what was meant by means that share nothing with Prove.
func TestKustomizeBuildsWhatWasMeant(t *testing.T) {
	t.Parallel()
	origin := [][]Object{load(t, "base"), load(t, "prod"), load(t, "dev")}
	proved := 0
	for seed := range *pairs {
		m := mutator{rand.New(rand.NewPCG(uint64(seed), 1))}
		base, err := NewBase("base", m.objects(origin[0], m.IntN(6)))
		require.NoError(t, err, "seed %d", seed)
		env := Environment{Dir: "overlays/env", Namespace: "nats", Objects: m.objects(origin[m.IntN(3)], m.IntN(12))}
		files, err := base.Overlay(env)
		require.NoError(t, err, "seed %d", seed)

		require.NoError(t, base.Prove(files, env), "seed %d", seed)
		require.Empty(t, compareWithKustomize(t, base, files, env), "seed %d", seed)
		if !base.odd && !slices.ContainsFunc(env.Objects, extraordinary) {
			proved++
		}
	}
	require.Greater(t, proved, *pairs/2, "most pairs should take the short way")
}

// compareWithKustomize says how what kustomize builds differs from what was meant.
func compareWithKustomize(t testing.TB, base *Base, files []File, env Environment) string {
	t.Helper()
	stream, err := Build(slices.Concat(base.Files, files), env.Dir)
	if err != nil {
		return err.Error()
	}
	want, got := map[string]string{}, map[string]string{}
	for _, o := range env.Objects {
		o = o.DeepCopy()
		o.SetNamespace(env.Namespace)
		text, err := json.Marshal(o.Object)
		require.NoError(t, err)
		want[o.GetAPIVersion()+o.GetKind()+o.GetName()] = string(text)
	}
	for n, text := range bytes.Split(bytes.TrimSuffix(stream, []byte("\n")), []byte("\n---\n")) {
		var o struct {
			APIVersion, Kind string
			Metadata         struct{ Name string }
		}
		text, err := yaml.YAMLToJSON(append(bytes.Clone(text), '\n'))
		if err != nil {
			return fmt.Sprintf("document %d: %v", n, err)
		}
		require.NoError(t, json.Unmarshal(text, &o))
		got[o.APIVersion+o.Kind+o.Metadata.Name] = string(text)
	}
	return cmp.Diff(want, got)
}

// TestProveFindsWhatKustomizeWouldBuildWrong spoils the files of overlays at random. What
// Prove then lets pass, the real kustomize must build as it was meant.
func TestProveFindsWhatKustomizeWouldBuildWrong(t *testing.T) {
	t.Parallel()
	origin := [][]Object{load(t, "base"), load(t, "prod"), load(t, "dev")}
	wrong := 0
	for seed := range *pairs {
		m := mutator{rand.New(rand.NewPCG(uint64(seed), 2))}
		base, err := NewBase("base", m.objects(origin[0], m.IntN(3)))
		require.NoError(t, err, "seed %d", seed)
		env := Environment{Dir: "overlays/env", Namespace: "nats", Objects: m.objects(origin[m.IntN(3)], m.IntN(3))}
		files, err := base.Overlay(env)
		require.NoError(t, err, "seed %d", seed)
		for range 2 {
			spoilt := m.spoil(files)
			difference := compareWithKustomize(t, base, spoilt, env)
			if difference != "" {
				wrong++
			}
			if base.Prove(spoilt, env) == nil {
				require.Empty(t, difference, "seed %d", seed)
			}
		}
	}
	require.Greater(t, wrong, *pairs/2, "most spoilt files should build something else")
}

// spoil changes a line of a file, or a file.
func (m mutator) spoil(files []File) []File {
	files = slices.Clone(files)
	n := m.IntN(len(files))
	lines := bytes.SplitAfter(files[n].Data, []byte("\n"))
	i, j := m.IntN(len(lines)), m.IntN(len(lines))
	switch m.IntN(8) {
	case 0:
		return slices.Delete(files, n, n+1)
	case 1:
		files[n].Data = files[m.IntN(len(files))].Data
		return files
	case 2:
		lines[i], lines[j] = lines[j], lines[i]
	case 3:
		lines = slices.Delete(slices.Clone(lines), i, i+1)
	case 4:
		lines = slices.Insert(lines, i, lines[j])
	default:
		line := bytes.Clone(lines[i])
		for k := range line {
			if line[k] >= '0' && line[k] <= '9' && m.IntN(2) == 0 {
				line[k] = byte('0' + m.IntN(10))
			} else if m.IntN(12) == 0 {
				line[k] = "az/-: \"'"[m.IntN(8)]
			}
		}
		lines[i] = line
	}
	files[n].Data = bytes.Join(lines, nil)
	return files
}

// FuzzProve puts a string wherever one may be. What Prove lets pass, the real kustomize must
// build; and Prove lets pass all that is ordinary.
func FuzzProve(f *testing.F) {
	for _, s := range append(hostile, "\x7f", "\ta\nb", "\r\n", "\u0085", "a\u2028\nb", "\ufeff", "\xff") {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, s, key string) {
		objects := func(changes map[string]string) []Object {
			config, service := &unstructured.Unstructured{}, &unstructured.Unstructured{}
			config.SetUnstructuredContent(map[string]any{
				"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "nats-config"},
				"data": map[string]any{"nats.conf": s + changes["conf"]},
			})
			config.SetLabels(map[string]string{"a": s, "b" + key: s})
			service.SetUnstructuredContent(map[string]any{
				"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "nats"},
				"spec": map[string]any{"a": []any{s, map[string]any{"name": "b", "value": changes["value"], "kept": s}}, key: s},
			})
			service.SetAnnotations(map[string]string{"a": s, key: s, "c": changes["value"]})
			return []Object{config, service}
		}
		ordinary := !slices.ContainsFunc(objects(nil), extraordinary)
		base, err := NewBase("base", objects(map[string]string{"value": "old"}))
		if err != nil {
			require.False(t, ordinary, "%v", err)
			return
		}
		env := Environment{Dir: "overlays/env", Namespace: "nats", Objects: objects(map[string]string{"conf": "more", "value": s})}
		files, err := base.Overlay(env)
		require.NoError(t, err)
		if err := base.Prove(files, env); err != nil {
			require.False(t, ordinary, "%v", err)
			return
		}
		require.Empty(t, compareWithKustomize(t, base, files, env))
	})
}
