package proof

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The error that the README shows is the one that Argo CD shows.
func TestReadmeError(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/repository.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), block(t, "CMP processing failed"))
}

// The default that the README writes into an intent is one that a parameter may change.
func TestReadmeDefault(t *testing.T) {
	t.Parallel()
	r := newRemote(t, ".")
	r.write(t, "overlays/prod/more.cue", "package prod\n\nintent: "+block(t, "jetstream: fileStore"))
	r.commit(t)
	for want, source := range map[string]*v1alpha1.ApplicationSource{
		"standard": r.source("overlays/prod"),
		"fast":     r.source("overlays/prod", mapParameter("set", map[string]string{"jetstream.fileStore.pvc.storageClassName": "fast"})),
	} {
		got, err := r.generate(within(t, timeout), source)
		require.NoError(t, err)
		claims := 0
		for _, o := range got {
			templates, _, err := unstructured.NestedSlice(o.Object, "spec", "volumeClaimTemplates")
			require.NoError(t, err)
			for _, c := range templates {
				claims++
				require.Equal(t, want, c.(map[string]any)["spec"].(map[string]any)["storageClassName"])
			}
		}
		require.Equal(t, 1, claims)
	}
}

// Each promise of the README names tests that there are.
func TestReadmePromises(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, pattern := range []string{"*_test.go", "../../../cmd/natsyard/*_test.go", "../../../gen/argocd/*_test.go", "../../../gen/diag/*_test.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			require.NoError(t, err)
			for _, d := range parsed.Decls {
				if f, ok := d.(*ast.FuncDecl); ok {
					known[f.Name.Name] = true
				}
			}
		}
	}
	scripts, err := filepath.Glob("../../../cmd/natsyard/testdata/script/*.txtar")
	require.NoError(t, err)
	for _, s := range scripts {
		known[filepath.Base(s)] = true
	}
	_, table, ok := strings.Cut(string(read(t, "README.md")), "## What it promises")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n## ")
	rows := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Promise") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		require.Len(t, cells, 2, line)
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1)
		require.NotEmpty(t, names, line)
		for _, n := range names {
			require.Contains(t, known, n[1], line)
		}
	}
	require.Greater(t, rows, 9)
}
