package conf

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	natsconf "github.com/nats-io/nats-server/v2/conf"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// FuzzCheck: whatever extraConfig and a variable hold, there is an answer, the same one
// twice, and the text is one that the server's lexer reads.
func FuzzCheck(f *testing.F) {
	for _, extra := range []string{
		`{}`, `{"port": "x"}`, `{"cluster": null}`, `{"cluster": {"routes": [1, [2], {"a": null}]}}`,
		`{"accounts": {"A": {"users": [{"user": "a"}], "imports": [{"stream": {"account": "B", "subject": "x"}}]}}}`,
		`{"authorization": {"token": "<< $V >>", "users": "<< $V >>"}}`, `{"V": {"a": 1}, "accounts": "<< $V >>"}`,
		`{"jetstream": {"limits": {"batch": 1}, "tpm": true, "max_file": "<< $V >>"}}`, `{"tls": {"certs": [{"cert_file": "x"}]}}`,
		`{"resolver": "MEM", "ocsp": {"mode": 1}, "system_account": 1, "mappings": {"": [{}]}}`,
		`{"": "", "\"": 1, "a b": {"include": {}}, "websocket": {"headers": {"a": 1}}, "gateway": {"gateways": [{}]}}`,
		`{"leafnodes": {"remotes": [{"urls": ["x", "x"], "proxy": {"url": 1}}]}, "mqtt": {"ack_wait": -1}}`,
		`{"x": "<< $x >>", "server_name": "<< $V >>", "listen": "<< $LOOP >>"}`,
	} {
		for _, value := range []string{"", "1", "a b", `"x"`, "$V", "$2a$", "1k"} {
			f.Add(extra, value)
		}
	}
	base := newIntent(f, `{cluster: replicas: 2, jetstream: memoryStore: maxSize: "1Gi"}`)
	f.Fuzz(func(t *testing.T, extra, value string) {
		in := *base
		if json.Unmarshal([]byte(extra), &in.ExtraConfig) != nil {
			t.Skip("not an object of JSON, which extraConfig always is")
		}
		answered(t, &in, value)
	})
}

// FuzzOptions: the same of every option of the server with a value of every kind.
func FuzzOptions(f *testing.F) {
	var options []string
	var collect func(block string)
	collect = func(block string) {
		for _, name := range option.Beside(block) {
			path := strings.TrimPrefix(block+"."+name, ".")
			if path != "store_dir" { // beside jetstream.store_dir, an error or not as chance will have it
				options = append(options, path)
			}
			collect(path)
		}
	}
	collect("")
	values := []string{
		`null`, `true`, `-1`, `1`, `1e9`, `0.5`, `""`, `"a"`, `"1m"`, `"127.0.0.1:1"`,
		`"<< $V >>"`, `"<< $SECRET >>"`, `"<< $SERVER_NAME >>"`, `"<< 1Gi >>"`,
		`[]`, `["a", "a"]`, `[1, "nats://a"]`, `[{"user": "a", "password": "b"}]`, `[{"url": "nats://a", "name": "b"}]`,
		`{}`, `{"a": {"users": [{"user": "a"}]}}`, `{"a": 1}`, `{"user": "<< $V >>", "password": "b"}`,
	}
	for i := range options {
		f.Add([]byte{byte(i), byte(i), byte(i + 7), byte(i * 3), byte(i * 5), byte(i + 2)}, "1")
	}
	base := newIntent(f, `{cluster: replicas: 2, jetstream: memoryStore: maxSize: "1Gi"}`)
	f.Fuzz(func(t *testing.T, picks []byte, value string) {
		in := *base
		in.ExtraConfig = fields{}
		for ; len(picks) >= 2; picks = picks[2:] {
			block := in.ExtraConfig
			path := strings.Split(options[int(picks[0])%len(options)], ".")
			for _, name := range path[:len(path)-1] {
				inner, ok := block[name].(fields)
				if !ok {
					inner = fields{}
					block[name] = inner
				}
				block = inner
			}
			var v any
			require.NoError(t, json.Unmarshal([]byte(values[int(picks[1])%len(values)]), &v))
			block[path[len(path)-1]] = v
		}
		answered(t, &in, value)
	})
}

func answered(t *testing.T, in *intent.Intent, value string) {
	c, _ := Build(in)
	pods := Pods(in)[:1]
	pods[0].Env["V"], pods[0].Unknown = value, []string{"SECRET"}

	found := checked(t, c, in, pods)
	require.Equal(t, where(found), where(checked(t, c, in, pods)))
	for _, d := range found {
		require.NotEmpty(t, d.Message)
		require.NotContains(t, d.Message, "Parse error", "the text is always one")
	}
	text := string(c.Text())
	if !strings.Contains(text, ": $") {
		_, err := natsconf.Parse(text)
		require.NoError(t, err, text)
	}
	c.RestartHash()
}

// where is the places of findings. Of an option that is wrong in two ways the server names
// the one or the other.
func where(found diag.List) []string {
	var places []string
	for _, d := range found {
		places = append(places, d.Rule+" "+d.Path)
	}
	return slices.Compact(places)
}
