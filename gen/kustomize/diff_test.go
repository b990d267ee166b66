package kustomize

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		from, to string
		want     string // lines of "op path value"
	}{{
		name: "equal",
		from: `{a: {b: [1, {c: 2}]}}`, to: `{a: {b: [1, {c: 2}]}}`,
	}, {
		name: "a value alone",
		from: `{spec: {replicas: 1, serviceName: nats}}`, to: `{spec: {replicas: 3, serviceName: nats}}`,
		want: `replace /spec/replicas 3`,
	}, {
		name: "a missing map is added whole",
		from: `{spec: {}, kind: A}`, to: `{spec: {affinity: {podAntiAffinity: {a: 1}}}, kind: A}`,
		want: `add /spec/affinity {"podAntiAffinity":{"a":1}}`,
	}, {
		name: "a map is replaced where that is shorter",
		from: `{spec: {a: 1, limits: {cpu: 1, memory: 1Gi}}}`, to: `{spec: {a: 1, limits: {cpu: 2, memory: 4Gi}}}`,
		want: `replace /spec/limits {"cpu":2,"memory":"4Gi"}`,
	}, {
		name: "but not where it is as long",
		from: `{limits: {cpu: 1, memory: 1Gi, x: 1}}`, to: `{limits: {cpu: 2, memory: 4Gi, x: 1}}`,
		want: "replace /limits/cpu 2\nreplace /limits/memory \"4Gi\"",
	}, {
		name: "a field changes its type",
		from: `{a: {b: 1}, c: 1}`, to: `{a: [1], c: {d: "1"}}`,
		want: "replace /a [1]\nreplace /c {\"d\":\"1\"}",
	}, {
		name: "keys are escaped",
		from: `{labels: {a/b~c: x, k: v}}`, to: `{labels: {k: v}}`,
		want: `remove /labels/a~1b~0c`,
	}, {
		name: "an element is known by its name",
		from: `{containers: [{name: nats, image: "a:1", x: [1, 2, 3]}, {name: reloader, image: b}]}`,
		to:   `{containers: [{name: nats, image: "a:2", x: [1, 2, 3]}, {name: reloader, image: b}]}`,
		want: "test /containers/0/name \"nats\"\nreplace /containers/0/image \"a:2\"",
	}, {
		name: "a mount is known by its path, its volume may be mounted twice",
		from: `{m: [{name: v, mountPath: /a}, {name: v, mountPath: /b, readOnly: false, subPath: x}]}`,
		to:   `{m: [{name: v, mountPath: /a}, {name: v, mountPath: /b, readOnly: true, subPath: x}]}`,
		want: "test /m/1/mountPath \"/b\"\nreplace /m/1/readOnly true",
	}, {
		name: "a claim template is known by the name in its metadata",
		from: `{t: [{metadata: {name: js}, spec: {a: 1, b: {c: 1}, d: 2}}]}`,
		to:   `{t: [{metadata: {name: js}, spec: {a: 1, b: {c: 2}, d: 2}}]}`,
		want: "test /t/0/metadata/name \"js\"\nreplace /t/0/spec/b/c 2",
	}, {
		name: "a rule is known by its first port",
		from: `{ingress: [{ports: [{port: 4222}]}, {ports: [{port: 8222}], from: [{a: 1}]}]}`,
		to:   `{ingress: [{ports: [{port: 4222}]}, {ports: [{port: 8222}], from: [{a: 1}, {b: 1}]}]}`,
		want: "test /ingress/1/ports/0/port 8222\nadd /ingress/1/from/- {\"b\":1}",
	}, {
		name: "a text is known by itself",
		from: `{args: [-a, -b, "http://x", c, d]}`, to: `{args: [-a, -b, -jsz, "http://x", c, d]}`,
		want: "test /args/2 \"http://x\"\nadd /args/2 \"-jsz\"",
	}, {
		name: "elements come and go from the end to the beginning, by the indices that were",
		from: `{e: [{name: a}, {name: b, v: {f: 1, g: 2, h: 3}}, {name: c}, {name: d}, {name: e, l: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]}]}`,
		to:   `{e: [{name: i}, {name: b, v: {f: 1, g: 2}}, {name: d}, {name: j}, {name: e, l: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]}]}`,
		want: strings.Join([]string{
			`test /e/0/name "a"`, `replace /e/0 {"name":"i"}`,
			`test /e/1/name "b"`, `remove /e/1/v/h`,
			`test /e/4/name "e"`, `add /e/4 {"name":"j"}`,
			`test /e/2/name "c"`, `remove /e/2`,
		}, "\n"),
	}, {
		name: "many come at one place",
		from: `{a: [{name: b, l: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}]}`, to: `{a: [{name: c}, {name: d}, {name: b, l: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}, {name: e}]}`,
		want: "add /a/- {\"name\":\"e\"}\ntest /a/0/name \"b\"\nadd /a/0 {\"name\":\"c\"}\nadd /a/1 {\"name\":\"d\"}",
	}, {
		name: "a list of nothing alike is replaced",
		from: `{args: [a, b, c]}`, to: `{args: [d, e, f]}`,
		want: `replace /args ["d","e","f"]`,
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var from, to map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(test.from), &from))
			require.NoError(t, yaml.Unmarshal([]byte(test.to), &to))
			ops := diff("", from, to)
			require.Equal(t, test.want, show(t, ops))
			requirePatch(t, from, to, ops)
		})
	}
}

