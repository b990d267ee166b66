package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Target is an operating system and an architecture, by Go's names.
type Target struct{ OS, Arch string }

func (t Target) String() string { return t.OS + "/" + t.Arch }

// Program is the file name of natsyard there.
func (t Target) Program() string {
	if t.OS == "windows" {
		return "natsyard.exe"
	}
	return "natsyard"
}

// Targets are those that natsyard is released for.
var Targets = []Target{
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"linux", "amd64"}, {"linux", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

// ParseTarget reads what String writes.
func ParseTarget(text string) (Target, error) {
	for _, t := range Targets {
		if t.String() == text {
			return t, nil
		}
	}
	return Target{}, fmt.Errorf("%q is no target: want one of %v", text, Targets)
}

// kept are the variables of the environment that Compile leaves as they are. All others that change what the compiler
// makes are set or left out; these say only where things are kept.
var kept = []string{"PATH", "HOME", "GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOROOT", "TMPDIR",
	"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"SystemRoot", "LOCALAPPDATA", "USERPROFILE", "TEMP"}

// Compile writes natsyard for a target to the file out. It links no C, so that the program needs nothing of its system; paths
// of this machine, build IDs and what git knows stay out, and the version is in by the linker.
func (s Source) Compile(ctx context.Context, t Target, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly",
		"-ldflags=-s -w -buildid= -X main.stamp="+s.Version, "-o", out, "./cmd/natsyard")
	cmd.Dir = s.Dir
	for _, name := range kept {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, "GOOS="+t.OS, "GOARCH="+t.Arch, "CGO_ENABLED=0", "GOFLAGS=", "GOENV=off", "GOWORK=off", "GOTOOLCHAIN=local")
	if talk, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compile natsyard for %s: %w\n%s", t, err, strings.TrimSpace(string(talk)))
	}
	return nil
}
