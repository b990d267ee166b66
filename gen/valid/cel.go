package valid

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
)

// rules.txt has a block for each kind of object that has rules in CEL, and in it a line for each place
// with rules or a default.
//
//go:embed rules.txt
var rulesText string

// costs are what the API server spends on one rule at most (apiserver/pkg/apis/cel, PerCallLimit).
const costs = 1_000_000

// ruled is a place in an object with what its definition says there, and all that is in it.
type ruled struct {
	Default any
	Rules   []rule

	fields map[string]*ruled
	elem   *ruled // of a list
}

// rule is an expression that must hold for self, the value.
type rule struct {
	Rule    string
	Message string
}

// ruledKinds are read once.
var ruledKinds = sync.OnceValue(func() map[string]*ruled {
	kinds := map[string]*ruled{}
	for _, block := range strings.Split(rulesText, "\n\n")[1:] {
		head, lines, _ := strings.Cut(block, "\n")
		root := &ruled{}
		for line := range strings.Lines(lines) {
			path, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			_ = json.Unmarshal([]byte(text), root.at(path)) // the tests read all of them
		}
		kinds[strings.TrimPrefix(head, "kind ")] = root
	}
	return kinds
})

// at is a place below, made where it is not yet there.
func (r *ruled) at(path string) *ruled {
	for name := range strings.SplitSeq(path, ".") {
		name, lists, _ := strings.Cut(name, "[")
		if r.fields == nil {
			r.fields = map[string]*ruled{}
		}
		if r.fields[name] == nil {
			r.fields[name] = &ruled{}
		}
		r = r.fields[name]
		for range strings.Count(lists, "]") {
			if r.elem == nil {
				r.elem = &ruled{}
			}
			r = r.elem
		}
	}
	return r
}

// env compiles rules. Values have no types: their schema has been judged before.
var env = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(cel.Variable("self", cel.DynType), cel.CrossTypeNumericComparisons(true))
})

// programs are the compiled rules, by their text.
var programs sync.Map

func compile(text string) (cel.Program, error) {
	if p, ok := programs.Load(text); ok {
		return p.(cel.Program), nil
	}
	e, err := env()
	if err != nil {
		return nil, err
	}
	ast, issues := e.Compile(text)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	p, err := e.Program(ast, cel.CostLimit(costs))
	if err != nil {
		return nil, err
	}
	programs.Store(text, p)
	return p, nil
}

// byRules judges an object by the rules of its definition, as it is once its defaults are filled in. Where
// something is missing the API server does not ask them either.
func (j *judgement) byRules() {
	if root := ruledKinds()[j.object.GetAPIVersion()+" "+j.object.GetKind()]; root != nil && !j.incomplete {
		w := walker{j: j}
		w.rules(root, root.filled(j.object.Object))
	}
}

// filled is a value with its defaults, and with the names of fields as rules write them. What is null is as if it
// were not there. A nil place has no defaults.
func (r *ruled) filled(v any) any {
	if r == nil {
		r = &ruled{}
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			if value != nil {
				out[escaped(name)] = r.fields[name].filled(value)
			}
		}
		for name, f := range r.fields {
			if v[name] == nil && f.Default != nil {
				out[escaped(name)] = f.filled(f.Default)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = r.elem.filled(v[i])
		}
		return out
	}
	return v
}

// rules judges a filled value, and then what is in it. What breaks several rules of one place is told once.
func (w *walker) rules(r *ruled, v any) {
	var broken []string
	for _, rule := range r.Rules {
		if !holds(rule, v) {
			broken = append(broken, rule.Message)
		}
	}
	if broken != nil {
		w.refuse("kubernetes-value", "is refused: "+strings.Join(broken, "; "), "")
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(r.fields)) {
			if value, is := v[escaped(name)]; is {
				w.enter(step{name: name}, func() { w.rules(r.fields[name], value) })
			}
		}
	case []any:
		if r.elem != nil {
			for i, value := range v {
				w.enter(step{nameOf(value, i, nil), true}, func() { w.rules(r.elem, value) })
			}
		}
	}
}

// holds tells whether a rule holds. One that comes to no end within its costs does not, as in an API server.
func holds(r rule, v any) bool {
	p, err := compile(r.Rule)
	if err != nil {
		return true // the tests compile all of them
	}
	out, _, err := p.Eval(map[string]any{"self": v})
	return err == nil && out == types.True
}

// reserved are the names that CEL keeps for itself.
var reserved = []string{
	"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
	"import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
}

// escaped is the name of a field as rules write it (apiserver/pkg/cel, Escape).
func escaped(name string) string {
	if slices.Contains(reserved, name) {
		return "__" + name + "__"
	}
	return name
}
