package rule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// labelMaps are the label and annotation maps of what is emitted, by path.
func labelMaps(in *intent.Intent) map[string]map[string]string {
	labels := map[string]map[string]string{
		"global.labels":               in.Global.Labels,
		"podTemplate.labels":          in.PodTemplate.Labels,
		"podTemplate.annotations":     in.PodTemplate.Annotations,
		"statefulSet.annotations":     in.StatefulSet.Annotations,
		"configMap.annotations":       in.ConfigMap.Annotations,
		"headlessService.annotations": in.HeadlessService.Annotations,
		"nodeSelector":                in.NodeSelector,
	}
	add := func(emitted bool, path string, given map[string]string) {
		if emitted {
			labels[path] = given
		}
	}
	monitor := in.PromExporter.PodMonitor
	add(in.Service.Enabled, "service.annotations", in.Service.Annotations)
	add(in.ServiceAccount.Enabled, "serviceAccount.annotations", in.ServiceAccount.Annotations)
	add(in.NetworkPolicy.Enabled, "networkPolicy.annotations", in.NetworkPolicy.Annotations)
	add(in.PodDisruptionBudget.Enabled, "podDisruptionBudget.annotations", in.PodDisruptionBudget.Annotations)
	add(in.PromExporter.Enabled && monitor.Enabled, "promExporter.podMonitor.labels", monitor.Labels)
	add(in.PromExporter.Enabled && monitor.Enabled, "promExporter.podMonitor.annotations", monitor.Annotations)
	add(in.NatsBox.Enabled, "natsBox.annotations", in.NatsBox.Annotations)
	add(in.NatsBox.Enabled, "natsBox.nodeSelector", in.NatsBox.NodeSelector)
	for key, s := range in.ExtraServices {
		add(s.Enabled, "extraServices."+key+".annotations", s.Annotations)
	}
	if w := in.Websocket; in.WebSocketEnabled() && w.Ingress != nil {
		add(w.Ingress.Enabled, "websocket.ingress.annotations", w.Ingress.Annotations)
	}
	if w := in.Websocket; in.WebSocketEnabled() && w.HttpRoute != nil {
		add(w.HttpRoute.Enabled, "websocket.httpRoute.annotations", w.HttpRoute.Annotations)
	}
	return labels
}

var labelKeys = rule{
	"label-key", diag.Error,
	"Kubernetes refuses the object",
	func(in *intent.Intent, r *report) {
		labels := labelMaps(in)
		for _, path := range slices.Sorted(maps.Keys(labels)) {
			for _, k := range slices.Sorted(maps.Keys(labels[path])) {
				if problems := validation.IsQualifiedName(k); len(problems) > 0 {
					r.add(finding{
						path:    append(at(path), k),
						message: fmt.Sprintf("%q is no key of a label or annotation", k),
						allowed: "a name of at most 63 letters, digits, '-', '_' and '.', after an optional DNS domain and '/'",
						mend:    cueField(append(at(path), cmp.Or(inLetters(k, func(s string) bool { return len(validation.IsQualifiedName(s)) == 0 }), "example.com/name")), cueText(labels[path][k])) + ", in its place",
					})
				}
			}
		}
	},
}

// kustomizeDomains are the domains of the keys by which kustomize is told what to do.
var kustomizeDomains = []string{"config.kubernetes.io", "internal.config.kubernetes.io", "config.k8s.io", "kustomize.config.k8s.io"}

var kustomizeKeys = rule{
	"kustomize-key", diag.Error,
	"kustomize takes the key as an instruction to itself: the object may be left out, or the key itself",
	func(in *intent.Intent, r *report) {
		labels := labelMaps(in)
		for _, path := range slices.Sorted(maps.Keys(labels)) {
			for _, k := range slices.Sorted(maps.Keys(labels[path])) {
				if domain, _, ok := strings.Cut(k, "/"); ok && slices.Contains(kustomizeDomains, domain) {
					r.add(finding{
						path:    append(at(path), k),
						message: fmt.Sprintf("key %s is kustomize's own", k),
						mend:    "leave it out",
					})
				} else if len(validation.IsQualifiedName(k)) == 0 && yaml.IsValueNonString(k) {
					r.add(finding{
						path:    append(at(path), k),
						message: fmt.Sprintf("kustomize takes the key %s for something else than text", k),
						mend:    cueField(append(at(path), "example.com/"+k), cueText(labels[path][k])) + ", in its place",
					})
				}
			}
		}
	},
}

var selectorLabelsOwn = rule{
	"selector-label", diag.Error,
	"the Services, the budget and the StatefulSet find their pods by these labels, and a StatefulSet's selector never changes",
	func(in *intent.Intent, r *report) {
		for _, m := range []struct {
			path   string
			labels map[string]string
		}{{"global.labels", in.Global.Labels}, {"podTemplate.labels", in.PodTemplate.Labels}} {
			for _, k := range slices.Sorted(maps.Keys(m.labels)) {
				switch k {
				case "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component":
					r.add(finding{
						path:    append(at(m.path), k),
						message: fmt.Sprintf("label %s is natsyard's own", k),
						mend:    "leave it out; `instance` sets app.kubernetes.io/instance",
					})
				}
			}
		}
	},
}

