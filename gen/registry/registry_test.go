package registry_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	ggcr "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/artifact"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/registry"
)

func one(t *testing.T, text string) v1.Image {
	t.Helper()
	image, err := artifact.New([]kustomize.File{{Path: "a.yaml", Data: []byte(text)}}, artifact.Origin{Env: "prod"})
	require.NoError(t, err)
	return image
}

// serve starts a registry with what wrap puts before it, and gives the address of a repository.
func serve(t *testing.T, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	handler := ggcr.New(ggcr.Logger(log.New(io.Discard, "", 0)))
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return "oci://" + strings.TrimPrefix(server.URL, "http://") + "/team/nats"
}

func target(t *testing.T, address string, tags ...string) registry.Target {
	t.Helper()
	to, err := registry.ParseTarget(address, tags, "prod", false)
	require.NoError(t, err)
	return to
}

func there(address, tag string) bool {
	ref, err := name.ParseReference(strings.TrimPrefix(address, "oci://") + ":" + tag)
	if err != nil {
		panic(err)
	}
	_, err = remote.Head(ref)
	return err == nil
}

func TestPush(t *testing.T) {
	t.Parallel()
	at := serve(t, nil)
	first, err := registry.Push(t.Context(), target(t, at), one(t, "1"), "test")
	require.NoError(t, err)
	require.Equal(t, []string{"prod"}, first.Moved)
	again, err := registry.Push(t.Context(), target(t, at), one(t, "1"), "test")
	require.NoError(t, err)
	require.Equal(t, registry.Pushed{Digest: first.Digest}, again)

	more, err := registry.Push(t.Context(), target(t, at, "prod", "v1", "v1"), one(t, "1"), "test")
	require.NoError(t, err)
	require.Equal(t, registry.Pushed{Digest: first.Digest, Moved: []string{"v1"}}, more)

	other, err := registry.Push(t.Context(), target(t, at), one(t, "2"), "test")
	require.NoError(t, err)
	require.NotEqual(t, first.Digest, other.Digest)
	require.Equal(t, []string{"prod"}, other.Moved)
}

// A container's image stays where it is.
func TestForeign(t *testing.T) {
	t.Parallel()
	at := serve(t, nil)
	image, err := random.Image(10, 1)
	require.NoError(t, err)
	index, err := random.Index(10, 1, 2)
	require.NoError(t, err)
	bare := strings.TrimPrefix(at, "oci://")
	repo, err := name.NewRepository(bare)
	require.NoError(t, err)
	require.NoError(t, remote.Write(repo.Tag("image"), image))
	require.NoError(t, remote.WriteIndex(repo.Tag("index"), index))
	for tag, what := range map[string]string{"image": "a container's image", "index": "an index of images"} {
		_, err = registry.Push(t.Context(), target(t, at, "new", tag), one(t, "1"), "test")
		require.EqualError(t, err, bare+":"+tag+" is "+what+", which natsyard does not replace: push to another repository or tag, or delete it first")
		require.False(t, there(at, "new"))
	}
}

// refuse answers some requests itself.
func refuse(when func(*http.Request) bool, status int, body string) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if when(r) {
				http.Error(w, body, status)
				return
			}
			inner.ServeHTTP(w, r)
		})
	}
}

func uploads(r *http.Request) bool { return r.Method == http.MethodPost }
func tags(r *http.Request) bool {
	return r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/manifests/")
}

