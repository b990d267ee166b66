package conf

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
)

// laid is a small configuration with extraConfig laid over it.
func laid(t testing.TB, extraConfig map[string]any) (string, diag.List) {
	r := &report{in: newIntent(t, `{}`)}
	r.in.ExtraConfig = extraConfig
	e, root := newExtra(r), newBlock(r)
	root.put("port", int32(4222), "nats", "port")
	root.put("max_connections", new(int64), "limits", "maxConnections")
	inner := newBlock(r)
	inner.put("name", "c", "cluster", "name")
	inner.put("routes", []string{"nats://a"}, "cluster", "routes")
	root.put("cluster", inner, "cluster")
	e.merge(root.Block, extraConfig, nil)
	text, _ := root.Text(pageWidth)
	return text, e.found
}

type fields = map[string]any

func TestExtraConfigMerges(t *testing.T) {
	t.Parallel()
	const cluster = "cluster {\n  name: \"c\"\n  routes: [\"nats://a\"]\n}\n\n"
	for name, test := range map[string]struct {
		extra fields
		want  string
	}{
		"nothing":         {nil, cluster + "max_connections: 0\nport: 4222\n"},
		"new option":      {fields{"debug": true}, cluster + "debug: true\nmax_connections: 0\nport: 4222\n"},
		"replaced":        {fields{"port": int64(1)}, cluster + "max_connections: 0\nport: 1\n"},
		"removed":         {fields{"port": nil}, cluster + "max_connections: 0\n"},
		"another case":    {fields{"Port": int64(1)}, "Port: 1\n\n" + cluster + "max_connections: 0\n"},
		"another name":    {fields{"max_conn": int64(1)}, cluster + "max_conn: 1\nport: 4222\n"},
		"inside a block":  {fields{"cluster": fields{"name": "d"}}, "cluster {\n  name: \"d\"\n  routes: [\"nats://a\"]\n}\n\nmax_connections: 0\nport: 4222\n"},
		"block elsewhere": {fields{"CLUSTER": fields{"Routes": nil}}, "cluster {\n  name: \"c\"\n}\n\nmax_connections: 0\nport: 4222\n"},
		"block replaced":  {fields{"cluster": "x"}, "cluster: \"x\"\nmax_connections: 0\nport: 4222\n"},
		"nulls in a new block": {fields{"leafnodes": fields{"port": nil, "host": "h"}},
			cluster + "leafnodes {\n  host: \"h\"\n}\n\nmax_connections: 0\nport: 4222\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, found := laid(t, test.extra)
			require.Empty(t, found)
			require.Equal(t, test.want, text)
		})
	}
}

// A list of the fields' own is never lost: another in its place is refused.
func TestExtraConfigKeepsLists(t *testing.T) {
	t.Parallel()
	text, found := laid(t, fields{"cluster": fields{"Routes": []any{"nats://b"}, "name": "d"}})
	require.Len(t, found, 1)
	require.Equal(t, "extra-config-list extraConfig.cluster.Routes", found[0].Rule+" "+found[0].Path)
	require.Contains(t, text, "name: \"d\"\n  routes: [\"nats://a\"]\n")
}

func TestExtraConfigValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ value, want any }{
		{"text", "text"},
		{"<< $TOKEN >>", tree.Raw("$TOKEN")},
		{"<<$TOKEN>>", tree.Raw("$TOKEN")},
		{"az: << $TOKEN >>", "az: << $TOKEN >>"},
		{"<< 10Mi >>", tree.Raw("10Mi")},
		{"<< 10 >>", int64(10)},
		{"<< on >>", true},
		{"<< word >>", "word"},
		{`<< "two words" >>`, "two words"},
		{"<< $2a$11$abc >>", "$2a$11$abc"},
		{7, int64(7)},
		{7.0, int64(7)},
		{7.5, 7.5},
		{1e300, 1e300},
		{json.Number("9007199254740993"), int64(9007199254740993)},
		{json.Number("1e3"), int64(1000)},
		{json.Number("0.25"), 0.25},
	} {
		e := newExtra(&report{in: newIntent(t, `{}`)})
		n := e.node(test.value, []string{"x"})
		require.Empty(t, e.found)
		require.Equal(t, test.want, n.Value, "%v", test.value)
		require.Equal(t, []string{"extraConfig", "x"}, n.From)
	}
}

