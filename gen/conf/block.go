package conf

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/schema"
)

// block is the options that come from the fields of an intent.
type block struct {
	tree.Block
	*report
}

func newBlock(r *report) block { return block{tree.Block{}, r} }

// put sets an option to a field of the intent. A field that was not given (nil, "" or an
// empty list) leaves the option to the server.
func (b block) put(option string, field any, from ...string) {
	var value any
	switch f := field.(type) {
	case *int64:
		if f != nil {
			value = *f
		}
	case *bool:
		if f != nil {
			value = *f
		}
	case int32:
		value = int64(f)
	case string:
		if f != "" {
			value = f
		}
	case tree.Raw: // natsyard's own
		value = f
	case []string:
		if len(f) > 0 {
			value = tree.Strings(f, from)
		}
	case *schema.SecretKey:
		if f != nil {
			value = b.secret(*f)
		}
	case *schema.Password:
		switch {
		case f == nil:
		case f.SecretKey != nil:
			value = b.secret(*f.SecretKey)
		default:
			value = f.Bcrypt
		}
	case block:
		value = f.Block
	case tree.List:
		if len(f) > 0 {
			value = f
		}
	case float64: // a whole number of a field that takes words too
		value = int64(f)
	case bool, int64:
		value = f
	case nil:
	default:
		panic(fmt.Sprintf("option %s: no form for %T", option, field))
	}
	if value != nil {
		b.Block[option] = &tree.Node{Value: value, From: from}
	}
}

// secret is a reference to the variable that holds the text of a Secret in quotes.
func (b block) secret(key schema.SecretKey) tree.Raw {
	return tree.Raw("$" + b.secrets.Quoted(key))
}

// under sets an option to a block, where there is something in it.
func (b block) under(option string, inner block, from ...string) {
	if len(inner.Block) > 0 {
		b.put(option, inner, from...)
	}
}

// named visits the entries of a map by name, those whose name nats-server.conf can say.
func named[V any](r *report, m map[string]V, from []string, visit func(name string, v V, from []string)) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if at := tree.Below(from, name); r.sayable(name, at) {
			visit(name, m[name], at)
		}
	}
}

// texts sets an option to a block of strings with keys of the user's own.
func (b block) texts(option string, m map[string]string, from ...string) {
	inner := newBlock(b.report)
	named(b.report, m, from, func(name, text string, from []string) {
		inner.Block[name] = &tree.Node{Value: text, From: from}
	})
	if len(m) > 0 {
		b.put(option, inner, from...)
	}
}

// each makes a list of one block a name.
func each[V any](r *report, m map[string]V, from []string, make func(name string, v V, from []string) block) (list tree.List) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		at := tree.Below(from, name)
		list = append(list, &tree.Node{Value: make(name, m[name], at).Block, From: at})
	}
	return list
}

// bounds are the sizes that an option takes, in bytes.
type bounds struct{ least, most int64 }

var (
	storeSize = bounds{0, math.MaxInt64}
	// The server has its own default in mind when it reads 0, and 32 bits for the two small ones.
	smallSize = bounds{1, math.MaxInt32}
	largeSize = bounds{1, math.MaxInt64}
)

// size sets an option to a number of bytes, in the spelling of Kubernetes, which the loader
// reads alike. It reports what the server would take for another number: the loader does not
// mind an overflow.
func (b block) size(option string, field schema.Size, takes bounds, from ...string) {
	if field == "" {
		return
	}
	value, err := tree.Raw(field).Literal()
	n, isNumber := value.(int64)
	if size, ok := value.(tree.Raw); ok {
		n, isNumber = size.Number().(int64)
	}
	var problem string
	switch {
	case err != nil:
		problem = err.Error()
	case !isNumber:
		problem = "is no size"
	case n > takes.most:
		problem = "is too large"
	case n < takes.least:
		problem = "means the server's own default"
	default:
		b.Block[option] = &tree.Node{Value: value, From: from}
		return
	}
	b.add(from, diag.Diagnostic{
		Rule:    "conf-size",
		Message: fmt.Sprintf("%s %q %s", option, field, problem),
		Allowed: takes.String(),
		Why:     "the server would not run, or not with this size",
	})
}

func (b bounds) String() string {
	if b.most == math.MaxInt64 {
		return fmt.Sprintf("at least %d, and less than 8Ei", b.least)
	}
	return fmt.Sprintf("%d to %d", b.least, b.most)
}
