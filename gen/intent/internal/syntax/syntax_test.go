package syntax

import (
	"fmt"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"github.com/stretchr/testify/require"
)

const head = "package prod\n\nimport \"example.com/nats/base\"\n\nintent: base.intent & {\n"

// read is a file with some lines of an intent.
func read(body string) *File {
	return Read("overlays/prod/intent.cue", []byte(head+body+"\n}\n"))
}

// told is where each mistake is, counted from the first line of the body, what stands there, what is said
// of it and what mends it.
func told(body string, f *File) (out []string) {
	text := strings.Split(head+body+"\n}\n", "\n")
	for _, m := range f.Mistakes {
		line := text[m.Line-1]
		out = append(out, fmt.Sprintf("%d `%s` %s => %s", m.Line-5, line[m.Column-1:min(m.Column-1+m.Length, len(line))], m.Message, m.Mend))
	}
	return out
}

// Each thing that people write who know something else than CUE is one mistake, with their own line mended.
func TestHabits(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		"	# a comment":                    {"1 `# a comment` a comment begins with //, not with # => // a comment"},
		"	cluster: replicas: 3 # three":   {"1 `# three` a comment begins with //, not with # => cluster: replicas: 3 // three"},
		"	#commented out":                 {"1 `#commented out` a comment begins with //, not with # => //commented out"},
		"	name: \"#1\" # \"quoted\"":      {"1 `# \"quoted\"` a comment begins with //, not with # => name: \"#1\" // \"quoted\""},
		"	/* a comment */":                {"1 `/* a comment */` a comment begins with // and ends with the line, /* begins none => // a comment"},
		"	serverTags:\n	- ssd\n	- \"eu\"": {"2 `-` a list stands in [ ], with commas between its elements; CUE has no dashes => serverTags: [\"ssd\", \"eu\"]"},
		"	serverTags:\n		- \"ssd\"":       {"2 `-` a list stands in [ ], with commas between its elements; CUE has no dashes => serverTags: [\"ssd\"]"},
		"	a: tolerations:\n	  - key: x\n	    operator: Exists\n	  - key: y\n	name: \"n\"": {"2 `-` a list stands in [ ], with commas between its elements; CUE has no dashes => a: tolerations: [{key: \"x\", operator: \"Exists\"}, {key: \"y\"}]"},
		"	resources:\n	  - ../a.yaml\n	  - b/c.yaml":                                      {"2 `-` a list stands in [ ], with commas between its elements; CUE has no dashes => resources: [\"../a.yaml\", \"b/c.yaml\"]"},
		"	env: A: |\n	  one\n	  two\n	name: \"n\"":                                        {"1 `|` text of several lines stands between \"\"\" and \"\"\"; | begins none => env: A: \"\"\"\n\tone\n\ttwo\n\n\t\"\"\""},
		"	env: A: |-\n	  one":                     {"1 `|-` text of several lines stands between \"\"\" and \"\"\"; |- begins none => env: A: \"one\""},
		"	env: A: >-\n	  one\n	  two":             {"1 `>-` text of several lines stands between \"\"\" and \"\"\"; >- begins none => env: A: \"one two\""},
		"	env: A: >\n	  one":                      {"1 `>` text of several lines stands between \"\"\" and \"\"\"; > begins none => env: A: \"one\\n\""},
		"	labels: nats.io/foo: \"x\"":             {"1 `nats.io/foo` the key nats.io/foo needs quotes => labels: \"nats.io/foo\": \"x\""},
		"	labels: app.team: \"x\"":                {"1 `app.team` the key app.team needs quotes => labels: \"app.team\": \"x\""},
		"	labels: {team-a: \"x\", b: \"y\"}":      {"1 `team-a` the key team-a needs quotes => labels: {\"team-a\": \"x\", b: \"y\"}"},
		"	mappings: orders.*: \"x\"":              {"1 `orders.*` the key orders.* needs quotes => mappings: \"orders.*\": \"x\""},
		"	123: \"x\"":                             {"1 `123` the key 123 needs quotes => \"123\": \"x\""},
		"	cluster.replicas: 3":                    {"1 `cluster.replicas` a path is written with colons, not with dots => cluster: replicas: 3"},
		"	cluster: replicas = 3":                  {"1 `=` a field and its value are joined by a colon, not by = => cluster: replicas: 3"},
		"	cluster: {\n		replicas = 3\n	}":         {"2 `=` a field and its value are joined by a colon, not by = => replicas: 3"},
		"	cluster = {\n		replicas: 3\n	}":         {"1 `=` a field and its value are joined by a colon, not by = => cluster: {"},
		"	cluster: replicas => 3":                 {"1 `=>` a field and its value are joined by a colon, not by => => cluster: replicas: 3"},
		"	cluster {\n		replicas: 3\n	}":           {"1 `{` a colon is missing between the field and its value => cluster: {"},
		"	max_payload 8":                          {"1 `8` a colon is missing between the field and its value => max_payload: 8"},
		"	name \"nats\"":                          {"1 `\"` a colon is missing between the field and its value => name: \"nats\""},
		"	size: 10Gb":                             {"1 `10Gb` 10Gb is text, and text stands in quotes => size: \"10Gi\""},
		"	lameDuckDuration: 60s":                  {"1 `60s` 60s is text, and text stands in quotes => lameDuckDuration: \"60s\""},
		"	limits: {cpu: 500m, memory: \"1Gi\"}":   {"1 `500m` 500m is text, and text stands in quotes => limits: {cpu: \"500m\", memory: \"1Gi\"}"},
		"	tag: 2.12.1-alpine":                     {"1 `2.12.1-alpine` 2.12.1-alpine is text, and text stands in quotes => tag: \"2.12.1-alpine\""},
		"	cidr: 10.0.0.0/8":                       {"1 `10.0.0.0/8` 10.0.0.0/8 is text, and text stands in quotes => cidr: \"10.0.0.0/8\""},
		"	url: nats://nats:4222":                  {"1 `nats://nats:4222` nats://nats:4222 is text, and text stands in quotes => url: \"nats://nats:4222\""},
		"	urls: [tls://a:7422, \"tls://b:7422\"]": {"1 `tls://a:7422` tls://a:7422 is text, and text stands in quotes => urls: [\"tls://a:7422\", \"tls://b:7422\"]"},
		"	cluster: name: my cluster":              {"1 `my cluster` my cluster is text, and text stands in quotes => cluster: name: \"my cluster\""},
		"	dir: /data/jetstream":                   {"1 `/data/jetstream` /data/jetstream is text, and text stands in quotes => dir: \"/data/jetstream\""},
		"	allow: [orders.>]":                      {"1 `orders.>` orders.> is text, and text stands in quotes => allow: [\"orders.>\"]"},
		"	allow: [$JS.API.>, >]":                  {"1 `$JS.API.>` $JS.API.> is text, and text stands in quotes => allow: [\"$JS.API.>\", >]", "1 `>` > is text, and text stands in quotes => allow: [\"$JS.API.>\", \">\"]"},
		"	host: *.example.com":                    {"1 `*.example.com` *.example.com is text, and text stands in quotes => host: \"*.example.com\""},
		"	cluster: {enabled: true replicas: 3}":   {"1 ` ` a comma is missing here => cluster: {enabled: true, replicas: 3}"},
		"	cluster: replicas: 3 name: \"n\"":       {"1 ` ` a comma is missing here => cluster: replicas: 3, name: \"n\""},
		"	serverTags: [\"a\" \"b\"]":              {"1 ` ` a comma is missing here => serverTags: [\"a\", \"b\"]"},
		"	cluster: {replicas: 3,, port: 6222}":    {"1 `,` this comma is one too many => cluster: {replicas: 3, port: 6222}"},
		"	cluster: replicas: 3;":                  {"1 `;` a field ends with its line or with a comma, not with ; => cluster: replicas: 3"},
		"	cluster: {replicas: 3; port: 6222}":     {"1 `;` a field ends with its line or with a comma, not with ; => cluster: {replicas: 3, port: 6222}"},
		"	cluster: {replicas: 3; port: 6222;}":    {"1 `;` a field ends with its line or with a comma, not with ; => cluster: {replicas: 3, port: 6222}"},
		"	name: \"nats":                           {"1 `\"nats` the text that begins here does not end on its line => name: \"nats\""},
		"	cluster: {name: \"nats}":                {"1 `\"nats}` the text that begins here does not end on its line => cluster: {name: \"nats\"}"},
		"	name: nats\"":                           {"1 `nats\"` a text ends here that does not begin => name: \"nats\""},
		"	name: “nats”":                           {"1 `“nats”` text stands between plain quotes, as in \"text\" => name: \"nats\""},
		"	name: `nats`":                           {"1 ``nats`` text stands between plain quotes, as in \"text\" => name: \"nats\""},
		"	env: A: \"\"\"text\"\"\"":               {"1 `\"\"\"text\"\"\"` text on one line stands between single \", and \"\"\" is for text of several lines => env: A: \"text\""},
		"	env: A: \"C:\\path\"":                   {"1 `\\p` \\p stands for nothing in a text => env: A: \"C:\\\\path\""},
		"	defaultMode: 0644":                      {"1 `0644` 0644 is no number: one to the base of 8 begins with 0o => defaultMode: 0o644"},
		"	cluster: [replicas: 3]":                 {"1 `[replicas: 3]` fields stand in { }, and [ ] is for the elements of a list => cluster: {replicas: 3}"},
		"	namespace: {{ .Values.ns }}":            {"1 `{{ .Values.ns }}` {{ .Values.ns }} is not filled in: an intent has no templates => the value itself; where environments differ, each says its own in overlays/<env>/intent.cue"},
		"	{{- if .Values.x }}\n	name: \"n\"\n	{{- end }}": {
			"1 `{{- if .Values.x }}` {{- if .Values.x }} is not filled in: an intent has no templates => the value itself; where environments differ, each says its own in overlays/<env>/intent.cue",
			"3 `{{- end }}` {{- end }} is not filled in: an intent has no templates => the value itself; where environments differ, each says its own in overlays/<env>/intent.cue",
		},
		"	namespace: ${NS}":          {"1 `${NS}` ${NS} is not filled in: an intent has no templates => the value itself; where environments differ, each says its own in overlays/<env>/intent.cue"},
		"	enabled: ~":                {"1 `~` ~ is no value => leave the field out, where nothing is to be said"},
		"	<<: *anchor":               {"1 `<<: *anchor` YAML's anchors and aliases are not CUE => a field of its own outside of intent, such as _shared: {...}, and _shared where it is to stand"},
		"	cluster: &c {replicas: 3}": {"1 `&c` YAML's anchors and aliases are not CUE => a field of its own outside of intent, such as _shared: {...}, and _shared where it is to stand"},
		"	cluster:":                  {"1 `cluster` cluster has no value => cluster: and the value, or no cluster"},
		"	cluster: {replicas: }":     {"1 `replicas` replicas has no value => replicas: and the value, or no replicas"},
		"	let n =":                   {"1 `n` n has no value => n: and the value, or no n"},
		"	cluster: {\n		replicas: 3": {"1 `{` this { is never closed => a } on a line of its own below line 7"},
		"	cluster: {replicas: 3":     {"1 `{` this { is never closed => cluster: {replicas: 3}"},
		"	cluster: replicas: 3\n}":   {"3 `}` this } closes nothing => leave it out"},
		"	serverTags: [\n		\"a\",\n		\"b\",\n\n	name: \"n\"": {"1 `[` this [ is never closed => a ] on a line of its own below line 8"},
		"	serverTags: [\"a\"\n	name: \"n\"":                  {"1 `[` this [ is never closed => serverTags: [\"a\"]"},
		"	cluster: replicas: 3 and more":                     {"1 `and more` the value ends before \"and more\" => cluster: replicas: 3 // and more"},
		"	cluster: replicas: 3!":                             {"1 `!` ! means nothing here => cluster: replicas: 3"},
		"	name:\u00a0\"n\"":                                  {"1 `\u00a0` an invisible character, U+00A0, stands here => name: \"n\""},
		"---\n	name: \"n\"":                                  {"1 `---` --- is of YAML, and nothing in CUE => leave it out"},
		"<<<<<<< HEAD\n	a: 1\n=======\n	a: 2\n>>>>>>> x":     {"1 `<<<<<<< HEAD` a conflict of a merge stands here => one of the two sides, without the lines <<<<<<<, ======= and >>>>>>> (to line 10)"},
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			f := read(body)
			require.Equal(t, want, told(body, f))
			require.NotNil(t, f.AST, "the rest of the file is read")
			require.True(t, f.Mended())
		})
	}
}

