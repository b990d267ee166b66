package language

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const referenceHead = `# The language

<!-- Generated from the comments in schema/; do not edit. -->

What an ` + "`intent`" + ` may say, struct by struct. ` + "`natsyard explain PATH`" + ` prints the same for one field.

- **Default** is what holds when a field is not written: a value, or in words where it comes from.
  Fields without one stay out of what is rendered.
- **Becomes** names the option of nats-server.conf or the place in a Kubernetes object. A field
  without an entry is part of what the field above it becomes.
- Fields of a list's elements are written ` + "`list[].field`" + `, those of a map's values ` + "`map.<key>.field`" + `.
`

// Reference is the documentation of the whole language as Markdown, the content of
// docs/reference.md: a section for each struct. It fails only as Root does.
func Reference() ([]byte, error) {
	top, err := Root()
	if err != nil {
		return nil, err
	}
	g, err := load()
	if err != nil {
		return nil, err
	}
	r := &reference{grammar: g, required: map[string]bool{}}
	top.walk(func(f *Field) {
		if f.def != "" && !slices.Contains(r.structs, f.def) {
			r.structs = append(r.structs, f.def)
		}
		if f.Required {
			r.required[f.parent.def+"."+f.Name] = true
		}
	})
	r.out.WriteString(referenceHead)
	r.values()
	for _, def := range r.structs {
		r.section(def)
	}
	return r.out.Bytes(), nil
}

type reference struct {
	*grammar
	structs  []string        // in the order of their first use
	required map[string]bool // "Struct.field" that some place leaves to the user
	out      bytes.Buffer
}

// values lists the definitions that are no structs: sizes, durations, names.
func (r *reference) values() {
	r.out.WriteString("\n## Values\n\n| Type | What may be written |\n|---|---|\n")
	for _, def := range slices.Sorted(maps.Keys(r.defs)) {
		first := r.definition(def).alts[0]
		if first.lit == "" && first.kind != structKind && !slices.Contains(r.structs, def) {
			fmt.Fprintf(&r.out, "| %s | %s |\n", words(def), cell(r.defs[def].sentence))
		}
	}
}

func (r *reference) section(def string) {
	f := r.field(nil, &member{shape: r.definition(def)})
	fmt.Fprintf(&r.out, "\n## %s\n\n%s\n\n", def, escape(f.Doc))
	r.out.WriteString("| Field | Meaning | Type | Default | Becomes |\n|---|---|---|---|---|\n")
	for _, c := range f.inline() {
		fmt.Fprintf(&r.out, "| `%s` | %s | %s | %s | %s |\n",
			c.Path, cell(c.Doc), r.typeCell(c), r.defaultCell(c), becomes(c))
	}
}

// inline gives the fields below a struct, and those of the structs in it that have no name
// and thus no section of their own.
func (f *Field) inline() []*Field {
	var rows []*Field
	for _, c := range f.Children {
		if c.Name != AnyKey && c.Name != Element {
			rows = append(rows, c)
		}
		if c.def == "" {
			rows = append(rows, c.inline()...)
		}
	}
	return rows
}

var typeName = regexp.MustCompile(`\b[A-Z][A-Za-z]+\b`)

// typeCell links the names of structs to their sections.
func (r *reference) typeCell(f *Field) string {
	if len(f.Enum) > 0 {
		return code(strings.Join(f.Enum, " | "))
	}
	return typeName.ReplaceAllStringFunc(cell(f.Type), func(name string) string {
		if !slices.Contains(r.structs, name) {
			return name
		}
		return fmt.Sprintf("[%s](#%s)", name, strings.ToLower(name))
	})
}

// defaultCell gives the default of a field; for a struct, where its defaults differ here
// from those in its own section.
func (r *reference) defaultCell(f *Field) string {
	switch {
	case f.Required && r.required[f.parent.def+"."+f.Name]:
		return "required"
	case f.Required:
		return "see where it is used"
	case f.Default != "":
		return value(f)
	case f.def != "":
		return strings.Join(differences(f, r.field(nil, &member{shape: r.definition(f.def)})), "<br>")
	}
	return ""
}

func differences(f, def *Field) []string {
	var out []string
	for i, c := range f.Children {
		if i >= len(def.Children) {
			break
		}
		if d := def.Children[i]; c.Default != d.Default {
			out = append(out, code(c.Name)+": "+value(c))
		}
	}
	return out
}

func value(f *Field) string {
	if f.Derived {
		return cell(f.Default)
	}
	return code(f.Default)
}

// becomes tells what a field becomes, options before objects.
func becomes(f *Field) string {
	var out []string
	for _, option := range f.Nats {
		if !strings.Contains(option, " ") { // else words
			option = code(option)
		}
		out = append(out, "nats.conf "+option)
	}
	for _, place := range f.Kube {
		kind, path, _ := strings.Cut(place, " ")
		if path != "" {
			path = " " + code(path)
		}
		out = append(out, kind+path)
	}
	return strings.Join(out, "<br>")
}

// code and cell fit a text into a cell of a table, as code and as text.
func code(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }

func cell(s string) string {
	return strings.ReplaceAll(escape(strings.Join(strings.Fields(s), " ")), "|", `\|`)
}

// escape keeps a text from being taken for HTML, outside of `code`.
func escape(s string) string {
	parts := strings.Split(s, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(parts[i])
	}
	return strings.Join(parts, "`")
}
