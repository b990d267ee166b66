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
	insecure   bool       // may it go without TLS, to whomever?
}

// CheckAddress refuses a text that names no repository of a registry, or may hold a password, which it does not repeat.
func CheckAddress(text string) error {
	rest, ok := strings.CutPrefix(text, Scheme)
	host, _, isPath := strings.Cut(rest, "/")
	switch {
	case strings.Contains(text, "@sha256:"):
		return errors.New("the address names a digest, which follows from what is pushed: write a tag, or none")
	case strings.Contains(text, "@"):
		return errors.New("the address has an @ in it: credentials do not belong there; docker login keeps them")
	case strings.ContainsAny(text, "?#"):
		return errors.New("the address has a query or a fragment, which no registry reads: want oci://HOST/REPOSITORY[:TAG]")
	case !ok:
		return fmt.Errorf("%q names no repository of a registry: want oci://HOST/REPOSITORY[:TAG]", text)
	case !isPath || host != "localhost" && !strings.ContainsAny(host, ".:"):
		return fmt.Errorf("%s names no registry: want oci://HOST/REPOSITORY[:TAG], such as oci://registry.example.com/team/nats", text)
	}
	if _, err := name.NewRegistry(host); err != nil {
		return fmt.Errorf("%s names no registry: HOST is a name or an address, with :PORT where that is not 443", text)
	}
	return nil
}

// ParseTarget reads oci://HOST/REPOSITORY[:TAG]. The artifact gets that tag, where there is none the fallback, and
// those of more. Without TLS it goes to loopback alone, or to everybody where insecure says so.
func ParseTarget(text string, more []string, fallback string, insecure bool) (Target, error) {
	if err := CheckAddress(text); err != nil {
		return Target{}, err
	}
	rest := strings.TrimPrefix(text, Scheme)
	host, _, _ := strings.Cut(rest, "/")
	t := Target{insecure: insecure}
	var options []name.Option
	if insecure || loopback(host) {
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
		return Target{}, fmt.Errorf("%s names no repository: REPOSITORY is 2 to 255 lower case letters and digits, with ., _ and - between them, in parts joined by /", text)
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
