package scaffold

import (
	"strings"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue/format"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/schema"
)

func TestRepository(t *testing.T) {
	t.Parallel()
	files, err := Repository("git.example.com/platform/nats")
	require.NoError(t, err)
	repo := fstest.MapFS{}
	for _, f := range files {
		repo[f.Path] = &fstest.MapFile{Data: f.Data}
		if strings.HasSuffix(f.Path, ".cue") {
			formatted, err := format.Source(f.Data)
			require.NoError(t, err, f.Path)
			require.Equal(t, string(formatted), string(f.Data), f.Path)
		}
		require.NotContains(t, string(f.Data), "{{", f.Path)
	}
	for _, name := range []string{".gitignore", "Makefile", "base/intent.cue", "cue.mod/module.cue", "overlays/dev/intent.cue", "overlays/prod/intent.cue", LanguageDir + "/intent.cue"} {
		require.Contains(t, repo, name)
	}
	require.Contains(t, string(repo["overlays/prod/intent.cue"].Data), `import "git.example.com/platform/nats/base"`)
	require.Empty(t, Check(repo))

	repo[LanguageDir+"/intent.cue"] = &fstest.MapFile{Data: []byte("package schema\n")}
	require.Len(t, Check(repo), 1)
	require.Empty(t, Check(fstest.MapFS{}), "a repository need not keep a copy")
}

func TestModulePaths(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "Not A Path", "example.com/../x", "github.com/natsyard/natsyard", schema.ImportPath} {
		_, err := Repository(bad)
		require.ErrorContains(t, err, "name module", bad)
	}
}
