package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
)

// Words of the library that reads what docker login keeps. It knows no types of errors, and repeats all that a
// credential helper has printed, which may be a password.
var (
	noHelper   = regexp.MustCompile(`"(docker-credential-[^"]*)": executable file not found`)
	helperDied = regexp.MustCompile(`^error getting credentials - err: (exit status \d+|signal: [a-z ]+)`)
	noConfig   = regexp.MustCompile(`^parsing config file \((.*)\): `)
)

// login is who pushes.
func (t Target) login(ctx context.Context) (authn.Authenticator, error) {
	login, err := authn.Resolve(ctx, authn.DefaultKeychain, t.repository)
	if err == nil {
		return login, nil
	}
	host, words := t.repository.RegistryStr(), err.Error()
	why := fmt.Sprintf("docker's or podman's configuration is not what docker login writes: docker login %s writes it anew", host)
	if m := noHelper.FindStringSubmatch(words); m != nil {
		why = fmt.Sprintf("%s, which docker's configuration names, is not on the PATH: install it, or take its name out of the configuration", m[1])
	} else if m := helperDied.FindStringSubmatch(words); m != nil {
		why = fmt.Sprintf("the credential helper that docker's configuration names failed (%s): docker login %s shows what it says", m[1], host)
	} else if m := noConfig.FindStringSubmatch(words); m != nil {
		why = fmt.Sprintf("%s is not what docker login writes: mend it, or remove it and run docker login %s", m[1], host)
	}
	return nil, fmt.Errorf("the credentials for %s cannot be read: %s", host, why)
}

// withoutSecrets is an error that repeats none of the credentials, as a registry may in what it answers.
func withoutSecrets(ctx context.Context, err error, login authn.Authenticator) error {
	auth, e := authn.Authorization(ctx, login)
	if e != nil {
		return err
	}
	text := err.Error()
	for _, secret := range []string{auth.Password, auth.Auth, auth.IdentityToken, auth.RegistryToken, base64.StdEncoding.EncodeToString([]byte(auth.Username + ":" + auth.Password))} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}
