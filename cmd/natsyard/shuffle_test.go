package main

import (
	"math/rand/v2"
	"os"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"github.com/rogpeppe/go-internal/testscript"
)

// shuffle SEED FILE... writes the fields of CUE files in another order, which means nothing in CUE.
func shuffle(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: shuffle SEED FILE...")
	}
	seed, err := strconv.ParseUint(args[0], 10, 64)
	ts.Check(err)
	random := rand.New(rand.NewPCG(seed, 0))
	mix := func(decls []ast.Decl) {
		random.Shuffle(len(decls), func(i, j int) {
			if isField(decls[i]) && isField(decls[j]) {
				decls[i], decls[j] = decls[j], decls[i]
			}
		})
	}
	for _, name := range args[1:] {
		// Comments would stay where they were and say nothing to the fields that come there.
		file, err := parser.ParseFile(name, ts.ReadFile(name))
		ts.Check(err)
		mix(file.Decls)
		astutil.Apply(file, func(c astutil.Cursor) bool {
			if s, ok := c.Node().(*ast.StructLit); ok {
				mix(s.Elts)
			}
			return true
		}, nil)
		text, err := format.Node(file)
		ts.Check(err)
		if string(text) == ts.ReadFile(name) {
			ts.Logf("%s is in the order that it was in", name)
		}
		ts.Check(os.WriteFile(ts.MkAbs(name), text, 0o644))
	}
}

func isField(d ast.Decl) bool {
	_, ok := d.(*ast.Field)
	return ok
}
