package tree

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	natsconf "github.com/nats-io/nats-server/v2/conf"
	"github.com/stretchr/testify/require"
)

func value(v any) *Node { return &Node{Value: v} }

// sample has every kind of value, at the top and nested.
var sample = Block{
	"port":        value(int64(4222)),
	"ratio":       value(-0.5),
	"huge":        value(1e300),
	"debug":       value(true),
	"max_payload": value(Raw("8Mi")),
	"name":        value(`say "hi" \ $HOME`),
	"tags":        value(List{value("a"), value("b")}),
	"ports":       value(List{value(int64(1)), value(Raw("2Ki")), value(1.0)}),
	"none":        value(List{}),
	"nothing":     value(Block{}),
	"routes":      value(List{value(strings.Repeat("a", 40)), value(strings.Repeat("b", 40))}),
	"accounts": value(Block{
		"A B":     value(Block{"include": value("x"), "Include": value(Block{})}),
		`it "is"`: value(List{value(Block{"user": value("u")}), value(List{value(int64(1))})}),
	}),
}

func TestTextIsReadBackByTheServersLexer(t *testing.T) {
	t.Parallel()
	want := map[string]any{
		"port": int64(4222), "ratio": -0.5, "huge": 1e300, "debug": true,
		"max_payload": int64(8 << 20), "name": `say "hi" \ $HOME`,
		"tags": []any{"a", "b"}, "ports": []any{int64(1), int64(2048), 1.0},
		"none": []any{}, "nothing": map[string]any{},
		"routes": []any{strings.Repeat("a", 40), strings.Repeat("b", 40)},
		"accounts": map[string]any{
			"A B":     map[string]any{"include": "x", "Include": map[string]any{}},
			`it "is"`: []any{map[string]any{"user": "u"}, []any{int64(1)}},
		},
	}
	for _, width := range []int{0, 80, math.MaxInt} {
		text, _ := sample.Text(width)
		got, err := natsconf.Parse(text)
		require.NoError(t, err, text)
		require.Empty(t, cmp.Diff(want, got), text)
	}
}

func TestTextGivesTheNodeOfEachLine(t *testing.T) {
	t.Parallel()
	text, nodes := sample.Text(0)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	require.Len(t, nodes, len(lines))
	for i, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		switch {
		case line == "":
			require.Nil(t, nodes[i])
		case sample[name] != nil:
			require.Same(t, sample[name], nodes[i], line)
		default:
			require.NotNil(t, nodes[i], line)
		}
	}
}

func TestTextForReaders(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		node *Node
		want string
	}{
		"short list":     {value(List{value("a"), value("b")}), "x: [\"a\", \"b\"]\n"},
		"long list":      {value(List{value("nats://a"), value("nats://b")}), "x: [\n  \"nats://a\"\n  \"nats://b\"\n]\n"},
		"block":          {value(Block{"y": value(int64(1))}), "x {\n  y: 1\n}\n"},
		"tab and quote":  {value("\t\""), "x: \"\\t\\\"\"\n"},
		"letters":        {value("Grüße"), "x: \"Grüße\"\n"},
		"not printable":  {value("\x00\u2028\xff"), `x: "\x00\xe2\x80\xa8\xff"` + "\n"},
		"whole float":    {value(2.0), "x: 2.0\n"},
		"variable":       {value(Raw("$X")), "x: $X\n"},
		"block in block": {value(Block{"y": value(Block{})}), "x {\n  y {\n  }\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, _ := Block{"x": test.node}.Text(20)
			require.Equal(t, test.want, text)
		})
	}
}

// What would be read back as something else is never written, whoever forgot to ask.
func TestTextPanicsAtWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, b := range []Block{
		{"a\"b'c": value(true)}, {"a\nb": value(true)}, {"\x00": value(true)},
		{"a": value(Raw("1\ninclude x"))}, {"a": value(Raw("a b"))}, {"a": value(List{value(Raw("1]"))})},
	} {
		require.Panics(t, func() { b.Text(80) })
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	bad, item, used := value("bad"), value("item"), value("used")
	b := Block{
		"a": value(Block{"bad": bad, "good": value(true)}),
		"l": value(List{item, value("other"), value(Block{"bad": bad})}),
		"v": used,
		"w": value(Block{"x": value(Raw("$v"))}),
	}
	removed := b.Remove([]*Node{bad, item, used})
	require.ElementsMatch(t, []*Node{bad, bad, item}, removed, "what a variable refers to stays")
	text, _ := b.Text(80)
	require.Equal(t, "a {\n  good: true\n}\n\nl: [\n  \"other\"\n  {\n  }\n]\nv: \"used\"\n\nw {\n  x: $v\n}\n", text)
}

// FuzzText: whatever a key and a string hold, the lexer reads back just that, or the key
// is refused.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"", "a b", `"`, `'`, `\`, `\x4`, "$HOME", "$2a$11$x", "#", "//", "include", "INCLUDE x",
		"\x00", "\r\n", "}", "]", "a: b", "\u2028", "\xff\xfe", "true", "10Gi", "(", ")\n", "é",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, key, s string) {
		if !IsKey(key) {
			require.Panics(t, func() { Block{key: value(s)}.Text(80) })
			return
		}
		inner := Block{key: value(s), "z": value(List{value(s), value(s)})}
		text, _ := Block{key: value(s), "y": value(inner), "z": value(List{value(inner), value(List{value(s)})})}.Text(80)
		got, err := natsconf.Parse(text)
		require.NoError(t, err, text)
		want := map[string]any{key: s, "z": []any{s, s}}
		if key == "z" {
			want = map[string]any{"z": []any{s, s}}
		}
		require.Equal(t, want, got["y"], text)
	})
}
