package conf

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/intent"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are the intents of testdata.
func goldens(t testing.TB) map[string]*intent.Intent {
	files, err := filepath.Glob("testdata/*.cue")
	require.NoError(t, err)
	intents := map[string]*intent.Intent{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		intents[strings.TrimSuffix(file, ".cue")] = newIntent(t, string(source))
	}
	return intents
}

func TestTextIsGoldenAndTheServerTakesIt(t *testing.T) {
	t.Parallel()
	for name, in := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, found := Build(in)
			require.Empty(t, found)
			require.Empty(t, Check(c, in, Pods(in)))
			if *update {
				require.NoError(t, os.WriteFile(name+".conf", c.Text(), 0o644))
			}
			want, err := os.ReadFile(name + ".conf")
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), string(c.Text())))
			again, _ := Build(in)
			require.Equal(t, c.Text(), again.Text())
		})
	}
}

// Every @nats attribute of the language names an option that the field becomes in one of the
// golden intents, and the option knows the field that it comes from.
func TestEveryFieldBecomesItsOption(t *testing.T) {
	t.Parallel()
	made := map[string][]string{}
	for _, in := range goldens(t) {
		c, _ := Build(in)
		c.root.Walk(func(option string, n *tree.Node) {
			option, _, _ = strings.Cut(option, "[")
			made[option] = append(made[option], strings.Join(n.From, "."))
		})
	}
	fields := attributes(t)
	require.Greater(t, len(fields), 45)
	delete(fields, "extraConfig")
	for field, option := range fields {
		related := func(from string) bool {
			// A switch, such as monitor.enabled, has its say through its neighbours.
			within := strings.TrimSuffix(field, ".enabled")
			return from != "" && (strings.HasPrefix(from+".", within+".") || strings.HasPrefix(field, from+"."))
		}
		require.True(t, slices.ContainsFunc(made[option], related), "option %s of field %s: %q", option, field, made[option])
	}
}

// attributes are the options that the language's @nats attributes name, by field.
func attributes(t testing.TB) map[string]string {
	newIntent(t, `{}`)
	grammar.Lock()
	defer grammar.Unlock()
	options := map[string]string{}
	var walk func(path string, v cue.Value)
	walk = func(path string, v cue.Value) {
		fields, err := v.Fields(cue.Optional(true))
		if err != nil {
			return // not a struct
		}
		for fields.Next() {
			field := strings.TrimPrefix(path+"."+fields.Selector().Unquoted(), ".")
			if attr := fields.Value().Attribute("nats"); attr.Err() == nil {
				option, err := attr.String(0)
				require.NoError(t, err)
				options[field] = option
			}
			walk(field, fields.Value())
		}
	}
	walk("", grammar.intent)
	return options
}

func TestDurationsAreQuotedAndSizesAreNot(t *testing.T) {
	t.Parallel()
	in := newIntent(t, `{limits: {maxPayload: "8Mi", writeDeadline: "5s"}, jetstream: fileStore: maxSize: "9Gi"}`)
	c, _ := Build(in)
	text := string(c.Text())
	require.Contains(t, text, "max_payload: 8Mi\n")
	require.Contains(t, text, "max_file_store: 9Gi\n")
	require.Contains(t, text, "write_deadline: \"5s\"\n")
}

func TestStoresThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, want string }{
		"memory only":           {`{jetstream: memoryStore: maxSize: "1Gi"}`, "max_file_store: 0\n  max_memory_store: 1Gi\n"},
		"file only":             {`{jetstream: fileStore: maxSize: "1Gi"}`, "max_file_store: 1Gi\n  max_memory_store: 0\n"},
		"memory without limit":  {`{jetstream: memoryStore: {}}`, "max_file_store: 0\n  store_dir"},
		"file without a volume": {`{jetstream: fileStore: pvc: enabled: false}`, "{\n  max_memory_store: 0\n  store_dir"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newIntent(t, test.source)
			c, _ := Build(in)
			require.Contains(t, string(c.Text()), test.want)
			require.Empty(t, Check(c, in, Pods(in)))
		})
	}
}
