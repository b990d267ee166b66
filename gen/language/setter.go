package language

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/mitchellh/go-wordwrap"

	"github.com/natsyard/natsyard/gen/options"
)

// setters are the fields that set each option, by its path, those nearest to the root first.
var setters = sync.OnceValues(func() (map[string][]*Field, error) {
	top, err := Root()
	if err != nil {
		return nil, err
	}
	fields := map[string][]*Field{}
	top.walk(func(f *Field) {
		for _, option := range f.Options {
			if o, ok := options.Find(strings.Split(option, ".")...); ok {
				fields[o.Path()] = append(fields[o.Path()], f)
			}
		}
	})
	for option, all := range fields {
		// The switch of a block that is there when it is given says nothing more.
		all = slices.DeleteFunc(slices.Clone(all), func(f *Field) bool {
			return f.Name == "enabled" && slices.Contains(fields[option], f.parent)
		})
		fields[option] = all
		slices.SortStableFunc(all, func(a, b *Field) int {
			return cmp.Compare(len(ParsePath(a.Path)), len(ParsePath(b.Path)))
		})
	}
	return fields, nil
})

// Setters are the fields that set an option of nats-server.conf, those nearest to the root first.
func Setters(o options.Option) []*Field {
	fields, err := setters()
	if err != nil {
		return nil
	}
	return fields[o.Path()]
}

// ExplainOption prints for a terminal what sets an option of nats-server.conf, or why nothing
// does. Where it is one field, the field's own explanation follows.
func ExplainOption(o options.Option) string {
	var b strings.Builder
	fields := Setters(o)
	fact := func(label, text string) {
		text = wordwrap.WrapString(text, explainWidth-uint(factColumn))
		fmt.Fprintf(&b, "%-*s%s\n", factColumn, label, strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", factColumn)))
	}
	fact("OPTION", o.Path())
	if len(o.Names) > 1 {
		fact("ALSO", List(o.Names[1:], "and"))
	}
	fact("SET BY", setBy(o))
	if len(fields) > 0 || o.Reason().Way == options.Extra {
		fact("HOT RELOAD", reloadWord(o)+reloadMeaning(o))
	}
	switch len(fields) {
	case 0:
		fact("NOTE", o.Reason().Text)
	case 1:
		b.WriteString("\n" + Explain(fields[0]))
	default:
		b.WriteString("\nFIELDS\n")
		for _, f := range fields {
			fmt.Fprintf(&b, "  %s\n      %s\n", f.Path, short(f.sentence(), explainWidth))
		}
	}
	return b.String()
}

// ListOptions prints for a terminal what sets each of some options, one a line.
func ListOptions(all []options.Option) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OPTION\tSET BY")
	for _, o := range all {
		fmt.Fprintf(w, "%s\t%s\n", o.Path(), setBy(o))
	}
	_ = w.Flush() // a strings.Builder does not fail
	return b.String()
}

// setBy says in words what sets an option.
func setBy(o options.Option) string {
	var paths []string
	for _, f := range Setters(o) {
		paths = append(paths, f.Path)
	}
	switch {
	case len(paths) > 0:
		return List(paths, "and")
	case o.Reason().Way == options.Extra:
		return "extraConfig"
	}
	return "nothing"
}

func reloadWord(o options.Option) string {
	if o.Hot {
		return "yes"
	}
	return "no"
}

func reloadMeaning(o options.Option) string {
	if o.Hot {
		return ": a running server takes over every change"
	}
	return ": a change rolls the pods"
}
