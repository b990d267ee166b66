package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen"
)

// The plugin as a process of its own, in a folder as Argo CD's server has extracted it.
func TestArgoCDProcess(t *testing.T) {
	t.Parallel()
	natsyard, repo := plugin(t)
	t.Run("environment", func(t *testing.T) { pluginEnvironment(t, natsyard, repo) })
	t.Run("system calls", func(t *testing.T) { pluginSystemCalls(t, natsyard, repo) })
}

// plugin gives natsyard and a repository.
func plugin(t *testing.T) (natsyard, repo string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	natsyard, err = filepath.EvalSymlinks(buildNatsyard(t))
	require.NoError(t, err)
	repo = filepath.Join(dir, "_cmp_server", "run")
	require.Equal(t, exitFine, run(t.Context(), []string{"init", "--module", "example.com/nats", repo}, nil, &bytes.Buffer{}, &bytes.Buffer{}))
	return natsyard, repo
}

// pluginEnv is what Argo CD gives besides parameters.
func pluginEnv(repo string) []string {
	return []string{
		"ARGOCD_CMP_WORKDIR=" + filepath.Dir(filepath.Dir(repo)), "ARGOCD_APP_SOURCE_PATH=overlays/prod", "ARGOCD_APP_NAME=nats",
		"ARGOCD_APP_PARAMETERS=null", "KUBE_VERSION=1.34.1", "KUBE_API_VERSIONS=v1,apps/v1", "TMPDIR=" + filepath.Dir(repo),
	}
}

