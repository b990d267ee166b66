package intent

import (
	"cmp"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
)

// finding says one mistake in the user's words.
func (r reporter) finding(m mistake) diag.Diagnostic {
	d := diag.Diagnostic{Severity: diag.Error, Path: strings.Join(m.path, "."), Span: r.places.find(m.path)}
	r.note(m.path)
	if _, written := r.places.label(m.path); len(m.own) > 0 && (d.Span.File == "" || !written && m.kind == value) {
		d.Span = r.point(r.nearest(m.own))
	}
	if d.Span.File == "" {
		d.Span = diag.Span{File: r.dir}
	}
	known, _ := language.Lookup(m.path...) // nil outside of the language
	if known != nil {
		d.Allowed = known.Allowed
	}
	switch {
	case m.isAlone():
		r.alone(&d, m)
	case m.kind == unknownName && len(m.path) > 0:
		u := r.unknown(m.path)
		if u.Span.File == "" {
			u.Span = d.Span
		}
		return u
	case m.kind == required && len(m.path) > 0:
		r.required(&d, m, known)
	case m.kind == reference:
		r.reference(&d, m, known)
	case m.kind == contradiction && len(m.path) > 0:
		r.contradiction(&d, m, known)
	case m.kind == value:
		r.value(&d, m, known)
	case m.kind == incomplete:
		r.incomplete(&d, m, known)
	default:
		r.other(&d, m)
	}
	return d
}

// alone is about a value that stands among fields.
func (r reporter) alone(d *diag.Diagnostic, m mistake) {
	d.Rule, d.Path, d.Allowed = "value-not-allowed", field, "fields, each with a name and a colon"
	text := "this"
	if len(m.own) > 0 {
		d.Span = r.point(m.own[0])
		for _, pos := range m.own { // the value that stands where no field begins
			if e := r.embedded(pos); e != nil {
				d.Span, text = r.span(e), syntax.OneLine(e)
				break
			}
		}
	}
	d.Message = fmt.Sprintf("%s stands among the fields of intent, and is none", text)
	d.Mend = "a name and a colon before it, or leave it out"
}

func (r reporter) required(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "field-missing"
	d.Message = fmt.Sprintf("%s lacks %s", orIntent(m.path[:len(m.path)-1]), m.path[len(m.path)-1])
	d.Mend = r.lacking(m.path, known)
	if r.dir == Base {
		d.Why = "the base is proven by itself too, before any environment adds to it"
	}
}

func (r reporter) contradiction(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "value-contradiction"
	path := m.path
	for n := range m.path { // of a list the whole: each field that differs is an error of CUE's
		if isElement(m.path[:n+1]) {
			path = m.path[:n]
			break
		}
	}
	if isLengths(m.err) || len(path) < len(m.path) {
		r.twoLists(d, path)
		return
	}
	values := strings.TrimPrefix(plain(m.err), "conflicting values ")
	d.Message = fmt.Sprintf("%s is given two values, %s", d.Path, values)
	if d.Secret = maySecret(m.path, values); d.Secret {
		d.Message = d.Path + " is given two values"
	}
	d.Mend = "leave one of the two out"
	other, text := r.otherValue(m, d.Span)
	if other.File == "" {
		return
	}
	said := "the other value"
	if text != "" && !d.Secret {
		said += ", " + text
	}
	d.Related = append(d.Related, diag.Related{Span: other, Message: said})
	withRun := r.given != "" && d.Span.File == r.given
	if !strings.HasPrefix(other.File, Base+"/") && !withRun {
		return
	}
	d.Mend = "leave the other out"
	switch {
	case d.Secret:
	case withRun && kindOfText(text) != "" && (known == nil || known.Default == "" || known.Derived):
		d.Mend = pasted(m.path, "*"+text+" | "+kindOfText(text)) + ", in the place of the other: a default, which this may change"
	case withRun:
		d.Mend += ", so that this is the only one"
	case kindOfText(text) == "":
	case known != nil && known.Default != "" && !known.Derived: // CUE takes no second default
		d.Mend += fmt.Sprintf(", and write %s where that is wanted", pasted(m.path, text))
	default:
		d.Mend = pasted(m.path, "*"+text+" | "+kindOfText(text)) + ", in the base: a default, which environments may change"
	}
}

// twoLists is about a list that is given twice: one finding, however many of their fields differ.
func (r reporter) twoLists(d *diag.Diagnostic, path []string) {
	d.Path, d.Span, d.Allowed = strings.Join(path, "."), r.places.find(path), ""
	d.Message = d.Path + " is given two lists that differ"
	d.Why = "lists are not added to each other: element by element both must hold"
	d.Mend = "the whole list in one place"
	for _, other := range r.places.others(path) {
		d.Related = append(d.Related, diag.Related{Span: other.value, Message: "the other list"})
		if list, ok := other.expr.(*ast.ListLit); ok && strings.HasPrefix(other.value.File, Base+"/") && len(syntax.OneLine(list)) < longest/2 {
			d.Mend = pasted(path, "*"+syntax.OneLine(list)+" | [...]") + ", in the base: a default, which environments may change"
		}
	}
}

// otherValue is where else a field is given a value, and which.
func (r reporter) otherValue(m mistake, at diag.Span) (other diag.Span, text string) {
	for _, pos := range m.own[:min(2, len(m.own))] {
		if other = r.point(pos); other.String() != at.String() {
			return other, r.textAt(pos)
		}
	}
	return diag.Span{}, ""
}

// kindOfText is the type of a literal; "" of anything else.
func kindOfText(text string) string {
	switch {
	case strings.HasPrefix(text, `"`):
		return "string"
	case text == "true" || text == "false":
		return "bool"
	case wholeText.MatchString(text):
		return "int"
	}
	return ""
}