// The head of a file.
func TestHeads(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"package prod-eu\n\nintent: {}\n":                              "package prod_eu",
		"package \"prod\"\n\nintent: {}\n":                             "package prod",
		"package 2nd\n\nintent: {}\n":                                  "package env_2nd",
		"package prod;\n\nintent: {}\n":                                "package prod",
		"package prod\n\nimport example.com/base\n\nintent: {}\n":      `import "example.com/base"`,
		"package prod\n\nimport \"example.com/base\n\nintent: {}\n":    `import "example.com/base"`,
		"package prod\n\nintent: {}\nimport \"example.com/base\"\n":    `import "example.com/base", below package prod`,
		"package prod\n\nintent: base.intent {\n\treplicas: 3\n}\n":    "intent: base.intent & {",
		"package prod\n\nintent = base.intent & {\n\treplicas: 3\n}\n": "intent: base.intent & {",
	} {
		f := Read("intent.cue", []byte(text))
		require.Len(t, f.Mistakes, 1, text)
		require.Equal(t, want, f.Mistakes[0].Mend, text)
		require.NotNil(t, f.AST, text)
	}
}

// Several mistakes in one file are as many, and none that only follows.
func TestSeveral(t *testing.T) {
	t.Parallel()
	body := "	# three servers\n	cluster: replicas = 3\n	labels: team-a: x\n	tolerations:\n	- key: a\n	name: \"nats\n	resources: limits: memory: 1GB"
	f := read(body)
	require.Equal(t, []string{
		"1 `# three servers` a comment begins with //, not with # => // three servers",
		"2 `=` a field and its value are joined by a colon, not by = => cluster: replicas: 3",
		"3 `team-a` the key team-a needs quotes => labels: \"team-a\": x",
		"5 `-` a list stands in [ ], with commas between its elements; CUE has no dashes => tolerations: [{key: \"a\"}]",
		"6 `\"nats` the text that begins here does not end on its line => name: \"nats\"",
		"7 `1GB` 1GB is text, and text stands in quotes => resources: limits: memory: \"1Gi\"",
	}, told(body, f))
	text, err := format.Node(f.AST)
	require.NoError(t, err)
	for _, want := range []string{"replicas: 3", `"team-a":  x`, `tolerations: [{key: "a"}]`, `memory: "1Gi"`} {
		require.Contains(t, string(text), want)
	}
}