// Each refusal is said in plain words, and leaves no tag.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wrap func(http.Handler) http.Handler
		want string
	}{
		"forbidden": {refuse(uploads, 403, `{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}`),
			`HOST lets nobody push to team/nats unnamed (it says "requested access to the resource is denied"): docker login HOST`},
		"unknown": {refuse(uploads, 404, `{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry."}]}`),
			`HOST has no repository team/nats (it says "repository name not known to registry"): make it there first, or mend the name`},
		"web server": {refuse(uploads, 405, `no`), `HOST does not take what was pushed: is it a registry of OCI artifacts?`},
		"immutable": {refuse(tags, 400, `{"errors":[{"code":"TAG_INVALID","message":"The image tag 'prod' already exists and is immutable."}]}`),
			`HOST refuses what was pushed to team/nats (400) (it says "The image tag 'prod' already exists and is immutable")`},
		"full": {refuse(tags, 507, `{"errors":[{"code":"DENIED","message":"quota exceeded"}]}`), `HOST is in trouble (507) (it says "quota exceeded"): try again later`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := serve(t, c.wrap)
			host := strings.Split(at, "/")[2]
			pushed, err := registry.Push(t.Context(), target(t, at), one(t, "1"), "test")
			require.EqualError(t, err, strings.ReplaceAll(c.want, "HOST", host))
			require.Empty(t, pushed.Moved)
			require.False(t, there(at, "prod"))
		})
	}
}

// A push that fails half way says how far it came.
func TestHalfWay(t *testing.T) {
	t.Parallel()
	last := func(r *http.Request) bool { return tags(r) && strings.HasSuffix(r.URL.Path, "/v2") }
	at := serve(t, refuse(last, 400, `{"errors":[{"code":"TAG_INVALID","message":"immutable"}]}`))
	pushed, err := registry.Push(t.Context(), target(t, at+":v1", "v2"), one(t, "1"), "test")
	require.ErrorContains(t, err, `(it says "immutable")`)
	require.Equal(t, []string{"v1"}, pushed.Moved)
	require.True(t, there(at, "v1"))
	require.False(t, there(at, "v2"))
}

