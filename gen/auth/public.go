package auth

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"github.com/nats-io/jwt/v2"
)

// FileName is the file beside an environment's intent that holds what is public.
const FileName = "auth.cue"

// Public is what everybody may know: the operator's JWT, the public nkey of the system account, and
// the JWTs of the accounts by public nkey.
type Public struct {
	Operator      string
	SystemAccount string
	Accounts      map[string]string
}

// header follows the marker of natsyard's own CUE files.
const header = ` auth; DO NOT EDIT.
//
// The JWTs of the operator and the accounts, which are public. They are made of the accounts of
// the intent: natsyard auth %[1]s --keys FILE makes them again.

package %[2]s

`

// File is auth.cue for an environment, in a package, after the text by which the owner of a file
// is known.
func (p *Public) File(marker, env, pkg string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, marker+header, env, pkg)
	fmt.Fprintf(&b, "intent: {\noperator: %q\nsystemAccount: %q\nresolverPreload: {\n", p.Operator, p.SystemAccount)
	names := map[string]string{}
	for key, token := range p.Accounts {
		if claims, err := jwt.DecodeAccountClaims(token); err == nil {
			names[key] = claims.Name
		}
	}
	keys := slices.SortedFunc(maps.Keys(p.Accounts), func(a, b string) int {
		return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(a, b))
	})
	for _, key := range keys {
		fmt.Fprintf(&b, "// %s\n%q: %q\n", strconv.QuoteToASCII(names[key]), key, p.Accounts[key])
	}
	b.WriteString("}\n}\n")
	text, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", FileName, err)
	}
	return append(bytes.TrimRight(text, "\n"), '\n'), nil
}

// ReadFile reads auth.cue back. Whatever stands there that is not natsyard's form is left out: the
// JWTs are judged later, and made again where they are none.
func ReadFile(text []byte) (*Public, error) {
	file, err := parser.ParseFile(FileName, text)
	if err != nil {
		return nil, fmt.Errorf("%s is not CUE any more", FileName)
	}
	p := &Public{Accounts: map[string]string{}}
	for _, f := range fields(file.Decls) {
		if f.name != "intent" {
			continue
		}
		for _, f := range fields(elements(f.value)) {
			switch f.name {
			case "operator":
				p.Operator = textOf(f.value)
			case "systemAccount":
				p.SystemAccount = textOf(f.value)
			case "resolverPreload":
				for _, f := range fields(elements(f.value)) {
					p.Accounts[f.name] = textOf(f.value)
				}
			}
		}
	}
	return p, nil
}

type field struct {
	name  string
	value ast.Expr
}

func fields(decls []ast.Decl) (out []field) {
	for _, d := range decls {
		if f, ok := d.(*ast.Field); ok {
			if name, _, err := ast.LabelName(f.Label); err == nil {
				out = append(out, field{name, f.Value})
			}
		}
	}
	return out
}

func elements(e ast.Expr) []ast.Decl {
	if s, ok := e.(*ast.StructLit); ok {
		return s.Elts
	}
	return nil
}

func textOf(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok {
		if text, err := literal.Unquote(lit.Value); err == nil {
			return text
		}
	}
	return ""
}
