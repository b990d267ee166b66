// Package yamlerror says what is wrong with YAML in words that need no YAML library.
package yamlerror

import (
	"regexp"
	"strconv"
	"strings"
)

// Error is what is wrong with a text that is not YAML.
type Error struct {
	Line   int    // where, from 1; 0 where the library does not say
	Reason string // what is wrong, on one line
	Mend   string // what would pass; "" where nobody knows
}

// Of reads an error of the YAML library.
func Of(err error) Error {
	e := Error{Reason: strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "yaml: ")}
	e.Reason = strings.TrimPrefix(e.Reason, "unmarshal errors: ")
	if m := line.FindStringSubmatch(e.Reason); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Reason = strings.TrimPrefix(e.Reason, m[0])
	}
	for _, p := range reasons {
		if strings.Contains(e.Reason, p.reason) {
			e.Reason, e.Mend = p.says, p.mend
			break
		}
	}
	return e
}

var line = regexp.MustCompile(`^line (\d+): `)

// reasons are the words of the library, and ours.
var reasons = []struct{ reason, says, mend string }{
	{"mapping values are not allowed", "a colon stands where none can, or a line is set in too far", "quotes around text with a colon, and fields of one object set in alike"},
	{"did not find expected key", "a field is missing, or a line is not set in like those beside it", "fields of one object set in alike"},
	{"did not find expected '-' indicator", "an element of a list is not set in like the others", "a dash before each element, set in alike"},
	{"could not find expected ':'", "a colon is missing after a key", "key: value"},
	{"cannot start any token", "a tab, or a character such as @ or ` without quotes", "spaces instead of tabs, and quotes around the text"},
	{"violates indentation", "a tab is set in among spaces", "spaces instead of tabs"},
	{"unexpected end of stream", "a text, a list or braces do not end", "the closing quote or bracket"},
	{"did not find expected ',' or", "a comma or a bracket is missing", "the comma or the closing bracket"},
	{"unknown anchor", "an alias names an anchor that is not there", "an anchor of that name: &name"},
	{"already defined", "a key stands there twice", "leave one of the two out"},
	{"did not find expected node content", "a value is missing, or a list or braces do not end", "the value, or the closing bracket"},
	{"control characters are not allowed", "it holds a control character", "\\n, \\t or \\u001b between double quotes"},
	{"invalid UTF-8", "it is no text in UTF-8", "the file in UTF-8"},
	{"invalid leading UTF-8", "it is no text in UTF-8", "the file in UTF-8"},
	{"invalid map key", "braces stand in the place of a key, as of a template", "the text itself, or in quotes"},
}
