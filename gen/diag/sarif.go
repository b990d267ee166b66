package diag

import (
	"cmp"
	"io"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// SARIF prints the findings as SARIF 2.1.0 (OASIS standard) for code scanning services,
// with all that GitHub asks for: a rule for each result, with help, and one location with
// a start line. Paths are relative to %SRCROOT%, the root of the repository; columns count
// UTF-16 code units and are left out where the line cannot be read.
func SARIF(w io.Writer, l List, opt Options) error {
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name:           "natsyard",
			Version:        opt.Version,
			InformationURI: "https://github.com/natsyard/natsyard",
			Rules:          []sarifRule{},
		}},
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{},
	}
	src, rules := newSources(opt), map[string]int{}
	for _, d := range l.Sorted() {
		index, known := rules[d.Rule]
		if !known {
			index = len(run.Tool.Driver.Rules)
			rules[d.Rule] = index
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(d))
		}
		run.Results = append(run.Results, resultOf(d, index, src))
	}
	return encode(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// ruleOf describes a rule by the first finding of it.
func ruleOf(d Diagnostic) sarifRule {
	title := strings.ReplaceAll(d.Rule, "-", " ")
	return sarifRule{
		ID:               d.Rule,
		ShortDescription: sarifText{title},
		FullDescription:  sarifText{cmp.Or(d.Why, title)},
		Help:             sarifText{cmp.Or(details(d), title)},
	}
}

func resultOf(d Diagnostic, index int, src *sources) sarifResult {
	level := "error"
	if d.Severity == Warning {
		level = "warning"
	}
	r := sarifResult{
		RuleID:    d.Rule,
		RuleIndex: index,
		Level:     level,
		Message:   sarifText{strings.TrimSpace(d.Message + "\n" + details(d))},
		Locations: []sarifLocation{{Physical: placeOf(d.Span, src)}},
	}
	for i, related := range d.Related {
		r.Related = append(r.Related, sarifLocation{
			ID:       i + 1,
			Message:  &sarifText{related.Message},
			Physical: placeOf(related.Span, src),
		})
	}
	return r
}

// details is what a finding says beyond its message, one line each.
func details(d Diagnostic) string {
	var lines []string
	for _, p := range [][2]string{{"allowed", d.Allowed}, {"why", d.Why}, {"mend", d.Mend}} {
		if p[1] != "" {
			lines = append(lines, p[0]+": "+p[1])
		}
	}
	return strings.Join(lines, "\n")
}

// placeOf gives the place of a span; without a file it is the repository, without a line
// the first, because GitHub refuses a whole report for one result without either.
func placeOf(at Span, src *sources) sarifPlace {
	p := sarifPlace{
		Artifact: sarifArtifact{URI: (&url.URL{Path: cmp.Or(at.File, ".")}).String(), BaseID: "%SRCROOT%"},
		Region:   sarifRegion{StartLine: max(at.Line, 1)},
	}
	if line, ok := src.line(at); ok && at.Column > 0 {
		from := min(at.Column-1, len(line))
		to := from + min(max(at.Length, 0), len(line)-from)
		p.Region.StartColumn = 1 + utf16Len(line[:from])
		p.Region.EndColumn = p.Region.StartColumn + utf16Len(line[from:to])
	}
	return p
}

// utf16Len counts the UTF-16 code units of a text; a broken byte counts as one.
func utf16Len(s string) int {
	n := 0
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		n += utf16.RuneLen(r)
		s = s[size:]
	}
	return n
}
