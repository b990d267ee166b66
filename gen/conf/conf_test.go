package conf

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/language"
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
			require.Empty(t, checked(t, c, in, Pods(in)))
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
			option = general(option)
			made[option] = append(made[option], strings.Join(n.From, "."))
		})
	}
	fields := 0
	var walk func(f *language.Field)
	walk = func(f *language.Field) {
		for _, option := range f.Nats {
			if f.Path == "extraConfig" {
				continue
			}
			fields++
			// A switch, such as monitor.enabled, has its say through its neighbours.
			within := pattern(strings.TrimSuffix(f.Path, ".enabled"))
			related := func(from string) bool {
				return from != "" && (within.MatchString(from) || strings.HasPrefix(f.Path, from+"."))
			}
			assert.True(t, slices.ContainsFunc(made[option], related), "option %s of field %s: %q", option, f.Path, made[option])
		}
		for _, c := range f.Children {
			walk(c)
		}
	}
	root, err := language.Root()
	require.NoError(t, err)
	walk(root)
	require.Greater(t, fields, 250)
}

var (
	indices = regexp.MustCompile(`\[\d+\]`)
	ofMany  = regexp.MustCompile(`^accounts\.[^.]+`)
)

// general is an option without the names of accounts and the places in lists.
func general(option string) string {
	return ofMany.ReplaceAllString(indices.ReplaceAllString(option, ""), "accounts")
}

// pattern matches a field, whatever the keys and indices on its path, and all below it.
func pattern(path string) *regexp.Regexp {
	text := regexp.QuoteMeta(path)
	text = strings.ReplaceAll(text, language.AnyKey, `[^.]+`)
	text = strings.ReplaceAll(text, regexp.QuoteMeta(language.Element), `\.\d+`)
	return regexp.MustCompile(`^` + text + `(\.|$)`)
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
			require.Empty(t, checked(t, c, in, Pods(in)))
		})
	}
}

// Answers of OCSP responders are not kept in the image, whose file system is read-only, and can be on a volume.
func TestOCSPCache(t *testing.T) {
	t.Parallel()
	const peer = `{nats: tls: {secretName: "s", ca: "ca.crt", verify: true, ocspPeer: {}}, jetstream: fileStore: {}}`
	for name, test := range map[string]struct {
		source string
		extra  map[string]any
		want   string
	}{
		"nobody is asked": {`{nats: tls: secretName: "s"}`, nil, ""},
		"asked anew":      {peer, nil, "ocsp_cache: false\n"},
		"on a volume": {peer, map[string]any{"ocsp_cache": map[string]any{"type": "local", "local_store": "/data/ocsp"}},
			"ocsp_cache {\n  local_store: \"/data/ocsp\"\n  type: \"local\"\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := newIntent(t, test.source)
			in.ExtraConfig = test.extra
			c, found := Build(in)
			require.Empty(t, found)
			require.Empty(t, checked(t, c, in, Pods(in)))
			require.Equal(t, test.want, regexp.MustCompile(`(?ms)^ocsp_cache( \{.*?^\}|:[^\n]*)\n`).FindString(string(c.Text())))
		})
	}
}
