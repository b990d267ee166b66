package rule

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var containerEnv = rule{
	"container-env", diag.Error,
	"Kubernetes refuses a variable without a name, and of two with one name takes the last",
	func(in *intent.Intent, r *report) {
		for _, c := range extraContainers(in) {
			taken := map[string][]string{}
			for n, v := range c.Env {
				at := below(c.path, "env", strconv.Itoa(n))
				first, twice := taken[v.Name]
				switch {
				case len(validation.IsEnvVarName(v.Name)) > 0:
					r.add(finding{
						path: at, message: fmt.Sprintf("%q is no name of a variable", v.Name),
						allowed: "letters, digits, '_', '-' and '.', and no digit first", mend: cueValue(withName(v, "NAME")),
					})
				case twice:
					r.add(finding{
						path: at, message: fmt.Sprintf("%s stands here twice", v.Name), mend: "leave one of them out",
						see: []see{{first, "the first time"}},
					})
				default:
					taken[v.Name] = at
				}
			}
		}
	},
}

var containerPort = rule{
	"container-port", diag.Error,
	"Kubernetes refuses the container",
	func(in *intent.Intent, r *report) {
		for _, c := range extraContainers(in) {
			taken := map[string]bool{}
			for n, p := range c.Ports {
				at := below(c.path, "ports", strconv.Itoa(n))
				no := func(field string, port int32) {
					if port < 1 || port > 65535 {
						r.add(finding{path: below(at, field), message: fmt.Sprintf("%d is no port", port), allowed: "1 to 65535"})
					}
				}
				if no("containerPort", p.ContainerPort); p.HostPort != 0 {
					no("hostPort", p.HostPort)
				}
				switch {
				case p.Name == "":
				case len(validation.IsValidPortName(p.Name)) > 0:
					r.add(finding{
						path: below(at, "name"), message: fmt.Sprintf("%q is no name of a port", p.Name),
						allowed: "at most 15 lower case letters, digits and '-', with a letter among them",
						mend:    fmt.Sprintf("%q", shortName(p.Name)),
					})
				case taken[p.Name]:
					r.add(finding{path: below(at, "name"), message: fmt.Sprintf("two ports are named %s", p.Name), mend: fmt.Sprintf("%q", strings.TrimSuffix(p.Name[:min(len(p.Name), 13)], "-")+"-2")})
				}
				taken[p.Name] = true
			}
		}
	},
}

// withName is a variable with a name that can be one.
func withName(v corev1.EnvVar, otherwise string) corev1.EnvVar {
	v.Name = cmp.Or(inLetters(v.Name, func(s string) bool { return len(validation.IsEnvVarName(s)) == 0 }), otherwise)
	return v
}

// shortName is a name of a port of what was meant as one.
func shortName(name string) string {
	fits := func(s string) bool { return len(validation.IsValidPortName(s)) == 0 }
	return cmp.Or(inLetters(name[:min(len(name), 15)], fits), "port")
}

// mount is a mount of a container.
type mount struct {
	path         []string // of the field that names the place
	dir, subPath string
	subPathAt    []string
}

// givenMounts are the mounts that the user gives, container by container.
func givenMounts(in *intent.Intent) (out [][]mount) {
	var own []mount
	for _, dir := range keys(in.ExtraVolumeMounts) {
		at := []string{"extraVolumeMounts", dir}
		own = append(own, mount{at, dir, in.ExtraVolumeMounts[dir].SubPath, below(at, "subPath")})
	}
	out = append(out, own)
	for _, c := range extraContainers(in) {
		var theirs []mount
		for n, m := range c.VolumeMounts {
			at := below(c.path, "volumeMounts", strconv.Itoa(n))
			theirs = append(theirs, mount{below(at, "mountPath"), m.MountPath, m.SubPath, below(at, "subPath")})
		}
		out = append(out, theirs)
	}
	return out
}

// leaves tells whether a path inside a volume is none, or leads out of it.
func leaves(inside string) bool {
	return path.IsAbs(inside) || slices.Contains(strings.Split(inside, "/"), "..")
}

