// Package loader has the real nats-server read a configuration and say what is wrong with it.
package loader

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

// Judge loads a configuration without variables and makes a server of it, which is never
// started. An empty result means that nats-server would run it. No port is opened, and no file
// touched but those of a stage that is gone when Judge returns; the error is that there could be
// none. What is left out is not judged, nor what the server misses because of it.
//
// The loader reads the options of a block in random order and leaves the block at its first
// surprise. So what it refuses is taken out, from root itself, and it is asked again, until
// all is said that there is to say.
func Judge(root tree.Block, leaveOut ...*tree.Node) (problems []Problem, err error) {
	strike, err := setStage(root)
	if err != nil {
		return nil, err
	}
	defer strike()
	where := locate(root)
	gone := root.Remove(leaveOut)
	refused := false
	add := func(found []Problem) {
		for _, p := range found {
			if !where.follows(p, gone) {
				problems = append(problems, p)
				refused = refused || !p.Warning
			}
		}
	}
	for len(root) > 0 {
		found, options := load(root, where)
		add(found)
		if options != nil && !refused {
			if err := construct(options); err != nil {
				p := where.mentioned(where.problem(RuleServer, err, nil, false))
				add([]Problem{where.eliminate(p, root)})
			}
		}
		out := root.Remove(culprits(found))
		if len(out) == 0 {
			break
		}
		gone = append(gone, out...)
	}
	return problems, nil
}

// load has the server's loader read a configuration. The options are nil where it refuses.
func load(root tree.Block, where places) ([]Problem, *server.Options) {
	text, lines := root.Text(0)
	options, errs, warnings := read(text)
	var problems []Problem
	for _, err := range warnings {
		problems = append(problems, where.problem(RuleConfig, err, lines, true))
	}
	for _, err := range errs {
		for _, p := range where.narrow(where.problem(RuleConfig, err, lines, false), root) {
			problems = append(problems, where.mentioned(p))
		}
	}
	return causes(problems), options
}

// causes leaves out what another problem of the same reading explains: a crash, for after a
// value of a wrong type the loader may go on with nothing in its hands; and a warning about a
// value that is an error too.
func causes(problems []Problem) (kept []Problem) {
	for _, p := range problems {
		explained := slices.ContainsFunc(problems, func(q Problem) bool {
			crashed := p.isCrash() && (within(q.option, p.option) || p.Node == q.Node && !q.isCrash())
			return crashed || p.Warning && !q.Warning && p.Node == q.Node
		})
		if !explained {
			kept = append(kept, p)
		}
	}
	return kept
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
func construct(options *server.Options) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	_, err = server.NewServer(options)
	if options.AccountResolver != nil {
		options.AccountResolver.Close()
	}
	return err
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

// follows tells whether a problem may be there only because something is gone: a block
// misses it, or what refers to an account does.
func (w places) follows(p Problem, gone []*tree.Node) bool {
	return slices.ContainsFunc(gone, func(n *tree.Node) bool {
		option := w.options[n]
		return within(option, p.option) || isAccounts(option) && (isAccounts(p.option) || namesAccount(p.option))
	})
}

func isAccounts(option string) bool { return option == "accounts" || within(option, "accounts") }

// namesAccount tells whether an option refers to an account, or to a user of one.
func namesAccount(option string) bool {
	for _, name := range []string{"authorization", "leafnodes", "default_js_domain"} {
		if option == name || within(option, name) {
			return true
		}
	}
	return slices.Contains([]string{"system_account", "no_auth_user", "websocket.no_auth_user", "mqtt.no_auth_user", "cluster.accounts"}, option)
}

// within tells whether an option stands inside another, at any depth.
func within(inner, outer string) bool {
	rest, ok := strings.CutPrefix(inner, outer)
	return ok && outer != "" && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "["))
}
