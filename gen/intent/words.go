package intent

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
)

// phrases are the texts of CUE's that say little to who does not know CUE, and what stands for
// them. %s is what the first group matches, or the field's path where there is no group.
var phrases = []struct {
	cue           *regexp.Regexp
	message, mend string
}{
	{regexp.MustCompile(`^structural cycle$`), "a structure is made of itself here, without end", "a reference to a part that does not hold it"},
	{regexp.MustCompile(`^cycle with field: ([^(]+)`), "this needs %s, which needs this", "a plain value for one of the two"},
	{regexp.MustCompile(`^invalid interpolation`), "this text is made of a value that nobody gives", "a value, or a default: *\"eu\" | string"},
	{regexp.MustCompile(`^incomplete (bool|string|int|number|bytes)\b`), "this has no value, only the type %s, and a condition or an expression needs it", "a value, or a default: *value | _"},
	{regexp.MustCompile(`^incompatible list lengths \((.+)\)$`), "this list is given twice, with %s elements", "the whole list in one place, or a default in the base, which environments may change: *[...] | _"},
	{regexp.MustCompile(`^unreferenced alias or let clause (\S+)`), "%s is defined with = and never used", ""},
	{regexp.MustCompile(`^expected '([])}])', found 'EOF'$`), "the file ends before a %s", ""},
	{regexp.MustCompile(`^builtin package "([^"]+)" undefined$`), "CUE has no package %s of its own", "import \"strings\", \"list\", \"net\" and so on, or a package of this module: import \"<module>/<directory>\""},
}

// say puts a text of CUE's into plain words.
func (r reporter) say(d *diag.Diagnostic) {
	if m := noBase.FindStringSubmatch(d.Message); m != nil {
		d.Mend = fmt.Sprintf("import %q", m[1]+"/"+Base)
	}
	for _, p := range phrases {
		m := p.cue.FindStringSubmatch(d.Message)
		if m == nil {
			continue
		}
		name := d.Path
		if len(m) > 1 {
			name = m[1]
		}
		if d.Message = p.message; strings.Contains(p.message, "%s") {
			d.Message = fmt.Sprintf(p.message, name)
		}
		if d.Mend == "" {
			d.Mend = p.mend
		}
		if strings.HasSuffix(d.Message, "never used") && !r.isLet(d.Span) {
			d.Mend = name + ": ..., with a colon, if it is a field"
		}
		return
	}
}

// noBase is CUE's word that the base of another module is not there, with the user's own module.
var noBase = regexp.MustCompile(`^no package \S+/` + Base + `: it is neither in this module \(([^)]+)\)`)

// isLet tells whether a let clause begins at a place.
func (r reporter) isLet(at diag.Span) bool {
	data, _ := fs.ReadFile(r.repo, at.File)
	lines := strings.Split(string(data), "\n")
	return at.Line > 0 && at.Line <= len(lines) && strings.HasPrefix(lines[at.Line-1][min(max(at.Column-1, 0), len(lines[at.Line-1])):], "let ")
}
