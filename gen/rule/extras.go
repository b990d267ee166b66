package rule

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// extraContainer is a container of the user's own.
type extraContainer struct {
	schema.Container
	path []string // its last step is the container's name
}

// extraContainers are those beside the server and those before it.
func extraContainers(in *intent.Intent) (out []extraContainer) {
	for _, name := range keys(in.ExtraContainers) {
		out = append(out, extraContainer{in.ExtraContainers[name], []string{"extraContainers", name}})
	}
	for _, name := range keys(in.ExtraInitContainers) {
		out = append(out, extraContainer{in.ExtraInitContainers[name], []string{"extraInitContainers", name}})
	}
	return out
}

// ownContainers are the containers that natsyard makes, some only where they are asked for.
var ownContainers = []string{"nats", "reloader", "prom-exporter"}

var containerNames = rule{
	"container-name-free", diag.Error,
	"a pod has one container of each name",
	func(in *intent.Intent, r *report) {
		for _, c := range extraContainers(in) {
			name := c.path[1]
			f := finding{path: c.path, mend: cueField([]string{c.path[0], "my-" + name}, "{...}") + ", in its place"}
			_, beside := in.ExtraContainers[name]
			switch {
			case slices.Contains(ownContainers, name):
				f.message = fmt.Sprintf("the container %s is natsyard's own", name)
				f.allowed = "a name other than " + strings.Join(ownContainers, ", ")
			case c.path[0] == "extraInitContainers" && beside:
				f.message = fmt.Sprintf("%s is the name of a container beside the server too", name)
				f.see = []see{{[]string{"extraContainers", name}, "the other container"}}
			case c.Name != "":
				f.path = below(c.path, "name")
				f.message = fmt.Sprintf("the name of the container %s stands in it again", name)
				f.mend = "leave it out: the key is the name"
			default:
				continue
			}
			r.add(f)
		}
	},
}

// repository is the form that nodes ask of the name within a registry, of which the library reads more.
var repository = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

var containerImage = rule{
	"container-image", diag.Error,
	"Kubernetes refuses a container without an image, and no node pulls one by a name that is none",
	func(in *intent.Intent, r *report) {
		for _, c := range extraContainers(in) {
			switch ref, err := name.ParseReference(c.Image); {
			case c.Image == "":
				r.add(finding{
					path:    c.path,
					message: fmt.Sprintf("the container %s has no image", c.path[1]),
					mend:    cueField(c.path, `image: "registry.example.com/tool:1.0"`),
				})
			case err != nil || strings.HasSuffix(c.Image, ":") || !repository.MatchString(ref.Context().RepositoryStr()):
				r.add(finding{
					path:    below(c.path, "image"),
					message: fmt.Sprintf("%q is no name of an image", c.Image),
					allowed: `such as "registry.example.com/tool:1.0"; a digest in it is '@sha256:' and 64 digits from 0 to f`,
				})
			}
		}
	},
}

// volume is a volume of the server pods.
type volume struct {
	name, what string
	path       []string // of its name
	needs      string
	mend       string
}

// volumes are all of them: natsyard's own, the claims, and those of the user.
func volumes(in *intent.Intent) []volume {
	out := []volume{
		{name: "config", what: "the volume of nats.conf"},
		{name: "pid", what: "the volume of the server's process id"},
	}
	if in.TLSCAEnabled() {
		out = append(out, volume{name: "tls-ca", what: "the volume of tlsCA", needs: "tlsCA"})
	}
	for _, use := range in.TLSUses() {
		if use.SecretName() != "" {
			out = append(out, volume{name: use.Volume(), what: "the volume of " + dotted(use.Path), needs: use.Path[0]})
		}
		if use.Name == intent.ListenerNats && use.CAKey() != "" && in.PromExporter.Enabled && in.Monitor.Tls.Enabled { // what the exporter verifies the server by, without its key
			out = append(out, volume{name: use.Volume() + "-ca", what: "the volume of the authority of nats.tls", needs: "nats promExporter monitor"})
		}
	}
	if in.LeafNodesEnabled() {
		for _, name := range keys(in.Leafnodes.Remotes) {
			if in.Leafnodes.Remotes[name].Credentials != nil {
				out = append(out, volume{name: in.LeafCredentialsVolume(name), what: "the volume of the credentials of leafnodes.remotes." + name, needs: "leafnodes"})
			}
		}
	}
	if in.JetStreamEnabled() {
		out = append(out, volume{in.JetStreamClaimName(), "the claim of the file store", at("jetstream.fileStore.pvc.name"), "jetstream name",
			fmt.Sprintf("jetstream: fileStore: pvc: name: %q", in.Name+"-js")})
	}
	if in.ResolverClaimed() {
		out = append(out, volume{in.ResolverClaimName(), "the claim of the resolver", at("resolver.pvc.name"), "resolver name",
			fmt.Sprintf("resolver: pvc: name: %q", in.Name+"-resolver")})
	}
	for _, name := range keys(in.ExtraVolumes) {
		out = append(out, volume{name, "an extra volume", []string{"extraVolumes", name}, "",
			cueField([]string{"extraVolumes", "my-" + name}, "{...}") + ", in its place"})
	}
	return out
}