// What nobody can mend is told once, in plain words, and the file is not gone on with.
func TestUnmended(t *testing.T) {
	t.Parallel()
	body := "	cluster: replicas: 3\n	- user: a\n	  b: c"
	f := read(body)
	require.Equal(t, []string{"2 `-` a list stands in [ ], with commas between its elements; CUE has no dashes => name: [a, b] for a list, name: {...} for what has a name"}, told(body, f))
	require.Nil(t, f.AST)

	body = "	if .x { cluster: replicas: 3 }\n	cluster: )( 3"
	f = read(body)
	require.Equal(t, []string{"1 `.` a value is missing before . => "}, told(body, f))
	require.Nil(t, f.AST)
}

// A place in what is read leads to the place in what the user wrote.
func TestPlaces(t *testing.T) {
	t.Parallel()
	body := "	labels: {team-a: \"x\", b: \"y\"}, name: \"n\" # here"
	f := read(body)
	require.Len(t, f.Mistakes, 2)
	seen := map[string]string{}
	ast.Walk(f.AST, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok {
			at := field.Label.Pos().Position()
			name, _, err := ast.LabelName(field.Label)
			require.NoError(t, err)
			line, column, _ := f.Place(at.Line, at.Column, len(name))
			seen[name] = fmt.Sprintf("%d:%d", line, column)
		}
		return true
	}, nil)
	require.Equal(t, map[string]string{"intent": "5:1", "labels": "6:2", "team-a": "6:11", "b": "6:24", "name": "6:33"}, seen)
}

