package valid

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
)

// kubernetes.txt has a line for each kind of object, and a block for each type with a line for
// each field: its name, its type, and as JSON what else holds for it. It merges all minors: a field that
// some lack says so.
//
//go:embed kubernetes.txt
var text string

// hand.txt has blocks of the same form, with what holds for a field besides.
//
//go:embed hand.txt
var hand string

// kindOf is a kind of object. typ is nil where only the kind is known.
type kindOf struct {
	typ *typ
	limits
}

// table is read once; its types are read when they are asked for.
type table struct {
	kinds  map[string]*kindOf // by "apiVersion kind"
	groups map[string]bool    // of Kubernetes' own
	types  map[string]*typ
}

// form is what a value is made of.
type form int

const (
	isAny form = iota
	isScalar
	isList
	isMap
	isObject
)

// typ is the type of a value.
type typ struct {
	form form
	name string // of a scalar or an object
	elem *typ   // of a list or a map

	once   sync.Once
	text   string // the lines of its fields
	hand   string // and those by hand
	fields map[string]*member
	needed []string
}

// member is a field of an object.
type member struct {
	typ *typ
	limits
	pattern func() *regexp.Regexp
}

// limits is what holds for a value besides its type; gen/valid/internal/source writes the same names but for
// those by hand.
type limits struct {
	Required             bool
	Since, Until         int    // minors, 0 for all
	Gate                 string // of a feature that is off by default
	Keys                 []string
	Set                  bool // the elements of the list differ
	Enum                 []choice
	Strict               bool // an empty value is not as if it were not there
	Pattern              string
	Minimum, Maximum     *float64
	MinLength, MaxLength *int
	MinItems, MaxItems   *int

	// By hand.
	Needed   bool   // it is there, and not empty
	Optional bool   // it need not be there, whatever the schema says
	Form     string // of forms; of a list for its elements
	Loose    bool   // only server-side apply wants the elements of the list to differ
}

// choice is a value that a field may have.
type choice struct {
	Value string
	Since int
	Gate  string
}

var known = sync.OnceValue(func() *table {
	t := &table{kinds: map[string]*kindOf{}, groups: map[string]bool{}, types: map[string]*typ{}}
	blocks := strings.Split(text, "\n\n")
	for _, block := range blocks[2:] {
		head, fields, _ := strings.Cut(block, "\n")
		name := strings.TrimPrefix(head, "type ")
		t.types[name] = &typ{form: isObject, name: name, text: fields}
	}
	for _, block := range strings.Split(strings.TrimSpace(hand), "\n\n")[1:] {
		head, fields, _ := strings.Cut(block, "\n")
		t.types[strings.TrimPrefix(head, "type ")].hand = fields // the tests know that each is there
	}
	for line := range strings.Lines(blocks[1]) {
		parts := strings.SplitN(strings.TrimSpace(line), " ", 5)
		k := &kindOf{}
		if parts[3] != "-" {
			k.typ = t.types[parts[3]]
		}
		if len(parts) > 4 {
			k.read(parts[4])
		}
		t.kinds[parts[1]+" "+parts[2]] = k
		if parts[0] == "kind" {
			t.groups[groupOf(parts[1])] = true
		}
	}
	return t
})

// groupOf is the group of an apiVersion, "" for v1.
func groupOf(apiVersion string) string {
	group, _, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		return ""
	}
	return group
}

// read reads limits. The tests read all of the table.
func (l *limits) read(text string) { _ = json.Unmarshal([]byte(text), l) }

// add reads what holds besides. Values that are there replace those that were.
func (l *limits) add(text string) {
	enum := l.Enum
	l.Enum = nil
	if l.read(text); l.Enum == nil {
		l.Enum = enum
	}
}

// parse reads the name of a type.
func (t *table) parse(name string) *typ {
	if rest, ok := strings.CutPrefix(name, "[]"); ok {
		return &typ{form: isList, elem: t.parse(rest)}
	}
	if rest, ok := strings.CutPrefix(name, "{}"); ok {
		return &typ{form: isMap, elem: t.parse(rest)}
	}
	if object := t.types[name]; object != nil {
		return object
	}
	if name == "any" {
		return &typ{}
	}
	return &typ{form: isScalar, name: name}
}

// load reads the fields of an object. A type of the one field "=" is what that field is.
func (t *typ) load() {
	t.once.Do(func() {
		t.fields = map[string]*member{}
		byHand := map[string]string{}
		for line := range strings.Lines(t.hand) {
			name, more, _ := strings.Cut(strings.TrimSpace(line), " ")
			byHand[name] = more
		}
		for line := range strings.Lines(t.text) {
			parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
			if len(parts) < 2 {
				continue
			}
			f := &member{typ: known().parse(parts[1])}
			if len(parts) > 2 {
				f.read(parts[2])
			}
			if more := byHand[parts[0]]; more != "" {
				f.add(more)
			}
			if f.Pattern != "" {
				f.pattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(f.Pattern) })
			}
			if f.Required && !f.Optional || f.Needed {
				t.needed = append(t.needed, parts[0])
			}
			t.fields[parts[0]] = f
		}
	})
}
