package diag

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// files is what the users of the examples wrote.
var files = map[string]string{
	"overlays/prod/intent.cue": `package prod

import "github.com/natsyard/natsyard/base"

intent: base.intent & {
	cluster: replicas: 3

	jetstream: {
		memoryStore: maxSize: "2Gi"
	}
	resources: limits: memory: "1Gi"
}
`,
	"base/intent.cue":         "intent: {\r\n\tserverTags: [\"süd\", \"東京\", \"x\u0301y\"]\r\n}",
	"overlays/dev/intent.cue": "intent: {" + strings.Repeat("a: 1, ", 200_000) + "bad: 1, " + strings.Repeat("b: 2, ", 50) + "}",
	"overlays/qa/intent.cue":  "intent: {\n\tname: \"\x1b[2J\u202egnp\u00a0\xff\"\n}\n",
}

func source(file string) ([]byte, error) {
	if src, ok := files[file]; ok {
		return []byte(src), nil
	}
	return nil, os.ErrNotExist
}

func at(file string, line, column, length int) Span {
	return Span{File: file, Line: line, Column: column, Length: length}
}

// examples are the findings of each golden file.
var examples = map[string]List{
	"one": {{
		Rule:     "memory-store-fits-limit",
		Severity: Error,
		Message:  "memory store 2Gi does not fit under the memory limit 1Gi",
		Span:     at("overlays/prod/intent.cue", 9, 25, 5),
		Path:     "jetstream.memoryStore.maxSize",
		Why:      "the store lives in the server's memory; past the limit the kernel kills the server",
		Mend:     `resources: limits: memory: "4Gi"`,
		Related:  []Related{{Span: at("overlays/prod/intent.cue", 11, 29, 5), Message: "the memory limit"}},
	}},
	"several": {
		{Rule: "b", Severity: Error, Message: "beyond the end of its line", Span: at("overlays/prod/intent.cue", 6, 999, 9)},
		{Rule: "b", Severity: Error, Message: "beyond the end of the file", Span: at("overlays/prod/intent.cue", 99, 1, 1)},
		{Rule: "a", Severity: Error, Message: "of a whole file", Span: Span{File: "base/intent.cue"}},
		{Rule: "a", Severity: Error, Message: "of a file that cannot be read", Span: at("base/gone.cue", 1, 2, 3)},
		{
			Rule: "schema", Severity: Error, Message: `unknown field "replica"`, Span: at("overlays/prod/intent.cue", 6, 2, 7),
			Allowed: "enabled, replicas, name", Mend: "cluster: {\n\treplicas: 3\n}",
		},
		{Rule: "prod-replicas", Severity: Warning, Message: "an even number of servers", Span: at("overlays/prod/intent.cue", 6, 21, 1)},
		{Rule: "prod-replicas", Severity: Warning, Message: "an even number of servers", Span: at("overlays/prod/intent.cue", 6, 21, 1)},
		{Rule: "none", Severity: Warning, Message: "of no file"},
	},
	"bytes-and-cells": {
		{Rule: "umlaut", Severity: Error, Message: "under süd", Span: at("base/intent.cue", 2, 15, 6)},
		{Rule: "wide", Severity: Error, Message: "under 東京", Span: at("base/intent.cue", 2, 23, 8)},
		{Rule: "combining", Severity: Error, Message: "under x́y", Span: at("base/intent.cue", 2, 33, 6)},
		{Rule: "inside", Severity: Error, Message: "in the middle of ü", Span: at("base/intent.cue", 2, 18, 1)},
	},
	"long-line": {
		{Rule: "start", Severity: Error, Message: "at its start", Span: at("overlays/dev/intent.cue", 1, 1, 6)},
		{Rule: "middle", Severity: Error, Message: "in the middle", Span: at("overlays/dev/intent.cue", 1, 1_200_010, 3)},
		{Rule: "whole", Severity: Error, Message: "all of it", Span: at("overlays/dev/intent.cue", 1, 9, 1<<62)},
		{Rule: "end", Severity: Error, Message: "at its end", Span: at("overlays/dev/intent.cue", 1, len(files["overlays/dev/intent.cue"]), 1)},
	},
	"hostile": {{
		Rule:     "name\x07",
		Severity: Error,
		Message:  "name \"\x1b[2J\u202egnp\" has\nforged.cue:1:1: lines",
		Span:     at("overlays/qa/intent.cue", 2, 8, 14),
		Why:      "\u009b31m",
		Mend:     "name: \"\x1b]0;title\x07\"",
		Related:  []Related{{Span: Span{File: "\x1b[H"}, Message: "\r"}},
	}},
}

