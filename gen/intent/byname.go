package intent

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/language"
)

// keys are what names an element of a list in nats.conf, the chart's values and Kubernetes.
var keys = []string{"user", "name", "mountPath", "topologyKey"}

// shown is how many entries of a map a mend shows.
const shown = 5

// byName is the map that somebody meant who wrote a list of structs: an entry a line.
func byName(name string, value *language.Field, l *ast.ListLit) string {
	var lines []string
	for _, elem := range l.Elts {
		s, ok := elem.(*ast.StructLit)
		if !ok {
			return fmt.Sprintf("%s: <name>: {...}, a map by name instead of a list", name)
		}
		line := entry(value, s)
		if line == "" {
			return fmt.Sprintf("%s: <name>: {...}, a map by name instead of a list", name)
		}
		lines = append(lines, name+": "+line)
	}
	if len(lines) > shown {
		lines = append(lines[:shown], "and so on")
	}
	return strings.Join(lines, "\n")
}

// entry is an element of a list as an entry of a map by name; "" where no field names it.
func entry(value *language.Field, s *ast.StructLit) string {
	for _, k := range keys {
		named := fieldsNamed(s.Elts, k)
		if len(named) == 0 || child(value, k) && k == "name" {
			continue
		}
		text, ok := named[0].Value.(*ast.BasicLit)
		if !ok || text.Kind != token.STRING {
			continue
		}
		label, err := strconv.Unquote(text.Value)
		if err != nil {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(s.Elts), func(d ast.Decl) bool { return d == ast.Decl(named[0]) })
		return labelled(label) + ": " + body(label, value, rest)
	}
	return ""
}

// body is what an entry holds: of an environment variable its text, of others the fields, those that name
// a Secret as they do it.
func body(label string, value *language.Field, decls []ast.Decl) string {
	if texts := fieldsNamed(decls, "value"); len(texts) == 1 && !child(value, "value") && strings.Contains(value.Allowed, "a string") {
		if maySecret([]string{"env", label}, "") {
			return fmt.Sprintf("valueFrom: secretKeyRef: {name: \"nats-auth\", key: %q}", secretVariable.FindString(strings.ToLower(label)))
		}
		lit := oneLine(texts[0].Value)
		if l, ok := texts[0].Value.(*ast.BasicLit); ok && l.Kind != token.STRING {
			lit = strconv.Quote(lit)
		}
		return lit
	}
	var fields []string
	for _, d := range decls {
		f, ok := d.(*ast.Field)
		name, plain := "", false
		if ok {
			name, plain = fieldName(f)
		}
		if !plain {
			return "{...}"
		}
		text := labelled(name) + ": " + oneLine(f.Value)
		if maySecret([]string{name}, text) {
			text = labelled(name) + ": ..."
			i := slices.IndexFunc(value.Children, func(c *language.Field) bool { return c.Name == name })
			if i >= 0 {
				if ref := named([]string{label, name}, value.Children[i]); ref != "" {
					text = ref
				}
			}
		}
		fields = append(fields, text)
	}
	if len(fields) == 1 {
		return fields[0]
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// labelled is a name as CUE takes it before a colon.
func labelled(name string) string {
	if ast.StringLabelNeedsQuoting(name) {
		return strconv.Quote(name)
	}
	return name
}

// oneLine is an expression on one line, where it can be.
func oneLine(e ast.Expr) string {
	var parts []string
	switch x := e.(type) {
	case *ast.ListLit:
		for _, elem := range x.Elts {
			parts = append(parts, oneLine(elem))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *ast.StructLit:
		for _, d := range x.Elts {
			f, ok := d.(*ast.Field)
			name, plain := "", false
			if ok {
				name, plain = fieldName(f)
			}
			if !plain {
				return "{...}"
			}
			parts = append(parts, labelled(name)+": "+oneLine(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	text, err := format.Node(e)
	if err != nil || strings.Contains(string(text), "\n") {
		return "..."
	}
	return string(text)
}
