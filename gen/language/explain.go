package language

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/mitchellh/go-wordwrap"
)

// Columns of a terminal that an explanation takes, at most.
const (
	explainWidth = 96  // running text
	tableWidth   = 120 // the table of fields
	typeWidth    = 24  // the types in it
)

// Explain prints the documentation of a field for a terminal, in the manner of kubectl
// explain: what is known of it, line by line, what it means, and the fields below it.
func Explain(f *Field) string {
	var b strings.Builder
	for _, p := range f.facts() {
		text := wordwrap.WrapString(p[1], explainWidth-uint(factColumn))
		text = strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", factColumn))
		fmt.Fprintf(&b, "%-*s%s\n", factColumn, p[0], text)
	}
	for _, paragraph := range f.paragraphs() {
		b.WriteString("\n" + paragraph + "\n")
	}
	b.WriteString(f.table())
	return b.String()
}

// table lists the fields below a field, one a line.
func (f *Field) table() string {
	rows := f.rows()
	if len(rows) == 0 {
		return ""
	}
	var cells strings.Builder
	w := tabwriter.NewWriter(&cells, 0, 0, 2, ' ', 0)
	for _, c := range rows {
		name := strings.TrimPrefix(strings.TrimPrefix(c.Path, f.Path), ".")
		fmt.Fprintf(w, "  %s\t%s\t%s\n", name, short(c.Type, typeWidth), c.summary())
	}
	_ = w.Flush() // a strings.Builder does not fail
	lines := strings.Split(cells.String(), "\n")
	for i, line := range lines {
		lines[i] = short(line, tableWidth)
	}
	return "\nFIELDS\n" + strings.Join(lines, "\n")
}

// factColumn is where the facts stand, right of the longest label.
const factColumn = len("KUBERNETES") + 2

// facts are the pairs of label and text at the head of an explanation.
func (f *Field) facts() [][2]string {
	var facts [][2]string
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, [2]string{label, text})
		}
	}
	add("FIELD", strings.TrimSuffix("intent."+f.Path, "."))
	add("TYPE", f.Type)
	add("DEFAULT", f.defaultText())
	if f.Allowed != f.Type && !strings.Contains(f.Allowed, objectOf) { // whose fields are listed below
		add("ALLOWED", f.Allowed)
	}
	add("NATS", strings.Join(f.Options, ", "))
	add("KUBERNETES", strings.Join(f.Kube, ", "))
	if at := f.within(); len(f.Options) == 0 && len(f.Kube) == 0 && at != "" {
		add("PART OF", at)
	}
	return facts
}

// defaultText says what holds when nothing is written.
func (f *Field) defaultText() string {
	switch {
	case f.Required:
		return "none: it must be written"
	case f.Default == "" && f.Optional:
		return "not set"
	}
	return f.Default
}

// within gives what the nearest field above becomes that becomes anything.
func (f *Field) within() string {
	for p := f.parent; p != nil; p = p.parent {
		if all := slices.Concat(p.Kube, p.Options); len(all) > 0 {
			return strings.Join(all, ", ")
		}
	}
	return ""
}

// paragraphs are the comment of the field and that of its type, unless the one only says
// what the other does.
func (f *Field) paragraphs() []string {
	own, def := f.Doc, f.typeDoc
	core := strings.ToLower(strings.TrimSuffix(own, "."))
	switch {
	case def == "" || own == def:
		def = ""
	case strings.Contains(strings.ToLower(def), core):
		own = def
		def = ""
	}
	return slices.DeleteFunc([]string{own, def}, func(s string) bool { return s == "" })
}

// rows are the fields to list below a field; for a map or a list, those of its values.
func (f *Field) rows() []*Field {
	var rows []*Field
	for _, c := range f.Children {
		if c.Name == AnyKey || c.Name == Element {
			rows = append(rows, c.rows()...)
			continue
		}
		rows = append(rows, c)
	}
	return rows
}

// summary is the documentation up to the first pause.
func (f *Field) summary() string {
	doc := strings.Join(strings.Fields(f.Doc), " ")
	for _, pause := range []string{". ", "; ", ": "} {
		doc, _, _ = strings.Cut(doc, pause)
	}
	return strings.TrimSuffix(doc, ".")
}

// short cuts a text after n runes.
func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
