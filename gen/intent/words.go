package intent

import (
	"io/fs"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/words"
)

// unusedRule is of what stands in a file and does nothing: CUE refuses it.
const unusedRule = "unused"

// say puts a text of CUE's into plain words.
func (r reporter) say(d *diag.Diagnostic, text string) {
	said := words.Plain(text)
	d.Message, d.Allowed, d.Mend = said.Message, said.Allowed, said.Mend
	switch {
	case strings.HasPrefix(text, "imported and not used"):
		d.Rule = unusedRule
		if strings.HasSuffix(text, "/"+Base+`"`) {
			d.Mend = "intent: base.intent & {...}"
		}
	case strings.HasPrefix(text, "unreferenced alias"):
		d.Rule = unusedRule
		if !r.isLet(d.Span) {
			name := text[strings.LastIndexByte(text, ' ')+1:]
			d.Mend = name + ": ..., with a colon, if it is a field"
		}
	}
}

// isLet tells whether a let clause begins at a place.
func (r reporter) isLet(at diag.Span) bool {
	data, _ := fs.ReadFile(r.repo, at.File)
	lines := strings.Split(string(data), "\n")
	return at.Line > 0 && at.Line <= len(lines) && strings.HasPrefix(lines[at.Line-1][min(max(at.Column-1, 0), len(lines[at.Line-1])):], "let ")
}
