// Package reload asks nats-server which of its options a running server takes over. It makes
// the table that gen/conf hashes by, and proves it; no command needs it.
package reload

import (
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/source"
)

// Option is one option of nats-server.conf.
type Option struct {
	Path  string   // such as "cluster.port"
	Names []string // its last element, in all spellings; the first is that of Path
}

// blocks are those of which the options are asked about one by one. What is in any other is
// taken over, or not, with the option that holds it.
var blocks = []string{
	"", "authorization", "cluster", "gateway", "jetstream", "jetstream.limits", "jetstream.limits.batch", "jetstream.tpm",
	"leafnodes", "mqtt", "websocket",
}

// preferred are the spellings that the documentation of NATS uses, where the loader has
// another one first.
var preferred = []string{
	"advertise", "default_permissions", "leafnodes", "log_file", "log_max_num", "log_size_limit",
	"password", "pid_file", "store_dir", "sync_interval", "trusted_keys",
}

// Options is every option of these blocks that the server's loader knows, sorted by path.
func Options() ([]Option, error) {
	all, err := source.Options()
	if err != nil {
		return nil, err
	}
	var options []Option
	paths := map[string]string{"": ""} // of blocks, by the names that package source gives them
	for _, o := range all {            // a block's own option comes before what is in it
		block := strings.Join(o.Block, ".")
		path, ok := paths[block]
		if !ok || !slices.Contains(blocks, path) {
			continue
		}
		first := o.Names[0]
		option := newOption(path, o.Names)
		paths[strings.TrimPrefix(block+"."+first, ".")] = option.Path
		options = append(options, option)
	}
	slices.SortFunc(options, func(a, b Option) int { return strings.Compare(a.Path, b.Path) })
	return options, nil
}

func newOption(path string, names []string) Option {
	for i, n := range names {
		if slices.Contains(preferred, n) {
			names[0], names[i] = names[i], names[0]
		}
	}
	if path != "" {
		path += "."
	}
	return Option{path + names[0], names}
}
