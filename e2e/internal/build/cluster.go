package build

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Minor says which Kubernetes is built: the newest, or one three minors older.
type Minor struct {
	mod      string // the go.mod of e2e/kube
	tags     string
	packages string // what is built of it
}

// The Kubernetes that there are.
var (
	Newest = Minor{"go.mod", "", "./..."}
	Older  = Minor{"older.mod", "older", "."}
)

// parts are the names that e2e/kube is called by.
var parts = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl", "kwok"}

// stages are what kwok does to nodes and pods: it makes them ready, keeps them alive and takes them away.
var stages = []string{
	"node/fast/node-initialize.yaml", "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
	"pod/fast/pod-ready.yaml", "pod/fast/pod-complete.yaml", "pod/fast/pod-delete.yaml",
}

// definitions are the resource definitions of the custom resources that natsyard emits, in the modules of those who define them;
// the versions are those of gen/valid/internal/source.
var definitions = map[string]string{
	"github.com/prometheus-operator/prometheus-operator@v0.85.0": "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
	"github.com/cert-manager/cert-manager@v1.21.2":               "deploy/crds/cert-manager.io_certificates.yaml",
	"sigs.k8s.io/gateway-api@v1.4.1":                             "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
}

// Kubernetes is a Kubernetes that was built. Version is that of its API server.
type Kubernetes struct {
	Dir     string // of its programs, CoreDNS among them
	Stages  string // the file for kwok
	CRDs    string // the folder of resource definitions
	Version string
}

// Program is the path of one of its programs.
func (k *Kubernetes) Program(name string) string { return filepath.Join(k.Dir, name) }

// Cluster builds a Kubernetes: all that a cluster needs but for a container runtime.
func Cluster(ctx context.Context, minor Minor) (*Kubernetes, error) {
	module, err := absolute("kube")
	if err != nil {
		return nil, err
	}
	version, err := run(ctx, module, nil, "go", "list", "-modfile="+minor.mod, "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	if err != nil {
		return nil, err
	}
	version = strings.TrimSpace(version)
	dir, err := cached("kubernetes-"+version, "which takes a quarter of an hour the first time", []string{module}, nil, func(dir string) error {
		numbers := strings.Split(strings.TrimPrefix(version, "v"), ".")
		flags := "-s -w"
		for _, where := range []string{"k8s.io/component-base/version", "k8s.io/client-go/pkg/version"} {
			flags += fmt.Sprintf(" -X %[1]s.gitVersion=%[2]s -X %[1]s.gitMajor=%[3]s -X %[1]s.gitMinor=%[4]s", where, version, numbers[0], numbers[1])
		}
		if err := goBuild(ctx, module, dir, "-modfile="+minor.mod, "-tags="+minor.tags, "-ldflags", flags, minor.packages); err != nil {
			return err
		}
		for _, part := range parts {
			if err := os.Symlink("kube", filepath.Join(dir, part)); err != nil {
				return err
			}
		}
		kwok, err := run(ctx, module, nil, "go", "list", "-modfile="+minor.mod, "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok")
		if err != nil {
			return err
		}
		var all []byte
		for _, stage := range stages {
			data, err := os.ReadFile(filepath.Join(strings.TrimSpace(kwok), "kustomize/stage", stage))
			if err != nil {
				return err
			}
			all = append(append(all, "---\n"...), data...)
		}
		if err := os.WriteFile(filepath.Join(dir, "stages.yaml"), all, 0o644); err != nil {
			return err
		}
		return customResources(ctx, filepath.Join(dir, "crds"))
	})
	if err != nil {
		return nil, err
	}
	return &Kubernetes{Dir: dir, Stages: filepath.Join(dir, "stages.yaml"), CRDs: filepath.Join(dir, "crds"), Version: version}, nil
}

// customResources copies the resource definitions into a folder.
func customResources(ctx context.Context, dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for module, file := range definitions {
		out, err := run(ctx, "", []string{"GOWORK=off"}, "go", "mod", "download", "-json", module)
		if err != nil {
			return err
		}
		var where struct{ Dir string }
		if err := json.Unmarshal([]byte(out), &where); err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(where.Dir, file))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Natsyard builds natsyard of the repository as it is, into a folder.
func Natsyard(ctx context.Context, repository, dir string) error {
	root, err := filepath.Abs(repository)
	if err != nil {
		return err
	}
	return goBuild(ctx, root, dir, "./cmd/natsyard")
}
