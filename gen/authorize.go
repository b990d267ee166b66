package gen

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"path"

	"sigs.k8s.io/yaml"

	"github.com/natsyard/natsyard/gen/accept"
	"github.com/natsyard/natsyard/gen/auth"
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

// Authorize makes the JWTs of an environment's accounts from keys, nil for none yet, and what
// auth.cue held, nil for nothing. The environment with the new auth.cue, which begins with marker,
// is proven as for a render. Findings and errors are as with Render, and *auth.KeysError for the keys.
func Authorize(ctx context.Context, repo fs.FS, env, marker string, keys *auth.Keys, old []byte, random io.Reader) (*Authorized, diag.List, error) {
	name := path.Join(intent.Dir(env), auth.FileName)
	in, found, err := Load(ctx, instead{repo, name, nil}, env)
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

	with, loaded, err := Load(ctx, instead{repo, name, out.File}, env)
	if err != nil || with == nil || loaded.HasErrors() {
		return nil, loaded, err
	}
	_, proof, err := prove(with, loaded)
	if err != nil || proof.HasErrors() {
		return nil, proof.Sorted(), err
	}
	return out, accept.Left(with, found.Join(auth.Check(with))), nil
}

// Load gives one environment, or the base under its name, without proving it. With an error among
// the findings it is nil or partial; an error is ctx's end.
func Load(ctx context.Context, repo fs.FS, env string) (*intent.Intent, diag.List, error) {
	loader, found := intent.NewLoader(repo)
	if found.HasErrors() {
		return nil, found, nil
	}
	in, found, _ := load(ctx, loader, env)
	return in, found.Sorted(), ctx.Err()
}
