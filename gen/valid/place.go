package valid

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/language"
)

// origin is a field of the language and a place in objects that it becomes.
type origin struct {
	field []string // with language.AnyKey and language.Element
	kind  string   // "all" is every kind
	steps []string
}

// origins are read from the @kube attributes of the language.
var origins = sync.OnceValue(func() (out []origin) {
	root, err := language.Root()
	if err != nil {
		return nil // the finding is then at the intent as a whole
	}
	var walk func(f *language.Field, path []string)
	walk = func(f *language.Field, path []string) {
		for _, text := range f.Kube {
			kind, place, _ := strings.Cut(text, " ")
			if strings.HasPrefix(place, "<") { // is a name
				place = ""
			}
			out = append(out, origin{slices.Clone(path), kind, split(place)})
		}
		for _, c := range f.Children {
			walk(c, append(path, c.Name))
		}
	}
	walk(root, nil)
	return out
})

// split takes a path in an object apart: "containers[nats].image" is containers, [nats], image.
func split(path string) (steps []string) {
	for path != "" {
		end := strings.IndexAny(path[1:], ".[") + 1
		if path[0] == '[' {
			end = strings.IndexByte(path, ']') + 1
		}
		if end <= 0 {
			end = len(path)
		}
		steps = append(steps, path[:end])
		path = strings.TrimPrefix(path[end:], ".")
	}
	return steps
}

// place is the field of an intent that becomes a place in one of its objects: of all that may, the one of
// which the user wrote most; of several, that which becomes the least of the object. nil where none is known.
func place(in *intent.Intent, o kube.Object, path string) (best []string) {
	steps, owner := split(path), ownerOf(in, o)
	indices := indicesOf(o, steps)
	written, exact := -1, -1
	for _, from := range origins() {
		if from.kind != o.GetKind() && from.kind != "all" || len(from.steps) > len(steps) {
			continue
		}
		field, ok := from.field, true
		for i, s := range from.steps {
			bare := strings.Trim(steps[i], "[]")
			switch {
			case s == steps[i]:
			case s == "[]" && steps[i][0] == '[':
				field = filled(field, bare, len(owner), i == len(from.steps)-1)
			default:
				ok = false
			}
		}
		if !ok {
			continue
		}
		for i := range min(len(owner), len(field)) {
			if field[i] == language.AnyKey {
				field = slices.Concat(field[:i], []string{owner[i]}, field[i+1:])
			}
		}
		if from.kind != "all" && len(owner) > 0 && (len(field) < len(owner) || !slices.Equal(field[:len(owner)], owner)) {
			continue
		}
		for i := len(from.steps); i < len(steps); i++ {
			below := append(slices.Clip(field), strings.Trim(steps[i], "[]"))
			if _, is := in.Written(below...); !is && indices[i] != "" {
				below[len(field)] = indices[i]
			}
			field = below
		}
		for len(field) >= len(from.field) {
			if _, is := in.Written(field...); is {
				break
			}
			field = field[:len(field)-1]
		}
		if len(field) < len(from.field) {
			continue
		}
		if c := cmp.Or(cmp.Compare(len(field), written), cmp.Compare(len(from.steps), exact)); c > 0 {
			best, written, exact = field, len(field), len(from.steps)
		}
	}
	return best
}

// indicesOf are the indices of those steps that are elements of lists, "" for others.
func indicesOf(o kube.Object, steps []string) []string {
	indices := make([]string, len(steps))
	var v any = o.Object
	for i, s := range steps {
		name := strings.Trim(s, "[]")
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			v = nil
			for n, e := range at {
				if name == strconv.Itoa(n) || name == nameOf(e, n, nil) || name == nameOf(e, n, []string{"mountPath"}) || name == nameOf(e, n, []string{"topologyKey"}) {
					indices[i], v = strconv.Itoa(n), e
					break
				}
			}
		}
	}
	return indices
}

// filled puts the name of an element into a field: for the first that stands for many, or else below it
// where the element is the last step.
func filled(field []string, name string, from int, last bool) []string {
	for i := from; i < len(field); i++ {
		if field[i] == language.AnyKey || field[i] == language.Element {
			return slices.Concat(field[:i], []string{name}, field[i+1:])
		}
	}
	if last {
		return append(slices.Clip(field), name)
	}
	return field
}

// ownerOf is the field below which all of an object stands, for those of which there are several of a kind.
func ownerOf(in *intent.Intent, o kube.Object) []string {
	name := o.GetName()
	switch o.GetKind() {
	case "Service":
		switch name {
		case in.ServiceName():
			return []string{"service"}
		case in.HeadlessName():
			return []string{"headlessService"}
		}
		for key := range in.ExtraServices {
			if in.ExtraServiceName(key) == name {
				return []string{"extraServices", key}
			}
		}
	case "ConfigMap":
		if name != in.ConfigMapName() {
			return []string{"natsBox"}
		}
	case "Ingress":
		return []string{"websocket", "ingress"}
	case "HTTPRoute":
		return []string{"websocket", "httpRoute"}
	}
	return nil
}
