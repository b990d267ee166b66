package conf

import (
	"fmt"
	"math"

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
	case block:
		value = f.Block
	case bool, tree.List:
		value = f
	default:
		panic(fmt.Sprintf("option %s: no form for %T", option, field))
	}
	if value != nil {
		b.Block[option] = &tree.Node{Value: value, From: from}
	}
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
