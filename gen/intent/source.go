package intent

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue/ast"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
)

const moduleFile = "cue.mod/module.cue"

// isSource tells whether CUE takes a file as part of a package.
func isSource(name string) bool {
	return strings.HasSuffix(name, ".cue") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") &&
		!strings.HasSuffix(name, "_tool.cue") && !strings.HasSuffix(name, "_test.cue")
}

// readModule gives the path of the user's CUE module, without its version.
func readModule(repo fs.FS) (string, diag.List) {
	data, found := readSource(repo, moduleFile)
	if found != nil {
		return "", found
	}
	read := syntax.Read(moduleFile, data)
	if found := notCUE(moduleFile, data, read); len(found) > 0 {
		return "", found
	}
	for _, d := range read.AST.Decls {
		f, ok := d.(*ast.Field)
		if name, _, _ := ast.LabelName(fieldLabel(f)); !ok || name != "module" {
			continue
		}
		if lit, ok := f.Value.(*ast.BasicLit); ok {
			if p, err := strconv.Unquote(lit.Value); err == nil {
				p, _, _ = strings.Cut(p, "@")
				if !fs.ValidPath(p) || p == "." {
					return "", diag.List{{
						Rule: "module-name", Severity: diag.Error, Span: spanOf(lit),
						Message: fmt.Sprintf("the name of the CUE module cannot be %q", p),
						Allowed: "a path without . and .., of which none begins or ends with /",
						Mend:    `module: "example.com/nats@v0"`,
					}}
				}
				return p, nil
			}
		}
	}
	return "", diag.List{{
		Rule: "module-missing", Severity: diag.Error, Span: diag.Span{File: moduleFile},
		Message: "the CUE module has no name",
		Mend:    `module: "example.com/nats@v0"`,
	}}
}

func fieldLabel(f *ast.Field) ast.Label {
	if f == nil {
		return nil
	}
	return f.Label
}

// sources reads and parses the package of a directory, with those files of the directories
// above it that belong to the same package, as CUE has it.
func (l *Loader) sources(dir, want string) ([]*ast.File, diag.List) {
	files, found := l.sourcesIn(dir, want)
	if found.HasErrors() {
		return nil, found
	}
	if len(files) == 0 {
		d := missing(dir)
		if d.Mend == "" || dir == Base {
			d.Mend = mendFile(dir, l.module)
		}
		return nil, diag.List{d}
	}
	name := files[0].PackageName()
	for up := dir; up != "."; {
		up = path.Dir(up)
		if up == "cue.mod" || strings.HasPrefix(up, "cue.mod/") {
			break
		}
		above, more := l.sourcesIn(up, name)
		if found = append(found, more...); len(above) > 0 {
			files = append(files, above...)
		}
	}
	return files, found
}

// sourcesIn reads the files of one directory that belong to the package; without a name,
// all must belong to one.
func (l *Loader) sourcesIn(dir, want string) ([]*ast.File, diag.List) {
	entries, err := fs.ReadDir(l.repo, dir)
	if err != nil && !isMissing(err) {
		return nil, diag.List{unreadable(dir, err)}
	}
	// The other files of a package are measured by intent.cue.
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int {
		switch "intent.cue" {
		case a.Name():
			return -1
		case b.Name():
			return 1
		}
		return 0
	})
	var files []*ast.File
	var found diag.List
	for _, e := range entries {
		if e.IsDir() || !isSource(e.Name()) {
			continue
		}
		name := path.Join(dir, e.Name())
		data, bad := readSource(l.repo, name)
		if bad != nil {
			found = append(found, bad...)
			continue
		}
		read := syntax.Read(name, data)
		file := read.AST
		if file == nil {
			found = append(found, notCUE(name, data, read)...)
			continue
		}
		if bad := beyond(file); bad != nil {
			found = append(found, bad...)
			continue
		}
		if read.Mended() {
			l.mended[name] = read
		}
		l.omit.apply(file, l.spanOf)
		switch got := file.PackageName(); {
		case got == want && got != "", want == "" && got != "" && len(files) == 0:
			files = append(files, file)
		case want != "":
		case got == "":
			found = append(found, diag.Diagnostic{
				Rule: "package-missing", Severity: diag.Error, Span: startOf(file),
				Message: "this file belongs to no package",
				Mend:    "package " + packageName(dir) + ", as its first line",
			})
		case got == files[0].PackageName():
			files = append(files, file)
		default:
			found = append(found, diag.Diagnostic{
				Rule: "package-mixed", Severity: diag.Error, Span: startOf(file),
				Message: fmt.Sprintf("this file is of package %s, the others in %s of package %s", got, dir, files[0].PackageName()),
				Mend:    "package " + files[0].PackageName() + ", as its first line",
			})
		}
	}
	return files, found
}

// PackageOf is the CUE package of an environment's files; "" where none of them says.
func PackageOf(repo fs.FS, env string) string {
	files, _ := (&Loader{repo: repo, mended: map[string]*syntax.File{}}).sourcesIn(Dir(env), "")
	if len(files) == 0 {
		return ""
	}
	return files[0].PackageName()
}

// packageName makes a CUE package name of a directory's.
func packageName(dir string) string {
	name := strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, path.Base(dir))
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "env_" + name
	}
	return name
}

// readSource reads a CUE file and refuses what no text editor would have written.
func readSource(repo fs.FS, name string) ([]byte, diag.List) {
	data, err := fs.ReadFile(repo, name)
	if err != nil {
		if isMissing(err) {
			return nil, diag.List{missing(name)}
		}
		return nil, diag.List{unreadable(name, err)}
	}
	if !utf8.Valid(data) {
		line, column := 1, 1
		for i := 0; i < len(data); {
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			if column++; r == '\n' {
				line, column = line+1, 1
			}
			i += size
		}
		return nil, diag.List{{
			Rule: "file-encoding", Severity: diag.Error, Span: diag.Span{File: name, Line: line, Column: column},
			Message: "this file is not UTF-8 text", Mend: "save it as UTF-8",
		}}
	}
	if strings.TrimSpace(string(data)) == "" {
		return nil, diag.List{{
			Rule: "file-empty", Severity: diag.Error, Span: diag.Span{File: name, Line: 1, Column: 1},
			Message: "this file is empty", Mend: "an intent, or no such file",
		}}
	}
	return data, nil
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

func unreadable(name string, err error) diag.Diagnostic {
	var wrapped *fs.PathError
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return diag.Diagnostic{
		Rule: "file-unreadable", Severity: diag.Error, Span: diag.Span{File: name},
		Message: "cannot be read: " + err.Error(),
	}
}

// missing is the finding for a file or directory that is not there.
func missing(name string) diag.Diagnostic {
	d := diag.Diagnostic{Rule: "file-missing", Severity: diag.Error, Span: diag.Span{File: name}}
	switch {
	case name == moduleFile:
		d.Message = "there is no cue.mod/module.cue: this is not the root of a natsyard repository"
		d.Mend = "natsyard -C DIR names the repository, natsyard init DIR makes one"
	case name == Base:
		d.Message = "there is no base: base/intent.cue is missing"
		d.Why = "it holds what all environments share"
	default:
		d.Message = "there is no CUE file here"
	}
	return d
}

func startOf(f *ast.File) diag.Span {
	return diag.Span{File: f.Filename, Line: 1, Column: 1}
}
