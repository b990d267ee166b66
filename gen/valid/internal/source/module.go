// Package source reads which objects Kubernetes takes from the modules of Kubernetes and of the custom
// resources that natsyard emits. It makes the table of gen/valid, and proves it; no command needs it.
package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
)

// ErrAbsent says that a module is not on this machine.
var ErrAbsent = errors.New("the module is not in the module cache")

// Release is one minor of Kubernetes.
type Release struct {
	Minor int    // 30 is 1.30
	Patch string // of 1.30, "14" is 1.30.14
}

func (r Release) String() string { return fmt.Sprintf("1.%d.%s", r.Minor, r.Patch) }

// Releases are the minors that natsyard knows, the oldest first.
var Releases = []Release{{30, "14"}, {31, "14"}, {32, "13"}, {33, "13"}, {34, "4"}, {35, "4"}, {36, "3"}}

// Definition is where a custom resource is defined.
type Definition struct {
	Module, Version string
	File            string
	Name            string // of the module, for people
}

// Definitions are those of the custom resources that natsyard emits.
var Definitions = []Definition{
	{"github.com/prometheus-operator/prometheus-operator", "v0.85.0", "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml", "prometheus-operator"},
	{"github.com/cert-manager/cert-manager", "v1.21.2", "deploy/crds/cert-manager.io_certificates.yaml", "cert-manager"},
	{"sigs.k8s.io/gateway-api", "v1.4.1", "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml", "gateway-api"},
}

// Modules finds the sources of modules, as path@version.
type Modules struct {
	Dir     string // outside of any module
	Offline bool   // only what is in the module cache
}

// Find gives the directory of a module; its files are read-only.
func (m Modules) Find(path, version string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", path+"@"+version)
	cmd.Dir = m.Dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOFLAGS=")
	if m.Offline {
		cmd.Env = append(cmd.Env, "GOPROXY=off")
	}
	out, failed := cmd.Output()
	var module struct{ Dir, Error string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", fmt.Errorf("find module %s %s: %w", path, version, errors.Join(failed, err))
	}
	switch {
	case module.Dir != "":
		return module.Dir, nil
	case m.Offline:
		return "", fmt.Errorf("%s %s: %w", path, version, ErrAbsent)
	}
	return "", fmt.Errorf("find module %s %s: %s", path, version, module.Error)
}

// kubernetes is the version of the module k8s.io/kubernetes.
func (r Release) kubernetes() string { return "v" + r.String() }

// api is the version of the module k8s.io/api.
func (r Release) api() string { return "v0." + strconv.Itoa(r.Minor) + "." + r.Patch }