// What may be a secret is in no output, nor is what stands behind it on its line.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	list := List{{
		Rule: "secret-in-the-clear", Severity: Error, Message: "a password stands here in the clear", Secret: true,
		Span: at("overlays/prod/intent.cue", 9, 25, 5),
	}}
	for _, format := range Formats() {
		var out bytes.Buffer
		require.NoError(t, Write(&out, Format(format), list, Options{Source: source}))
		require.NotContains(t, out.String(), "2Gi", format)
	}
	var out bytes.Buffer
	require.NoError(t, Text(&out, list, Options{Source: source}))
	require.Contains(t, out.String(), "    9 |         memoryStore: maxSize: …\n      |                               ^\n")
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, list := range examples {
		for _, format := range Formats() {
			checkGolden(t, name+"."+format, func(w io.Writer) error {
				return Write(w, Format(format), list, Options{Source: source, Version: "v1.2.3"})
			})
		}
	}
	checkGolden(t, "one.color", func(w io.Writer) error {
		return Text(w, append(examples["one"], examples["several"][5]), Options{Source: source, Color: true})
	})
	checkGolden(t, "one.nosource", func(w io.Writer) error {
		return Text(w, examples["one"], Options{})
	})
}

func checkGolden(t *testing.T, name string, print func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	require.NoError(t, print(&got), name)
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestNoFindings(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"text":  "",
		"json":  `"findings": []`,
		"sarif": `"results": []`,
	}
	for _, format := range Formats() {
		var got strings.Builder
		require.NoError(t, Write(&got, Format(format), nil, Options{}))
		require.Contains(t, got.String(), want[format])
		require.Equal(t, want[format] == "", got.String() == "")
	}
}

func TestUnknownFormat(t *testing.T) {
	t.Parallel()
	err := Write(io.Discard, "xml", nil, Options{})
	require.EqualError(t, err, `unknown format "xml": want one of text, json, sarif, github`)
}

type fullDisk struct{}

var errFull = errors.New("no space left on device")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteFails(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		require.ErrorIs(t, Write(fullDisk{}, Format(format), examples["one"], Options{}), errFull, format)
	}
}

// A reader of the JSON gets back what the finding said.
func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, JSON(&out, examples["several"]))
	var got struct {
		Findings         List
		Errors, Warnings int
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Equal(t, examples["several"].Sorted(), got.Findings)
	require.Equal(t, []int{5, 2}, []int{got.Errors, got.Warnings})
}

// GitHub refuses a report in which a result has no rule, no text or no start line:
// docs.github.com, "SARIF support for code scanning".
func TestSARIFIsWhatGitHubTakes(t *testing.T) {
	t.Parallel()
	for name, list := range examples {
		var out bytes.Buffer
		require.NoError(t, SARIF(&out, list, Options{Source: source}))
		var log sarifLog
		require.NoError(t, json.Unmarshal(out.Bytes(), &log))
		run := log.Runs[0]
		require.Len(t, run.Results, len(list.Sorted()), name)
		for _, r := range run.Tool.Driver.Rules {
			for _, text := range []string{r.ID, r.ShortDescription.Text, r.FullDescription.Text, r.Help.Text} {
				require.NotEmpty(t, text, name)
			}
		}
		for _, r := range run.Results {
			require.Equal(t, run.Tool.Driver.Rules[r.RuleIndex].ID, r.RuleID, name)
			require.NotEmpty(t, r.Message.Text, name)
			require.Len(t, r.Locations, 1, name)
			require.NotEmpty(t, r.Locations[0].Physical.Artifact.URI, name)
			require.Positive(t, r.Locations[0].Physical.Region.StartLine, name)
		}
	}
}

