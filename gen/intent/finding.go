package intent

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// finding says one mistake in the user's words.
func (r reporter) finding(m mistake) diag.Diagnostic {
	d := diag.Diagnostic{Severity: diag.Error, Path: strings.Join(m.path, "."), Span: r.places.find(m.path)}
	r.note(m.path)
	if d.Span.File == "" && len(m.own) > 0 {
		d.Span = r.point(m.own[0])
	}
	if d.Span.File == "" {
		d.Span = diag.Span{File: r.dir}
	}
	known, _ := language.Lookup(m.path...) // nil outside of the language
	if known != nil {
		d.Allowed = known.Allowed
	}
	switch m.kind {
	case unknownName:
		return r.unknown(m.path)
	case required:
		name := m.path[len(m.path)-1]
		d.Rule = "field-missing"
		d.Message = fmt.Sprintf("%s lacks %s", orIntent(m.path[:len(m.path)-1]), name)
		d.Mend = lacking(m.path)
		if r.dir == Base {
			d.Why = "the base is proven by itself too, before any environment adds to it"
		}
	case reference:
		r.reference(&d, m, known)
	case contradiction:
		r.contradiction(&d, m, known)
	case value:
		r.value(&d, m, known)
	case incomplete:
		incompleteValue(&d, known)
	default:
		r.other(&d, m)
	}
	if strings.HasPrefix(d.Message, "expression exceeds maximum nesting depth") { // CUE's own bound, of 10 000
		return tooDeep(d.Span)
	}
	return d
}

func (r reporter) reference(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "reference-unknown"
	d.Message, d.Allowed = plain(m.err), ""
	if len(m.own) > 0 {
		d.Span = r.point(m.own[0])
	}
	name, isName := strings.CutSuffix(strings.TrimPrefix(d.Message, `reference "`), `" not found`)
	switch lower := strings.ToLower(name); {
	case !isName:
	case name == Base:
		d.Mend = "import \"<module>/" + Base + "\" below the package clause; cue.mod/module.cue has the module's name"
	case lower == "true" || lower == "false" || lower == "null":
		d.Mend = lower
	case known != nil && isSwitch(known, lower):
		d.Mend = strconv.FormatBool(switches[lower])
	case len(m.path) > 0 && (known == nil || len(known.Children) == 0):
		d.Mend = strconv.Quote(name) + " in quotes, if it is text"
	}
}

func (r reporter) contradiction(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "value-contradiction"
	values := strings.TrimPrefix(plain(m.err), "conflicting values ")
	d.Message = fmt.Sprintf("%s is given two values, %s", d.Path, values)
	if d.Secret = maySecret(m.path, values); d.Secret {
		d.Message = d.Path + " is given two values"
	}
	if slices.ContainsFunc(m.own[:2], func(p token.Pos) bool { return strings.HasPrefix(p.Filename(), Base+"/") }) {
		d.Mend = "a default in the base, which environments may change: *value | _"
		if known != nil && known.Default != "" && !known.Derived { // CUE takes no second one
			d.Mend = "leave it out of the base, and give it in the environments that want another than " + known.Default
		}
	}
	for _, pos := range m.own[:2] {
		if other := r.point(pos); other.String() != d.Span.String() {
			d.Related = append(d.Related, diag.Related{Span: other, Message: "the other value"})
			break
		}
	}
}

func (r reporter) value(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "value-not-allowed"
	text := r.written(m, d.Span)
	inMend := text
	if d.Secret = maySecret(m.path, text); d.Secret {
		text, inMend = "this", "..."
		d.Mend = named(m.path, known)
	}
	if d.Mend == "" && known != nil {
		d.Mend = instead(m.path[len(m.path)-1], known, r.places.expr(m.path), inMend)
	}
	d.Message = fmt.Sprintf("%s cannot be %s", d.Path, text)
	for _, other := range r.places.others(m.path) {
		d.Related = append(d.Related, diag.Related{Span: other, Message: "what else it is to be; both must hold"})
	}
}

func incompleteValue(d *diag.Diagnostic, known *language.Field) {
	d.Rule = "value-missing"
	d.Message = fmt.Sprintf("%s has no value, only a type", d.Path)
	if known != nil && known.Default != "" && !known.Derived {
		d.Message = fmt.Sprintf("%s is given a second default, beside the language's own %s", d.Path, known.Default)
		d.Why = "CUE cannot choose between two defaults"
		d.Mend = "a plain value: in the base for all environments, or in those that want another than " + known.Default
	}
}

func (r reporter) other(d *diag.Diagnostic, m mistake) {
	d.Rule = "cue"
	d.Message, d.Allowed = plain(m.err), ""
	if len(m.own) > 0 && m.own[0].IsValid() {
		d.Span = r.point(m.own[0])
	}
	if m.err.Path() == nil && (strings.Contains(d.Message, "missing ','") || strings.Contains(d.Message, "expected label")) {
		d.Mend = syntaxMend(r.repo, d.Span)
	}
	if strings.Contains(d.Message, "imported and not used") && strings.HasSuffix(d.Message, "/"+Base+`"`) {
		d.Mend = "intent: base.intent & { ... }"
	}
	r.say(d)
}

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
	default:
		if d.Mend = language.Hint(parent, name); d.Mend == "" {
			d.Allowed = owner.Allowed
		}
		// Of what stood around others in the chart, say where each of them belongs.
		if ours, theirs := language.Spelling(path...); theirs && ours == "" {
			for _, w := range r.places.written() {
				if below, ok := language.Spelling(w...); ok && below != "" && len(w) == len(path)+1 && slices.Equal(w[:len(path)], path) {
					d.Mend += fmt.Sprintf(": %s as %s", strings.Join(w, "."), below)
				}
			}
		}
	}
	return d
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

// written is what the user wrote, as in the file.
func (r reporter) written(m mistake, at diag.Span) string {
	_, exact := r.places.label(m.path)
	if data, err := fs.ReadFile(r.repo, at.File); err == nil && at.Length > 0 && exact {
		if lines := strings.Split(string(data), "\n"); at.Line <= len(lines) {
			if line := lines[at.Line-1]; at.Column-1+at.Length <= len(line) {
				if text := line[at.Column-1 : at.Column-1+at.Length]; text != m.path[len(m.path)-1] {
					return text
				}
			}
		}
	}
	if _, args := m.err.Msg(); len(args) > 0 {
		for _, a := range args {
			if text := fmt.Sprint(a); len(text) < 60 {
				return text
			}
		}
	}
	return "this"
}

func (r reporter) point(pos token.Pos) diag.Span {
	p := pos.Position()
	return diag.Span{File: p.Filename, Line: p.Line, Column: p.Column}
}

// anonymous is a place in a text that has no file.
var anonymous = regexp.MustCompile(`^(?::[0-9]*)+ `)

// plain is CUE's own text, on one line and without the path.
func plain(e errors.Error) string {
	format, args := e.Msg()
	text := fmt.Sprintf(format, args...)
	wrapped := errors.Unwrap(e)
	switch function, called := strings.CutPrefix(text, "error in call to "); {
	case wrapped != nil && text == "import failed":
		text = wrapped.Error()
	case called && wrapped != nil:
		text = function + " refuses what it is called with: " + anonymous.ReplaceAllString(wrapped.Error(), "")
	case called:
		text = function + " refuses what it is called with"
	}
	return strings.Join(strings.Fields(text), " ")
}

func orIntent(path []string) string {
	if len(path) == 0 {
		return field
	}
	return strings.Join(path, ".")
}
