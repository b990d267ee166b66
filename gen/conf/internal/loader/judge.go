// Package loader has the real nats-server read a configuration and say what is wrong with it.
package loader

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// Judge loads a configuration without variables and makes a server of it, which is never
// started. An empty result means that nats-server would run it. No port is
// opened, no file touched.
//
// The loader reads the options of a block in random order and leaves the block at its first
// surprise. So what it refuses is taken out, from root itself, and it is asked again, until
// all is said that there is to say.
func Judge(root tree.Block) (problems []Problem) {
	where := locate(root)
	var refused []*tree.Node
	for len(root) > 0 {
		found, options := load(root, where)
		for _, p := range found {
			if !where.follows(p, refused) {
				problems = append(problems, p)
			}
		}
		if options != nil && len(refused) == 0 {
			return append(problems, construct(options, where)...)
		}
		out := root.Remove(culprits(found))
		if len(out) == 0 {
			break
		}
		refused = append(refused, out...)
	}
	return problems
}

// load has the server's loader read a configuration. The options are nil where it refuses.
func load(root tree.Block, where places) ([]Problem, *server.Options) {
	text, lines := root.Text(0)
	options, errs, warnings := read(text)
	var problems []Problem
	for _, err := range warnings {
		problems = append(problems, where.problem("nats-config", err, lines, true))
	}
	for _, err := range errs {
		p := where.problem("nats-config", err, lines, false)
		problems = append(problems, where.narrow(p, root)...)
	}
	return problems, options
}

// read is the server's loader. The options are nil when there are errors.
func read(text string) (options *server.Options, errs, warnings []error) {
	// The loader turns most of its own panics into errors, not all.
	defer func() {
		if p := recover(); p != nil {
			options, errs = nil, append(errs, fmt.Errorf("%v", p))
		}
	}()
	options = &server.Options{NoLog: true, NoSigs: true}
	err := options.ProcessConfigString(text)
	var both interface {
		Errors() []error
		Warnings() []error
	}
	switch {
	case err == nil:
		return options, nil, nil
	case !errors.As(err, &both):
		return nil, []error{err}, nil
	case len(both.Errors()) > 0:
		options = nil
	}
	return options, both.Errors(), both.Warnings()
}

// construct makes a server, which looks at all options together.
func construct(options *server.Options, where places) (problems []Problem) {
	find := func(err error) {
		problems = append(problems, where.problem("nats-server", err, nil, false))
	}
	defer func() {
		if p := recover(); p != nil {
			find(fmt.Errorf("%v", p))
		}
	}()
	if _, err := server.NewServer(options); err != nil {
		find(err)
	}
	return problems
}

// culprits are the nodes that the loader refuses.
func culprits(problems []Problem) (nodes []*tree.Node) {
	for _, p := range problems {
		if p.Node != nil && !p.Warning {
			nodes = append(nodes, p.Node)
		}
	}
	return nodes
}

// follows tells whether a problem may be there only because something was taken out before:
// accounts refer to each other.
func (w places) follows(p Problem, refused []*tree.Node) bool {
	const accounts = "accounts"
	if !strings.HasPrefix(p.option, accounts) {
		return false
	}
	for _, n := range refused {
		if strings.HasPrefix(w.options[n], accounts) {
			return true
		}
	}
	return false
}