// The caret of each excerpt stands under the first cell of the place and covers it.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line           string
		column, length int
		want           excerpt
	}{
		{"", 1, 0, excerpt{"", 0, 1}},
		{"a: 1", 0, 0, excerpt{"a: 1", 0, 1}},
		{"a: 1", -7, -7, excerpt{"a: 1", 0, 1}},
		{"a: 1", 4, 1, excerpt{"a: 1", 3, 1}},
		{"\ta: 1", 2, 4, excerpt{"    a: 1", 4, 4}},
		{"\t\ta", 2, 1, excerpt{"        a", 4, 4}},
		{"東: 1", 4, 1, excerpt{"東: 1", 2, 1}},
		{"東: 1", 1, 3, excerpt{"東: 1", 0, 2}},
		{"e\u0301: 1", 6, 1, excerpt{"e\u0301: 1", 3, 1}},
		{"\xff: 1", 4, 1, excerpt{`\xff: 1`, 6, 1}},
		{"a: 1   ", 99, 9, excerpt{"a: 1", 7, 1}},
	} {
		require.Equal(t, c.want, excerptOf(c.line, c.column, c.length), "%q %d %d", c.line, c.column, c.length)
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	l := List{{Span: at("a.cue", 1, 2, 3), Related: []Related{{Span: at("b.cue", 4, 5, 6)}}}, {Message: "nowhere"}}
	require.Equal(t, List{{Span: at("x/y/a.cue", 1, 2, 3), Related: []Related{{Span: at("x/y/b.cue", 4, 5, 6)}}}, {Message: "nowhere"}}, l.Under("x/y"))
	require.Equal(t, "a.cue", l[0].Span.File, "what was found stays")
	require.Equal(t, "b.cue", l[0].Related[0].Span.File)
}

// Folded into one paragraph, the sentences still read as such.
func TestProse(t *testing.T) {
	t.Parallel()
	const name = "parameter set: cluster.replicas"
	l := List{{
		Rule: "value-contradiction", Message: "cluster.replicas is given two values, 5 and 3", Span: at(name, 1, 19, 1),
		Allowed: "a whole number from 1 to 99", Mend: "cluster: {\n    replicas: 5\n}",
		Related: []Related{{Span: at("overlays/prod/intent.cue", 6, 21, 0), Message: "the other value"}},
	}, {
		Rule: "image-version", Severity: Warning, Message: "old\n", Span: at("base/intent.cue", 1, 1, 0), Why: "it is\x1b",
	}, {
		Message: "nowhere", Mend: `a: "b"`,
	}}
	var out bytes.Buffer
	require.NoError(t, Prose(&out, l, Options{Source: source, Named: map[string]string{name: "cluster.replicas: 5"}}))
	require.Equal(t, `2 errors, 1 warning in 1 file:

1. nowhere.
   Mend: a: "b"

2. base/intent.cue:1:1: warning: old\n.
   Why: it is\x1b.
   [image-version]

3. parameter set: cluster.replicas: cluster.replicas is given two values, 5 and 3.
   Allowed: a whole number from 1 to 99.
   See overlays/prod/intent.cue:6:21: the other value.
   Mend: cluster: {
             replicas: 5
         } [value-contradiction]
`, out.String())

	out.Reset()
	require.NoError(t, Prose(&out, nil, Options{}))
	require.Empty(t, out.String())
}

// What is in no file is shown without line and column, and does not count as one.
// A name of the user's in a mend of several lines begins no line that GitHub would take for a command.
func TestLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: {\n\tb: 1\n}":              "a: {\n    b: 1\n}",
		"a\n::error::b\x1b":            `a\n::error::b\x1b`,
		"a\n \t::error::b\n##[debug]c": `a\n     ::error::b\n##[debug]c`,
		"::":                           "::",
	} {
		require.Equal(t, want, Lines(text))
	}
	found := List{{Rule: "r", Severity: Error, Message: "m", Mend: "overlays/b\n::error::x"}}
	for _, write := range []func(io.Writer, List, Options) error{Text, Prose, GitHub} {
		var out bytes.Buffer
		require.NoError(t, write(&out, found, Options{}))
		require.NotRegexp(t, `(?m)^\s*::error::x`, out.String())
	}
}

func TestTextNamed(t *testing.T) {
	t.Parallel()
	const name = "parameter set: cluster.replicas"
	var out bytes.Buffer
	require.NoError(t, Text(&out, List{{
		Message: "cluster.replicas is given two values, 5 and 3", Span: at(name, 1, 19, 1),
		Related: []Related{{Span: at("overlays/prod/intent.cue", 6, 21, 0), Message: "the other value"}},
	}, {
		Message: "three is no number", Span: Span{File: name},
	}}, Options{Source: source, Named: map[string]string{name: "cluster.replicas: 5"}}))
	require.Equal(t, `parameter set: cluster.replicas: three is no number

parameter set: cluster.replicas: cluster.replicas is given two values, 5 and 3
      | cluster.replicas: 5
      |                   ^
  see  overlays/prod/intent.cue:6:21: the other value

2 errors
`, out.String())
}
