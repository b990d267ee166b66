package intent

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	cueerrors "cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// importPackage is how a CUE package gets at the packages that it imports.
func (l *Loader) importPackage(pos token.Pos, importPath string) *build.Instance {
	parsed := ast.ParseImportPath(importPath)
	key := parsed.Path
	if parsed.Qualifier != path.Base(parsed.Path) {
		key += ":" + parsed.Qualifier // one of several packages in a folder
	}
	p, known := l.packages[key]
	if !known {
		switch dir, inModule := l.relative(parsed.Path); {
		case parsed.Path == schema.ImportPath:
			p = l.language()
		case inModule && !fs.ValidPath(dir):
			return l.refuse(pos, importPath, refusal{
				Message: fmt.Sprintf("%q is no path in this module", parsed.Path),
				Allowed: "packages of this module by their path, such as \"" + l.module + "/" + Base + "\"",
			})
		case inModule:
			if dir != Base && !l.holdsPackage(dir) {
				return l.refuse(pos, importPath, l.unknownPackage(parsed.Path, "no CUE file in "+dir))
			}
			p = l.load(dir, key, parsed.Qualifier)
		case !strings.Contains(strings.SplitN(parsed.Path, "/", 2)[0], "."):
			if slices.Contains(builtin, parsed.Path) {
				return nil // CUE has it itself
			}
			return l.refuse(pos, importPath, refusal{
				Message: "CUE has no package " + parsed.Path + " of its own",
				Allowed: "a package of CUE's own, such as \"strings\" or \"list\", or one of this module: \"" + l.module + "/<directory>\"",
				Mend:    mendImport(language.Closest(parsed.Path, builtin)),
			})
		default:
			dir := path.Join("cue.mod/pkg", parsed.Path)
			if !l.holdsPackage(dir) {
				return l.refuse(pos, importPath, l.unknownPackage(parsed.Path, "not of this module, "+l.module+", and not in "+dir))
			}
			p = l.load(dir, key, parsed.Qualifier)
		}
	}
	switch {
	case p.loading:
		return l.refuse(pos, importPath, refusal{
			Message: parsed.Path + " imports itself here, through its own imports",
			Allowed: "imports in one direction: the base is imported by environments and imports none of them",
			Mend:    "what both need in a package of its own, which both import",
		})
	case p.found.HasErrors():
		return l.standIn(parsed.Path)
	}
	return p.instance
}

// refusal is why an import leads nowhere. It is an error of CUE's that says what we say.
type refusal struct {
	cueError
	Message, Allowed, Mend string
}

type cueError = cueerrors.Error

// refuse is a package that cannot be had.
func (l *Loader) refuse(pos token.Pos, importPath string, why refusal) *build.Instance {
	inst := l.build.NewInstance(importPath, nil)
	why.cueError = cueerrors.Newf(pos, "%s", why.Message)
	inst.Err = why
	return inst
}

// unknownPackage is told who imports a package that is not there.
func (l *Loader) unknownPackage(importPath, reason string) refusal {
	why := refusal{Message: fmt.Sprintf("there is no package %s: %s", importPath, reason)}
	known := append(l.ownPackages(), schema.ImportPath)
	near := ""
	for _, k := range known { // of another module, or called nearly so
		if near == "" && (path.Base(k) == path.Base(importPath) || language.Closest(path.Base(importPath), []string{path.Base(k)}) != "") {
			near = k
		}
	}
	why.Mend = mendImport(near)
	if inModule := strings.HasPrefix(importPath, l.module+"/"); near == "" {
		why.Mend = "leave the import out"
		why.Allowed = "packages of this module and those in cue.mod/pkg; natsyard fetches nothing from a registry"
		if inModule {
			why.Allowed = strings.Join(known, ", ")
		}
	}
	return why
}

func mendImport(importPath string) string {
	if importPath == "" {
		return ""
	}
	return fmt.Sprintf("import %q", importPath)
}

// holdsPackage tells whether a directory has a CUE file.
func (l *Loader) holdsPackage(dir string) bool {
	entries, err := fs.ReadDir(l.repo, dir)
	return err != nil && !isMissing(err) || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && isSource(e.Name()) })
}

// ownPackages are the packages of the user's own module, but for environments.
func (l *Loader) ownPackages() (out []string) {
	_ = fs.WalkDir(l.repo, ".", func(dir string, e fs.DirEntry, err error) error { // what cannot be read is not there
		switch {
		case err != nil || !e.IsDir():
			return nil
		case dir == "cue.mod", dir == "overlays", dir != "." && strings.HasPrefix(e.Name(), "."), strings.Count(dir, "/") > 3:
			return fs.SkipDir
		case dir != "." && l.holdsPackage(dir):
			out = append(out, l.importPath(dir))
		}
		return nil
	})
	return out
}

// builtin are the packages that CUE has itself.
var builtin = []string{
	"crypto/ed25519", "crypto/hmac", "crypto/md5", "crypto/sha1", "crypto/sha256", "crypto/sha512",
	"encoding/base64", "encoding/csv", "encoding/hex", "encoding/json", "encoding/openapi", "encoding/toml", "encoding/yaml",
	"html", "list", "math", "math/bits", "net", "path", "regexp", "strconv", "strings", "struct", "text/tabwriter", "text/template",
	"time", "tool", "tool/cli", "tool/exec", "tool/file", "tool/http", "tool/os", "uuid",
}