// A file without a mistake is what CUE reads.
func TestNoMistake(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"	cluster: x={name: \"a\", port: 6222}\n	monitor: port: x.port",
		"	#Team: {name: string}\n	let n = 3\n	cluster: replicas: n - 1",
		"	if true {cluster: replicas: -1}\n	for k in [\"a\"] {env: \"\\(k)\": \"# b\"}",
		"	env: A: \"\"\"\n		- one\n		key: two # three\n		\"\"\"",
		"	limits: pingMax: >2 & <5",
		"	a: [\n		1,\n		-2,\n	]",
	} {
		f := read(body)
		require.Empty(t, f.Mistakes, body)
		require.False(t, f.Mended())
		want, err := parser.ParseFile("", head+body+"\n}\n")
		require.NoError(t, err)
		a, _ := format.Node(want)
		b, err := format.Node(f.AST)
		require.NoError(t, err)
		require.Equal(t, string(a), string(b))
	}
}

// Whatever a file holds, reading ends, with places that are in it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"a: {\n- b\n", "a: |\n b", "\"\"\"", "<<<<<<<\n=======\n>>>>>>>", "a: [{(\n", "import \"x", "{{", "a: 'b\n", "\\", "a: 08"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		text := head + body
		read := Read("x.cue", []byte(text))
		n := strings.Count(text, "\n") + 1
		for _, m := range read.Mistakes {
			if m.Line < 1 || m.Line > n || m.Column < 1 || m.Length < 0 || m.Message == "" {
				t.Errorf("%q: %+v", body, m)
			}
		}
		if read.AST == nil && len(read.Mistakes) == 0 {
			t.Errorf("%q: neither read nor told", body)
		}
	})
}
