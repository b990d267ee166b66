package kustomize

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// hostile are strings that a reader of YAML may take for something else, or that a careless
// writer of YAML breaks.
var hostile = []string{
	"", " ", "~", "null", "true", "on", "off", "y", "N", "yes", "012", "0o12", "0x1f", "0b11", "1e3", "1_000", "+1", ".5",
	"1:30", "22:22:22", "2001-01-01", "2001-01-01T00:00:00Z", ".inf", "-.inf", ".nan", "<<", "=", "-", "?", ":", "- a", "a: b", "a #b",
	"# a", "#a", "&a", "*a", "!a", "!!str a", "|", ">", "@a", "`a", "%a", "{a}", "[a]", "a,", "'", "\"", "\\", "'a'", "\"a\"",
	"a\n", "a\n\n", "\na", "\n", "a\nb", "a\n b\n", " a\nb", "  a\n b\n", "a \nb", "a\n\tb", "a\tb", "# a\nb", "---\na", "a\n---\nb",
	"...\n", "a: b\n- c\n", "$(POD_NAME)", "<< $TOKEN >>", "a/b~c", "~1", "é", "日本", "😀", "a\u00a0b", "natsyard.io/x", "1Gi", "1000650000",
	"{\"a\": \"<b>&\"}", "a very long string that goes on and on, far beyond the eighty columns at which some writers of YAML begin to fold",
}

var numbers = []any{int64(0), int64(1), int64(-1), int64(7), int64(4222), int64(65535), int64(1000650000), int64(1 << 52), true, false}

// mutator changes objects at random, as careless or hostile as its random source has it.
type mutator struct{ *rand.Rand }

// objects returns a changed copy: n changes in what is in the objects, and some objects
// that come, go or change their names.
func (m mutator) objects(objects []Object, n int) []Object {
	out := make([]Object, len(objects))
	for i, o := range objects {
		out[i] = o.DeepCopy()
	}
	for range n {
		m.object(out[m.IntN(len(out))])
	}
	switch m.IntN(6) {
	case 0:
		i := m.IntN(len(out))
		out = slices.Delete(out, i, i+1)
	case 1:
		extra := out[m.IntN(len(out))].DeepCopy()
		extra.SetName(fmt.Sprintf("extra-%d.a", m.IntN(3)))
		if _, ok := conf(extra); !ok { // there is but one nats.conf
			out = append(out, extra)
		}
	case 2:
		o := out[m.IntN(len(out))]
		o.SetName(o.GetName() + "-2")
	}
	m.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// object changes one value of the object, other than what it is and its name.
func (m mutator) object(o Object) {
	if text, ok := conf(o); ok && m.IntN(2) == 0 {
		o.Object["data"] = map[string]any{"nats.conf": m.text() + text + m.text()}
		return
	}
	if m.IntN(4) == 0 {
		labels := map[string]string{}
		maps.Copy(labels, o.GetLabels())
		m.labels(labels)
		o.SetLabels(labels)
		return
	}
	for _, field := range []string{"spec", "data"} {
		if fields, ok := o.Object[field].(map[string]any); ok {
			m.fields(fields)
		}
	}
}

func (m mutator) labels(labels map[string]string) {
	keys := slices.Sorted(maps.Keys(labels))
	switch m.IntN(3) {
	case 0:
		labels[keys[m.IntN(len(keys))]] = m.text()
	case 1:
		delete(labels, keys[m.IntN(len(keys))])
	default:
		labels[fmt.Sprintf("example.com/k~%d", m.IntN(3))] = m.text()
	}
}

func (m mutator) fields(fields map[string]any) {
	keys := slices.Sorted(maps.Keys(fields))
	if len(keys) == 0 || m.IntN(8) == 0 {
		fields[fmt.Sprintf("field/%d", m.IntN(3))] = m.value(2)
		return
	}
	key := keys[m.IntN(len(keys))]
	if m.IntN(12) == 0 {
		delete(fields, key)
		return
	}
	fields[key] = m.changed(fields[key])
}

// changed keeps the kind of a value: a list stays one.
func (m mutator) changed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m.fields(v)
		return v
	case []any:
		return m.list(v)
	case string:
		return m.text()
	}
	return numbers[m.IntN(len(numbers))]
}

func (m mutator) list(list []any) []any {
	if len(list) == 0 {
		return []any{m.text()}
	}
	i, j := m.IntN(len(list)), m.IntN(len(list))
	switch m.IntN(8) {
	case 0:
		return slices.Delete(list, i, i+1)
	case 1:
		list[i], list[j] = list[j], list[i]
	case 2, 3:
		return slices.Insert(list, j, m.sibling(list[i]))
	default:
		list[i] = m.changed(list[i])
	}
	return list
}

// sibling is a further element of the same kind as the given one, often with another name.
func (m mutator) sibling(element any) any {
	fields, ok := element.(map[string]any)
	if !ok {
		return m.text()
	}
	fields = (&unstructured.Unstructured{Object: map[string]any{"e": fields}}).DeepCopy().Object["e"].(map[string]any)
	for _, key := range []string{"name", "mountPath", "containerPort", "port"} {
		if _, ok := fields[key]; ok && m.IntN(4) > 0 {
			fields[key] = m.changed(fields[key])
		}
	}
	return fields
}

func (m mutator) value(depth int) any {
	switch n := m.IntN(6); {
	case n == 0 && depth > 0:
		return map[string]any{"k" + m.text(): m.value(depth - 1), "b": m.text()}
	case n == 1 && depth > 0:
		return []any{m.value(depth - 1), m.text()}
	case n == 2:
		return numbers[m.IntN(len(numbers))]
	case n == 3:
		return map[string]any{}
	}
	return m.text()
}

func (m mutator) text() string { return hostile[m.IntN(len(hostile))] }
