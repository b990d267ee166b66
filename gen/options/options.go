// Package options is every option of nats-server.conf, read from the source of the server
// itself (zz_options.go), and what to know of those that no field of the language sets.
package options

//go:generate go test ../conf/internal/source -run ^Test(Table|Since)$ -update

import (
	"slices"
	"strings"
	"sync"
)

// Option is one option of nats-server.conf.
type Option struct {
	// Block is the path of the block that it stands in, such as "leafnodes.remotes"; "" is the
	// top. Elements of lists and keys of maps are no part of it: "accounts.users" is the block of a
	// user of an account.
	Block string
	// Names are all spellings, the usual one first. The server reads them in any case.
	Names []string
	// Hot tells whether a running server takes over every change of it.
	Hot bool
}

// Path is the option with the blocks around it, such as "cluster.port".
func (o Option) Path() string { return strings.TrimPrefix(o.Block+"."+o.Names[0], ".") }

// Since is the minor version of nats-server 2 that the option came with, from 10 on; 0 for one that is older.
// One that came with a patch counts as old as the first of its minor.
func (o Option) Since() int { return since[o.Path()] }

// All are the options, sorted by block and name.
func All() []Option { return slices.Clone(table) }

// byName are the options by block and by each of their names without '_', in lower case.
var byName = sync.OnceValue(func() map[[2]string]int {
	index := make(map[[2]string]int, 2*len(table))
	for i, o := range table {
		for _, name := range o.Names {
			index[[2]string{o.Block, plain(name)}] = i
		}
	}
	return index
})

func plain(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "") }

// In finds an option of a block. The name may be one of its names, in any case, with or without
// '_': "poolSize" finds "pool_size".
func In(block, name string) (Option, bool) {
	i, ok := byName()[[2]string{block, plain(name)}]
	if !ok {
		return Option{}, false
	}
	return table[i], true
}

// Find finds an option by its path, in any of its spellings.
func Find(path ...string) (o Option, ok bool) {
	for _, name := range path {
		if o, ok = In(strings.TrimPrefix(o.path(), "."), name); !ok {
			return Option{}, false
		}
	}
	return o, ok
}

// path is that of an option, "" of none.
func (o Option) path() string {
	if len(o.Names) == 0 {
		return ""
	}
	return o.Path()
}

// Named are the options of this name in all blocks, in the order of All.
func Named(name string) (found []Option) {
	for _, o := range table {
		if slices.ContainsFunc(o.Names, func(n string) bool { return plain(n) == plain(name) }) {
			found = append(found, o)
		}
	}
	return found
}