// A registry on this machine may be talked to without TLS, and whom it sends to may not: credentials would go there. No
// address that it sends to is repeated whole.
func TestSentElsewhere(t *testing.T) {
	t.Parallel()
	const elsewhere = "http://me:s3cret@registry.example.com/v2/?token=s3cret"
	for name, send := range map[string]func(http.ResponseWriter, *http.Request, http.Handler){
		"redirect": func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
			http.Redirect(w, r, elsewhere, http.StatusFound)
		},
		"token": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+elsewhere+`",service="test"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"upload": func(w http.ResponseWriter, r *http.Request, inner http.Handler) {
			if !uploads(r) {
				inner.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Location", elsewhere)
			w.WriteHeader(http.StatusAccepted)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := serve(t, func(inner http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { send(w, r, inner) })
			})
			_, err := registry.Push(t.Context(), target(t, at), one(t, "1"), "test")
			require.EqualError(t, err, strings.Split(at, "/")[2]+" sends to registry.example.com, which talks without TLS, in which everybody on the way could read the credentials and change what is pushed: --insecure-registry lets it")
		})
	}
}

// What a library says of an answer that is none is said in words that need no library.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = c.Close()
			}
		}, "HOST ended the connection before it had answered: push again; what is in the registry is whole"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again?token=s3cret", http.StatusFound)
		},
			"HOST sends from one address to the next without end: is the registry's name right?"},
		"no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = c.Write([]byte("220 mail.example.com\r\n\r\n"))
				_ = c.Close()
			}
		}, "HOST answers what no registry does: is its name right, and is it a registry of OCI artifacts?"},
		"a page": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>hello</html>") },
			"HOST answers what no registry does: is its name right, and is it a registry of OCI artifacts?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := serve(t, func(http.Handler) http.Handler { return c.answer })
			_, err := registry.Push(t.Context(), target(t, at), one(t, "1"), "test")
			require.EqualError(t, err, strings.ReplaceAll(c.want, "HOST", strings.Split(at, "/")[2]))
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host := l.Addr().String()
	require.NoError(t, l.Close())
	_, err = registry.Push(t.Context(), target(t, "oci://"+host+"/team/nats"), one(t, "1"), "test")
	require.EqualError(t, err, host+" does not answer: connect: connection refused: is the registry's name and port right, and does it run?")
}

// An end of the context ends a push that the registry lets hang, and leaves no tag.
func TestHanging(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hang func(*http.Request) bool
		want string
	}{
		"blob":     {uploads, ""},
		"manifest": {tags, ""},
		"timeout":  {uploads, " did not answer in time: --timeout gives it longer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			if c.want != "" {
				ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
			}
			defer cancel()
			at := serve(t, func(inner http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !c.hang(r) {
						inner.ServeHTTP(w, r)
						return
					}
					if c.want == "" {
						cancel()
					}
					_, _ = io.Copy(io.Discard, r.Body)
					<-r.Context().Done()
				})
			})
			_, err := registry.Push(ctx, target(t, at), one(t, "1"), "test")
			if c.want == "" {
				require.ErrorIs(t, err, context.Canceled)
			} else {
				require.EqualError(t, err, strings.Split(at, "/")[2]+c.want)
			}
			require.False(t, there(at, "prod"))
		})
	}
}

func TestParseTarget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		more []string
		want string
	}{
		{"oci://registry.example.com/team/nats", nil, "registry.example.com/team/nats [prod]"},
		{"oci://registry.example.com/team/nats", []string{"v1.4.0"}, "registry.example.com/team/nats [prod v1.4.0]"},
		{"oci://registry.example.com:5000/nats:v1", nil, "registry.example.com:5000/nats [v1]"},
		{"oci://registry.example.com/nats:v1", []string{"v1.2.3", "v1"}, "registry.example.com/nats [v1 v1.2.3]"},
		{"oci://[::1]:5000/nats", nil, "[::1]:5000/nats [prod]"},
		{"oci://localhost/nats", nil, "localhost/nats [prod]"},
		{"oci://docker.io/team/nats", nil, "index.docker.io/team/nats [prod]"},
		{"registry.example.com/team/nats", nil, `"registry.example.com/team/nats" names no repository of a registry: want oci://HOST/REPOSITORY[:TAG]`},
		{"oci://team/nats", nil, `oci://team/nats names no registry: want oci://HOST/REPOSITORY[:TAG], such as oci://registry.example.com/team/nats`},
		{"oci://registry.example.com", nil, `oci://registry.example.com names no registry: want oci://HOST/REPOSITORY[:TAG], such as oci://registry.example.com/team/nats`},
		{"oci://registry.example.com/nats@sha256:" + strings.Repeat("0", 64), nil, `the address names a digest, which follows from what is pushed: write a tag, or none`},
		{"oci://me:s3cret@registry.example.com/nats", nil, `the address has an @ in it: credentials do not belong there; docker login keeps them`},
		{"https://me:s3cret@registry.example.com/nats", nil, `the address has an @ in it: credentials do not belong there; docker login keeps them`},
		{"oci://me:s3cret@registry.example.com/nats@sha256:0", nil, `the address names a digest, which follows from what is pushed: write a tag, or none`},
		{"oci://registry.example.com/nats?token=s3cret", nil, `the address has a query or a fragment, which no registry reads: want oci://HOST/REPOSITORY[:TAG]`},
		{"oci://a:b/nats", nil, `oci://a:b/nats names no registry: HOST is a name or an address, with :PORT where that is not 443`},
		{"oci://registry.example.com/Nats", nil, `oci://registry.example.com/Nats names no repository: REPOSITORY is 2 to 255 lower case letters and digits, with ., _ and - between them, in parts joined by /`},
		{"oci://registry.example.com/nats:v 1", nil, `"v 1" cannot be a tag: want up to 128 letters, digits, dots, dashes and underscores`},
		{"oci://registry.example.com/nats", []string{""}, `"" cannot be a tag: want up to 128 letters, digits, dots, dashes and underscores`},
	} {
		got, err := registry.ParseTarget(c.text, c.more, "prod", false)
		if err != nil {
			require.EqualError(t, err, c.want)
			continue
		}
		require.Equal(t, c.want, got.Repository()+" ["+strings.Join(got.Tags(), " ")+"]")
	}
}
