package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// files are written over those of a new repository; a name without a folder is in overlays/prod.
type files map[string]string

// again repeats a text, in which {i} stands for the number from 0 on, and {j} for the next.
func again(n int, text string) string {
	if !strings.Contains(text, "{i}") {
		return strings.Repeat(text, n)
	}
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("{i}", strconv.Itoa(i), "{j}", strconv.Itoa(i+1)).Replace(text))
	}
	return b.String()
}

func within(n int, open, inner, end string) string { return again(n, open) + inner + again(n, end) }

// source is an intent in which something stands before or behind it too.
func source(text string, imports ...string) files {
	return files{"intent.cue": "package prod\n\nimport (\n\t\"example.com/nats/base\"\n" + strings.Join(imports, "\n") + "\n)\n\n" + text + "\n"}
}

// saying is an intent of some fields.
func saying(fields string, imports ...string) files {
	return source("intent: base.intent & {"+fields+"}", imports...)
}

// adding is an intent with a kustomize file of the user's own.
func adding(field, file string) files {
	f := saying("kustomize: " + field)
	f["own.yaml"] = file
	return f
}

// many are files whose name and content may hold {i} and {j}.
func many(n int, name, content string) files {
	f := files{}
	for i := range n {
		r := strings.NewReplacer("{i}", strconv.Itoa(i), "{j}", strconv.Itoa(i+1))
		f[r.Replace(name)] = r.Replace(content)
	}
	return f
}

func (f files) and(more files) files {
	for name, content := range more {
		f[name] = content
	}
	return f
}

// What is said of work that is let go of: of its time or its memory, as the machine has it.
const (
	evaluated = "CUE needs more than"
	memory    = "CUE needs more than 512 MiB of memory to evaluate this"
	proof     = "natsyard needs more than"
	deep      = "this is nested more than 1000 deep"
)

const (
	n                   = 100_000
	large               = 4_000_000 // a file may have 4 MiB
	config              = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	laughter            = "a0: &a0 [x, x, x, x, x, x, x, x, x]"
	laugh               = "a{j}: &a{j} [*a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}, *a{i}]"
	toResource, toPatch = `resources: ["own.yaml"]`, `patches: [{path: "own.yaml", target: kind: "StatefulSet"}]`
)

type hostile struct {
	files files
	want  string
}

