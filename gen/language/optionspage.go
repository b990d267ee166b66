package language

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/options"
)

const optionsHead = `# The options of nats-server

<!-- Generated from the source of nats-server %s and from schema/; do not edit. -->

Every option of nats-server.conf that nats-server %s knows, block by block, and what sets it. ` + "`natsyard explain cluster.pool_size`" + `
says the same of one.

- **Set by** is a field of an intent (the [reference](reference.md) has them all), ` + "`extraConfig`" + `, or nothing.
- **Hot reload** tells whether a running server takes over every change of it. Where it does not, a change rolls the pods.
- Elements of lists and keys of maps are left out of the names of options: ` + "`accounts.users`" + ` is a user of an account.
- A block that stands in several places has one table, in which ` + "`…`" + ` is the field of the place.
`

// OptionsPage is every option of nats-server.conf and what sets it, as Markdown: the content of
// docs/options.md. It fails only as Root does.
func OptionsPage() ([]byte, error) {
	if _, err := setters(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, optionsHead, options.ServerVersion, options.ServerVersion)
	sections := optionSections()
	for i, s := range sections {
		places := []place{s.place}
		if slices.ContainsFunc(sections[:i], s.same) {
			continue
		}
		for _, other := range sections[i+1:] {
			if s.same(other) {
				places = append(places, other.place)
			}
		}
		writeSection(&out, s, places)
	}
	return out.Bytes(), nil
}

// place is where a block stands, and the fields that it is.
type place struct {
	block  string
	fields []*Field
}

// section is the options of one block. In its rows the fields below that of the block are
// written without it.
type section struct {
	place
	rows []string
}

// same tells whether two blocks are one of the same options, set in the same way.
func (s section) same(other section) bool { return slices.Equal(s.rows, other.rows) }

func optionSections() (sections []section) {
	for _, o := range options.All() {
		last := len(sections) - 1
		if last < 0 || sections[last].block != o.Block {
			p := place{block: o.Block}
			if block, ok := options.Find(strings.Split(o.Block, ".")...); ok {
				p.fields = Setters(block)
			}
			sections = append(sections, section{place: p})
			last++
		}
		sections[last].rows = append(sections[last].rows, optionRow(o, sections[last].fields))
	}
	return sections
}

// ellipsis stands for the field of a block.
const ellipsis = "…"

func optionRow(o options.Option, blocks []*Field) string {
	names := make([]string, len(o.Names))
	for i, name := range o.Names {
		names[i] = code(name)
	}
	aliases := ""
	if len(names) > 1 {
		aliases = " (" + strings.Join(names[1:], ", ") + ")"
	}
	fields := Setters(o)
	var setters []string
	for _, f := range fields {
		setters = append(setters, code(relative(f.Path, blocks)))
	}
	note := o.Reason().Text
	switch {
	case len(fields) > 0:
		note = fields[0].sentence()
	case o.Reason().Way == options.Extra:
		setters = []string{code("extraConfig")}
	default:
		setters = []string{"nothing"}
	}
	return fmt.Sprintf("| %s%s | %s | %s | %s |\n", names[0], aliases, strings.Join(setters, "<br>"), reloadWord(o), cell(note))
}

// sentence is the first sentence of the documentation, or that of the field around one that has
// none of its own: an element, a key, a switch.
func (f *Field) sentence() string {
	if f.parent != nil && (f.Doc == "" || f.Name == "enabled" || f.Name == AnyKey || f.Name == Element) {
		return f.parent.sentence()
	}
	first, _, _ := strings.Cut(strings.Join(strings.Fields(f.Doc), " "), ". ")
	return strings.TrimSuffix(first, ".")
}

// relative is a field's path without that of the block.
func relative(path string, blocks []*Field) string {
	for _, b := range blocks {
		if rest, below := strings.CutPrefix(path, b.Path); below && rest != "" && strings.ContainsAny(rest[:1], ".[") {
			return ellipsis + rest
		}
	}
	return path
}

func writeSection(out *bytes.Buffer, s section, places []place) {
	var blocks []string
	for _, p := range places {
		blocks = append(blocks, p.block)
	}
	rows := strings.Join(s.rows, "")
	switch {
	case s.block == "":
		out.WriteString("\n## The top level\n\n")
	case len(places) == 1:
		fmt.Fprintf(out, "\n## %s\n\n", s.block)
		if len(s.fields) > 0 {
			rows = strings.ReplaceAll(rows, "`"+ellipsis, "`"+s.fields[0].Path)
		}
	default:
		fmt.Fprintf(out, "\n## %s\n\n| Block | %s |\n|---|---|\n", List(blocks, "and"), ellipsis)
		for _, p := range places {
			fmt.Fprintf(out, "| `%s` | %s |\n", p.block, fieldCell(p.fields))
		}
		out.WriteString("\n")
	}
	out.WriteString("| Option | Set by | Hot reload | Note |\n|---|---|---|---|\n" + rows)
}

func fieldCell(fields []*Field) string {
	if len(fields) == 0 {
		return "no field"
	}
	return code(fields[0].Path)
}
