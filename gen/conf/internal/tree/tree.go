// Package tree is nats-server.conf as values: each knows the field of the intent that it
// comes from, and is written so that the server's lexer reads back what was meant.
package tree

import (
	"maps"
	"slices"
	"strconv"
)

// Node is one value of nats-server.conf: a Block, List, string, int64, float64, bool or Raw.
type Node struct {
	Value any
	From  []string // the field of the intent; empty where natsyard itself says so
}

type (
	// Block is the options between a pair of braces.
	Block map[string]*Node
	// List is the values between a pair of brackets.
	List []*Node
)

// Keys are the names of the options in the order in which they are written.
func (b Block) Keys() []string { return slices.Sorted(maps.Keys(b)) }

// Block gives the options of a node that is a block.
func (n *Node) Block() (Block, bool) {
	if n == nil {
		return nil, false
	}
	b, ok := n.Value.(Block)
	return b, ok
}

// Strings is a list of strings, each of which comes from its own place below from.
func Strings(values []string, from []string) List {
	items := make(List, len(values))
	for i, v := range values {
		items[i] = &Node{v, Below(from, Index(i))}
	}
	return items
}

// Below is a path, one step longer. It never shares memory with its sisters.
func Below[T any](path []T, step T) []T { return append(path[:len(path):len(path)], step) }

// Index is a place in a list as a step of a path.
func Index(i int) string { return strconv.Itoa(i) }

// Walk visits every node in the order of the text, with its option: "cluster.port", or
// "cluster.routes[0]" inside a list.
func (b Block) Walk(visit func(option string, n *Node)) { b.walk("", visit) }

func (b Block) walk(above string, visit func(string, *Node)) {
	for _, name := range b.Keys() {
		b[name].walk(above+name, visit)
	}
}

func (n *Node) walk(option string, visit func(string, *Node)) {
	visit(option, n)
	switch v := n.Value.(type) {
	case Block:
		v.walk(option+".", visit)
	case List:
		for i, item := range v {
			item.walk(option+"["+Index(i)+"]", visit)
		}
	}
}

// Moved is a copy of a block in which each string is what move makes of it. The option is named as
// by Walk.
func (b Block) Moved(move func(option, text string) string) Block { return b.moved("", move) }

func (b Block) moved(above string, move func(string, string) string) Block {
	out := make(Block, len(b))
	for name, n := range b {
		out[name] = n.moved(above+name, move)
	}
	return out
}

func (n *Node) moved(option string, move func(string, string) string) *Node {
	switch v := n.Value.(type) {
	case Block:
		return &Node{v.moved(option+".", move), n.From}
	case List:
		items := make(List, len(v))
		for i, item := range v {
			items[i] = item.moved(option+"["+Index(i)+"]", move)
		}
		return &Node{items, n.From}
	case string:
		return &Node{move(option, v), n.From}
	}
	return n
}

// Only is a block with nothing in it but one node, at its place; a block as node is empty.
// It is nil where the node does not stand in a block.
func (b Block) Only(wanted *Node) Block {
	for name, n := range b {
		inner, isBlock := n.Block()
		switch {
		case n == wanted && isBlock:
			return Block{name: {Value: Block{}, From: n.From}}
		case n == wanted:
			return Block{name: n}
		}
		if only := inner.Only(wanted); only != nil {
			return Block{name: {Value: only, From: n.From}}
		}
	}
	return nil
}

// Clone copies a block and the blocks in it; other nodes are shared.
func (b Block) Clone() Block {
	out := make(Block, len(b))
	for name, n := range b {
		if inner, ok := n.Block(); ok {
			n = &Node{Value: inner.Clone(), From: n.From}
		}
		out[name] = n
	}
	return out
}

// Remove takes nodes out of a block, wherever they stand in it. One that a $NAME may refer
// to stays: the loader would look for NAME in the environment of this process.
func (b Block) Remove(nodes []*Node) (removed []*Node) {
	named := map[string]bool{}
	for _, n := range b {
		for _, name := range n.Variables() {
			named[name] = true
		}
	}
	return b.remove(nodes, named)
}

// Variables are the names that a node and all in it refer to.
func (n *Node) Variables() (names []string) {
	n.walk("", func(_ string, n *Node) {
		if r, ok := n.Value.(Raw); ok && r.IsVariable() {
			names = append(names, r.Name())
		}
	})
	return names
}

func (b Block) remove(nodes []*Node, named map[string]bool) (removed []*Node) {
	for _, name := range b.Keys() {
		n := b[name]
		if slices.Contains(nodes, n) && !named[name] {
			removed = append(removed, n)
			delete(b, name)
			continue
		}
		removed = append(removed, n.remove(nodes, named)...)
	}
	return removed
}

func (n *Node) remove(nodes []*Node, named map[string]bool) (removed []*Node) {
	switch v := n.Value.(type) {
	case Block:
		removed = v.remove(nodes, named)
	case List:
		n.Value = slices.DeleteFunc(v, func(item *Node) bool {
			gone := slices.Contains(nodes, item)
			if gone {
				removed = append(removed, item)
			} else {
				removed = append(removed, item.remove(nodes, named)...)
			}
			return gone
		})
	}
	return removed
}
