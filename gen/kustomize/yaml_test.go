package kustomize

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	yaml12 "sigs.k8s.io/kustomize/kyaml/yaml"
	yaml11 "sigs.k8s.io/yaml"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	got, err := encode("# head\n", map[string]any{
		"metadata":   map[string]any{"labels": map[string]any{}, "name": "nats"},
		"kind":       "A",
		"apiVersion": "v1",
		"args":       []any{"-a", "on", "012", "1e3", "", int64(3), 3.0, 0.5, true, nil, []any{}, "http://x/"},
		"conf":       "port: 4222\n",
		"tab":        "\tport\n",
	})
	require.NoError(t, err)
	require.Equal(t, `# head
apiVersion: v1
kind: A
metadata:
  name: nats
  labels: {}
args:
- -a
- "on"
- "012"
- "1e3"
- ""
- 3
- 3
- 0.5
- true
- null
- []
- http://x/
conf: |
  port: 4222
tab: "\tport\n"
`, string(got))

	_, err = encode("", map[string]any{"a": []any{struct{}{}}})
	require.EqualError(t, err, "a Kubernetes object cannot hold struct {}")
}

// FuzzEncode reads back with both generations of YAML, in three places where a string may be.
func FuzzEncode(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	for _, s := range []string{"\x7f", "\x00", "\t", "\ta\n b", "\r\n", "\u0085", "\u2028a\n", "\ufeff", "\ufffe", "\U0010ffff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("JSON holds valid UTF-8 only")
		}
		want := map[string]any{"a": []any{s, map[string]any{"b": s}}, "c": s, "d": "tail"}
		data, err := encode("# head\n", want)
		require.NoError(t, err)
		var got map[string]any
		require.NoError(t, yaml12.Unmarshal(data, &got), "%q", data)
		require.Equal(t, want, got, "%q", data)
		require.NoError(t, yaml11.Unmarshal(data, &got), "%q", data)
		require.Equal(t, want, got, "%q", data)
	})
}