// TestDiffOfObjects compares random changes of real objects.
func TestDiffOfObjects(t *testing.T) {
	t.Parallel()
	objects := load(t, "prod")
	for seed := range 3000 {
		m := mutator{rand.New(rand.NewPCG(uint64(seed), 3))}
		o := objects[m.IntN(len(objects))]
		from, to := o.DeepCopy(), o.DeepCopy()
		for range m.IntN(8) {
			m.object(from)
		}
		for range m.IntN(8) {
			m.object(to)
		}
		requirePatch(t, from.Object, to.Object, diff("", from.Object, to.Object))
	}
}

// FuzzDiff compares two small documents that are made of the fuzzer's bytes, of few keys and
// values, so that much is alike and much is nearly so.
func FuzzDiff(f *testing.F) {
	f.Add([]byte{0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []byte{0, 3, 1, 2, 3, 4, 5, 7, 6, 8, 9})
	f.Add([]byte{2, 9, 7, 1, 1, 17, 33, 4, 9}, []byte{2, 9, 7, 1, 2, 17, 4, 49, 1, 9, 9, 9})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		from := map[string]any{"root": document(bytes.NewReader(a), 4)}
		to := map[string]any{"root": document(bytes.NewReader(b), 4)}
		requirePatch(t, from, to, diff("", from, to))
	})
}

func document(r io.ByteReader, depth int) any {
	b, _ := r.ReadByte() // 0 at the end
	kind, n := b%4, int(b/4%8)
	switch {
	case kind == 1 && depth > 0:
		fields := map[string]any{}
		for range n {
			key, _ := r.ReadByte()
			fields[[]string{"name", "port", "", "a/b", "~1", "0", "-", "metadata"}[key%8]] = document(r, depth-1)
		}
		return fields
	case kind == 2 && depth > 0:
		list := []any{}
		for range n {
			list = append(list, document(r, depth-1))
		}
		return list
	case kind == 3:
		return int64(n)
	}
	return hostile[n]
}

// requirePatch applies the patch with the library that kustomize applies it with.
func requirePatch(t *testing.T, from, to map[string]any, ops []op) {
	t.Helper()
	requireGuards(t, from, ops)
	list := []any{}
	for _, o := range ops {
		list = append(list, o.fields())
	}
	text, err := json.Marshal(list)
	require.NoError(t, err)
	patch, err := jsonpatch.DecodePatch(text)
	require.NoError(t, err)
	before, err := json.Marshal(from)
	require.NoError(t, err)
	after, err := json.Marshal(to)
	require.NoError(t, err)
	got, err := patch.Apply(before)
	require.NoError(t, err, "%s", text)
	require.JSONEq(t, string(after), string(got), "%s", text)
}

// requireGuards checks that every list element that an operation goes through was tested
// before, and that what was tested is the element that from has there.
func requireGuards(t *testing.T, from map[string]any, ops []op) {
	t.Helper()
	tested := map[string]bool{}
	for n, o := range ops {
		for _, element := range elements(from, o.path) {
			if o.kind == "test" {
				tested[element] = true
			}
			further := o.kind == "add" && element == o.path && n > 0 && ops[n-1].kind == "add" &&
				path.Dir(ops[n-1].path) == path.Dir(o.path)
			require.True(t, tested[element] || further, "%s is not tested before %s %s", element, o.kind, o.path)
		}
	}
}

// elements are the beginnings of a path that lead to the element of a list.
func elements(v any, path string) []string {
	var found []string
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	at := ""
	for token := range strings.SplitSeq(path[1:], "/") {
		at += "/" + token
		switch parent := v.(type) {
		case map[string]any:
			v = parent[unescape.Replace(token)]
		case []any:
			if token == "-" {
				return found
			}
			found = append(found, at)
			index, err := strconv.Atoi(token)
			if err != nil || index >= len(parent) {
				return found
			}
			v = parent[index]
		}
	}
	return found
}

func show(t *testing.T, ops []op) string {
	t.Helper()
	var out []string
	for _, o := range ops {
		line := o.kind + " " + o.path
		if o.kind != "remove" {
			value, err := json.Marshal(o.value)
			require.NoError(t, err)
			line += " " + string(value)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}