// hostileOnes are repositories that were written to hang the program, to crash it or to fill the memory,
// each with what is said of it; "" of those that are rendered nonetheless. It is a function because
// every run of natsyard in a script begins with what this package makes of its variables.
func hostileOnes() map[string]hostile {
	return map[string]hostile{
		// Nesting.
		"braces":         {saying("extraConfig: x: " + within(n, "{a: ", "1", "}")), deep},
		"brackets":       {saying("extraConfig: x: " + within(n, "[", "", "]")), deep},
		"parentheses":    {saying("name: " + within(n, "(", `"a"`, ")")), deep},
		"interpolations": {saying("name: " + within(n, `"\(`, `"a"`, `)"`)), deep},
		"comprehensions": {saying(within(n, "if true {", `name: "a"`, "}")), deep},
		"fields":         {saying("extraConfig: " + again(n, "a: ") + "1"), deep},
		"conjunctions":   {source("intent: " + again(n, "base.intent & ") + "{}"), deep},
		"choices":        {saying("cluster: replicas: 3" + again(n, " | {i}")), deep},
		"open braces":    {source("intent: " + again(n, "{")), deep},
		"deep JSON":      {saying(`extraConfig: x: json.Unmarshal(strings.Repeat("[", 9000) + strings.Repeat("]", 9000))`, `"strings"`, `"encoding/json"`), "extraConfig.x is nested more than 100 deep"},

		// What grows with the power of what is written.
		"choices of numbers": {saying("cluster: replicas: 3" + again(30, " & (1 | 2 | 3)")), ""},
		"choices of structs": {saying("extraConfig: {}" + again(30, " & ({a{i}: 1} | {a{i}: 2})")), evaluated},
		"choices in choices": {source(again(3, "#S{i}: {t: {i}, x?: #S0 | #S1 | #S2}\n") + "intent: base.intent & {extraConfig: #S0 & {" + within(20, "x: {", "y: 1", "}") + "}}"), evaluated},
		"ranges in ranges":   {saying("extraConfig: {" + again(40, "for a{i} in [1, 2] ") + "{b: 1}}"), evaluated},
		"lists of lists":     {source("x0: [1]\n" + again(30, "x{j}: ["+strings.Repeat("x{i}, ", 10)+"]\n") + "intent: base.intent & {extraConfig: x: x29}"), evaluated},
		"structs of structs": {source("x0: a: 1\n" + again(40, "x{j}: {l: x{i}, r: x{i}}\n") + "intent: base.intent & {extraConfig: x39}"), evaluated},
		"texts of texts":     {source("x0: \"aaaaaaaaaa\"\n" + again(30, `x{j}: "`+strings.Repeat(`\(x{i})`, 10)+"\"\n") + "intent: base.intent & {name: x29}"), memory},
		"a chain":            {source(again(n, "x{i}: x{j}\n") + "x100000: \"a\"\nintent: base.intent & {name: x0}"), evaluated},
		"a cycle":            {source("x: {a: x}\nintent: base.intent & {extraConfig: x}"), "a structure is made of itself here, without end"},

		// Large numbers, texts, lists and files.
		"a range":           {saying(`serverTags: [for x in list.Range(0, 1000000000, 1) {"a"}]`, `"list"`), evaluated},
		"repeated lists":    {saying(`serverTags: list.Repeat(list.Repeat(["a"], 1000000), 1000000)`, `"list"`), memory},
		"a repeated text":   {saying(`name: strings.Repeat("x", 10000000000)`, `"strings"`), "strings.Repeat refuses what it is called with"},
		"repeated texts":    {saying(`name: strings.Repeat(strings.Repeat("x", 1000000), 1000000)`, `"strings"`), memory},
		"multiplied texts":  {saying(`name: "x" * 1000000 * 1000000`), memory},
		"a shifted bit":     {saying("cluster: replicas: bits.Lsh(1, 1000000000000)", `"math/bits"`), memory},
		"a power":           {saying("cluster: replicas: math.Pow(10, 1000000000)", `"math"`), "math.Pow refuses what it is called with"},
		"an exponent":       {saying("cluster: replicas: 1e999999999"), "cluster.replicas cannot be 1e999999999"},
		"digits":            {saying("cluster: replicas: " + again(large, "9")), "this number has 4000000 digits"},
		"a pattern":         {saying(`name: "a" & =~"` + again(200, "(a?){1000}") + `b"`), evaluated},
		"a backtracker":     {saying(`name: "` + again(60, "a") + `" & =~"^(a*)*(a*)*(a*)*b$"`), "name cannot be"},
		"aliases in a call": {saying("extraConfig: yaml.Unmarshal(\"\"\"\n\t"+laughter+again(12, "\n\t"+laugh)+"\n\t\"\"\")", `"encoding/yaml"`), "encoding/yaml.Unmarshal refuses what it is called with"},
		"a name":            {saying(again(large, "a") + ": 1"), "intent has no field aaa"},
		"a text":            {saying(`name: "` + again(large, "a") + `"`), "name cannot be"},
		"unknown names":     {saying(again(1_000, "a{i}: 1, ")), "intent has no field a0"},
		"accounts":          {saying("accounts: {" + again(3_000, `A{i}: users: u{i}: password: {secretName: "s", key: "k"}, `) + "}"), ""},
		"options":           {saying("extraConfig: {" + again(50_000, "a{i}: 1, ") + "}"), much},
		"small files":       {many(20_000, "f{i}.cue", "package prod\n"), ""},
		"files of fields":   {many(20, "f{i}.cue", "package prod\n"+again(200_000, "a{i}: 1\n")), evaluated},
		"the module":        {files{"cue.mod/module.cue": "module: \"example.com/nats\"\n" + again(large, `"`)}, evaluated},

		// Files of kustomize.
		"aliases":     {adding(toResource, config+"data:\n  "+laughter+again(12, "\n  "+laugh)), "own.yaml is not YAML: it is too large, or its aliases refer to each other"},
		"merged keys": {adding(toResource, config+"b0: &b0 {k: v}\n"+again(30, "b{j}: &b{j} {<<: [*b{i}, *b{i}], k{i}: *b{i}}\n")), "own.yaml is not YAML: it is too large, or its aliases refer to each other"},
		"a deep file": {adding(toResource, config+"data: "+within(n, "[", "", "]")), "own.yaml is not YAML"},
		"deep patch":  {adding(toPatch, "[{op: add, path: /spec/x, value: "+within(9_000, "{a: ", "1", "}")+"}]"), "own.yaml is not YAML: it is nested more than 100 deep"},
		"objects":     {adding(toResource, again(40_000, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a{i}}\n---\n")), proof},
		"copies":      {adding(toPatch, "- {op: add, path: /spec/x, value: [a]}\n"+again(40, "- {op: copy, from: /spec/x, path: /spec/x/-}\n")), "kustomize cannot build with own.yaml"},
		"components": {saying(`kustomize: components: ["c0"]`).
			and(many(20, "c{i}/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../c{j}, ../c{j}]\n")).
			and(files{"c20/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"}),
			"kustomize would read more than 500 files for this"},
		"replacements": {saying(`kustomize: components: ["c"]`).and(files{"c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" +
			"patches: [{target: {kind: StatefulSet}, patch: '[{\"op\": \"add\", \"path\": \"/metadata/annotations\", \"value\": {\"a\": \"xxxxxxxx-y\"}}]'}]\nreplacements:\n" +
			again(60, "- {source: {kind: StatefulSet, fieldPath: metadata.annotations.a}, targets: [{select: {kind: StatefulSet}, fieldPaths: [metadata.annotations.a], options: {delimiter: '-', index: 1}}]}\n")}),
			proof},
	}
}

// much may be too much for one or the other.
const much = "needs more than"

// Whatever a repository holds, the answer comes soon, in plain words, out of bounded memory, and
// nothing is written.
func TestHostile(t *testing.T) {
	t.Parallel()
	natsyard := buildNatsyard(t)
	for name, test := range hostileOnes() {
		t.Run(name, func(t *testing.T) {
			repo := t.TempDir()
			requireBounded(t, exec.Command(natsyard, "init", "--module", "example.com/nats", repo))
			for file, content := range test.files {
				if filepath.Dir(file) != "cue.mod" {
					file = filepath.Join("overlays/prod", file)
				}
				file = filepath.Join(repo, file)
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
			}
			code, said := requireBounded(t, exec.Command(natsyard, "-C", repo, "render", "prod"))
			if test.want == "" {
				require.Equal(t, exitFine, code)
				return
			}
			require.Equal(t, exitFindings, code)
			require.NoFileExists(t, filepath.Join(repo, "base/kustomization.yaml"))
			head, end := said[:min(len(said), 8000)], said[max(0, len(said)-200):] // it may be megabytes
			require.Contains(t, head, test.want)
			require.NotContains(t, head, "goroutine")
			require.Regexp(t, `^(overlays/prod|cue.mod/)[^ ]*: .*\n`, head)
			require.Regexp(t, `\n\d+ errors? in 1 file\n$`, end)
		})
	}
}

// requireBounded runs the program and gives its exit code and what it said. Within ten seconds by the clock:
// where others take the processor away it is that of the processor that counts, which is more than the clock's where
// the collector of garbage has a second one to itself.
func requireBounded(t *testing.T, c *exec.Cmd) (int, string) {
	t.Helper()
	const soon, memory = 10 * time.Second, 1 << 30
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c = exec.CommandContext(ctx, c.Path, c.Args[1:]...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	began := time.Now()
	err := c.Run()
	clock := time.Since(began)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	require.NoError(t, ctx.Err(), "it hangs")
	require.Less(t, min(clock, c.ProcessState.UserTime()+c.ProcessState.SystemTime()), soon)
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	require.Less(t, usage.Maxrss<<10, int64(memory), "KiB, on Linux") // of the largest process
	return c.ProcessState.ExitCode(), said.String()
}
