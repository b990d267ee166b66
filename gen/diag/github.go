package diag

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// GitHub prints one workflow command a finding, which GitHub Actions shows as an annotation at the
// line of a pull request. It shows ten of each severity a step; the rest are in the log.
//
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func GitHub(w io.Writer, l List, opt Options) error {
	src := newSources(opt)
	for _, d := range l.Sorted() {
		level := "error"
		if d.Severity == Warning {
			level = "warning"
		}
		place := placeOf(d.Span, src)
		properties := []string{"title=" + property(d.Rule), "file=" + property(cmp.Or(d.Span.File, "."))}
		if d.Span.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", d.Span.Line))
		}
		if from, to := place.Region.StartColumn, place.Region.EndColumn; from > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", from), fmt.Sprintf("endColumn=%d", max(to, from)))
		}
		text := strings.TrimSpace(d.Message + "\n" + details(d))
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(properties, ","), data(text)); err != nil {
			return err
		}
	}
	return nil
}

var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// data is a text of several lines as a command takes it: a line of the user's cannot begin another
// command.
func data(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	return escapeData.Replace(strings.Join(lines, "\n"))
}

// property is a text as the value of a property.
func property(text string) string { return escapeProperty.Replace(printable(text)) }
