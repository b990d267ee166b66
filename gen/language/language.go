// Package language is the language's own documentation, read from the CUE files of
// package schema: what each field means, which values it takes, what it becomes. It
// serves `natsyard explain`, docs/reference.md and the hints in findings.
//
// Only the syntax is read, nothing is evaluated: the first use costs some 3 ms, later ones
// nothing. All functions are safe for concurrent use.
package language

import (
	"strconv"
	"strings"
	"sync"

	"cuelang.org/go/cue/ast"

	"github.com/natsyard/natsyard/schema"
)

// Names of the fields that stand for many.
const (
	AnyKey  = "<key>" // every key of a map
	Element = "[]"    // every element of a list
)

// Field is a place in an intent. It is read-only.
type Field struct {
	Name string // "replicas", AnyKey or Element; "" for the root
	Path string // from the root, such as "cluster.replicas", "env.<key>" or "tolerations[].key"

	// Doc says what the field means, with its unit. The lines are the schema's own.
	Doc string

	// Type is the kind of value in a few words: "size", "port, 1 to 65535",
	// `"hard" | "soft"`, "map of name to NatsBoxContext", "list of Toleration".
	Type string

	// Default is what holds when nothing is written: a CUE value, or, where Derived is
	// set, words about where it comes from. "" where there is none.
	Default string
	Derived bool

	Required bool // must be written
	Optional bool // may be absent, and then has no value

	Nats []string // nats-server.conf options that the schema says it becomes, such as "cluster.port"
	// Options are those of nats-server.conf that it becomes at this place: what a definition says of one
	// place holds for the others that it stands in, and a field within a block is the block's option of
	// its name.
	Options []string

	Kube []string // places in Kubernetes objects, such as "StatefulSet spec.replicas"

	Enum    []string // all values as CUE, where they can be counted
	Allowed string   // what may be written, as a sentence without a full stop

	// Children are the fields of a struct in the order of the schema, the one AnyKey of a
	// map, the one Element of a list.
	Children []*Field

	parent  *Field
	def     string // definition of the struct, such as "Image"
	typeDoc string // its comment
	open    bool   // takes anything
	kinds   []kind // of the values that it takes
}

var load = sync.OnceValues(func() (*grammar, error) { return read(schema.Files) })

var root = sync.OnceValues(func() (*Field, error) {
	g, err := load()
	if err != nil {
		return nil, err
	}
	return g.root("Intent")
})

// Root is the intent itself. It fails only when the schema in the binary does not parse.
func Root() (*Field, error) { return root() }

// Lookup finds a field. Path elements are field names, keys of maps and list indices; any
// key and AnyKey find the values of a map, any index and Element those of a list. An index
// may be left out before the name of a field. Below what takes anything, such as
// extraConfig, every path is found.
func Lookup(path ...string) (*Field, bool) {
	f, err := Root()
	if err != nil {
		return nil, false
	}
	for _, name := range path {
		if f = f.child(name); f == nil {
			return nil, false
		}
	}
	return f, true
}

func (f *Field) child(name string) *Field {
	if f.open {
		return f
	}
	for _, c := range f.Children {
		switch c.Name {
		case name, AnyKey:
			return c
		case Element:
			if _, err := strconv.ParseUint(name, 10, 0); err == nil {
				return c
			}
			return c.child(name)
		}
	}
	return nil
}

// ParsePath splits a path as people type it: "cluster.replicas", "tolerations[0].key",
// `topologySpreadConstraints."kubernetes.io/hostname".maxSkew`, with or without the root's
// name `intent` before it. A malformed path is split somehow, and not found by Lookup.
func ParsePath(path string) []string {
	var elements []string
	for path != "" {
		var e string
		switch quoted, err := strconv.QuotedPrefix(path); {
		case err == nil:
			e, _ = strconv.Unquote(quoted)
			path = path[len(quoted):]
		case strings.HasPrefix(path, Element):
			e, path = Element, path[len(Element):]
		case path[0] == '[':
			e, path, _ = strings.Cut(path[1:], "]")
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			e, path = path[:end], path[end:]
		}
		elements = append(elements, e)
		path = strings.TrimPrefix(path, ".")
	}
	if len(elements) > 0 && elements[0] == "intent" {
		elements = elements[1:]
	}
	return elements
}

// formatPath is the inverse of ParsePath.
func formatPath(elements ...string) string {
	var b strings.Builder
	for _, e := range elements {
		switch _, err := strconv.ParseUint(e, 10, 0); {
		case e == Element:
			b.WriteString(e)
			continue
		case err == nil:
			b.WriteString("[" + e + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if e != AnyKey && ast.StringLabelNeedsQuoting(e) {
			e = strconv.Quote(e)
		}
		b.WriteString(e)
	}
	return b.String()
}
