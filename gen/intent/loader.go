package intent

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/schema"
)

// field is the root of every intent file.
const field = "intent"

// recycle is after how many environments a Loader begins anew: a CUE context keeps all
// that it ever evaluated.
const recycle = 50

// Environments names the environments of a repository: the directories of overlays/
// that hold CUE files, sorted.
func Environments(repo fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(repo, "overlays")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list environments: %w", err)
	}
	var envs []string
	for _, e := range entries {
		info, err := fs.Stat(repo, "overlays/"+e.Name())
		if err != nil {
			envs = append(envs, e.Name()) // loading it says what is wrong
			continue
		}
		if !info.IsDir() {
			continue
		}
		files, err := fs.ReadDir(repo, "overlays/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("list environment %s: %w", e.Name(), err)
		}
		if e.Name() == Base {
			return nil, fmt.Errorf("overlays/%s: an environment cannot be named %s, as the base is", Base, Base)
		}
		if slices.ContainsFunc(files, func(f fs.DirEntry) bool { return isSource(f.Name()) }) {
			envs = append(envs, e.Name())
		}
	}
	return envs, nil
}

// envName is the form of an environment's name.
var envName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Loader loads the intents of one repository. What environments share (the language, the
// base, packages of the user's own) is read and evaluated once. It is not safe for
// concurrent use: each goroutine has its own.
type Loader struct {
	repo   fs.FS
	module string // path of the user's CUE module, without its version
	given  string // the file that comes with the run; "" for none

	cue        *cue.Context
	build      *build.Context
	packages   map[string]*pkg         // by import path
	mended     map[string]*syntax.File // files that are not CUE, by name
	tame       map[string]bool         // folders that are not Wild
	loads      int
	trials     int           // of values for mends
	repository readers       // nil before it is needed
	omit       omissions     // what a partial load leaves out
	omitted    []brokenField // the same fields
}

// pkg is a CUE package. One with errors may have no instance.
type pkg struct {
	instance *build.Instance
	found    diag.List // why there is no instance to be used
	mended   diag.List // where its files are not CUE; the instance is of what they would be
	imported diag.List // what is wrong with its imports, and with theirs, that have no instance
	further  diag.List // where the files of its imports, and of theirs, are not CUE
	loading  bool
}

// NewLoader prepares to load from a repository, whose root holds cue.mod. Everything is
// read through repo. Imports resolve to the repository's own module, to cue.mod/pkg, to
// CUE's standard library and to the language itself, never to the network. A repo may have a
// method Given() string, the name of a file that comes with the run and is nobody's: its values are
// the newest, so that findings point there where the repository's own files say something too.
func NewLoader(repo fs.FS) (*Loader, diag.List) {
	module, found := readModule(repo)
	l := &Loader{repo: repo, module: module}
	if with, ok := repo.(interface{ Given() string }); ok {
		l.given = with.Given()
	}
	l.reset()
	return l, found
}

func (l *Loader) reset() {
	l.cue, l.packages, l.loads = cuecontext.New(), map[string]*pkg{}, 1
	l.mended = map[string]*syntax.File{}
	l.build = build.NewContext(build.Loader(l.importPackage))
}

// Load evaluates one environment, or the base under the name Base. With an error among the
// findings the intent is nil or partial: its Broken fields are left out, and it is good for
// finding more mistakes and nothing else.
func (l *Loader) Load(env string) (*Intent, diag.List) {
	l.trials = 0
	if l.loads++; l.loads > recycle {
		l.reset()
	}
	if !envName.MatchString(env) {
		return nil, diag.List{{
			Rule: "environment-name", Severity: diag.Error, Span: diag.Span{File: Dir(env)},
			Message: fmt.Sprintf("an environment cannot be named %q", env),
			Allowed: "letters, digits, '.', '_' and '-', beginning with a letter or digit",
			Why:     "the name becomes part of paths, commands and messages",
		}}
	}
	dir := Dir(env)
	p := l.load(dir, l.importPath(dir), "")
	unread := slices.Concat(p.mended, p.further, p.imported)
	if p.found.HasErrors() {
		return nil, append(p.found, unread...)
	}
	var broken []brokenField
	in, found := l.evaluate(env, p.instance, l.reporter(env, p, &broken))
	if env == Base && in == nil && len(found) == 1 && (found[0].Rule == "intent-missing" || found[0].Rule == "intent-untyped") {
		p.found = found // what imports it is judged without it
	}
	passedOver, without := l.ignored(env, p)
	if p.imported.HasErrors() {
		return nil, unread.Join(besides(passedOver, found))
	}
	if in == nil {
		var more diag.List
		in, more = l.partial(env, broken)
		found = append(found, more...)
	} else {
		found = append(found, l.baseUnused(env, p.instance)...)
	}
	if in != nil {
		if unread.HasErrors() {
			without = append(without, "")
		}
		in.lacks(without)
	}
	return in, refused(unread, found).Join(besides(passedOver, found))
}

func (l *Loader) reporter(env string, p *pkg, broken *[]brokenField) reporter {
	return reporter{
		repo: l.repo, dir: Dir(env), module: l.module, given: l.given, inst: p.instance, places: l.placesOf(p.instance),
		original: l.original, takes: l.takes, blind: p.imported.HasErrors(), broken: broken,
	}
}

func (l *Loader) evaluate(env string, inst *build.Instance, r reporter) (*Intent, diag.List) {
	value := l.cue.BuildInstance(inst)
	root := value.LookupPath(cue.MakePath(cue.Str(field)))
	if !root.Exists() {
		if err := value.Err(); err != nil {
			return nil, r.fromCUE(err)
		}
		return nil, diag.List{r.missingIntent(env)}
	}
	if kind := root.IncompleteKind(); root.Err() == nil && kind != cue.StructKind {
		return nil, diag.List{{
			Rule: "intent-untyped", Severity: diag.Error, Span: r.places.find(nil), Path: field,
			Message: fmt.Sprintf("intent is %s, not fields in { }", article(kind.String())),
			Mend:    mendIntent(env, l.module),
		}}
	}
	err := root.Validate(cue.Concrete(true))
	marker := root.LookupPath(cue.MakePath(cue.Hid("_natsyard", schema.ImportPath)))
	if !marker.Exists() && root.IncompleteKind()&cue.StructKind != 0 {
		return nil, diag.List{{
			Rule: "intent-untyped", Severity: diag.Error, Span: r.places.find(nil), Path: field,
			Message: "intent is not of the language, so that nothing in it is checked",
			Why:     "a plain struct accepts every typo in silence",
			Mend:    mendIntent(env, l.module),
		}}
	}
	if err != nil {
		return nil, r.fromCUE(err)
	}
	in := &Intent{Environment: env, Package: inst.PkgName, places: r.places}
	if found := r.decode(root, in); len(found) > 0 {
		return nil, found
	}
	return in, nil
}

// decode fills in from a valid value. The value's JSON is matched strictly, for the parts
// of the language that are Kubernetes' own are only typed in Go.
func (r reporter) decode(root cue.Value, in *Intent) diag.List {
	data, err := root.MarshalJSON()
	if err != nil {
		return r.fromCUE(err)
	}
	if found := r.tooManyLevels(data); found != nil {
		return found
	}
	var found diag.List
	if bytes.Contains(data, []byte("null")) { // else nothing is, and none of it need be decoded
		found = r.nulls(nil, whole(data))
		data = without(data, found)
	}
	strict, err := unmarshal(data, &in.Intent)
	if err != nil {
		misfits := r.misfits(data)
		if len(misfits) == 0 {
			return diag.List{{Rule: "value-not-allowed", Severity: diag.Error, Message: err.Error(), Span: r.places.find(nil), Path: field}}
		}
		found = append(found, misfits...)
		strict, _ = unmarshal(without(data, misfits), &in.Intent)
	}
	for _, err := range strict {
		if p, ok := unknownField(err); ok {
			found = append(found, r.strangeKubernetes(p))
		}
	}
	if len(in.NatsBox.Contexts) == 0 {
		in.NatsBox.Contexts = map[string]schema.NatsBoxContext{in.NatsBox.DefaultContextName: {}}
	}
	return found
}

// standIn takes the place of a package that cannot be parsed, so that the mistakes of those
// who import it are still found: its intent asks for nothing.
func (l *Loader) standIn(importPath string) *build.Instance {
	inst := l.build.NewInstance("", nil)
	inst.ImportPath, inst.PkgName = importPath, packageName(importPath)
	file, err := parser.ParseFile(languagePrefix+"stand-in.cue", "package "+inst.PkgName+"\n"+
		"import \""+schema.ImportPath+"\"\n"+field+": schema.#Intent\n")
	if err == nil {
		err = inst.AddSyntax(file)
	}
	if err != nil {
		panic(err) // a constant but for the name
	}
	_ = inst.Complete()
	return inst
}

// language is the package of the language itself, from the binary: what a repository has
// vendored for its editors never changes what is proven.
func (l *Loader) language() *pkg {
	p := &pkg{instance: l.build.NewInstance("", nil)}
	p.instance.ImportPath, p.instance.PkgName = schema.ImportPath, "schema"
	entries, err := schema.Files.ReadDir(".")
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	for _, e := range entries {
		data, _ := schema.Files.ReadFile(e.Name())
		file, err := parser.ParseFile(languagePrefix+e.Name(), data)
		if err == nil {
			err = p.instance.AddSyntax(file)
		}
		if err != nil {
			panic(err) // embedded, and parsed by every test
		}
	}
	_ = p.instance.Complete()
	l.packages[schema.ImportPath] = p
	return p
}

// load reads the package of one directory, and completes it with its imports.
func (l *Loader) load(dir, importPath, want string) *pkg {
	if p, ok := l.packages[importPath]; ok {
		return p
	}
	p := &pkg{loading: true}
	l.packages[importPath] = p
	defer func() { p.loading = false }()
	files, found := l.sources(dir, want)
	p.mended = l.unread(dir)
	if p.found = found; found.HasErrors() {
		return p
	}
	inst := l.build.NewInstance("", nil)
	inst.ImportPath, inst.PkgName, inst.Module = importPath, files[0].PackageName(), l.module
	var failed []error
	for _, f := range files {
		failed = append(failed, inst.AddSyntax(f))
	}
	failed = append(failed, inst.Complete())
	if len(l.omit) > 0 {
		inst.ResolutionErr = lessUnused(inst.ResolutionErr)
	}
	for _, path := range inst.Deps {
		if dep, ok := l.packages[path]; ok && dep != p {
			p.imported = slices.Concat(p.imported, dep.found, dep.imported)
			p.further = slices.Concat(p.further, dep.mended, dep.further)
		}
	}
	r := reporter{repo: l.repo, dir: dir, original: l.original, blind: p.imported.HasErrors()}
	for _, err := range failed {
		p.found = append(p.found, r.fromCUE(err)...)
	}
	p.instance = inst
	return p
}

// relative is the directory of an import path that lies in the user's own module.
func (l *Loader) relative(importPath string) (string, bool) {
	if importPath == l.module {
		return ".", true
	}
	return strings.CutPrefix(importPath, l.module+"/")
}

func (l *Loader) importPath(dir string) string { return path.Join(l.module, dir) }