func (r reporter) value(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "value-not-allowed"
	text := r.written(m, d.Span)
	e := r.places.expr(m.path)
	var and []string
	for _, other := range r.places.others(m.path) {
		said := "what else it is to be; both must hold"
		text := syntax.OneLine(other.expr)
		if and = append(and, text); len(text) < longest/2 && !maySecret(m.path, text) {
			said = "it must be this too: " + text
		}
		d.Related = append(d.Related, diag.Related{Span: other.value, Message: said})
	}
	if d.Secret = maySecret(m.path, text); d.Secret {
		text = "this"
		d.Mend = cmp.Or(r.named(m.path, known), r.propose(m.path, fmt.Sprintf("{valueFrom: secretKeyRef: {name: %q, key: %q}}", secretOfUsers, strings.ToLower(m.path[len(m.path)-1]))))
	}
	if d.Mend == "" && known != nil {
		d.Mend = r.noted(m.path, known, text)
		values := instead(m.path, known, e, text)
		for _, a := range and { // the bound itself
			values = append(values, number(known, bound.FindString(a))...)
		}
		values = slices.DeleteFunc(append(values, others(m.path, known)...), func(v string) bool {
			return v == text || len(and) > 0 && (v == "{}" || v == "[]") // which fits all and means nothing
		})
		d.Mend = cmp.Or(d.Mend, r.taggedImage(m.path, text), r.proposeWith(m.path, and, values...))
		if text == "null" {
			r.null(d, m.path, known)
		}
	}
	if _, written := r.places.label(m.path); !written {
		d.Mend = "another value where it is made"
	}
	if d.Mend == "" && len(d.Related) > 0 {
		d.Mend = "leave one of the two out"
	}
	d.Message = fmt.Sprintf("%s cannot be %s", d.Path, text)
}

// null is about a field that was to be taken out, as in the values of a Helm chart.
func (r reporter) null(d *diag.Diagnostic, path []string, known *language.Field) {
	d.Mend = "leave it out"
	if child(known, "enabled") {
		d.Mend = pasted(path, "{enabled: false}") + ", or leave it out"
	}
	if others := r.places.others(path); len(others) > 0 {
		d.Why = "CUE takes nothing back: all that is said of a field holds"
		d.Mend = "leave both out, and give it in the environments that want it"
	}
}

var bound = regexp.MustCompile(`-?[0-9]+`)

func (r reporter) incomplete(d *diag.Diagnostic, m mistake, known *language.Field) {
	d.Rule = "value-missing"
	d.Message = fmt.Sprintf("%s has no value, only a type", d.Path)
	if known == nil {
		return
	}
	var plainly []string
	if known.Default != "" && !known.Derived {
		d.Message = fmt.Sprintf("%s is given a second default, beside the language's own %s", d.Path, known.Default)
		d.Why = "CUE cannot choose between two defaults: a field that has one takes a plain value"
		plainly = choices(r.places.expr(m.path))
	}
	d.Mend = r.propose(m.path, append(plainly, examples(m.path, known)...)...)
}

// choices are the plain values in an expression such as *3 | 5 | int, and those at the bounds of one such
// as >=3.
func choices(e ast.Expr) (out []string) {
	switch x := e.(type) {
	case *ast.BinaryExpr:
		return append(choices(x.X), choices(x.Y)...)
	case *ast.UnaryExpr:
		return choices(x.X)
	case *ast.ParenExpr:
		return choices(x.X)
	case *ast.BasicLit:
		return []string{x.Value}
	}
	return nil
}

func (r reporter) other(d *diag.Diagnostic, m mistake) {
	d.Rule = "cue"
	if len(m.own) > 0 && m.own[0].IsValid() {
		d.Span = r.point(m.own[0])
	}
	var why refusal
	if errors.As(m.err, &why) {
		d.Rule, d.Message, d.Allowed, d.Mend = "import-unknown", why.Message, why.Allowed, why.Mend
		return
	}
	r.say(d, plain(m.err))
}

// written is what the user wrote, as in the file.
func (r reporter) written(m mistake, at diag.Span) string {
	if _, exact := r.places.label(m.path); exact {
		if data, err := fs.ReadFile(r.repo, at.File); err == nil {
			if text := cut(data, at); text != "" && text != m.path[len(m.path)-1] {
				return text
			}
		}
		if e := r.places.expr(m.path); e != nil {
			if text := syntax.OneLine(e); len(text) <= longest/2 && !strings.Contains(text, "\n") {
				return text
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

// cut is the text at a place.
func cut(data []byte, at diag.Span) string {
	line := lineAt(data, at.Line)
	if at.Length == 0 || at.Column < 1 || at.Column-1+at.Length > len(line) {
		return ""
	}
	return line[at.Column-1 : at.Column-1+at.Length]
}

// lineAt is a line of a text, counted from 1; "" where there is none.
func lineAt(data []byte, n int) string {
	lines := strings.Split(string(data), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
}

func (r reporter) point(pos token.Pos) diag.Span {
	p := pos.Position()
	span := diag.Span{File: p.Filename, Line: p.Line, Column: p.Column}
	if n := r.nodeAt(pos); n != nil {
		span = spanOf(n)
	}
	if r.original != nil {
		span = r.original(span)
	}
	return span
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
	return hiddenName.ReplaceAllString(strings.Join(strings.Fields(text), " "), "$1")
}

// hiddenName is a hidden name as CUE writes it, with the package that it is of.
var hiddenName = regexp.MustCompile(`(_[\w#]+)\([^() ]+\)`)

func orIntent(path []string) string {
	if len(path) == 0 {
		return field
	}
	return strings.Join(path, ".")
}
