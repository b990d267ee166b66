// Package scaffold holds the repository that `natsyard init` writes.
package scaffold

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"

	"cuelang.org/go/mod/module"

	"github.com/natsyard/natsyard/schema"
)

// LanguageDir is where a repository keeps a copy of the language, so that editors and plain
// `cue vet` need no registry. natsyard itself always proves by its own.
const LanguageDir = "cue.mod/pkg/" + schema.ImportPath

//go:embed all:files
var files embed.FS

// File is a file of the new repository. Path is slash-separated and relative to its root.
type File struct {
	Path string
	Data []byte
}

// Repository gives all files of a new repository whose CUE module has the given path,
// such as "example.com/nats". It fails on a path that CUE does not take.
func Repository(modulePath string) ([]File, error) {
	if err := module.CheckPath(modulePath + "@v0"); err != nil {
		return nil, fmt.Errorf("name module %q: %w", modulePath, err)
	}
	if modulePath == schema.ImportPath || strings.HasPrefix(schema.ImportPath, modulePath+"/") {
		return nil, fmt.Errorf("name module %q: it is natsyard's own", modulePath)
	}
	var out []File
	err := fs.WalkDir(files, "files", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(p)
		if err != nil {
			return err
		}
		t, err := template.New(p).Parse(string(data))
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := t.Execute(&text, map[string]string{"Module": modulePath}); err != nil {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(p, "files/"), ".tmpl")
		out = append(out, File{strings.Replace(name, "gitignore", ".gitignore", 1), text.Bytes()})
		return nil
	})
	if err != nil {
		return nil, err
	}
	language, err := Language()
	return append(out, language...), err
}

// Language gives the copy of the language that a repository keeps.
func Language() ([]File, error) {
	entries, err := schema.Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	out := make([]File, 0, len(entries))
	for _, e := range entries {
		data, err := schema.Files.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, File{path.Join(LanguageDir, e.Name()), data})
	}
	return out, nil
}