var volumeNames = rule{
	"volume-name-free", diag.Error,
	"a pod has one volume of each name",
	func(in *intent.Intent, r *report) {
		taken := map[string]volume{}
		for _, v := range volumes(in) {
			first, clash := taken[v.name]
			if !clash {
				taken[v.name] = v
				continue
			}
			if len(v.path) == 0 { // natsyard's own come first, and are distinct
				continue
			}
			f := finding{
				path:    v.path,
				message: fmt.Sprintf("the name %s is that of %s", v.name, first.what),
				mend:    v.mend,
				needs:   v.needs + " " + first.needs,
			}
			if len(first.path) > 0 {
				f.see = []see{{first.path, "the other volume"}}
			}
			r.add(f)
		}
	},
}

var volumeSource = rule{
	"volume-source", diag.Error,
	"Kubernetes refuses a volume from nowhere, or from two places",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.ExtraVolumes) {
			source, given := reflect.ValueOf(in.ExtraVolumes[name]), 0
			for n := range source.NumField() {
				if !source.Field(n).IsZero() {
					given++
				}
			}
			if given != 1 {
				r.add(finding{
					path:    []string{"extraVolumes", name},
					message: fmt.Sprintf("the volume %s has %d sources", name, given),
					allowed: "one, such as secret, configMap, emptyDir or persistentVolumeClaim",
					mend:    cueField([]string{"extraVolumes", name}, fmt.Sprintf("secret: secretName: %q", name)),
				})
			}
		}
	},
}

var mountVolume = rule{
	"mount-volume", diag.Error,
	"Kubernetes refuses the mount of a volume that the pod does not have",
	func(in *intent.Intent, r *report) {
		have := map[string]bool{}
		for _, v := range volumes(in) {
			have[v.name] = true
		}
		for _, dir := range keys(in.ExtraVolumeMounts) {
			if name := in.ExtraVolumeMounts[dir].Name; !have[name] {
				r.add(finding{
					path:    []string{"extraVolumeMounts", dir, "name"},
					message: fmt.Sprintf("no volume is named %s", name),
					allowed: oneOf(have),
					mend:    cueField([]string{"extraVolumes", name}, fmt.Sprintf("secret: secretName: %q", name)),
					needs:   "extraVolumes name tlsCA nats leafnodes websocket mqtt cluster gateway jetstream resolver",
				})
			}
		}
		for _, c := range extraContainers(in) {
			for n, m := range c.VolumeMounts {
				if !have[m.Name] {
					r.add(finding{
						path:    below(c.path, "volumeMounts", strconv.Itoa(n)),
						message: fmt.Sprintf("no volume is named %s", m.Name),
						allowed: oneOf(have),
						mend:    cueField([]string{"extraVolumes", m.Name}, fmt.Sprintf("secret: secretName: %q", m.Name)),
						needs:   "extraVolumes name tlsCA nats leafnodes websocket mqtt cluster gateway jetstream resolver",
					})
				}
			}
		}
	},
}

// readOnlyMounts are the directories of the server whose files come from ConfigMaps and Secrets.
var readOnlyMounts = []string{"/etc/nats-config", "/etc/nats-certs", "/etc/nats-ca-cert", "/etc/nats-creds"}

// mounts are the directories of the server that are not for what it stores.
var mounts = append([]string{"/var/run/nats"}, readOnlyMounts...)

// within tells whether a path is a directory or lies in it.
func within(file, dir string) bool {
	return file == dir || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/")
}

var mountPathFree = rule{
	"mount-path-free", diag.Error,
	"a mount over one of the server's own hides its files, and one inside a ConfigMap or Secret cannot be made",
	func(in *intent.Intent, r *report) {
		own := append([]string(nil), mounts...)
		if in.JetStreamEnabled() {
			own = append(own, path.Clean(in.StoreDir()))
		}
		if in.ResolverOnDisk() {
			own = append(own, path.Clean(in.Resolver.Dir))
		}
		store := path.Join(in.StoreDir(), server.JetStreamStoreDir)
		for _, dir := range keys(in.ExtraVolumeMounts) {
			clean := path.Clean(dir)
			if f := in.FileStore(); f != nil && f.Pvc.Enabled && within(clean, store) {
				r.add(finding{
					path:    []string{"extraVolumeMounts", dir},
					message: fmt.Sprintf("a mount on %s hides the streams on the volume claim, and gets those that come after", dir),
					allowed: "a path apart from " + store,
					mend:    cueField([]string{"extraVolumeMounts", "/mnt/" + in.ExtraVolumeMounts[dir].Name}, fmt.Sprintf("name: %q", in.ExtraVolumeMounts[dir].Name)) + ", in its place",
					needs:   "jetstream",
				})
				continue
			}
			for _, taken := range own {
				inside := len(clean) > len(taken) && within(clean, taken)
				if within(taken, clean) || inside && slices.Contains(readOnlyMounts, taken) {
					r.add(finding{
						path:    []string{"extraVolumeMounts", dir},
						message: fmt.Sprintf("a mount on %s is in the way of %s", dir, taken),
						allowed: "a path apart from " + strings.Join(own, ", "),
						mend:    cueField([]string{"extraVolumeMounts", "/mnt/" + in.ExtraVolumeMounts[dir].Name}, fmt.Sprintf("name: %q", in.ExtraVolumeMounts[dir].Name)) + ", in its place",
						needs:   "jetstream resolver",
					})
					break
				}
			}
		}
	},
}
