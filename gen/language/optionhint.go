package language

import (
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/options"
)

// optionHint says what sets the option of nats-server.conf that name is under path, in any of
// its spellings, or why nothing does. It is "" where the field itself or a Helm chart is called
// so, and where name is no option there.
func optionHint(path []string, name string) string {
	owner, ok := Lookup(path...)
	if !ok || owner.open || respelt(name, owner.fieldNames()) != "" {
		return ""
	}
	if _, theirs := Spelling(append(slices.Clone(path), name)...); theirs {
		return ""
	}
	o, ok := optionUnder(owner, path, name)
	if !ok {
		return ""
	}
	if slices.Contains(Setters(o), owner) {
		return "leave it out: it is the key of the map, as in " + lastElement(owner.parent.Path) + `: "name": {...}`
	}
	if paths := owner.written(path, plainSetters(o)); len(paths) > 0 {
		return "write it as " + List(paths, "or")
	}
	switch reason := o.Reason(); reason.Way {
	case options.Extra:
		return "write it as extraConfig." + o.Path()
	case options.Refused, options.Idle:
		return "leave it out: " + reason.Text
	}
	return ""
}

// mergeHint is about the chart's merge of a part that becomes a block of nats.conf.
func mergeHint(path []string, name string) string {
	if owner, ok := Lookup(path...); ok && name == "merge" && len(owner.Options) > 0 {
		if o, ok := options.Find(strings.Split(owner.Options[0], ".")...); ok {
			return "write it as extraConfig." + o.Path()
		}
	}
	return ""
}

// optionUnder finds the option that a field would be in the block that the field around it is.
func optionUnder(owner *Field, path []string, name string) (options.Option, bool) {
	if len(path) == 0 {
		return options.In("", name)
	}
	for _, block := range append(owner.Options, owner.blocksOfElement()...) {
		if b, ok := options.Find(strings.Split(block, ".")...); ok {
			if o, ok := options.In(b.Path(), name); ok {
				return o, true
			}
		}
	}
	return options.Option{}, false
}

// blocksOfElement are the options of the map or list that this field is a value of.
func (f *Field) blocksOfElement() []string {
	if f.parent != nil && (f.Name == AnyKey || f.Name == Element) {
		return f.parent.Options
	}
	return nil
}

// plainSetters are the fields that set an option, without a switch beside what it switches on
// and without a block beside what stands in it.
func plainSetters(o options.Option) []*Field {
	all := Setters(o)
	return slices.DeleteFunc(slices.Clone(all), func(f *Field) bool {
		return slices.ContainsFunc(all, func(other *Field) bool {
			beside := f.Name == "enabled" && other != f && other.parent == f.parent
			return beside || strings.HasPrefix(other.Path, f.Path+".") && other.Name != "enabled"
		})
	})
}

// written are the paths of fields as somebody writes them who has come as far as this field by
// a path: with the keys of maps that are in it.
func (f *Field) written(path []string, fields []*Field) (paths []string) {
	for _, other := range fields {
		if rest, below := strings.CutPrefix(other.Path, f.Path+"."); below && f.Path != "" {
			paths = append(paths, formatPath(append(slices.Clone(path), ParsePath(rest)...)...))
			continue
		}
		paths = append(paths, other.Path)
	}
	return paths
}
