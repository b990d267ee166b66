package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"sigs.k8s.io/yaml"

	"github.com/natsyard/natsyard/gen/accept"
	"github.com/natsyard/natsyard/gen/auth"
	"github.com/natsyard/natsyard/gen/bound"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
)

// Authorized is what operator mode needs of one environment.
type Authorized struct {
	File     []byte   // auth.cue, which is public
	Secrets  []byte   // a YAML stream of Secrets
	Notes    []string // what is new, in plain sentences
	Selector string   // finds the Secrets in the cluster
	In       *intent.Intent
}

// ReadKeys reads keys as auth.ReadKeys does, within the bounds of an environment.
func ReadKeys(ctx context.Context, text []byte) (*auth.Keys, error) {
	guard := bound.New(bounds)
	defer guard.Close()
	keys, err := bound.Run(ctx, guard.Work("the keys"), "read", func() (*auth.Keys, error) { return auth.ReadKeys(text) })
	if _, excess := errors.AsType[*bound.Excess](err); excess {
		return nil, fmt.Errorf("to read the keys %w: they are the Secrets that natsyard auth has printed, and little else", err)
	}
	return keys, err
}

// Authorize makes the JWTs of an environment's accounts from keys, nil for none yet, and what
// auth.cue held, nil for nothing. The environment with the new auth.cue, which begins with marker,
// is proven as for a render. Findings and errors are as with Render, and *auth.KeysError for the keys.
func Authorize(ctx context.Context, repo fs.FS, env, marker string, keys *auth.Keys, old []byte, random io.Reader) (*Authorized, diag.List, error) {
	guard := bound.New(bounds)
	defer guard.Close()
	name := path.Join(intent.Dir(env), auth.FileName)
	e := newEnvironment(instead{repo, name, nil}, env, guard)
	in, found, err := loadOne(ctx, e)
	if err != nil || in == nil || found.HasErrors() {
		return nil, found, err
	}
	var had *auth.Public
	if old != nil {
		if had, err = auth.ReadFile(old); err != nil {
			return nil, nil, err
		}
	}
	issued, more, err := auth.Issue(in, keys, had, random)
	if found = append(found, more...); err != nil || found.HasErrors() {
		return nil, found, err
	}
	out := &Authorized{Notes: issued.Notes, Selector: kube.SecretSelector(in), In: in}
	if out.File, err = issued.Public.File(marker, env, in.Package); err != nil {
		return nil, nil, err
	}
	var stream bytes.Buffer
	for i, s := range issued.Secrets {
		object, err := kube.Secret(in, s.Name, s.Data)
		if err != nil {
			return nil, nil, err
		}
		text, err := yaml.Marshal(object.Object)
		if err != nil {
			return nil, nil, err
		}
		if i > 0 {
			stream.WriteString("---\n")
		}
		stream.Write(text)
	}
	out.Secrets = stream.Bytes()

	e.repo = instead{repo, name, out.File}
	with, loaded, err := loadOne(ctx, e)
	if err != nil || with == nil || loaded.HasErrors() {
		return nil, loaded, err
	}
	proven, err := proof(ctx, e.work, e.file, func() (diag.List, error) {
		_, found, err := prove(with, loaded)
		return found, err
	})
	if gone, lost := asFound(err); lost {
		return nil, gone, nil
	}
	if err != nil || proven.HasErrors() {
		return nil, proven.Sorted(), err
	}
	return out, accept.Left(with, found.Join(auth.Check(with))), nil
}

// Load gives one environment, or the base under its name, without proving it. With an error among
// the findings it is nil or partial; an error is ctx's end.
func Load(ctx context.Context, repo fs.FS, env string) (*intent.Intent, diag.List, error) {
	guard := bound.New(bounds)
	defer guard.Close()
	return loadOne(ctx, newEnvironment(repo, env, guard))
}

// loadOne loads one environment with a loader of its own.
func loadOne(ctx context.Context, e *environment) (*intent.Intent, diag.List, error) {
	loader, found, err := newLoader(ctx, e.work, e.repo)
	if err != nil || found.HasErrors() {
		return nil, found, err
	}
	err = e.load(ctx, loader)
	if gone, lost := asFound(err); lost {
		return nil, gone, nil
	}
	return e.in, e.found.Sorted(), err
}
