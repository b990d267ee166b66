package language

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, text, want string }{
		{"cluster.replicas", "5", "5"},
		{"cluster.replicas", "-1", "-1"}, // a number that the schema refuses
		{"cluster.replicas", "five", `"five"`},
		{"cluster.replicas", "05", `"05"`},
		{"cluster.replicas", "0x5", `"0x5"`},
		{"cluster.replicas", "+5", `"+5"`},
		{"cluster.replicas", "5e3", `"5e3"`},
		{"cluster.replicas", "", `""`},
		{"promExporter.enabled", "true", "true"},
		{"promExporter.enabled", "yes", `"yes"`},
		{"namespace", "messaging", `"messaging"`},
		{"namespace", "true", `"true"`},
		{"image.tag", "2.15", `"2.15"`},
		{"image.fullImageName", "r.example.com/nats:2", `"r.example.com/nats:2"`},
		{`podTemplate.annotations."example.com/team"`, "a\"b\n\\(c)", `"a\"b\n\\(c)"`},
		{"resources.limits.memory", "4Gi", `"4Gi"`},
		{"jetstream.memoryStore.maxSize", "2Gi", `"2Gi"`},
		{"cluster", "5", ""},
		{"serverTags", "ssd", ""},
		{"tolerations[0].key", "a", `"a"`},
	} {
		f, ok := Lookup(ParsePath(c.path)...)
		require.True(t, ok, c.path)
		got, ok := f.Plain(c.text)
		require.Equal(t, c.want, got, "%s=%s", c.path, c.text)
		require.Equal(t, c.want != "", ok)
	}
}
