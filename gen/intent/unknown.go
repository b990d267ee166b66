package intent

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
)

// unknown is the finding for a field that the language does not have, or for a key that a
// map of the language does not take.
func (r reporter) unknown(path []string) diag.Diagnostic {
	parent, name := path[:len(path)-1], path[len(path)-1]
	d := r.strange(path)
	owner, known := language.Lookup(parent...)
	switch {
	case known && slices.ContainsFunc(owner.Children, func(f *language.Field) bool { return f.Name == name }):
		// The language has it, something else that the user unifies with has not.
		d.Rule = "value-closed"
		d.Span = r.places.find(nil)
		d.Path = strings.Join(parent, ".")
		d.Message = fmt.Sprintf("%s is unified with a closed value, which lacks fields of the language", orIntent(parent))
		d.Mend = "a plain struct instead of a definition or close()"
	case !known:
	case len(owner.Children) == 1 && owner.Children[0].Name == language.AnyKey && owner.Children[0].Type != "anything":
		d.Rule, d.Allowed = "key-not-allowed", owner.Allowed
		d.Message = fmt.Sprintf("%q cannot be a key of %s", name, orIntent(parent))
		if e := r.places.expr(path); e != nil && r.takes != nil && r.takes(path, syntax.OneLine(e)) {
			r.ownDefinition(&d, path)
			break
		}
		d.Mend = r.respeltKey(path)
	default:
		r.meant(&d, path, owner)
	}
	return d
}

// ownDefinition is about a key that the language takes, and a definition of the user's own does not.
func (r reporter) ownDefinition(d *diag.Diagnostic, path []string) {
	parent, name := path[:len(path)-1], path[len(path)-1]
	var names []string
	r.walk(func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			if id, ok := f.Label.(*ast.Ident); ok && strings.HasPrefix(id.Name, "#") {
				names = append(names, r.namesIn(id)...)
				if s, ok := f.Value.(*ast.StructLit); ok {
					for _, e := range s.Elts {
						if inner, ok := e.(*ast.Field); ok {
							if got, _, err := ast.LabelName(inner.Label); err == nil {
								names = append(names, got)
							}
						}
					}
				}
			}
		}
		return true
	})
	d.Rule, d.Allowed = "value-closed", ""
	d.Message = fmt.Sprintf("a definition of yours has no field %s", name)
	if near := language.Closest(name, names); near != "" {
		d.Message += "; did you mean " + near + "?"
		d.Mend = r.moved(path, append(slices.Clone(parent), near))
	} else {
		d.Mend = "the field in the definition too, or ... at its end, which lets it have others"
	}
}

// strange is the finding for a field that nobody knows.
func (r reporter) strange(path []string) diag.Diagnostic {
	r.note(path)
	span, written := r.places.label(path)
	if !written {
		span = r.places.find(path)
	}
	return diag.Diagnostic{
		Rule: "unknown-field", Severity: diag.Error, Path: strings.Join(path, "."), Span: span,
		Message: fmt.Sprintf("%s has no field %s", orIntent(path[:len(path)-1]), path[len(path)-1]),
	}
}

// meant says what somebody meant by a field that its owner does not have.
func (r reporter) meant(d *diag.Diagnostic, path []string, owner *language.Field) {
	parent, name := path[:len(path)-1], path[len(path)-1]
	hint := language.Hint(parent, name)
	if !strings.Contains(owner.Allowed, " more") {
		d.Allowed = owner.Allowed
	}
	if near, ok := strings.CutPrefix(hint, `did you mean "`); ok {
		near = strings.TrimSuffix(near, `"?`)
		d.Message += "; did you mean " + near + "?"
		d.Mend = r.moved(path, append(slices.Clone(parent), near))
	} else if paths, ok := strings.CutPrefix(hint, "write it as "); ok && !strings.Contains(paths, " or ") {
		d.Mend = r.moved(path, r.within(path, language.ParsePath(paths)))
	} else {
		d.Mend = r.lifted(path)
	}
	if d.Mend == "" {
		d.Mend = cmp.Or(r.spelt(path), r.moves(path, hint))
	}
	if d.Mend == "" {
		d.Allowed = owner.Allowed
		if strings.Contains(owner.Allowed, " more") {
			d.Allowed += "; `" + strings.TrimSpace("natsyard explain "+strings.Join(parent, ".")) + "` lists them"
		}
	}
}

// lifted is what the user wrote one step too deep, as it is pasted: the value of a variable under value, and
// the two parts of a reference to a Secret under another name.
func (r reporter) lifted(path []string) string {
	parent, name := path[:len(path)-1], path[len(path)-1]
	switch {
	case name == field && len(parent) == 0: // the intent once more
		if s, ok := r.places.expr(path).(*ast.StructLit); ok {
			return strings.TrimSuffix(strings.TrimPrefix(syntax.OneLine(s), "{"), "}")
		}
	case name == "value":
		return r.moved(path, parent)
	case name == "secretKeyRef" && len(path) > 2 && path[len(path)-3] == "env":
		return r.moved(path, append(slices.Clone(parent), "valueFrom", name))
	case name == "secretKeyRef" || name == "valueFrom":
		parts := map[string]string{}
		for _, w := range r.places.written() {
			if len(w) > len(path) && slices.Equal(w[:len(path)], path) {
				if text, ok := literalText(r.places.expr(w)); ok {
					parts[w[len(w)-1]] = text
				}
			}
		}
		return r.propose(parent, fmt.Sprintf("{secretName: %q, key: %q}", parts["name"], parts["key"]))
	}
	return ""
}

