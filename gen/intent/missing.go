package intent

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// missingIntent is the finding about a package without a field intent, at the field that was meant by it
// where there is one.
func missingIntent(env, module string, inst *build.Instance) diag.Diagnostic {
	d := diag.Diagnostic{
		Rule: "intent-missing", Severity: diag.Error, Span: startOf(inst.Files[0]),
		Message: "this file says nothing: it has no field `intent`",
		Mend:    mendIntent(env, module),
	}
	for _, f := range inst.Files {
		for _, decl := range f.Decls {
			f, ok := decl.(*ast.Field)
			if !ok {
				continue
			}
			name, _, err := ast.LabelName(f.Label)
			if f.Constraint != token.ILLEGAL {
				name += f.Constraint.String()
			}
			if meant := strings.Trim(name, "_#?!"); err == nil && language.Closest(meant, []string{field}) != "" {
				d.Span, d.Message = spanOf(f.Label), fmt.Sprintf("this file says nothing: its field is %s, not intent", name)
				d.Mend = "intent: ..."
				return d
			}
		}
	}
	return d
}
