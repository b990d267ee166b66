package intent

import (
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
)

// habits are what people write who come from nats.conf, YAML and values files, and the mend of
// each: the matched text stands for the first group of the form, whose quoted strings are blank.
var habits = []struct {
	form *regexp.Regexp
	mend func(match string) string
}{
	{regexp.MustCompile(`(?:^|\s)(#)(?:\s|$)`), func(string) string { return "// before a comment" }},
	{regexp.MustCompile(`^\s*(-)\s`), func(string) string { return "a list is [a, b], and what has a name is a map: name: {...}" }},
	{regexp.MustCompile(`:\s*([0-9]+(?:[a-zA-Z][0-9a-zA-Z]*|[.][0-9]+[a-zA-Z]+))(?:\W|$)`), number},
	{regexp.MustCompile(`(?:^|[{,])\s*([\w$-]+)\s*=[^~=]`), func(name string) string { return labelOf(name) + ": and the value, with a colon" }},
	{regexp.MustCompile(`(?:^|[{,])\s*([\w$-]+)\s*\{`), func(name string) string { return labelOf(name) + ": {...}, with a colon" }},
	{regexp.MustCompile(`(?:^|[{,:])\s*([a-zA-Z_]\w*(?:\.[a-zA-Z_]\w*)+)\s*:`), func(path string) string { return strings.ReplaceAll(path, ".", ": ") + ": ..." }},
	{regexp.MustCompile(`(?:^|[{,:])\s*(\w+(?:[-/.]+\w+)+)\s*:`), func(name string) string { return strconv.Quote(name) + ": ..., in quotes" }},
	{regexp.MustCompile(`(?:^|[{,:])\s*([a-zA-Z_]\w*)[ \t]+["\w]`), func(name string) string { return name + ": and the value, with a colon" }},
}

// anySyntax is the mend where nobody can tell what was meant.
const anySyntax = "keys with other characters than letters, digits and _ in quotes; lists as [a, b]"

// syntaxMend says how to write in CUE what stands at a place that CUE cannot parse. What is wrong
// may be in the line before, at the end of which CUE was still in hope.
func syntaxMend(repo fs.FS, at diag.Span) string {
	data, err := fs.ReadFile(repo, at.File)
	if err != nil {
		return anySyntax
	}
	lines := strings.Split(string(data), "\n")
	for n := min(at.Line, len(lines)); n > 0 && n > at.Line-2; n-- {
		line := blank(lines[n-1])
		for _, h := range habits {
			if m := h.form.FindStringSubmatch(line); m != nil {
				return h.mend(m[1])
			}
		}
	}
	return anySyntax
}

// blank is a line of CUE without its comment, and with nothing in its strings.
func blank(line string) string {
	line = text.ReplaceAllString(line, `""`)
	line, _, _ = strings.Cut(line, "//")
	return line
}

var text = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// number is a number with a unit: text, where CUE has no such number.
func number(written string) string {
	if sizeInConf.MatchString(written) {
		written = binary(written)
	}
	return strconv.Quote(written) + ", in quotes"
}

// labelOf is a name as CUE takes it before a colon.
func labelOf(name string) string {
	if strings.Contains(name, "-") {
		return strconv.Quote(name)
	}
	return name
}
