package conf

import (
	"fmt"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// block is the options that come from the fields of an intent.
type block struct{ tree.Block }

func newBlock() block { return block{tree.Block{}} }

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
	case tree.Raw:
		if f != "" {
			value = f
		}
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
