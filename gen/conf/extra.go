package conf

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
)

// extra lays extraConfig over the configuration, as a JSON merge patch (RFC 7396) does:
// blocks merge, null removes an option, anything else replaces it.
type extra struct {
	*report
	used map[string]bool // names of the variables in extraConfig
}

func newExtra(r *report) *extra {
	return &extra{r, variablesOf(r.in.ExtraConfig)}
}

// merge lays a struct of extraConfig over a block. The path is the block's own.
func (e *extra) merge(over tree.Block, fields map[string]any, path []string) {
	written := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		from := e.from(tree.Below(path, name))
		if !e.sayable(name, from) || !e.provable(path, name, from) {
			continue
		}
		canonical := option.Canonical(tree.Below(path, name)...)
		if other, twice := written[canonical]; twice {
			e.add(from, diag.Diagnostic{
				Rule:    "option-twice",
				Message: fmt.Sprintf("%s and %s are one option of nats-server", other, name),
				Why:     "the server takes the one or the other at random",
				Mend:    "leave one of them out",
			})
			continue
		}
		written[canonical] = name
		e.lay(over, fields[name], path, name)
	}
}

// lay sets one option, in whatever spelling it stands in the block already.
func (e *extra) lay(over tree.Block, field any, path []string, name string) {
	old := spelling(over, path, name)
	if fields, ok := field.(map[string]any); ok {
		if b, ok := over[old].Block(); ok {
			e.merge(b, fields, tree.Below(path, name))
			return
		}
	}
	if made, ok := over[old]; ok && field != nil && (e.covers(made, tree.Below(path, name)) || e.contradicts(made, tree.Below(path, name))) {
		return
	}
	delete(over, old)
	if field == nil {
		return
	}
	if n := e.node(field, tree.Below(path, name)); n != nil {
		over[name] = n
	}
}

// covers reports a list that fields of the intent have made: extraConfig would replace it as a whole.
func (e *extra) covers(made *tree.Node, path []string) bool {
	list, ok := made.Value.(tree.List)
	if !ok || len(list) == 0 {
		return false
	}
	field := strings.Join(made.From, ".")
	e.add(e.from(path), diag.Diagnostic{
		Rule:    "extra-config-list",
		Message: fmt.Sprintf("extraConfig would replace the whole list %s, which %s has made", strings.Join(path, "."), field),
		Why:     "lists do not merge; what the field says would be lost in silence",
		Mend:    "more entries in " + field,
	})
	return true
}

// contradicts reports an option that a field of the intent sets too, where the user has written the field.
func (e *extra) contradicts(made *tree.Node, path []string) bool {
	span, written := e.in.Written(made.From...)
	if len(made.From) == 0 || !written {
		return false
	}
	field := strings.Join(made.From, ".")
	e.add(e.from(path), diag.Diagnostic{
		Rule:    "extra-config-field",
		Message: fmt.Sprintf("extraConfig sets %s, which %s sets too", strings.Join(path, "."), field),
		Why:     "the one would take the place of the other in silence",
		Mend:    "leave one of them out",
		Related: []diag.Related{{Span: span, Message: "the field"}},
	})
	return true
}

// spelling is the name by which a block has an option, or the name itself.
func spelling(b tree.Block, path []string, name string) string {
	if _, ok := b[name]; ok {
		return name
	}
	for other := range b {
		if option.Canonical(tree.Below(path, other)...) == option.Canonical(tree.Below(path, name)...) {
			return other
		}
	}
	return name
}

// node is the value of an option, or nil after a finding.
func (e *extra) node(field any, path []string) *tree.Node {
	n := &tree.Node{From: e.from(path)}
	switch f := field.(type) {
	case map[string]any:
		b := tree.Block{}
		e.merge(b, f, path)
		n.Value = b
	case []any:
		items := tree.List{}
		for i, v := range f {
			if item := e.node(v, tree.Below(path, tree.Index(i))); item != nil {
				items = append(items, item)
			}
		}
		n.Value = items
	case string:
		return e.text(n, f)
	case bool:
		n.Value = f
	default:
		number, ok := number(f)
		if !ok {
			e.add(n.From, unsayable(f))
			return nil
		}
		n.Value = number
	}
	return n
}

func unsayable(field any) diag.Diagnostic {
	if field == nil {
		return diag.Diagnostic{
			Rule:    "conf-value",
			Message: "null cannot be an element of a list",
			Allowed: "null in the place of an option takes it away; elements are left out",
			Mend:    "leave it out",
		}
	}
	return diag.Diagnostic{
		Rule:    "conf-value",
		Message: fmt.Sprintf("nats-server.conf cannot say %v", field),
		Allowed: "a string, true or false, a list, a struct, or a number of at most 63 bits",
	}
}

// number is an int64 or float64, whichever decoder the intent went through.
func number(field any) (any, bool) {
	switch f := field.(type) {
	case int:
		return int64(f), true
	case int64:
		return f, true
	case float64:
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return int64(f), true
		}
		return f, !math.IsInf(f, 0) && !math.IsNaN(f)
	case json.Number:
		if n, err := f.Int64(); err == nil {
			return n, true
		}
		if n, err := f.Float64(); err == nil && strings.ContainsAny(f.String(), ".eE") {
			return number(n)
		}
	}
	return nil, false
}

// rawNotation is the official chart's way to leave out the quotes.
var rawNotation = regexp.MustCompile(`(?s)^<<\s*(.*?)\s*>>$`)

// raw is what stands between << and >>, and whether that is all of a text.
func raw(text string) (tree.Raw, bool) {
	inner := rawNotation.FindStringSubmatch(text)
	if inner == nil {
		return "", false
	}
	return tree.Raw(inner[1]), true
}

// text is a string, or what raw takes out of it. That is one value only: in text of
// more, a second option could hide, or an include, which reads a file of the machine that
// renders.
func (e *extra) text(n *tree.Node, text string) *tree.Node {
	token, ok := raw(text)
	if !ok {
		n.Value = text
		return n
	}
	if token.IsVariable() {
		n.Value = token
		return n
	}
	value, err := token.Literal()
	if err != nil {
		e.add(n.From, diag.Diagnostic{
			Rule:    "raw-token",
			Message: fmt.Sprintf("<< %s >> %v", token, err),
			Allowed: `"<< $NAME >>", a number, a size such as "<< 10Mi >>", true or false, or a word`,
		})
		return nil
	}
	n.Value = value
	return n
}

func (e *extra) from(path []string) []string {
	return append([]string{"extraConfig"}, path...)
}
