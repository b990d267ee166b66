package scaffold

import (
	"bytes"
	"io/fs"

	"github.com/natsyard/natsyard/gen/diag"
)

// Rules gives the rules of this package.
func Rules() []diag.Rule { return []diag.Rule{copyStale} }

var copyStale = diag.Rule{
	Name: "language-copy-stale", Severity: diag.Warning,
	Why: "editors and cue vet judge by the copy, natsyard by its own",
	Example: diag.Example{
		Trips:   "$ natsyard vet\nafter natsyard itself has been upgraded",
		Message: "this copy of the language is not that of this natsyard",
		Passes:  "$ natsyard init --upgrade .\n$ natsyard vet",
	},
}

// Check warns of a repository that keeps a copy of the language which is not that of this natsyard. One
// that keeps no copy has nothing that could be stale.
func Check(repo fs.FS) diag.List {
	if _, err := fs.Stat(repo, LanguageDir); err != nil {
		return nil
	}
	language, err := Language()
	if err != nil {
		return nil
	}
	for _, f := range language {
		if have, err := fs.ReadFile(repo, f.Path); err != nil || !bytes.Equal(have, f.Data) {
			return diag.List{{
				Rule: copyStale.Name, Severity: copyStale.Severity, Span: diag.Span{File: LanguageDir},
				Message: copyStale.Message, Why: copyStale.Why, Mend: "natsyard init --upgrade . in the repository",
			}}
		}
	}
	return nil
}
