// Package intent turns the CUE files of a repository into typed intents, or into
// findings at the user's own file, line and column.
//
// It reads through an fs.FS and never touches the disk, the network or the environment.
package intent

import (
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/schema"
)

// Base is the name under which the base itself is loaded.
const Base = "base"

// Intent is what one environment asks for, valid under the schema and with all
// defaults filled in. It is read-only and safe for concurrent use.
type Intent struct {
	schema.Intent

	// Environment is the name of the environment, or Base.
	Environment string

	// Package is the CUE package of the environment's files.
	Package string

	// Broken holds the names of the top-level fields that a partial intent lacks something
	// of; empty for a whole one.
	Broken map[string]bool

	places places
}

// lacks notes that something of these fields is not in the intent.
func (i *Intent) lacks(fields []string) {
	for _, name := range fields {
		if i.Broken == nil {
			i.Broken = map[string]bool{}
		}
		i.Broken[name] = true
	}
}

// At gives the place where the user wrote the field, the environment's own file before
// the base. Where the user wrote nothing of that name it is the nearest field above it that
// the user did write. Path elements are field names, list indices in decimal.
func (i *Intent) At(path ...string) diag.Span { return i.places.find(path) }

// Written gives the place of the field's value, and whether the user wrote that very field.
func (i *Intent) Written(path ...string) (diag.Span, bool) {
	_, ok := i.places.label(path)
	return i.places.find(path), ok
}

// Dir is the directory of the environment's files, relative to the repository.
func (i *Intent) Dir() string { return Dir(i.Environment) }

// Dir is the directory of an environment's files, relative to the repository.
func Dir(env string) string {
	if env == Base {
		return Base
	}
	return "overlays/" + env
}
