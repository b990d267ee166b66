package tree

import (
	"strings"
	"testing"

	natsconf "github.com/nats-io/nats-server/v2/conf"
	"github.com/stretchr/testify/require"
)

func TestLiteral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"":                     "",
		"nats-0":               "nats-0",
		"12345":                int64(12345),
		" 12345 ":              int64(12345),
		`"12345"`:              "12345",
		"'it is'":              "it is",
		`"a\tb"`:               "a\tb",
		"-3":                   int64(-3),
		"1.5":                  1.5,
		"on":                   true,
		"FALSE":                false,
		"10Gi":                 Raw("10Gi"),
		"7Ei":                  Raw("7Ei"),
		"$2a$11$abc./":         "$2a$11$abc./",
		"p#ss:w=rd$x":          "p#ss:w=rd$x",
		"127.0.0.1:4222":       "127.0.0.1:4222",
		"2026-01-02T03:04:05Z": Raw("2026-01-02T03:04:05Z"),
	} {
		got, err := Raw(text).Literal()
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestLiteralRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a b":                    "is more than one value",
		"ab;cd":                  "is more than one value",
		"a,b":                    "is more than one value",
		"[1]":                    "is more than one value",
		"{a: 1}":                 "is more than one value",
		"1\ninclude /etc/passwd": "is more than one value",
		`"a" b`:                  "is more than one value",
		`"a`:                     "is more than one value",
		`a\tb`:                   "is more than one value",
		`"\q"`:                   "is not a value to the server: Invalid escape character 'q'",
		"5-0":                    "is not a value to the server: All ISO8601 dates must be in full Zulu form",
		"1.5Gi":                  "is not a value to the server",
		"99999999999999999999":   "is not a value to the server: integer '99999999999999999999' is out of the range",
		"8Ei":                    "does not fit into 63 bits",
		"9223372036854775807k":   "does not fit into 63 bits",
		"$HOME":                  "is no variable's name",
		"$a-b":                   "is no variable's name",
		" word":                  `is "word" to the server`,
	} {
		_, err := Raw(text).Literal()
		require.ErrorContains(t, err, want, text)
	}
}

// FuzzLiteral: what Literal takes for the value of a text, the server's parser makes of it
// when it stands in the environment.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{
		"", "x", "12", "1k", "1kb", "3GiB", "-1.5", "yes", `"a b"`, `'a'`, "$X", "$2a$", "a;b", "a'", "5-0", "0x1",
		"1.2.3.4", "(", "\t1", "2026-01-02T03:04:05Z", "8Ei", `"\x41"`, "include x", "{}", "-", "é", "1e9",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const name = "NATSYARD_FUZZ"
		if strings.Contains(text, "\x00") {
			t.Skip("no environment holds a NUL")
		}
		got, err := Raw(text).Literal()
		if err != nil {
			return
		}
		if r, ok := got.(Raw); ok {
			got = r.Number()
			if got == r {
				return // a date
			}
		}
		t.Setenv(name, text)
		parsed, err := natsconf.Parse("a: $" + name)
		require.NoError(t, err)
		require.Equal(t, parsed["a"], got)
	})
}

func TestNumber(t *testing.T) {
	t.Parallel()
	require.Equal(t, Raw("1Gi").Number(), Raw("1024Mi").Number())
	require.NotEqual(t, Raw("1G").Number(), Raw("1Gi").Number())
	require.Equal(t, Raw("$X"), Raw("$X").Number())
}
