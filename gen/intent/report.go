package intent

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// languagePrefix begins the file names of the language itself in CUE's positions. A user
// never sees them.
const languagePrefix = "(language)/"

// reporter turns CUE's errors into findings at the user's own places.
type reporter struct {
	repo   fs.FS
	dir    string
	places places
	blind  bool // an imported package could not be parsed: what it lacks is not the importer's mistake
	broken *[]brokenField
}

// note remembers that the finding about a field is known.
func (r reporter) note(path []string) {
	if r.broken != nil {
		if b, ok := r.places.nearest(path); ok {
			*r.broken = append(*r.broken, b)
		}
	}
}

// kind is what is wrong with a field, from the most to the least telling: where CUE has
// several errors for one field, the first kind is the cause.
type kind int

const (
	unknownName kind = iota
	required
	reference
	contradiction
	value
	incomplete
	other
)

// mistake is all that CUE has to say about one field.
type mistake struct {
	path []string // below `intent`, unless the field lies outside
	kind kind
	err  errors.Error
	own  []token.Pos // the user's places that CUE names
}

// fromCUE gives one finding for each mistake: CUE's errors are grouped by field, and
// those that only follow from another are left out.
func (r reporter) fromCUE(err error) diag.List {
	var mistakes []mistake
	for _, e := range errors.Errors(err) {
		m := r.mistake(e)
		i := slices.IndexFunc(mistakes, func(o mistake) bool {
			return slices.Equal(o.path, m.path) && (len(m.path) > 0 || samePosition(o, m))
		})
		switch {
		case i < 0:
			mistakes = append(mistakes, m)
		case m.kind < mistakes[i].kind:
			m.own = append(m.own, mistakes[i].own...)
			mistakes[i] = m
		default:
			if isSummary(mistakes[i].err) && m.kind == mistakes[i].kind {
				mistakes[i].err = m.err // which says more
			}
			mistakes[i].own = append(mistakes[i].own, m.own...)
		}
	}
	var found diag.List
	// CUE stops at the first field that it does not know.
	for _, path := range r.places.written() {
		owner, known := language.Lookup(path[:len(path)-1]...)
		if known && len(owner.Children) > 0 && !isKnown(path) && !r.below(path, mistakes) && !r.inStrayList(path) {
			found = append(found, r.unknown(path))
		}
	}
	for i, m := range mistakes {
		if !r.knockOn(m, mistakes, i) && !(r.blind && m.kind == reference) {
			found = append(found, r.finding(m))
		}
	}
	if len(found) == 0 && len(mistakes) > 0 && !r.blind {
		found = append(found, r.finding(mistakes[0]))
	}
	return found
}

func samePosition(a, b mistake) bool {
	return len(a.own) > 0 && len(b.own) > 0 && a.own[0] == b.own[0]
}

func (r reporter) mistake(e errors.Error) mistake {
	m := mistake{err: e, path: slices.Clone(e.Path())}
	for i, elem := range m.path {
		m.path[i] = strings.Trim(elem, `"`)
	}
	if len(m.path) > 0 && m.path[0] == field {
		m.path = m.path[1:]
	}
	for _, pos := range errors.Positions(e) {
		if name := pos.Filename(); name != "" && !strings.HasPrefix(name, languagePrefix) {
			m.own = append(m.own, pos)
		}
	}
	format, args := e.Msg()
	switch {
	case format == "field not allowed":
		m.kind = unknownName
	case strings.HasPrefix(format, "field is required"):
		m.kind = required
	case strings.HasPrefix(format, "reference %q not found"), strings.HasPrefix(format, "undefined field"):
		m.kind = reference
	case strings.HasPrefix(format, "conflicting values") && len(args) == 2 && r.bothOwn(m):
		m.kind = contradiction
	case strings.HasPrefix(format, "conflicting values"), strings.HasPrefix(format, "invalid value"),
		isSummary(e):
		m.kind = value
	case strings.HasPrefix(format, "incomplete value"):
		m.kind = incomplete
	default:
		m.kind = other
	}
	return m
}

// isSummary tells whether an error only counts those that follow it.
func isSummary(e errors.Error) bool {
	format, _ := e.Msg()
	return strings.HasSuffix(format, "errors in empty disjunction:")
}

// bothOwn tells whether two values that conflict were both written by the user: CUE's first
// two positions are those of the values.
func (r reporter) bothOwn(m mistake) bool {
	all := errors.Positions(m.err)
	return len(all) >= 2 && len(m.own) >= 2 && all[0] == m.own[0] && all[1] == m.own[1]
}

// knockOn tells whether a mistake only follows from another: a choice that fails because
// of a field below it, or a name that the user never wrote.
func (r reporter) knockOn(m mistake, all []mistake, self int) bool {
	for i, o := range all {
		if i != self && len(o.path) > len(m.path) && slices.Equal(o.path[:len(m.path)], m.path) && m.kind >= value && len(m.path) > 0 {
			return true
		}
	}
	// A file that CUE has given up on ends too early.
	if len(m.path) == 0 && m.kind == other && strings.HasSuffix(plain(m.err), "found 'EOF'") {
		return slices.ContainsFunc(all[:self], func(o mistake) bool {
			return o.kind == other && len(o.path) == 0 && len(o.own) > 0 && len(m.own) > 0 && o.own[0].Filename() == m.own[0].Filename()
		})
	}
	// Unknown names that the user wrote have been found already.
	return m.kind == unknownName && r.places.index != nil && !r.isKey(m.path)
}

