package conf

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// hashLength is how much of the hash is kept, in hex digits: 64 bits tell the configurations
// of one StatefulSet apart for good.
const hashLength = 16

// RestartHash changes when the configuration changes in a way that a running server cannot
// take over. As an annotation of the pods it rolls them then, and only then.
//
// Which options a server takes over is its own word (internal/option/zz_reload.go); one that is not in that
// table counts as one that it does not. Where no reloader runs, every option counts.
//
// Three kinds of edits change the hash although the server would take them over, for the hash
// sees one configuration and not the change: a larger JetStream store (a smaller one needs
// the restart), a value in other words ("60s" for "1m"), a default of the server written out.
func (c *Conf) RestartHash() string {
	counts := c.root
	if c.reloading {
		counts = kept(c.root, nil)
	}
	text, _ := counts.Text(0)
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:hashLength]
}

// kept is the options of a block that a running server does not take over: each by its
// canonical path, and in one form for all spellings.
func kept(b tree.Block, path []string) tree.Block {
	out := tree.Block{}
	for name, n := range b {
		here := tree.Below(path, name)
		canonical := option.Canonical(here...)
		if option.Reloadable(canonical) {
			continue
		}
		switch v := n.Value.(type) {
		case tree.Block:
			maps.Copy(out, kept(v, here))
			if len(v) == 0 { // it can switch something on
				out[canonical] = n
			}
		case tree.Raw:
			out[canonical] = &tree.Node{Value: v.Number()}
		default:
			out[canonical] = n
		}
	}
	return out
}
