package given

import (
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
)

// Point leads findings in a file of File's to where the values were given: a span there becomes
// one in a text that is named From and shows the field and its value. These texts come with them,
// for diag.Options.Named. Values without From stay where they are.
func Point(found diag.List, file string, values []Value) (diag.List, map[string]string) {
	texts := map[string]string{}
	lead := func(at diag.Span) diag.Span {
		v, ok := At(values, at.Line)
		if at.File != file || !ok || v.From == "" {
			return at
		}
		name := strings.Join(v.Path, ".")
		texts[v.From] = name + ": " + v.CUE
		to := diag.Span{File: v.From, Line: 1, Column: 1, Length: len(name)}
		if in := at.Column - 1 - len(v.head()); in >= 0 {
			to.Column, to.Length = len(name+": ")+1+in, at.Length
		}
		return to
	}
	return found.Moved(lead), texts
}