// below tells whether a path lies in a value that is wrong as a whole.
func (r reporter) below(path []string, mistakes []mistake) bool {
	for i, m := range mistakes {
		n := len(m.path)
		if m.kind == value && n > 0 && n < len(path) && slices.Equal(m.path, path[:n]) && !r.knockOn(m, mistakes, i) {
			return true
		}
	}
	return false
}

// inStrayList tells whether a path lies in a list that stands in the place of something else.
func (r reporter) inStrayList(path []string) bool {
	for n := range path {
		if _, list := r.places.expr(path[:n]).(*ast.ListLit); list {
			if f, ok := language.Lookup(path[:n]...); ok && len(f.Children) > 0 && f.Children[0].Name != language.Element {
				return true
			}
		}
	}
	return false
}

func isKnown(path []string) bool {
	_, ok := language.Lookup(path...)
	return ok
}

// isKey tells whether the last element of a path is a key that a map does not take.
func (r reporter) isKey(path []string) bool {
	_, written := r.places.label(path)
	return written && isKnown(path)
}

func (r reporter) finding(m mistake) diag.Diagnostic {
	d := diag.Diagnostic{Severity: diag.Error, Path: strings.Join(m.path, "."), Span: r.places.find(m.path)}
	r.note(m.path)
	if d.Span.File == "" && len(m.own) > 0 {
		d.Span = r.point(m.own[0])
	}
	if d.Span.File == "" {
		d.Span = diag.Span{File: r.dir}
	}
	known, inLanguage := language.Lookup(m.path...)
	if inLanguage {
		d.Allowed = known.Allowed
	}
	switch m.kind {
	case unknownName:
		return r.unknown(m.path)
	case required:
		name := m.path[len(m.path)-1]
		d.Rule = "field-missing"
		d.Message = fmt.Sprintf("%s lacks %s", orIntent(m.path[:len(m.path)-1]), name)
		d.Mend = name + ": ..."
	case reference:
		d.Rule = "reference-unknown"
		d.Message, d.Allowed = plain(m.err), ""
		if len(m.own) > 0 {
			d.Span = r.point(m.own[0])
		}
		name, isName := strings.CutPrefix(d.Message, `reference "`)
		name, isName = strings.CutSuffix(name, `" not found`)
		switch lower := strings.ToLower(name); {
		case !isName:
		case name == Base:
			d.Mend = "import \"<module>/" + Base + "\" below the package clause; cue.mod/module.cue has the module's name"
		case lower == "true" || lower == "false" || lower == "null":
			d.Mend = lower
		case len(m.path) > 0 && (!inLanguage || len(known.Children) == 0):
			d.Mend = strconv.Quote(name) + " in quotes, if it is text"
		}
	case contradiction:
		d.Rule = "value-contradiction"
		values := strings.TrimPrefix(plain(m.err), "conflicting values ")
		d.Message = fmt.Sprintf("%s is given two values, %s", d.Path, values)
		if d.Secret = maySecret(m.path, values); d.Secret {
			d.Message = d.Path + " is given two values"
		}
		if slices.ContainsFunc(m.own[:2], func(p token.Pos) bool { return strings.HasPrefix(p.Filename(), Base+"/") }) {
			d.Mend = "a default in the base, which environments may change: *value | _"
		}
		for _, pos := range m.own[:2] {
			if other := r.point(pos); other.String() != d.Span.String() {
				d.Related = append(d.Related, diag.Related{Span: other, Message: "the other value"})
				break
			}
		}
	case value:
		d.Rule = "value-not-allowed"
		text := r.written(m, d.Span)
		d.Secret = maySecret(m.path, text)
		switch {
		case d.Secret:
			text = "this"
			if d.Mend = named(m.path, known); d.Mend == "" && inLanguage {
				d.Mend = instead(m.path[len(m.path)-1], known, r.places.expr(m.path), "...")
			}
		case inLanguage:
			d.Mend = instead(m.path[len(m.path)-1], known, r.places.expr(m.path), text)
		}
		d.Message = fmt.Sprintf("%s cannot be %s", d.Path, text)
	case incomplete:
		d.Rule = "value-missing"
		d.Message = fmt.Sprintf("%s has no value, only a type", d.Path)
		if inLanguage && known.Default != "" && !known.Derived {
			d.Message = fmt.Sprintf("%s is given a second default, beside the language's own %s", d.Path, known.Default)
			d.Why = "CUE cannot choose between two defaults"
			d.Mend = "a plain value: in the base for all environments, or in those that want another than " + known.Default
		}
	default:
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
	}
	return d
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

// plain is CUE's own text, on one line and without the path.
func plain(e errors.Error) string {
	format, args := e.Msg()
	text := fmt.Sprintf(format, args...)
	if wrapped := errors.Unwrap(e); wrapped != nil && text == "import failed" {
		text = wrapped.Error()
	}
	return strings.Join(strings.Fields(text), " ")
}

func orIntent(path []string) string {
	if len(path) == 0 {
		return field
	}
	return strings.Join(path, ".")
}
