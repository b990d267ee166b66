package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// explain says of an error of the library what it means and what to do. The library's own words name whole addresses, in
// which credentials may be: none of them is repeated.
func (t Target) explain(ctx context.Context, err error, anonymous bool) error {
	host := t.repository.RegistryStr()
	var unreachable *net.OpError
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var plain plainError
	who, words := asked(err, host), err.Error()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%s did not answer in time: --timeout gives it longer", host)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &unknown):
		return fmt.Errorf("the certificate of %s is of an authority that this machine does not trust: SSL_CERT_FILE=ca.pem names a file with those to trust", who)
	case errors.As(err, &wrongName):
		return fmt.Errorf("the certificate of %s is for another name%s: use the name that it is for, or have the registry's administrators get one for this", who, names(wrongName.Certificate))
	case errors.As(err, &certificate):
		return fmt.Errorf("the certificate of %s does not hold: %s", who, invalid(certificate.Err))
	case answer(err) != nil:
		return t.refusal(answer(err), anonymous)
	case !t.insecure && !loopback(host) && (errors.As(err, &record) || strings.Contains(words, "server gave HTTP response to HTTPS client")):
		return fmt.Errorf("%s talks without TLS, in which everybody on the way could read and change what is pushed: --insecure-registry lets it", who)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("there is no host %s: is the registry's name right?", dns.Name)
	case errors.As(err, &unreachable):
		return fmt.Errorf("%s does not answer: %w: is the registry's name and port right, and does it run?", who, unreachable.Err)
	case errors.As(err, &plain):
		return fmt.Errorf("%s sends to %s, which talks without TLS, in which everybody on the way could read the credentials and change what is pushed: --insecure-registry lets it", host, plain.host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s ended the connection before it had answered: push again; what is in the registry is whole", who)
	case strings.Contains(words, "stopped after 10 redirects"):
		return fmt.Errorf("%s sends from one address to the next without end: is the registry's name right?", host)
	case errors.As(err, new(*json.SyntaxError)), errors.As(err, new(*json.UnmarshalTypeError)),
		strings.Contains(words, "malformed HTTP"), strings.Contains(words, "response did not include"):
		return fmt.Errorf("%s answers what no registry does: is its name right, and is it a registry of OCI artifacts?", who)
	}
	return fmt.Errorf("push to %s: %s: push again; what is in the registry is whole", t.Repository(), withoutAddresses(err))
}

// asked is the host that an error is about: the registry, or whom it sent to.
func asked(err error, registry string) string {
	var request *url.Error
	if errors.As(err, &request) {
		if at, err := url.Parse(request.URL); err == nil && at.Host != "" {
			return at.Host
		}
	}
	return registry
}

// names are those that a certificate is for, in brackets; nothing where it says none.
func names(c *x509.Certificate) string {
	all := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}

// invalid says why a certificate does not hold.
func invalid(err error) string {
	var reason x509.CertificateInvalidError
	if errors.As(err, &reason) && reason.Reason == x509.Expired {
		return fmt.Sprintf("it is good from %s to %s: is this machine's clock right? Otherwise the registry's administrators can renew it",
			reason.Cert.NotBefore.UTC().Format(time.DateOnly), reason.Cert.NotAfter.UTC().Format(time.DateOnly))
	}
	return strings.TrimPrefix(err.Error(), "x509: ") + ": the registry's administrators can mend that"
}

// address is what begins like one, in the words of a library.
var address = regexp.MustCompile(`[a-z+]+://[^\s"]+`)

// withoutAddresses is an error with the host alone of each address.
func withoutAddresses(err error) string {
	return address.ReplaceAllStringFunc(err.Error(), func(text string) string {
		at, err := url.Parse(text)
		if err != nil || at.Host == "" {
			return "..."
		}
		return at.Host
	})
}

// refusal says what a registry's answer means.
func (t Target) refusal(err *transport.Error, anonymous bool) error {
	host, words := t.repository.RegistryStr(), said(err)
	has := func(code transport.ErrorCode) bool {
		return slices.ContainsFunc(err.Errors, func(d transport.Diagnostic) bool { return d.Code == code })
	}
	switch {
	case err.StatusCode == http.StatusUnauthorized && anonymous:
		return fmt.Errorf("%s asks who you are%s: docker login %s, or a docker config.json in the folder that DOCKER_CONFIG names", host, words, host)
	case err.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%s does not take the credentials that docker's configuration has for it%s: docker login %s", host, words, host)
	case err.StatusCode == http.StatusForbidden && anonymous:
		return fmt.Errorf("%s lets nobody push to %s unnamed%s: docker login %s", host, t.repository.RepositoryStr(), words, host)
	case err.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%s does not let these credentials push to %s%s: its administrators can", host, t.repository.RepositoryStr(), words)
	case err.StatusCode == http.StatusNotFound && (has(transport.NameUnknownErrorCode) || len(err.Errors) == 0):
		return fmt.Errorf("%s has no repository %s%s: make it there first, or mend the name", host, t.repository.RepositoryStr(), words)
	case err.StatusCode == http.StatusNotFound, err.StatusCode == http.StatusMethodNotAllowed:
		return fmt.Errorf("%s does not take what was pushed%s: is it a registry of OCI artifacts?", host, words)
	case err.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%s takes no more for now%s: try again later", host, words)
	case err.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("%s is in trouble (%d)%s: try again later", host, err.StatusCode, words)
	}
	return fmt.Errorf("%s refuses what was pushed to %s (%d)%s", host, t.repository.RepositoryStr(), err.StatusCode, words)
}

// said are a registry's own words.
func said(err *transport.Error) string {
	var words []string
	for _, d := range err.Errors {
		if d.Message != "" {
			words = append(words, strings.TrimSuffix(d.Message, "."))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return fmt.Sprintf(" (it says %q)", strings.Join(words, "; "))
}
