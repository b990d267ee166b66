// Package diag holds the one form in which natsyard says that something is wrong.
package diag

import (
	"cmp"
	"fmt"
	"path"
	"slices"
)

// Severity says whether a finding stops a render. What is not a Warning does.
type Severity string

const (
	Error   Severity = "error"   // nothing is written
	Warning Severity = "warning" // the render goes on
)

// Span is a place in a user's file. File is slash-separated and relative to the
// repository. Line and Column count from 1, Column and Length in bytes; a zero Line
// means the file as a whole, a zero Length a point.
type Span struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Length int    `json:"length,omitempty"`
}

// String gives file:line:col, as compilers do and editors understand.
func (s Span) String() string {
	switch {
	case s.File == "":
		return ""
	case s.Line == 0:
		return s.File
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
}

// Related is a second place that a finding speaks of.
type Related struct {
	Span    Span   `json:"span"`
	Message string `json:"message"`
}

// Diagnostic is one finding. All texts are plain sentences without a full stop,
// beginning in lower case; an empty text is not printed.
type Diagnostic struct {
	Rule     string   `json:"rule"` // stable name, such as "memory-store-fits-limit"
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`           // what is wrong, with what was written
	Span     Span     `json:"span"`              // the user's own place
	Path     string   `json:"path,omitempty"`    // field of the intent, such as "cluster.replicas"
	Allowed  string   `json:"allowed,omitempty"` // what may be written there
	Why      string   `json:"why,omitempty"`     // the reason, with its source
	Mend     string   `json:"mend,omitempty"`    // what would pass, as CUE that can be pasted or in words

	Related []Related `json:"related,omitempty"`

	// Secret says that what was written at the place may be a secret in the clear: no printer
	// shows it, for findings end up in logs.
	Secret bool `json:"-"`
}

// List is the findings of one run.
type List []Diagnostic

// HasErrors tells whether any finding stops the render.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity != Warning })
}

// Moved is the findings with each of their places, related ones too, as to gives it.
func (l List) Moved(to func(Span) Span) List {
	out := slices.Clone(l)
	for i := range out {
		out[i].Span = to(out[i].Span)
		out[i].Related = slices.Clone(out[i].Related)
		for j := range out[i].Related {
			out[i].Related[j].Span = to(out[i].Related[j].Span)
		}
	}
	return out
}

// Under is the findings as seen from a folder above: each file lies in dir.
func (l List) Under(dir string) List {
	return l.Moved(func(at Span) Span {
		if at.File != "" {
			at.File = path.Join(dir, at.File)
		}
		return at
	})
}

// Join adds the findings of a later stage, less those at a place where an earlier one already
// has an error: one mistake, one message.
func (l List) Join(later List) List {
	for _, d := range later {
		if !slices.ContainsFunc(l, func(e Diagnostic) bool { return e.Severity == Error && e.Span == d.Span && e.Span.Line > 0 }) {
			l = append(l, d)
		}
	}
	return l
}

// Sorted returns the findings by file, line and column, each once: a mistake in base/
// is found again in every environment, and is still one mistake.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Span.File, b.Span.File),
			cmp.Compare(a.Span.Line, b.Span.Line),
			cmp.Compare(a.Span.Column, b.Span.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Rule == b.Rule && a.Span == b.Span && a.Path == b.Path && a.Message == b.Message
	})
}
