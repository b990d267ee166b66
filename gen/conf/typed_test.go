package conf

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	natsconf "github.com/nats-io/nats-server/v2/conf"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/intent"
)

func TestTypedFieldsRefuse(t *testing.T) {
	t.Parallel()
	const inject = "\"': \"a\"\n}\ninclude 's.conf'\nserver_metadata {\n'y"
	for name, test := range map[string]struct {
		source string
		want   string // "rule path: message"
	}{
		"key that ends its quotes": {`{serverMetadata: {"\"': \"a\"\n}\ninclude 's.conf'\nserver_metadata {\n'y": "x"}}`,
			"conf-key serverMetadata." + inject + `: nats-server.conf cannot say the key "\"': \"a\"\n}\ninclude 's.conf'\nserver_metadata {\n'y"`},
		"overflow":            {`{limits: maxPayload: "16Ei"}`, `conf-size limits.maxPayload: max_payload "16Ei" does not fit into 63 bits`},
		"overflow to a size":  {`{limits: maxPending: "9999Ei"}`, `conf-size limits.maxPending: max_pending "9999Ei" does not fit into 63 bits`},
		"too many digits":     {`{limits: maxPending: "99999999999999999999"}`, `conf-size limits.maxPending: max_pending "99999999999999999999" is not a value to the server: integer '99999999999999999999' is out of the range`},
		"more than 31 bits":   {`{limits: maxPayload: "2Gi"}`, `conf-size limits.maxPayload: max_payload "2Gi" is too large`},
		"long line":           {`{limits: maxControlLine: "2147483648"}`, `conf-size limits.maxControlLine: max_control_line "2147483648" is too large`},
		"zero, the default":   {`{limits: maxPayload: "0"}`, `conf-size limits.maxPayload: max_payload "0" means the server's own default`},
		"memory store":        {`{jetstream: memoryStore: maxSize: "16Ei"}`, `conf-size jetstream.memoryStore.maxSize: max_memory_store "16Ei" does not fit into 63 bits`},
		"file store":          {`{jetstream: fileStore: maxSize: "8Ei"}`, `conf-size jetstream.fileStore.maxSize: max_file_store "8Ei" does not fit into 63 bits`},
		"largest of each":     {`{limits: {maxPayload: "2147483647", maxPending: "7Ei"}, jetstream: fileStore: maxSize: "7Ei"}`, ""},
		"quotes of each kind": {`{serverMetadata: {"it's": "a", "\"b\"": "c", "include x": "d", "": "e"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := Build(newIntent(t, test.source))
			if test.want == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Equal(t, test.want, found[0].Rule+" "+found[0].Path+": "+found[0].Message)
		})
	}
}

// FuzzTyped: whatever the strings of an intent are, the server's lexer reads the options that
// were meant, less those that are reported, and no other.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{
		"a", "1Gi", "16Ei", "0", "1m", "$X", "a\ninclude 'x'\n", "\"\ninclude x\n\"", "'", "}", "# \n", "\x00", "\u0085", "\\", "$2a$",
		"\"': \"a\"\n}\ninclude '../s.conf'\nserver_metadata {\n'y",
	} {
		f.Add(s, s)
		f.Add(s, "a")
	}
	whole := newIntent(f, `{cluster: replicas: 2, jetstream: {fileStore: {}, memoryStore: {}}, profiling: {},
		nats: tls: {}, leafnodes: {listen: true, authorization: {}, tls: {}}, websocket: {}, mqtt: tls: {}, gateway: tls: {}, ocsp: {}, proxies: trusted: []}`)
	filled := func(t testing.TB, key, s string) *intent.Intent {
		data, err := json.Marshal(whole.Intent)
		require.NoError(t, err)
		in := &intent.Intent{}
		require.NoError(t, json.Unmarshal(data, &in.Intent))
		fill(reflect.ValueOf(in).Elem(), key, s)
		return in
	}
	meant := serverBlock(&report{in: filled(f, "k", "1")})
	require.Greater(f, len(meant), 25)

	f.Fuzz(func(t *testing.T, key, s string) {
		if s == "" {
			t.Skip("not given")
		}
		t.Setenv("SERVER_NAME", "x")
		c, found := Build(filled(t, key, s))
		var want []string
		meant.Walk(func(option string, n *tree.Node) {
			from := strings.Join(n.From, ".")
			if strings.Contains(option, "[") {
				return // an item of a list
			}
			if strings.HasSuffix(from, ".k") { // a key of the user's own
				option, from = strings.TrimSuffix(option, "k")+key, strings.TrimSuffix(from, "k")+key
			}
			for _, d := range found {
				if d.Path == from {
					return
				}
			}
			want = append(want, option)
		})
		parsed, err := natsconf.Parse(string(c.Text()))
		require.NoError(t, err, string(c.Text()))
		got := keys("", parsed)
		slices.Sort(want)
		require.Equal(t, want, got, string(c.Text()))
	})
}

// keys are the paths of all keys of a configuration as the lexer reads it.
func keys(above string, block map[string]any) (paths []string) {
	for name, value := range block {
		paths = append(paths, above+name)
		if inner, ok := value.(map[string]any); ok {
			paths = append(paths, keys(above+name+".", inner)...)
		}
	}
	slices.Sort(paths)
	return paths
}

// fill sets every string that is in a value, and gives each list and map of strings one.
func fill(v reflect.Value, key, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), key, s)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]string]() {
			v.Set(reflect.ValueOf([]string{s}))
		}
	case reflect.Map:
		if v.Type() == reflect.TypeFor[map[string]string]() {
			v.Set(reflect.ValueOf(map[string]string{key: s}))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), key, s)
			}
		}
	}
}
