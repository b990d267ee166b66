package gen

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
)

var update = flag.Bool("update", false, "write anew what the mistakes are told")

// The suites hold a repository a file, as txtar. A mistake has a file want besides: all that is
// said of it.
const (
	mistakes = "testdata/mistakes"
	right    = "testdata/right"
	want     = "want"
)

// implied are the files that a repository of the suites has where it gives none of its own.
var implied = map[string]string{
	"cue.mod/module.cue": "module: \"example.com/messaging@v0\"\nlanguage: version: \"v0.13.0\"\n",
	"base/intent.cue":    "package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {}\n",
}

// archives are the files of a suite.
func archives(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	require.NoError(t, err)
	return files
}

// each runs a test for every archive of a suite, beside the others.
func each(t *testing.T, dir string, test func(t *testing.T, file string, a *txtar.Archive)) {
	t.Helper()
	for _, file := range archives(t, dir) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			require.NoError(t, err)
			test(t, file, a)
		})
	}
}

// repository is that of an archive, and the names of its environments.
func repository(a *txtar.Archive) (repo fstest.MapFS, envs []string) {
	repo = fstest.MapFS{}
	for name, data := range implied {
		repo[name] = &fstest.MapFile{Data: []byte(data)}
	}
	for _, f := range a.Files {
		if f.Name == want {
			continue
		}
		repo[f.Name] = &fstest.MapFile{Data: f.Data}
		if parts := strings.Split(f.Name, "/"); parts[0] == "overlays" && !slices.Contains(envs, parts[1]) {
			envs = append(envs, parts[1])
		}
	}
	return repo, envs
}

// said is what people read when the repository of an archive is rendered.
func said(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	repo, envs := repository(a)
	_, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err)
	for _, d := range found {
		r, known := Rule(d.Rule)
		require.True(t, known, "%s is not explained", d.Rule)
		require.Equal(t, r.Severity, d.Severity, d.Rule)
	}
	var out bytes.Buffer
	require.NoError(t, diag.Text(&out, found, diag.Options{Source: repo.ReadFile}))
	return out.String()
}

// Each mistake is told in these words, at this place.
func TestMistakes(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(archives(t, mistakes)), 150)
	each(t, mistakes, func(t *testing.T, file string, a *txtar.Archive) {
		got := said(t, a)
		require.NotEmpty(t, got, "a mistake that nobody tells")
		if *update {
			a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == want })
			a.Files = append(a.Files, txtar.File{Name: want, Data: []byte(got)})
			require.NoError(t, os.WriteFile(file, txtar.Format(a), 0o644))
			return
		}
		require.Empty(t, cmp.Diff(wantedOf(t, a), got))
	})
}

// wanted is what the archive in a file says is told.
func wanted(t *testing.T, file string) string {
	t.Helper()
	a, err := txtar.ParseFile(file)
	require.NoError(t, err, file)
	return wantedOf(t, a)
}

func wantedOf(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	n := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == want })
	require.GreaterOrEqual(t, n, 0, "no file want: %s", a.Comment)
	return string(a.Files[n].Data)
}

// Every rule is seen by someone who breaks it in a whole repository.
func TestMistakesOfEveryRule(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?m)^  rule +(\S+)$`)
	seen := map[string]bool{}
	for _, file := range archives(t, mistakes) {
		for _, m := range named.FindAllStringSubmatch(wanted(t, file), -1) {
			seen[m[1]] = true
		}
	}
	for _, r := range Rules() {
		if !isCommand(r) {
			require.True(t, seen[r.Name], r.Name)
		}
	}
}

// foreign are words that a user of natsyard need not know, and places that are not his.
var foreign = regexp.MustCompile(`(?i:\bdisjunction|conflicting values|\bbottom\b|incomplete value|cannot unify|structural cycle|cycle with field|incompatible list|invalid interpolation|unreferenced alias|incomplete (bool|string|int))|\(language\)/|` +
	`map\[string\]|\binterface ?\{|\bint64\b|\bnil\b|\b(schema|intent|kube|diag|server)\.[A-Z]|(^|[ "'])/(tmp|home|root|usr|work)/`)

func TestMistakesSpeakPlainly(t *testing.T) {
	t.Parallel()
	for _, file := range archives(t, mistakes) {
		for _, line := range strings.Split(wanted(t, file), "\n") {
			if !strings.Contains(line, " | ") { // the user's own line
				require.NotRegexp(t, foreign, line, file)
			}
		}
	}
}

// Of what is right nobody has a word to say.
func TestRightIntents(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(archives(t, right)), 40)
	each(t, right, func(t *testing.T, _ string, a *txtar.Archive) { require.Empty(t, said(t, a)) })
}
