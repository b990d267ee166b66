package intent

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// mendIntent is the intent that a file lacks, with what it imports.
func mendIntent(env, module string) string {
	if env == Base {
		return fmt.Sprintf("import %q\nintent: schema.#Intent & {...}", schema.ImportPath)
	}
	return fmt.Sprintf("import %q\nintent: base.intent & {...}", path.Join(module, Base))
}

// mendFile is a whole file of an environment, or of the base.
func mendFile(dir, module string) string {
	return fmt.Sprintf("package %s\n\n%s", packageName(dir), strings.Replace(mendIntent(path.Base(dir), module), "\n", "\n\n", 1))
}

// missingIntent is the finding about a package without a field intent, at the field that was meant by it
// where there is one.
func (r reporter) missingIntent(env string) diag.Diagnostic {
	d := diag.Diagnostic{
		Rule: "intent-missing", Severity: diag.Error, Span: startOf(r.inst.Files[0]),
		Message: "this file says nothing: it has no field `intent`",
		Mend:    mendIntent(env, r.module),
	}
	for _, f := range r.inst.Files {
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
				d.Span, d.Message = r.span(f.Label), fmt.Sprintf("this file says nothing: its field is %s, not intent", name)
				data, _ := fs.ReadFile(r.repo, d.Span.File) // it was read
				d.Mend = strings.Replace(strings.TrimSpace(lineAt(data, d.Span.Line)), name, field, 1)
				return d
			}
		}
	}
	return d
}
