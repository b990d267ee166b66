package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// explain says of an error of the library what it means and what to do.
func (t Target) explain(ctx context.Context, err error, anonymous bool) error {
	host := t.repository.RegistryStr()
	var unreachable *net.OpError
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%s did not answer in time: --timeout gives it longer", host)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &unknown):
		return fmt.Errorf("the certificate of %s is of an authority that this machine does not trust: SSL_CERT_FILE=ca.pem names a file with those to trust", host)
	case errors.As(err, &wrongName):
		return fmt.Errorf("the certificate of %s is for another name: %w", host, wrongName)
	case errors.As(err, &certificate):
		return fmt.Errorf("the certificate of %s does not hold: %w", host, certificate.Err)
	case answer(err) != nil:
		return t.refusal(answer(err), anonymous)
	case errors.As(err, &record) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("%s talks without TLS, in which everybody on the way could read and change what is pushed: --insecure-registry lets it", host)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("there is no host %s: is the registry's name right?", dns.Name)
	case errors.As(err, &unreachable):
		return fmt.Errorf("%s does not answer: %w: is the registry's name and port right, and does it run?", host, unreachable.Err)
	}
	return fmt.Errorf("push to %s: %w", t.Repository(), err)
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
