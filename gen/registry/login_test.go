package registry

import (
	"errors"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/stretchr/testify/require"
)

// What a registry answers may hold what it was sent.
func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	login := authn.FromConfig(authn.AuthConfig{Username: "ci", Password: "s3cret"})
	err := withoutSecrets(t.Context(), errors.New(`it says "ci:s3cret is nobody, nor is Y2k6czNjcmV0"`), login)
	require.EqualError(t, err, `it says "ci:*** is nobody, nor is ***"`)
	kept := errors.New("it says no")
	require.Same(t, kept, withoutSecrets(t.Context(), kept, login))
	require.Same(t, kept, withoutSecrets(t.Context(), kept, authn.Anonymous))
}