var imageVersion = rule{
	"image-version", diag.Warning,
	"nats.conf was proven with the loader of nats-server " + server.VERSION + "; another version may know other options",
	func(in *intent.Intent, r *report) {
		tag, path := in.ImageTag()
		got := in.ImageVersion()
		if got == nil {
			return // another rule's
		}
		if want := version.MustParseGeneric(server.VERSION); got.Major() != want.Major() || got.Minor() != want.Minor() {
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("the image runs nats-server %s, the proof is by %s", tag, server.VERSION),
				mend:    fmt.Sprintf("image: tag: %q, or a natsyard of that version", server.VERSION+"-alpine"),
			})
		}
	},
}

// floating are the tags of the official image that are moved to each new version of the server.
var floating = []string{"", "latest", "alpine", "scratch", "linux", "main", "nightly"}

var imageFloats = rule{
	"image-tag-floats", diag.Warning,
	"such a tag is moved to another version of nats-server: the servers of one cluster may run different ones, and none that the proof was by",
	func(in *intent.Intent, r *report) {
		full := in.Image.FullImageName
		tag, path := in.ImageTag()
		if !slices.Contains(floating, tag) || in.Image.Digest != "" || strings.Contains(full, "@") {
			return
		}
		f := finding{
			path:    path,
			message: fmt.Sprintf("the image's tag %s is no version", tag),
			mend:    fmt.Sprintf("image: tag: %q", server.VERSION+"-alpine"),
		}
		if tag == "" {
			f.message = "the image has no tag, and is the latest one"
		}
		if full != "" {
			f.mend = fmt.Sprintf("image: fullImageName: %q, or a digest", strings.TrimSuffix(full, ":"+tag)+":"+server.VERSION+"-alpine")
		}
		r.add(f)
	},
}

// leastMemory is what a nats-server without clients or streams takes.
const leastMemory = 16 << 20

var memoryLimitUsable = rule{
	"memory-limit-usable", diag.Error,
	"a server without clients or streams already takes more, and the kernel kills it",
	func(in *intent.Intent, r *report) {
		limit, given := in.Resources.Limits[corev1.ResourceMemory]
		if given && limit.Value() < leastMemory {
			r.add(finding{
				path:    at("resources.limits.memory"),
				message: fmt.Sprintf("a memory limit of %s is too little to run in", limit.String()),
				allowed: "16Mi or more",
				mend:    `resources: limits: memory: "256Mi"`,
			})
		}
	},
}

var securityContext = rule{
	"security-context", diag.Error,
	"Kubernetes refuses the pod, or starts none of its containers",
	func(in *intent.Intent, r *report) {
		c, pod := in.SecurityContext, in.PodSecurityContext
		if c.Privileged != nil && *c.Privileged && c.AllowPrivilegeEscalation != nil && !*c.AllowPrivilegeEscalation {
			r.add(finding{
				path:    at("securityContext.privileged"),
				message: "privileged without allowPrivilegeEscalation",
				mend:    "securityContext: allowPrivilegeEscalation: true, or not privileged",
			})
		}
		nonRoot := pod.RunAsNonRoot
		if c.RunAsNonRoot != nil {
			nonRoot = c.RunAsNonRoot
		}
		for _, u := range []struct {
			path string
			user *int64
		}{{"podSecurityContext.runAsUser", pod.RunAsUser}, {"securityContext.runAsUser", c.RunAsUser}} {
			if u.user != nil && *u.user == 0 && nonRoot != nil && *nonRoot {
				r.add(finding{
					path:    at(u.path),
					message: "user 0 is root, which runAsNonRoot refuses",
					mend:    u.path[:len(u.path)-len(".runAsUser")] + ": runAsUser: 1000",
					needs:   "podSecurityContext securityContext",
				})
			}
		}
	},
}

var requestsUnderLimits = rule{
	"requests-under-limits", diag.Error,
	"Kubernetes refuses a container that asks for more than it may take",
	func(in *intent.Intent, r *report) {
		type container struct {
			path []string
			runs bool
			res  *corev1.ResourceRequirements
		}
		all := []container{
			{nil, true, &in.Resources}, {at("reloader"), in.Reloader.Enabled, &in.Reloader.Resources},
			{at("promExporter"), in.PromExporter.Enabled, &in.PromExporter.Resources}, {at("natsBox"), in.NatsBox.Enabled, &in.NatsBox.Resources},
		}
		for _, c := range extraContainers(in) {
			all = append(all, container{c.path, true, &c.Resources})
		}
		for _, c := range all {
			if !c.runs {
				continue
			}
			requests, limits := below(c.path, "resources", "requests"), below(c.path, "resources", "limits")
			for _, name := range slices.SortedFunc(maps.Keys(c.res.Requests), cmp.Compare) {
				request := c.res.Requests[name]
				limit, limited := c.res.Limits[name]
				if !limited || request.Cmp(limit) <= 0 {
					continue
				}
				r.add(finding{
					path:    below(requests, string(name)),
					message: fmt.Sprintf("request of %s %s is over its limit %s", name, request.String(), limit.String()),
					allowed: "at most " + limit.String(),
					mend:    cueField(below(limits, string(name)), strconv.Quote(request.String())),
					see:     []see{{below(limits, string(name)), "the limit"}},
				})
			}
		}
	},
}
