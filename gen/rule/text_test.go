package rule

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Keys and texts are looked at wherever they stand, and each is named by its own path.
func TestControlCharacters(t *testing.T) {
	t.Parallel()
	for intent, path := range map[string]string{
		`env: B: "\u0000"`: "env.B",
		`env: B: "a\rb"`:   "env.B",
		`env: B: valueFrom: fieldRef: fieldPath: "a\u0085"`:               "env.B.valueFrom.fieldRef.fieldPath",
		`reloader: env: B: "\u009f"`:                                      "reloader.env.B",
		`serverTags: ["a", "\uFFFE"]`:                                     "serverTags.1",
		`serverMetadata: "a\nb\u0007": "c"`:                               "serverMetadata.a\nb\u0007",
		`podTemplate: annotations: a: "\uFFFF"`:                           "podTemplate.annotations.a",
		`extraConfig: accounts: A: users: [{user: "u\u001b", nkey: "n"}]`: "extraConfig.accounts.A.users.0.user",
		`env: B: "\t\n\u2028 é 日本 \u00a0 \uFFFD"`:                         "",
	} {
		found := named(Check(load(t, intent)), "control-character")
		if path == "" {
			require.Empty(t, found, intent)
			continue
		}
		require.Len(t, found, 1, intent)
		require.Equal(t, path, found[0].Path)
	}
}

// A text with a control character is one mistake, whatever else is wrong with it.
func TestControlCharacterAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`nodeSelector: a: "\u0007"`, `systemAccount: "\u0007"`, `service: annotations: "\u0007": "a"`} {
		found := Check(load(t, text))
		require.Len(t, found, 1, text)
		require.Equal(t, controlCharacterName, found[0].Rule)
	}
}