var mountForm = rule{
	"mount-form", diag.Error,
	"Kubernetes refuses a mount at no path, at the path of another, and of what is not in the volume",
	func(in *intent.Intent, r *report) {
		for _, mounts := range givenMounts(in) {
			taken := map[string]mount{}
			for _, m := range mounts {
				first, twice := taken[path.Clean(m.dir)]
				switch {
				case m.dir == "" || strings.Contains(m.dir, ":"):
					r.add(finding{path: m.path, message: fmt.Sprintf("nothing can be mounted at %q", m.dir), allowed: "a path without ':'", mend: fmt.Sprintf("%q", "/mnt/data")})
				case twice:
					r.add(finding{
						path: m.path, message: fmt.Sprintf("two volumes are mounted at %s", path.Clean(m.dir)), mend: fmt.Sprintf("%q", path.Clean(m.dir)+"-2"),
						see: []see{{first.path, "the other mount"}},
					})
				}
				taken[path.Clean(m.dir)] = m
				if leaves(m.subPath) {
					r.add(finding{path: m.subPathAt, message: fmt.Sprintf("%s is no path inside the volume", m.subPath), allowed: "a relative path without \"..\""})
				}
			}
		}
	},
}

var initContainerRuns = rule{
	"init-container-runs", diag.Error,
	"a container that runs before the server is over when it runs; Kubernetes refuses probes and hooks of one that does not go on",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.ExtraInitContainers) {
			c := in.ExtraInitContainers[name]
			if c.RestartPolicy != nil {
				continue
			}
			for _, given := range []struct {
				field string
				is    bool
			}{
				{"livenessProbe", c.LivenessProbe != nil}, {"readinessProbe", c.ReadinessProbe != nil},
				{"startupProbe", c.StartupProbe != nil}, {"lifecycle", c.Lifecycle != nil},
			} {
				if given.is {
					at := []string{"extraInitContainers", name}
					r.add(finding{
						path: below(at, given.field), message: fmt.Sprintf("%s of the container %s, which is over before the server runs", given.field, name),
						mend: "leave it out, or " + cueField(at, `restartPolicy: "Always"`),
					})
				}
			}
		}
	},
}

var volumeForm = rule{
	"volume-form", diag.Error,
	"Kubernetes refuses the volume",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.ExtraVolumes) {
			at, v := []string{"extraVolumes", name}, in.ExtraVolumes[name]
			named := func(is string, steps ...string) {
				if is == "" {
					r.add(finding{
						path: below(at, steps[:len(steps)-1]...), message: fmt.Sprintf("the volume %s does not say which %s", name, steps[0]),
						mend: cueField(below(at, steps...), fmt.Sprintf("%q", name)),
					})
				}
			}
			files := func(items []corev1.KeyToPath, steps ...string) {
				for n, item := range items {
					here := below(below(at, steps...), "items", strconv.Itoa(n))
					if len(validation.IsConfigMapKey(item.Key)) > 0 {
						r.add(finding{path: here, message: fmt.Sprintf("%q is no key", item.Key), allowed: "letters, digits, '-', '_' and '.'"})
					}
					if item.Path == "" || leaves(item.Path) {
						r.add(finding{path: here, message: fmt.Sprintf("%q is no path inside the volume", item.Path), allowed: "a relative path without \"..\""})
					}
				}
			}
			if v.Secret != nil {
				named(v.Secret.SecretName, "secret", "secretName")
				files(v.Secret.Items, "secret")
			}
			if v.ConfigMap != nil {
				named(v.ConfigMap.Name, "configMap", "name")
				files(v.ConfigMap.Items, "configMap")
			}
			if v.PersistentVolumeClaim != nil {
				named(v.PersistentVolumeClaim.ClaimName, "persistentVolumeClaim", "claimName")
			}
			if v.HostPath != nil {
				named(v.HostPath.Path, "hostPath", "path")
			}
			if v.CSI != nil {
				named(v.CSI.Driver, "csi", "driver")
			}
		}
	},
}