func TestExtraConfigRefuses(t *testing.T) {
	t.Parallel()
	plain, _ := laid(t, nil)
	for name, test := range map[string]struct {
		extra               fields
		rule, path, message string
	}{
		"include as raw": {fields{"debug": "<< true\ninclude /etc/passwd >>"}, "raw-token", "extraConfig.debug", ""},
		"raw words":      {fields{"x": "<< a b >>"}, "raw-token", "extraConfig.x", "<< a b >> is more than one value to the server"},
		"raw overflow":   {fields{"x": "<< 9Ei >>"}, "raw-token", "extraConfig.x", "<< 9Ei >> does not fit into 63 bits"},
		"raw variable":   {fields{"x": "<< $A$B >>"}, "raw-token", "extraConfig.x", "<< $A$B >> is no variable's name"},
		"both quotes":    {fields{`a"b'c`: 1}, "conf-key", `extraConfig.a"b'c`, `nats-server.conf cannot say the key "a\"b'c"`},
		"newline in key": {fields{"a\nb": 1}, "conf-key", "extraConfig.a\nb", `nats-server.conf cannot say the key "a\nb"`},
		"large number":   {fields{"x": json.Number("9223372036854775808")}, "conf-value", "extraConfig.x", "nats-server.conf cannot say 9223372036854775808"},
		"tls file": {fields{"tls": fields{"Cert_File": "/etc/passwd"}}, "conf-unprovable", "extraConfig.tls.Cert_File",
			"extraConfig cannot set Cert_File, which natsyard could not prove"},
		"operator": {fields{"Operators": "/etc/passwd"}, "conf-unprovable", "extraConfig.Operators", "extraConfig cannot set Operators, which natsyard could not prove"},
		"resolver": {fields{"account_resolver": fields{"type": "full", "dir": "x"}}, "conf-unprovable", "extraConfig.account_resolver",
			"extraConfig cannot set account_resolver, which natsyard could not prove"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, found := laid(t, test.extra)
			require.Len(t, found, 1)
			require.Equal(t, test.rule, found[0].Rule)
			require.Equal(t, test.path, found[0].Path)
			if test.message != "" {
				require.Equal(t, test.message, found[0].Message)
			}
			require.Equal(t, plain, strings.Replace(text, "\ntls {\n}\n", "", 1), "what is refused is left out")
		})
	}
}

// A file is one of TLS at the places of TLS, and where a variable may carry its block to one.
func TestFilesOfTLS(t *testing.T) {
	t.Parallel()
	file := fields{"Cert_File": "x"}
	for path, extra := range map[string]fields{
		"tls.Cert_File":                {"tls": file},
		"tls.certs.0.Cert_File":        {"tls": fields{"certs": []any{file}}},
		"cluster.TLS.Cert_File":        {"cluster": fields{"TLS": file}},
		"leaf.remotes.0.tls.Cert_File": {"leaf": fields{"remotes": []any{fields{"tls": file}}}},
		"X.Cert_File":                  {"X": file, "tls": "<< $X >>"},
		"accounts.Y.Cert_File":         {"accounts": fields{"Y": file}, "X": []any{"<<$Y>>"}},
		"":                             {"accounts": fields{"tls": file}, "server_metadata": file, "mappings": file, "authorization": fields{"user": "$mappings"}},
	} {
		_, found := laid(t, extra)
		if path == "" {
			require.Empty(t, found)
			continue
		}
		require.Len(t, found, 1, path)
		require.Equal(t, "conf-unprovable extraConfig."+path, found[0].Rule+" "+found[0].Path)
	}
}

func TestOneOptionByTwoNames(t *testing.T) {
	t.Parallel()
	_, found := laid(t, fields{"max_conn": 1, "MAX_CONNECTIONS": 2, "accounts": fields{"a": fields{}, "A": fields{}}})
	require.Len(t, found, 1, "names of accounts are not options")
	require.Equal(t, "option-twice", found[0].Rule)
	require.Equal(t, "MAX_CONNECTIONS and max_conn are one option of nats-server", found[0].Message)

	_, found = laid(t, fields{"x": []any{nil, "a"}})
	require.Equal(t, "null cannot be an element of a list", found[0].Message)
}
