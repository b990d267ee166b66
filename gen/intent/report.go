package intent

import (
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// languagePrefix begins the file names of the language itself in CUE's positions. A user
// never sees them.
const languagePrefix = "(language)/"

func isLanguage(file string) bool { return strings.HasPrefix(file, languagePrefix) }

// reporter turns CUE's errors into findings at the user's own places.
type reporter struct {
	repo     fs.FS
	dir      string
	module   string
	given    string          // the file that comes with the run; "" for none
	inst     *build.Instance // nil where a package could not be put together
	places   places
	takes    func(path []string, value string) bool // whether the language takes a value; nil without it
	original func(diag.Span) diag.Span              // of a place in a file that was mended
	blind    bool                                   // an imported package could not be parsed: what it lacks is not the importer's mistake
	broken   *[]brokenField
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
	all := mistakes
	mistakes = r.causes(all)
	for i, m := range mistakes {
		if r.knockOn(m, mistakes, i) || r.blind && m.kind == reference {
			continue
		}
		d := r.finding(m)
		// Of two lists each field that differs is an error of CUE's.
		twice := slices.ContainsFunc(found, func(o diag.Diagnostic) bool { return o.Span == d.Span && o.Message == d.Message })
		if !twice && (d.Rule != unusedRule || !r.blind) {
			found = append(found, d)
		}
	}
	if len(found) == 0 && len(all) > 0 && !r.blind {
		found = append(found, r.finding(all[0]))
	}
	return found
}

// causes leaves out the mistakes that others bring about: of fields that need each other in a circle the
// first stays; of fields that nobody wrote and that one pattern or expression gives, the first; of those
// that use a broken field, none.
func (r reporter) causes(all []mistake) (out []mistake) {
	circle, stray := false, false
	given := map[token.Pos]bool{}
	for _, m := range all {
		if m.isAlone() {
			if stray {
				continue
			}
			stray = true
		}
		if m.kind == other && isCycle(plain(m.err)) {
			if circle {
				continue
			}
			circle = true
		}
		if _, written := r.places.label(m.path); !written && m.kind == value && len(m.own) > 0 && len(m.path) > 0 {
			if at := r.nearest(m.own); given[at] {
				continue
			} else {
				given[at] = true
			}
		}
		if m.kind >= value && len(m.path) > 0 && r.uses(m.path, all) {
			continue
		}
		if m.kind == incomplete && r.misspelt(m.path, all) {
			continue
		}
		out = append(out, m)
	}
	return out
}

// misspelt tells whether a field lacks its value because that stands beside it under a slightly wrong name.
func (r reporter) misspelt(path []string, all []mistake) bool {
	return slices.ContainsFunc(all, func(m mistake) bool {
		n := len(path) - 1
		return m.kind == unknownName && len(m.path) == len(path) && n >= 0 && slices.Equal(m.path[:n], path[:n]) && language.Closest(m.path[n], path[n:]) != ""
	})
}

// isAlone tells whether a value stands among the fields of the intent itself.
func (m mistake) isAlone() bool {
	return len(m.path) == 0 && (m.kind == value || m.kind == contradiction)
}

// nearest is the one of some places that says most: in the user's files of this environment rather than
// elsewhere, and of a smaller expression rather than a larger.
func (r reporter) nearest(own []token.Pos) token.Pos {
	rank := func(p token.Pos) (elsewhere, size int) {
		if !strings.HasPrefix(p.Filename(), r.dir+"/") {
			elsewhere = 1
		}
		if n := r.nodeAt(p); n != nil {
			size = n.End().Offset() - n.Pos().Offset()
		}
		return elsewhere, size
	}
	return slices.MinFunc(own, func(a, b token.Pos) int {
		one, n := rank(a)
		two, m := rank(b)
		return cmp.Or(cmp.Compare(one, two), cmp.Compare(n, m))
	})
}

// isCycle tells whether a text of CUE's says that fields need each other.
func isCycle(text string) bool {
	return strings.HasPrefix(text, "cycle ") || strings.HasPrefix(text, "cyclic ") || text == "structural cycle"
}

// uses tells whether a field's value names a broken field outside of the intent.
func (r reporter) uses(path []string, all []mistake) (found bool) {
	e := r.places.expr(path)
	if e == nil {
		return false
	}
	ast.Walk(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = found || slices.ContainsFunc(all, func(m mistake) bool {
				return m.kind == other && len(m.path) > 0 && m.path[len(m.path)-1] == id.Name && !slices.Equal(m.path, path)
			})
		}
		return true
	}, nil)
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
		if name := pos.Filename(); name != "" && !isLanguage(name) {
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
	case strings.HasPrefix(format, "conflicting values") && len(args) == 2 && r.bothOwn(m), isLengths(e):
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

// isLengths tells whether an error is about a list that is given twice.
func isLengths(e errors.Error) bool {
	format, _ := e.Msg()
	return strings.HasPrefix(format, "incompatible list lengths")
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
