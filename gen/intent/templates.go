package intent

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
)

// ruleTemplate is of texts that somebody is to fill in, whom there is not.
const ruleTemplate = "template-in-text"

// template is a place in a text that Helm or a shell would fill in. nats-server has functions of its own
// between {{ and }}, such as {{wildcard(1)}}.
var template = regexp.MustCompile(`\{\{-?\s*(?:[.$]|(?:include|template|required|default|tpl|toYaml|if|range|with|end|else)\b)[^}]*\}\}` +
	`|\$\{[A-Za-z_][\w.]*(?:[:?=+-][^}]*)?\}`)

// templated finds the texts of an environment with such places. The second result are the fields that
// they are in.
func (l *Loader) templated(env string, inst *build.Instance) (found diag.List, fields []string) {
	if !hasTemplates(inst, Dir(env)) {
		return nil, nil
	}
	w := l.walk(inst)
	for _, at := range (places{index: func() map[string]place { return w.out }}).written() {
		where := w.out[key(at)]
		text := textOf(where.expr)
		if path.Dir(where.value.File) != Dir(env) || text == "" || forOthers(at) {
			continue
		}
		if m := template.FindString(text); m != "" {
			fields = append(fields, at[0])
			found = append(found, diag.Diagnostic{
				Rule: ruleTemplate, Severity: diag.Error, Span: where.value, Path: strings.Join(at, "."),
				Message: fmt.Sprintf("%s stands in this text, and nothing replaces it", m),
				Why:     "natsyard has no templates: what it proves is what is applied, and what differs stands in the intent of each environment",
				Mend:    interpolated(at, text, m),
			})
		}
	}
	return found, fields
}

// besides joins findings with the others: of a text with a template nothing else is said.
func besides(passedOver, found diag.List) diag.List {
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(passedOver, func(o diag.Diagnostic) bool { return o.Rule == ruleTemplate && o.Span == d.Span })
	})
	return append(found, passedOver...)
}

// interpolated is a text in which a reference stands for a place that is to be filled in.
func interpolated(path []string, text, m string) string {
	names := regexp.MustCompile(`[A-Za-z_]\w*`).FindAllString(strings.Trim(m, "${}- "), -1)
	if len(names) == 0 || strings.ContainsAny(text, "\"\\\n@") {
		return "the value itself"
	}
	name := names[len(names)-1]
	if strings.HasPrefix(m, "$") {
		name = names[0]
	}
	name = "_" + strings.TrimLeft(name, "_")
	if text == m {
		return pasted(path, name) + fmt.Sprintf(`, and %s: "..." beside intent; or the value itself`, name)
	}
	return pasted(path, `"`+strings.ReplaceAll(text, m, `\(`+name+`)`)+`"`) + fmt.Sprintf(`, and %s: "..." beside intent; or the value itself`, name)
}

// textOf is a text without its quotes; "" for what is none.
func textOf(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			return strings.TrimSpace(strings.Trim(x.Value, `"#`))
		}
	case *ast.Interpolation:
		var b strings.Builder
		for _, part := range x.Elts {
			if lit, ok := part.(*ast.BasicLit); ok {
				b.WriteString(lit.Value)
			}
		}
		return strings.Trim(b.String(), `"#`)
	}
	return ""
}

func hasTemplates(inst *build.Instance, dir string) bool {
	any := false
	for _, f := range inst.Files {
		if path.Dir(f.Filename) != dir {
			continue
		}
		ast.Walk(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			any = any || ok && template.MatchString(lit.Value)
			return !any
		}, nil)
	}
	return any
}

// forOthers tells whether what a field holds is for programs that may have templates of their own, or may be
// a secret, of which another finding speaks.
func forOthers(path []string) bool {
	return slices.Contains([]string{"extraContainers", "extraInitContainers", "accept", "kustomize"}, path[0]) ||
		slices.ContainsFunc(path, func(step string) bool { return slices.Contains([]string{"annotations", "command", "args"}, step) }) ||
		maySecret(path, "")
}
