package intent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files that go beyond the bounds are not evaluated; those that come near them are.
func TestBounds(t *testing.T) {
	t.Parallel()
	nested := func(open, inner, end string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	const near, far = 400, 1000
	const deep, levels = ": this is nested more than 1000", "nesting-too-deep: extraConfig.x is nested more than 100 deep"
	for name, test := range map[string]struct {
		source string // of the intent's fields, with %s
		text   func(n int) string
	}{
		"parentheses": {"cluster: replicas: %s", func(n int) string { return nested("(", "3", ")", n) }},
		"brackets":    {"extraConfig: x: %s", func(n int) string { return nested("[", "", "]", n) }},
		"fields":      {"extraConfig: x: %s", func(n int) string { return strings.Repeat("a: ", n) + "1" }},
		"operands":    {"cluster: replicas: %s", func(n int) string { return "3" + strings.Repeat(" & 3", n) }},
		"choices":     {"cluster: replicas: %s", func(n int) string { return "*3" + strings.Repeat(" | 4", n) }},
		"signs":       {"limits: maxConnections: %s", func(n int) string { return strings.Repeat("+", n) + "1" }},
		"selectors":   {"name: x%s, let x = {a: \"a\"}", func(n int) string { return strings.Repeat(".a", n) }},
		"conditions":  {"%s", func(n int) string { return nested("if true {", "name: \"a\"", "}", n) }},
	} {
		source := func(n int) string {
			return "intent: base.intent & {" + fmt.Sprintf(test.source, test.text(n)) + "}\n"
		}
		_, found := load(t, repo(source(near), nil), "prod")
		for _, line := range lines(found) {
			require.NotContains(t, line, deep, name)
		}
		for _, n := range []int{far, 20 * far} { // CUE has a bound of its own, of 10 000
			_, found = load(t, repo(source(n), nil), "prod")
			require.NotEmpty(t, found, name)
			last := lines(found)[len(found)-1]
			require.True(t, strings.Contains(last, deep), "%s: %.200s", name, last)
			require.Regexp(t, `^overlays/prod/intent.cue:\d+:\d+ `, last, name)
		}
	}

	for n, want := range map[int]string{100: "", 101: levels} { // with extraConfig and the intent itself
		_, found := load(t, repo("intent: base.intent & {extraConfig: x: "+nested("{a: ", "1", "}", n-2)+"}\n", nil), "prod")
		if want == "" {
			require.Empty(t, found)
			continue
		}
		require.Contains(t, lines(found)[0], "nested more than 100 deep")
	}
	made := "x0: {\"[\\\"{\": 1}\n"
	for i := range 150 {
		made += fmt.Sprintf("x%d: [2, {b: x%d}]\n", i+1, i)
	}
	_, found := load(t, repo("intent: base.intent & {extraConfig: {x: x150, y: 1}}\n"+made, nil), "prod")
	require.Equal(t, []string{"overlays/prod/intent.cue:5:41 " + levels}, lines(found), "it does not matter how it was made")

	_, found = load(t, repo("intent: base.intent & {cluster: replicas: "+strings.Repeat("3", 1001)+", name: \""+strings.Repeat("1", 1001)+"\"}\n", nil), "prod")
	require.Equal(t, []string{"overlays/prod/intent.cue:5:43 number-too-long: this number has 1001 digits"}, lines(found))
}

// When a field is left out to find further mistakes, nobody is told that it was the only one to use an
// import; and what else is wrong is found.
func TestImportOfABrokenField(t *testing.T) {
	t.Parallel()
	in, found := load(t, repo("", map[string]string{
		"overlays/prod/intent.cue": "package prod\n\nimport (\n\t\"strings\"\n\t\"example.com/nats/base\"\n)\n\n" +
			"intent: base.intent & {\n\tname: strings.Repeat(\"x\", 10000000)\n\tcluster: replicas: \"three\"\n}\n",
	}), "prod")
	requireBroken(t, in)
	require.Equal(t, []string{
		"overlays/prod/intent.cue:9:8 cue: strings.Repeat refuses what it is called with: 10000000 times is too often",
		"overlays/prod/intent.cue:10:21 value-not-allowed: cluster.replicas cannot be \"three\"",
	}, lines(found))
}
