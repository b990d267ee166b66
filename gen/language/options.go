package language

import (
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/options"
)

// otherwise are the fields that become options of another name, below a field that is a block:
// by the last elements of the path.
var otherwise = map[string][]string{
	"tls.secretName":               {"cert_file", "key_file"},
	"tls.cert":                     {"cert_file"},
	"tls.key":                      {"key_file"},
	"tls.certManager":              {"cert_file", "key_file", "ca_file"},
	"tls.ca":                       {"ca_file"},
	"permissions.jetstream":        {"publish", "subscribe"},
	"defaultPermissions.jetstream": {"publish", "subscribe"},
	"websocket.tls":                {"tls", "no_tls"},
	"gateways.<key>":               {"name"},
	"users.<key>":                  {"user"},
	"compression":                  {"compression", "compression.mode"},
	"gateways.<key>.urls":          {"urls", "url"},
	"trusted[]":                    {"key"},
}

// optionsOf are the options that a field becomes where it stands. The schema's @nats attributes
// name those of one place of a definition; below a field that is a block they are options of that
// block, and so are fields without an attribute that are called as an option of the block is.
func optionsOf(f *Field) (found []string) {
	blocks := f.blocks()
	add := func(option string) {
		if !slices.Contains(found, option) {
			found = append(found, option)
		}
	}
	for tail, names := range otherwise {
		if f.Path != tail && !strings.HasSuffix(f.Path, "."+tail) {
			continue
		}
		for _, block := range blocks {
			for _, name := range names {
				if o, ok := options.Find(strings.Split(block+"."+name, ".")...); ok {
					add(o.Path())
				}
			}
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, attribute := range f.Nats {
		here := attribute
		for _, block := range blocks {
			if o, ok := options.In(block, lastElement(attribute)); ok {
				here = o.Path()
			}
		}
		add(here)
	}
	if len(f.Nats) == 0 && f.Name != AnyKey && f.Name != Element {
		for _, block := range blocks {
			if o, ok := options.In(block, f.Name); ok {
				add(o.Path())
			}
		}
	}
	return found
}

// blocks are the options that the field around this one becomes, past the elements of lists and
// the values of maps.
func (f *Field) blocks() []string {
	p := f.parent
	for p != nil && (p.Name == AnyKey || p.Name == Element) {
		p = p.parent
	}
	if p == nil {
		return nil
	}
	var blocks []string
	for _, option := range p.Options {
		if o, ok := options.Find(strings.Split(option, ".")...); ok {
			blocks = append(blocks, o.Path())
		}
	}
	return blocks
}
