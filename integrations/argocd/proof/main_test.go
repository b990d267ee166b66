// Package proof runs the plugin in Argo CD itself: its repo-server clones a git repository and sends
// it to argocd-cmp-server, which reads plugin.yaml and runs natsyard. Both are of the pinned version
// of Argo CD, in whose module its code comes; that is why this is a module of its own.
package proof

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	log "github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"
)

// cmpServer is the name by which the test binary is argocd-cmp-server.
const cmpServer = "argocd-cmp-server"

// sidecar is where the plugin runs.
var sidecar struct {
	natsyard string // the program
	work     string // where the server extracts
	log      string // what the server has to say
}

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == cmpServer {
		if err := commands.NewCommand().Execute(); err != nil {
			os.Exit(1)
		}
		return
	}
	code, err := withSidecar(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// withSidecar builds natsyard, starts argocd-cmp-server with plugin.yaml and the environment that
// repo-server.patch.yaml gives it, and runs the tests beside it.
func withSidecar(tests func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "proof") // a socket's path is short
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return 1, err
	}
	bin, plugins := filepath.Join(dir, "bin"), filepath.Join(dir, "plugins")
	sidecar.natsyard, sidecar.work, sidecar.log = filepath.Join(bin, "natsyard"), filepath.Join(dir, "tmp"), filepath.Join(dir, "log")
	for _, d := range []string{bin, plugins, sidecar.work} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return 1, err
		}
	}
	build := exec.Command("go", "build", "-o", sidecar.natsyard, "./cmd/natsyard")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build natsyard: %w: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	server := filepath.Join(dir, cmpServer)
	if err := os.Symlink(self, server); err != nil {
		return 1, err
	}
	talk, err := os.Create(sidecar.log)
	if err != nil {
		return 1, err
	}
	defer talk.Close()
	configs, err := hastyConfig(dir)
	if err != nil {
		return 1, err
	}
	for name, config := range configs {
		cmd := exec.Command(server, "--config-dir-path", config, "--loglevel", "debug")
		cmd.Env = []string{"PATH=" + bin, "ARGOCD_CMP_WORKDIR=" + filepath.Join(sidecar.work, name), "ARGOCD_PLUGINSOCKFILEPATH=" + plugins}
		cmd.Stdout, cmd.Stderr = talk, talk
		if err := cmd.Start(); err != nil {
			return 1, err
		}
		defer func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}()
		if err := listening(filepath.Join(plugins, name+".sock")); err != nil {
			said, _ := os.ReadFile(sidecar.log)
			return 1, fmt.Errorf("argocd-cmp-server does not listen: %w: %s", err, said)
		}
	}
	os.Setenv("ARGOCD_PLUGINSOCKFILEPATH", plugins) // for the repo-server in this process
	if err := verifier(dir); err != nil {
		return 1, err
	}
	os.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	log.SetLevel(log.FatalLevel)
	return tests(), nil
}

// hasty is a plugin as plugin.yaml has it, with less time, as the README says.
const hasty = "hasty"

// hastyConfig gives the folders of plugin.yaml by the names of the plugins.
func hastyConfig(dir string) (map[string]string, error) {
	text, err := os.ReadFile("../plugin.yaml")
	if err != nil {
		return nil, err
	}
	changed := strings.NewReplacer(
		"name: natsyard", "name: "+hasty,
		"argocd, generate]", "argocd, generate]\n    args: [--timeout, 2s]",
	).Replace(string(text))
	at := filepath.Join(dir, hasty)
	if err := os.Mkdir(at, 0o755); err != nil {
		return nil, err
	}
	return map[string]string{"natsyard": "..", hasty: at}, os.WriteFile(filepath.Join(at, "plugin.yaml"), []byte(changed), 0o644)
}

// listening waits until somebody listens at a socket.
func listening(socket string) error {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(end) {
			return err
		}
	}
}

// verifier puts Argo CD's script that looks at signatures of commits on the PATH of the repo-server,
// where its image has it.
func verifier(dir string) error {
	const script = "git-verify-wrapper.sh"
	text, err := os.ReadFile(filepath.Join(argoDir(), "hack", script))
	if err != nil {
		return err
	}
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return os.WriteFile(filepath.Join(dir, script), text, 0o755)
}

// argoDir is where the source of Argo CD lies.
func argoDir() string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/argoproj/argo-cd/v3").Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(out))
}

// natsyard runs the program by hand.
func natsyard(t testing.TB, dir string, args ...string) string {
	t.Helper()
	return sh(t, dir, sidecar.natsyard, args...)
}

func sh(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	require.NoError(t, cmd.Run(), "%s %s: %s", name, strings.Join(args, " "), &talk)
	return out.String()
}

var update = flag.Bool("update", false, "rewrite the golden files")

// requireGolden compares a text with that of testdata.
func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name+".txt")
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(got+"\n"), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), got+"\n")
}

// running are the processes of the program.
func running(t *testing.T) (pids []string) {
	t.Helper()
	exes, err := filepath.Glob("/proc/[0-9]*/exe")
	require.NoError(t, err)
	for _, exe := range exes {
		if at, err := os.Readlink(exe); err == nil && at == sidecar.natsyard {
			pids = append(pids, strings.Split(exe, "/")[2])
		}
	}
	return pids
}

// within is a context as the application controller gives one to its request.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
