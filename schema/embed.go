package schema

import "embed"

//go:generate go tool cue exp gengotypes .

// ImportPath is the path by which an intent file imports the language.
const ImportPath = "github.com/natsyard/natsyard/schema"

// Files holds the CUE files of the language.
//
//go:embed *.cue
var Files embed.FS
