package conf

import (
	"fmt"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/options"
)

// tooNew reports the options that the server in the image does not know yet, where the image's tag says
// its version. Of a block that is too new it speaks once.
func (r *report) tooNew(root tree.Block) {
	v := r.in.ImageVersion()
	if v == nil || v.Major() != 2 {
		return
	}
	minor, said := int(v.Minor()), map[string]bool{}
	tag, tagAt := r.in.ImageTag()
	var walk func(block string, n *tree.Node)
	walk = func(block string, n *tree.Node) {
		switch value := n.Value.(type) {
		case tree.List:
			for _, item := range value {
				walk(block, item)
			}
		case tree.Block:
			for _, name := range value.Keys() {
				o, known := options.In(block, name)
				inner := value[name]
				switch {
				case !known: // the key of a map
					walk(block, inner)
				case o.Since() <= minor:
					walk(o.Path(), inner)
				case !said[o.Path()]:
					said[o.Path()] = true
					r.add(inner.From, newer(o, tag, tagAt))
				}
			}
		}
	}
	walk("", &tree.Node{Value: root})
}

func newer(o options.Option, tag string, tagAt []string) diag.Diagnostic {
	d := diag.Diagnostic{
		Rule: ruleNewer, Message: fmt.Sprintf("%s needs nats-server 2.%d, and the image runs %s", o.Path(), o.Since(), tag),
		Why:  "the server of the image does not know the option: it refuses it and does not start",
		Mend: fmt.Sprintf("image: tag: %q, or leave it out", server.VERSION+"-alpine"),
	}
	if tagAt[len(tagAt)-1] == "fullImageName" {
		d.Mend = fmt.Sprintf("an image of nats-server 2.%d or newer, or leave it out", o.Since())
	}
	return d
}
