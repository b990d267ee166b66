package diag

import (
	"fmt"
	"io"
	"strings"
)

// Format is a form in which findings are printed.
type Format string

const (
	FormatText   Format = "text"   // for people, with the line that each finding speaks of
	FormatJSON   Format = "json"   // for scripts; see JSON
	FormatSARIF  Format = "sarif"  // for code scanning services; see SARIF
	FormatGitHub Format = "github" // for annotations in GitHub Actions; see GitHub
)

// Options are what the printers need to know besides the findings.
type Options struct {
	// Color paints text with ANSI escape sequences. The other formats ignore it.
	Color bool

	// Source gives the content of a file by its Span.File. Where it is nil or fails, text
	// shows no excerpt, and SARIF and GitHub no columns.
	Source func(file string) ([]byte, error)

	// Named holds texts of one line that are in no file, such as parameters, by the name that stands
	// for a file in spans. Text prints their places without line and column; the other formats
	// ignore it.
	Named map[string]string

	// Version of natsyard, for SARIF.
	Version string
}

// printers holds each format once, in the order in which help texts name them.
var printers = []struct {
	format Format
	print  func(io.Writer, List, Options) error
}{
	{FormatText, Text},
	{FormatJSON, func(w io.Writer, l List, _ Options) error { return JSON(w, l) }},
	{FormatSARIF, SARIF},
	{FormatGitHub, GitHub},
}

// Formats gives the names of all formats, for help texts and completion.
func Formats() []string {
	names := make([]string, len(printers))
	for i, p := range printers {
		names[i] = string(p.format)
	}
	return names
}

// Write prints the findings, sorted and each once.
func Write(w io.Writer, f Format, l List, opt Options) error {
	for _, p := range printers {
		if p.format == f {
			return p.print(w, l, opt)
		}
	}
	return fmt.Errorf("unknown format %q: want one of %s", f, strings.Join(Formats(), ", "))
}

// sources reads each file once, and remembers that it could not.
type sources struct {
	read  func(string) ([]byte, error)
	named map[string]string
	files map[string][]byte
}

func newSources(opt Options) *sources {
	return &sources{read: opt.Source, named: opt.Named, files: map[string][]byte{}}
}

// inFile tells whether a span lies in a file.
func (s *sources) inFile(at Span) bool {
	_, named := s.named[at.File]
	return !named && at.File != ""
}

// place is a span as text has it.
func (s *sources) place(at Span) string {
	if s.inFile(at) {
		return at.String()
	}
	return at.File
}

// line is the line that a span begins in, without its line end, and whether there is one.
func (s *sources) line(at Span) (string, bool) {
	if text, ok := s.named[at.File]; ok && at.Line > 0 {
		return text, true
	}
	if s.read == nil || at.File == "" || at.Line < 1 {
		return "", false
	}
	src, seen := s.files[at.File]
	if !seen {
		if data, err := s.read(at.File); err == nil {
			src = data
		}
		s.files[at.File] = src
	}
	return nthLine(src, at.Line)
}
