package real

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A repo is an environment of a copy of this repository, in which a test changes what it likes.
type repo struct{ dir, env string }

// copyOf copies this repository.
func copyOf(t *testing.T, name, env string) repo {
	t.Helper()
	dir := filepath.Join(work, name)
	for _, part := range []string{"cue.mod", "base", "overlays", "schema"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(repository, part))))
	}
	return repo{dir, env}
}

// repoOf copies this repository, and adds an environment of that CUE.
func repoOf(t *testing.T, name, env, cue string) repo {
	t.Helper()
	r := copyOf(t, name, env)
	r.write(t, "intent.cue", cue)
	return r
}

// overlay is the folder of the environment.
func (r repo) overlay() string { return filepath.Join(r.dir, "overlays", r.env) }

// write writes a file of the environment's CUE.
func (r repo) write(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(r.overlay(), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(r.overlay(), file), []byte("package "+r.env+"\n\n"+text+"\n"), 0o644))
}

// set adds to the intent.
func (r repo) set(t *testing.T, name, intent string) {
	t.Helper()
	r.write(t, name+".cue", "intent: {\n"+intent+"\n}")
}

// remove takes back what was added.
func (r repo) remove(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, os.Remove(filepath.Join(r.overlay(), name+".cue")))
}

// edit replaces a text in the intent.
func (r repo) edit(t *testing.T, old, new string) {
	t.Helper()
	replace(t, filepath.Join(r.overlay(), "intent.cue"), old, new)
}

// replace replaces a text in a file wherever it is, which must be somewhere.
func replace(t *testing.T, file, old, new string) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(data), old, new)), 0o644))
}

// run runs natsyard in the repository, and gives what it prints.
func (r repo) run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(work, "natsyard"), append([]string{"-C", r.dir}, args...)...)
	var out, errs strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	require.NoError(t, cmd.Run(), errs.String())
	return out.String()
}

// apply renders the environment and applies it.
func (r repo) apply(t *testing.T) {
	t.Helper()
	r.run(t, "", "render", r.env)
	if name := os.Getenv(breaking); name != "" {
		b, ok := breaks[name]
		require.True(t, ok, "%s=%s: there is no such break", breaking, name)
		replace(t, filepath.Join(r.dir, b.file), b.old, b.new)
	}
	kubectl(t, "apply", "-k", r.overlay())
}

// breaking is the environment variable that names what is broken of what natsyard emits for production, to show that the checks turn red.
const breaking = "NATSYARD_E2E_BREAK"

// breaks are what can be broken: a text of a file, wherever it is in it; and what is then to be seen.
var breaks = map[string]struct{ file, old, new, shows string }{
	"probe":   {"base/statefulset-nats.yaml", "path: /healthz\n", "path: /health\n", "statuscode: 404"},
	"fsGroup": {"base/statefulset-nats.yaml", "        fsGroup: 1000\n", "", "mkdir /data/jetstream: permission denied"},
	"mount":   {"overlays/prod/statefulset-nats.patch.yaml", "mountPath: /data\n", "mountPath: /date\n", "mkdir /data: read-only file system"},
	"route":   {"overlays/prod/nats.conf", ".nats-headless:", ".nats-headles:", "Waiting for routing to be established"},
	"pdb":     {"overlays/prod/poddisruptionbudget-nats.yaml", "maxUnavailable: 1\n", "maxUnavailable: 2\n", `poddisruptionbudget.policy/nats +N/A +2 `},
}