// within is a path of the language, with the keys and indices of maps and lists that it shares with
// another.
func (r reporter) within(path, ours []string) []string {
	out := slices.Clone(ours)
	for n := range out {
		if n < len(path) && (out[n] == language.AnyKey || out[n] == language.Element) {
			out[n] = path[n]
		}
	}
	return out
}

// moved is what the user wrote at one path, at another, as it is pasted; "" where the language does not
// take it there.
func (r reporter) moved(from, to []string) string {
	known, ok := language.Lookup(to...)
	e := r.places.expr(from)
	if !ok || e == nil || slices.Contains(to, language.AnyKey) || slices.Contains(to, language.Element) {
		return ""
	}
	text := syntax.OneLine(e)
	if maySecret(to, text) {
		if _, isStruct := e.(*ast.StructLit); isStruct && slices.Equal(from[:len(from)-1], to[:len(to)-1]) {
			return pasted(to, "{...}")
		}
		return r.named(to, known)
	}
	if denies(from[len(from)-1]) != denies(to[len(to)-1]) { // noTLS: true is tls: enabled: false
		switch text {
		case "true":
			return r.propose(to, "false", "{enabled: false}")
		case "false":
			return r.propose(to, "true", "{enabled: true}")
		}
	}
	values := []string{text}
	if _, isStruct := e.(*ast.StructLit); !isStruct {
		values = append(values, instead(to, known, e, text)...)
	}
	mend := r.propose(to, values...)
	if _, isStruct := e.(*ast.StructLit); isStruct && mend == "" && slices.Equal(from[:len(from)-1], to[:len(to)-1]) {
		return pasted(to, "{...}") // with what else is wrong in it
	}
	if _, isList := e.(*ast.ListLit); isList && mend == "" && slices.Equal(to, []string{"kustomize", "resources"}) {
		return pasted(to, `["my.yaml"]`) + ", a file that holds them"
	}
	if mend != "" && inList(to) { // the name is underlined, and what follows it
		mend = pasted(to[len(to)-1:], mend)
	}
	if len(mend) > longest {
		return ""
	}
	return mend
}

// denies tells whether a switch of this name switches something off.
func denies(name string) bool { return denial.MatchString(name) }

var denial = regexp.MustCompile(`^(no_?[A-Z_]|no_|disabled?)`)

// longest is how long a line of a mend may be.
const longest = 160

// spelt is what stands at a path and below it as the language spells it, a line each, where the language
// takes all of it.
func (r reporter) spelt(path []string) string {
	try := func(take func(w []string) bool) string {
		var lines []string
		for _, w := range r.places.written() {
			if len(w) < len(path) || !slices.Equal(w[:len(path)], path) || !take(w) {
				continue
			}
			ours, ok := language.Spelling(w...)
			line := ""
			if ok && ours != "" {
				line = r.moved(w, language.ParsePath(ours))
			}
			if line == "" {
				return ""
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	return cmp.Or(
		try(func(w []string) bool { return len(w) == len(path)+1 }),
		try(func(w []string) bool {
			_, isStruct := r.places.expr(w).(*ast.StructLit)
			return !isStruct && len(w) > len(path) && !inElement(r, w)
		}),
	)
}

// moves is a hint, and of what the chart has around others where each of them belongs.
func (r reporter) moves(path []string, hint string) string {
	if ours, theirs := language.Spelling(path...); !theirs || ours != "" {
		return hint
	}
	var done [][]string
	for _, w := range r.places.written() {
		ours, ok := language.Spelling(w...)
		if !ok || ours == "" || len(w) <= len(path) || !slices.Equal(w[:len(path)], path) ||
			slices.ContainsFunc(done, func(o []string) bool { return len(w) > len(o) && slices.Equal(w[:len(o)], o) }) {
			continue
		}
		done, hint = append(done, w), hint+fmt.Sprintf(", %s as %s", strings.Join(w, "."), ours)
	}
	return hint
}

// inElement tells whether a path leads through a list that the user wrote.
func inElement(r reporter, path []string) bool {
	for n := range path {
		if _, isList := r.places.expr(path[:n]).(*ast.ListLit); isList {
			return true
		}
	}
	return false
}

// respeltKey is a key of a map in letters that it takes, with its value.
func (r reporter) respeltKey(path []string) string {
	e := r.places.expr(path)
	if e == nil {
		return ""
	}
	text := syntax.OneLine(e)
	for _, quoted := range respelt(path[len(path)-1]) {
		name, ok := textOfLiteral(quoted)
		if to := append(slices.Clone(path[:len(path)-1]), name); ok && !slices.Equal(to, path) && !maySecret(to, text) {
			if mend := r.propose(to, text); mend != "" {
				return mend
			}
		}
	}
	return ""
}