// generate runs the plugin and gives what it says on both streams.
func generate(t *testing.T, natsyard, repo string, env ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(natsyard, "argocd", "generate")
	cmd.Dir, cmd.Env = filepath.Join(repo, "overlays", "prod"), append(pluginEnv(repo), env...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	_ = cmd.Run() // what it says is looked at
	return out.String(), talk.String()
}

// No variable but the documented ones reaches the result: not one that natsyard, its libraries or
// Go's look up, nor one that the repository asks for by name.
func pluginEnvironment(t *testing.T, natsyard, repo string) {
	intent := filepath.Join(repo, "overlays", "prod", "variable.cue")
	defer os.Remove(intent)
	require.NoError(t, os.WriteFile(intent, []byte("package prod\n\nintent: extraConfig: max_traced_msg_len: \"<< $NATSYARD_LENGTH >>\"\nintent: env: NATSYARD_LENGTH: \"5\"\n"), 0o644))
	want, talk := generate(t, natsyard, repo)
	require.NotEmpty(t, want, talk)

	names := lookedUp(t)
	require.Contains(t, names, "CUE_EXPERIMENT")
	require.Contains(t, names, "KUSTOMIZE_PLUGIN_HOME")
	require.Greater(t, len(names), 30)
	var hostile []string
	for _, name := range names {
		value := "/no-such-thing\"}\x01, 4711"
		if name == "KUBE_PATCH_CONVERSION_DETECTOR" {
			value = "false" // read before main; it makes apimachinery panic on purpose, and no Application can set it
		}
		hostile = append(hostile, name+"="+value)
	}
	got, said := generate(t, natsyard, repo, hostile...)
	require.Equal(t, want, got, said)
	require.Equal(t, talk, said)

	// Nor does it reach what is said of a variable that the intent does not define.
	require.NoError(t, os.WriteFile(intent, []byte("package prod\n\nintent: extraConfig: max_traced_msg_len: \"<< $NATSYARD_LENGTH >>\"\n"), 0o644))
	got, said = generate(t, natsyard, repo, hostile...)
	require.Empty(t, got)
	require.Contains(t, said, "NATSYARD_LENGTH")
	require.NotContains(t, said, "4711")
}

// lookedUp are the variables that the source of natsyard and of what it is built of names.
func lookedUp(t *testing.T) []string {
	t.Helper()
	list := exec.Command("go", "list", "-deps", "-f", `{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}`, ".")
	files, err := list.Output()
	require.NoError(t, err)
	names := []string{ // found by constants and by computed names
		"CUE_CACHE_DIR", "CUE_CONFIG_DIR", "CUE_DEBUG", "CUE_REGISTRY", "KUSTOMIZE_PLUGIN_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
		"HTTP_PROXY", "HTTPS_PROXY", "KUBECONFIG", "LANG", "LC_ALL", "NATSYARD_ACTIVE_HELP", "NATSYARD_LENGTH",
		"NATS_STARTUP_DELAY", "POD_NAME", "SERVER_NAME", "TZ", "ZONEINFO", "http_proxy", "https_proxy", "port",
	}
	lookup := regexp.MustCompile(`(?:Getenv|LookupEnv|getenv)\("(\w+)"\)`)
	for file := range strings.Lines(string(files)) {
		text, err := os.ReadFile(strings.TrimSpace(file))
		require.NoError(t, err)
		for _, m := range lookup.FindAllStringSubmatch(string(text), -1) {
			// These say where to work, and what Go does with its own processor and memory.
			if !slices.Contains([]string{"TMPDIR", "GODEBUG", "GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GOTRACEBACK"}, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// No objects are an error, though no intent is known that has none.
func TestArgoCDNothing(t *testing.T) {
	t.Parallel()
	_, err := documents([]*gen.Rendered{{Env: "base"}})
	require.EqualError(t, err, "no object was rendered; Argo CD would take that as the wish to delete all")
}

// What can start a program is known by name, and none of it is reached: kustomize's own (plugins,
// functions, git) only where options ask for it, CUE's only from `cue cmd`, the rest for other
// things than rendering.
func TestArgoCDPrograms(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{$p := .ImportPath}}{{range .Imports}}{{if eq . "os/exec"}}{{$p}}{{"\n"}}{{end}}{{end}}{{end}}`, ".")
	out, err := list.Output()
	require.NoError(t, err)
	require.Equal(t, []string{
		"cuelang.org/go/internal/core/adt",                      // draws graphs for those who debug CUE
		"cuelang.org/go/pkg/tool/exec",                          // cue cmd
		"github.com/docker/cli/cli/config/credentials",          // natsyard push
		"github.com/docker/docker-credential-helpers/client",    // natsyard push
		"github.com/google/gnostic-models/compiler",             // plugins of gnostic
		"github.com/nats-io/nats-server/v2/server",              // nats-server --signal
		"github.com/natsyard/natsyard/cmd/natsyard",             // itself, for render, vet and push of what may want any memory
		"sigs.k8s.io/kustomize/api/internal/builtins",           // helm
		"sigs.k8s.io/kustomize/api/internal/git",                // remote bases
		"sigs.k8s.io/kustomize/api/internal/plugins/execplugin", // --enable-alpha-plugins
		"sigs.k8s.io/kustomize/kyaml/fn/runtime/exec",           // --enable-exec
	}, slices.Sorted(strings.FieldsSeq(string(out))))
}

// The system says the same: the plugin starts nothing, opens no socket, writes no file, and opens
// none outside of the repository but what Go's runtime and the loader of programs read.
func pluginSystemCalls(t *testing.T, natsyard, repo string) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace: what the plugin asks of the system is NOT known; apt-get install strace")
	}
	log := filepath.Join(filepath.Dir(natsyard), "trace")
	for _, command := range []string{"generate", "parameters"} {
		cmd := exec.Command(strace, "-f", "-qq", "-e", "signal=none", "-e", "trace=process,network,%file", "-o", log, natsyard, "argocd", command)
		cmd.Dir, cmd.Env = filepath.Join(repo, "overlays", "prod"), pluginEnv(repo)
		out, err := cmd.CombinedOutput()
		if err != nil && bytes.Contains(out, []byte("ptrace")) {
			t.Skip("strace may not trace here: what the plugin asks of the system is NOT known")
		}
		require.NoError(t, err, string(out))
		trace, err := os.ReadFile(log)
		require.NoError(t, err)
		executed := 0
		for line := range strings.Lines(string(trace)) {
			_, call, _ := strings.Cut(strings.TrimSpace(line), " ")
			call = strings.TrimSpace(call)
			name, args, _ := strings.Cut(call, "(")
			switch {
			case name == "execve":
				executed++
			case slices.Contains([]string{"clone", "clone3"}, name):
				require.Contains(t, args, "CLONE_THREAD", line)
			case slices.Contains([]string{"openat", "open"}, name):
				require.NotRegexp(t, `O_WRONLY|O_RDWR|O_CREAT|O_TRUNC`, line)
				requireInside(t, repo, natsyard, line)
			case slices.Contains(onlyLooks, name), strings.HasPrefix(call, "<..."):
			default:
				t.Errorf("%s: %s", command, line)
			}
		}
		require.Equal(t, 1, executed, "the plugin itself")
	}
}

// onlyLooks are calls that change nothing and start nothing.
var onlyLooks = []string{
	"access", "arch_prctl", "exit", "exit_group", "faccessat", "faccessat2", "fstat", "fstatfs", "getcwd", "kill", "lstat", "newfstatat", "readlink",
	"readlinkat", "stat", "statfs", "statx", "wait4", "waitid", "tgkill", "rt_sigqueueinfo", "pidfd_open", "pidfd_send_signal",
}

var opened = regexp.MustCompile(`AT_FDCWD, "([^"]*)"`)

// requireInside checks where a file that was opened by its whole path lies; others are opened below
// a folder that has been.
func requireInside(t *testing.T, repo, natsyard, line string) {
	t.Helper()
	m := opened.FindStringSubmatch(line)
	if m == nil {
		require.NotContains(t, line, `"/`)
		require.NotRegexp(t, `^[^"]*"[^"]*\.\.`, line) // in the path; strace itself writes <unfinished ...>
		return
	}
	for _, known := range []string{repo, natsyard, "/sys/kernel/mm/transparent_hugepage/", "/sys/fs/cgroup/", "/proc/", "/etc/ld.so.", "/lib", "/usr/lib"} {
		if strings.HasPrefix(m[1], known) {
			return
		}
	}
	t.Errorf("opened outside of the repository: %s", line)
}
