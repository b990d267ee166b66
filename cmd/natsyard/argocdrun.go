package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/argocd"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/given"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/tree"
)

// argoRun is one run as a plugin.
type argoRun struct {
	dir     string // the path of the Application on the disk
	request argocd.Request
	found   diag.List         // what is wrong with the parameters, then all
	texts   map[string]string // places that are in no file
	prefix  string            // of natsyard's repository in the git repository
	repo    *tree.Repo
	inside  string    // the Application's folder in repo
	environ []string  // as Argo CD gives it
	lost    diag.List // what an inner process died of
}

// newArgoRun reads the environment, and then empties it: what the libraries would read there could
// reach the result.
func newArgoRun(dir string) *argoRun {
	r := &argoRun{dir: dir, texts: map[string]string{}, prefix: "."}
	r.environ = os.Environ()
	r.request, r.found = argocd.Parse(r.environ)
	tmp := os.TempDir()
	os.Clearenv()
	_ = os.Setenv("TMPDIR", tmp)
	return r
}

// open finds the root of natsyard's repository.
func (r *argoRun) open() error {
	dir, err := filepath.Abs(r.dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return fmt.Errorf("find the folder of the Application: %w", withoutPath(err))
	}
	work, err := filepath.EvalSymlinks(cmp.Or(r.request.WorkDir, os.TempDir()))
	if err != nil {
		work = os.TempDir()
	}
	levels := r.request.Levels(dir, work)
	for _, l := range levels {
		repo, err := tree.Open(l.Dir)
		if err != nil {
			return fmt.Errorf("open %s: %w", l.Prefix, withoutPath(err))
		}
		if _, err := fs.Stat(repo.FS(), "cue.mod/module.cue"); errors.Is(err, fs.ErrNotExist) {
			repo.Close()
			continue
		}
		r.repo, r.prefix, r.inside = repo, l.Prefix, l.Inside
		return nil
	}
	if root := above(r.dir); root != "" && r.request.SourcePath == "" { // by hand: Argo CD says the path
		return fmt.Errorf("this folder is neither the root of a natsyard repository, which is %s, nor that of an environment: PARAM_ENV=<environment> natsyard -C %s argocd generate",
			root, root)
	}
	return fmt.Errorf("%s is no natsyard repository, nor lies in one: there is no cue.mod/module.cue there or above; what has one, or its overlays/<environment>, is the path of an Application",
		levels[0].Prefix)
}

// withoutPath is an error of the system's without the folder that Argo CD works in, which is
// another in every run and nothing to its users.
func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		if says := meaning(p); says != "" {
			return errors.New(says)
		}
		return p.Err
	}
	return err
}

// environment is the one that is meant, and all that there are.
func (r *argoRun) environment() (string, []string, error) {
	if err := r.open(); err != nil {
		return "", nil, err
	}
	all, err := intent.Environments(r.repo.FS())
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", r.prefix, err)
	}
	env, bad := r.request.Environment(r.inside, r.prefix, all)
	r.found = append(r.found, bad...)
	return env, all, nil
}

// guard runs the whole command in an inner process where that is called for: it gives an exitError then,
// or the process has died, and r.lost says of what.
func (r *argoRun) guard(ctx context.Context) error {
	look := *r // which finds what the run itself finds again
	env, _, err := look.environment()
	if err != nil || env == "" {
		return nil
	}
	defer look.repo.Close()
	wild, _, err := gen.Wild(ctx, look.with(env), []string{env})
	if err == nil && wild {
		r.lost, err = runInner(ctx, r.environ)
	}
	return err
}

// generate gives the objects, or findingsError when r.found has errors.
func (r *argoRun) generate(ctx context.Context) ([]byte, error) {
	env, _, err := r.environment()
	if err != nil {
		return nil, err
	}
	for _, d := range r.found {
		r.texts[d.Span.File] = ""
	}
	if r.found = append(r.found, r.lost...); env == "" || len(r.lost) > 0 {
		return nil, findingsError{}
	}
	rendered, found, err := gen.Render(ctx, r.with(env), []string{env})
	if err != nil {
		return nil, err
	}
	found, texts := given.Point(found, path.Join(intent.Dir(env), argoFile), r.request.Values)
	found = r.request.Mended(found)
	for name, text := range texts {
		r.texts[name] = text
	}
	r.found = append(r.found, found...)
	if r.found.HasErrors() {
		return nil, findingsError{}
	}
	return documents(rendered)
}

// documents are the objects of what was rendered, of which there must be some.
func documents(rendered []*gen.Rendered) ([]byte, error) {
	var stream bytes.Buffer
	if err := writeStream(&stream, rendered); err != nil {
		return nil, err
	}
	if stream.Len() == 0 {
		return nil, errors.New("no object was rendered; Argo CD would take that as the wish to delete all")
	}
	return stream.Bytes(), nil
}

// with is the repository with the parameters as a file of the environment.
func (r *argoRun) with(env string) fs.FS {
	repo, name := r.repo.FS(), path.Join(intent.Dir(env), argoFile)
	if _, err := fs.Stat(repo, name); !errors.Is(err, fs.ErrNotExist) {
		r.found = append(r.found, diag.Diagnostic{
			Rule: "file-name", Severity: diag.Error, Span: diag.Span{File: name},
			Message: "this name is that of the parameters of an Application", Mend: "another name",
		})
		return repo
	}
	if len(r.request.Values) == 0 {
		return repo
	}
	pkg := intent.PackageOf(repo, env)
	if pkg == "" {
		return repo
	}
	return gen.With(repo, name, given.File(pkg, r.request.Values))
}

// print writes the findings to stderr, at their places in the git repository.
func (r *argoRun) print(cmd *cobra.Command) error {
	place := func(at diag.Span) diag.Span {
		if _, named := r.texts[at.File]; !named && at.File != "" {
			at.File = path.Join(r.prefix, at.File)
		}
		return at
	}
	write, w := diag.Prose, cmd.ErrOrStderr() // Argo CD's page folds spaces and lines
	if terminal(w) {
		write = diag.Text // somebody looks at it by hand
	}
	return write(w, r.found.Moved(place), diag.Options{
		Named: r.texts,
		Source: func(file string) ([]byte, error) {
			name, err := filepath.Rel(r.prefix, file)
			if err != nil {
				return nil, err
			}
			return fs.ReadFile(r.repo.FS(), filepath.ToSlash(name))
		},
	})
}

// parameters gives the announcements. What is wrong with the repository is for generate to say:
// without an answer the page would not even let the parameters be mended.
func (r *argoRun) parameters(ctx context.Context) ([]byte, error) {
	var known argocd.Known
	env, all, err := r.environment()
	if err == nil {
		known = argocd.Known{Environments: all, Env: env, InFolder: r.inside != "."}
	}
	r.found = nil
	if env != "" && len(r.lost) == 0 {
		soon, cancel := context.WithTimeout(ctx, argoLook)
		defer cancel()
		in, _, _ := gen.Load(soon, r.repo.FS(), env)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if in != nil && len(in.Broken) == 0 {
			known.Images = argocd.Images(in)
		}
	}
	out, err := json.MarshalIndent(argocd.Announce(known), "", "  ")
	return append(out, '\n'), err
}
