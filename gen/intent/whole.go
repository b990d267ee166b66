package intent

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"cuelang.org/go/cue/ast"

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

// silent is the finding for files without an intent.
func (r reporter) silent(env string) diag.Diagnostic {
	first := r.inst.Files[0]
	d := diag.Diagnostic{
		Rule: "intent-missing", Severity: diag.Error, Span: startOf(first),
		Message: "this file says nothing: it has no field `intent`", Mend: mendIntent(env, r.module),
	}
	for _, f := range r.inst.Files {
		for _, decl := range f.Decls {
			field, ok := decl.(*ast.Field)
			if !ok {
				continue
			}
			name, _, err := ast.LabelName(field.Label)
			if err != nil || language.Closest(name, []string{"intent"}) == "" {
				continue
			}
			d.Span = r.span(field.Label)
			d.Message += ", only " + name
			data, _ := fs.ReadFile(r.repo, d.Span.File) // it was read
			if lines := strings.Split(string(data), "\n"); d.Span.Line <= len(lines) {
				d.Mend = strings.Replace(strings.TrimSpace(lines[d.Span.Line-1]), name, "intent", 1)
			}
			return d
		}
	}
	return d
}
