package registry

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

type answers struct{}

func (answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK}, nil
}

// Nothing leaves this machine without TLS, unless it may.
func TestGuard(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"https://registry.example.com/v2/": true,
		"http://registry.example.com/v2/":  false,
		"http://10.1.2.3:5000/v2/":         false,
		"http://registry.local/v2/":        false,
		"http://127.0.0.1:5000/v2/":        true,
		"http://127.9.9.9/v2/":             true,
		"http://[::1]:5000/v2/":            true,
		"http://localhost:5000/v2/":        true,
		"http://localhost.example.com/v2/": false,
	} {
		r, err := http.NewRequest(http.MethodGet, url, nil)
		require.NoError(t, err)
		_, err = (&guard{to: answers{}}).RoundTrip(r)
		require.Equal(t, want, err == nil, url)
		_, err = (&guard{to: answers{}, insecure: true}).RoundTrip(r)
		require.NoError(t, err)
	}
}
