// Package registry pushes an artifact to an OCI registry. It talks to that registry, and to whom the registry sends for
// tokens, and reads the credentials that docker login, podman login and docker's credential helpers keep.
package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Pushed is what is in the registry after a push.
type Pushed struct {
	Digest string   // sha256:…
	Moved  []string // the tags that were not on it before
}

// foreign are the configurations of what a tag of natsyard's is not taken from.
var foreign = map[types.MediaType]string{
	types.OCIConfigJSON:                        "a container's image",
	types.DockerConfigJSON:                     "a container's image",
	"application/vnd.cncf.helm.config.v1+json": "a Helm chart",
}

// Push brings the artifact into the registry and then its tags onto it, one after the other. Where they are already
// there, it changes nothing. A tag that is on a container's image or on a Helm chart stays there, and nothing is pushed.
//
// Where it fails, no tag points at anything that is not whole; Pushed has the tags that had been moved by then.
// The error is for people: what is wrong and what to do.
func Push(ctx context.Context, to Target, artifact v1.Image, agent string) (Pushed, error) {
	digest, err := artifact.Digest()
	if err != nil {
		return Pushed{}, err
	}
	done := Pushed{Digest: digest.String()}
	login, err := to.login(ctx)
	if err != nil {
		return done, err
	}
	options := []remote.Option{
		remote.WithContext(ctx), remote.WithAuth(login), remote.WithUserAgent(agent),
		remote.WithTransport(&guard{to: remote.DefaultTransport, insecure: to.insecure}),
	}
	explain := func(err error) error {
		return withoutSecrets(ctx, to.explain(ctx, err, login == authn.Anonymous), login)
	}

	var stale []name.Tag
	var refusal *transport.Error
	for _, tag := range to.tags {
		there, err := look(tag, options)
		switch {
		case err != nil:
			return done, explain(err)
		case there.refusal != nil:
			refusal = there.refusal
			stale = append(stale, tag)
		case there.what != "":
			return done, fmt.Errorf("%s is %s, which natsyard does not replace: push to another repository or tag, or delete it first", tag.Name(), there.what)
		case there.digest != digest:
			stale = append(stale, tag)
		}
	}
	if len(stale) == 0 {
		return done, nil
	}
	pusher, err := remote.NewPusher(options...)
	if err != nil {
		return done, explain(err)
	}
	for _, tag := range stale {
		if err := pusher.Push(ctx, tag, artifact); err != nil {
			return done, explain(wordier(err, refusal))
		}
		done.Moved = append(done.Moved, tag.TagStr())
	}
	return done, nil
}

// tagged is what a tag is on: nothing where all is zero.
type tagged struct {
	digest  v1.Hash
	what    string           // where it is none of natsyard's
	refusal *transport.Error // where the registry will not say
}

// look asks what a tag is on. A registry that will not say need not refuse a push: some answer so where the repository
// comes to be by the first push.
func look(tag name.Tag, options []remote.Option) (tagged, error) {
	got, err := remote.Get(tag, options...)
	answered := answer(err)
	switch {
	case answered != nil && answered.StatusCode < http.StatusInternalServerError:
		return tagged{refusal: answered}, nil
	case err != nil:
		return tagged{}, err
	case got.MediaType.IsIndex():
		return tagged{what: "an index of images"}, nil
	case !got.MediaType.IsImage():
		return tagged{digest: got.Digest}, nil
	}
	image, err := got.Image()
	if err != nil {
		return tagged{}, err
	}
	manifest, err := image.Manifest()
	if err != nil {
		return tagged{}, err
	}
	return tagged{digest: got.Digest, what: foreign[manifest.Config.MediaType]}, nil
}

// answer is what a registry answered, nil where it did not. A certificate that does not hold is not made good by what
// is answered without TLS.
func answer(err error) *transport.Error {
	var certificate *tls.CertificateVerificationError
	var answered *transport.Error
	if errors.As(err, &certificate) || !errors.As(err, &answered) {
		return nil
	}
	return answered
}

// wordier is the error of a push, or the same refusal of an earlier question, whose answer had words, as that of a HEAD cannot.
func wordier(err error, earlier *transport.Error) error {
	if answered := answer(err); answered != nil && len(answered.Errors) == 0 && earlier != nil && earlier.StatusCode == answered.StatusCode {
		return earlier
	}
	return err
}
