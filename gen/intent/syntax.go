package intent

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
)

// notCUE says where a file is not CUE.
func notCUE(name string, data []byte, read *syntax.File) (found diag.List) {
	lines := strings.Split(string(data), "\n")
	for _, m := range read.Mistakes {
		d := diag.Diagnostic{
			Rule: "syntax", Severity: diag.Error, Span: diag.Span{File: name, Line: m.Line, Column: m.Column, Length: m.Length},
			Message: m.Message, Allowed: m.Allowed, Mend: m.Mend,
		}
		if m.Line <= len(lines) && secretKey.MatchString(lines[m.Line-1]) { // what the mend shows is the line
			d.Secret, d.Mend = true, ""
		}
		found = append(found, d)
	}
	if last := len(found) - 1; read.TooDeep {
		found[last] = tooDeep(found[last].Span)
	}
	return found
}

// unread says where the files of a directory, and of those above it, are not CUE and are taken for what
// they would be.
func (l *Loader) unread(dir string) (found diag.List) {
	for _, name := range slices.Sorted(maps.Keys(l.mended)) {
		if in := path.Dir(name); in == dir || in == "." || strings.HasPrefix(dir, in+"/") {
			data, _ := fs.ReadFile(l.repo, name) // it was read
			found = append(found, notCUE(name, data, l.mended[name])...)
		}
	}
	return found
}

// original is the place in a file as the user wrote it.
func (l *Loader) original(s diag.Span) diag.Span {
	if read := l.mended[s.File]; read != nil {
		s.Line, s.Column, s.Length = read.Place(s.Line, s.Column, s.Length)
	}
	return s
}

// spanOf is the place of a node in a file as the user wrote it.
func (l *Loader) spanOf(n ast.Node) diag.Span { return l.original(spanOf(n)) }

// refused are mistakes of syntax, with the language's own words where it refuses the text that was put in quotes.
func refused(unread, found diag.List) diag.List {
	unread = slices.Clone(unread)
	for i, m := range unread {
		for _, d := range found {
			if m.Allowed != "" && d.Rule == "value-not-allowed" && d.Span.File == m.Span.File && d.Span.Line == m.Span.Line && d.Span.Column == m.Span.Column {
				unread[i].Allowed, unread[i].Mend = d.Allowed, d.Mend
			}
		}
	}
	return unread
}
