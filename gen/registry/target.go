package registry

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// Scheme begins what names a repository of a registry, as Flux and Argo CD write it.
const Scheme = "oci://"

// Target is where to push: one repository of a registry, and the tags there.
type Target struct {
	repository name.Repository
	tags       []name.Tag // sorted, each once, at least one
	plain      bool       // may it go without TLS?
}

// ParseTarget reads oci://HOST/REPOSITORY[:TAG]. The artifact gets that tag, where there is none the fallback, and
// those of more. Without TLS it goes to loopback alone, or to everybody where insecure says so.
func ParseTarget(text string, more []string, fallback string, insecure bool) (Target, error) {
	rest, ok := strings.CutPrefix(text, Scheme)
	switch {
	case !ok:
		return Target{}, fmt.Errorf("%q names no repository of a registry: want oci://HOST/REPOSITORY[:TAG]", text)
	case strings.Contains(rest, "@sha256:"):
		return Target{}, fmt.Errorf("%s names a digest, which follows from what is pushed: write a tag, or none", text)
	case strings.Contains(rest, "@"): // may be a password, which is not to be repeated
		return Target{}, errors.New("the address has an @ in it: credentials do not belong there; docker login keeps them")
	}
	host, _, ok := strings.Cut(rest, "/")
	if !ok || host != "localhost" && !strings.ContainsAny(host, ".:") {
		return Target{}, fmt.Errorf("%s names no registry: want oci://HOST/REPOSITORY[:TAG], such as oci://registry.example.com/team/nats", text)
	}
	t := Target{plain: insecure || loopback(host)}
	var options []name.Option
	if t.plain {
		options = append(options, name.Insecure)
	}
	at, tag := rest, fallback
	if n := strings.LastIndex(rest, ":"); n > strings.LastIndex(rest, "/") {
		at, tag = rest[:n], rest[n+1:]
	}
	tags := append(slices.Clone(more), tag)
	slices.Sort(tags)
	var err error
	if t.repository, err = name.NewRepository(at, options...); err != nil {
		return Target{}, fmt.Errorf("%s names no repository: %w", text, err)
	}
	for _, tag := range slices.Compact(tags) {
		parsed, err := name.NewTag(at+":"+tag, append(options, name.StrictValidation)...)
		if err != nil {
			return Target{}, fmt.Errorf("%q cannot be a tag: want up to 128 letters, digits, dots, dashes and underscores", tag)
		}
		t.tags = append(t.tags, parsed)
	}
	return t, nil
}

// Repository is its name, with the registry's.
func (t Target) Repository() string { return t.repository.Name() }

// Tags are their names.
func (t Target) Tags() []string {
	out := make([]string, len(t.tags))
	for n, tag := range t.tags {
		out[n] = tag.TagStr()
	}
	return out
}

// loopback tells whether a host, with or without a port, is this machine.
func loopback(host string) bool {
	if bare, _, err := net.SplitHostPort(host); err == nil {
		host = bare
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}
