package language

import "strings"

// spellings leads from the paths of others to ours: the values of the official Helm chart
// (1.x, and 0.x, which most old posts still show) and habits from Kubernetes. What stands
// below a path moves with it, and may be led on from there. "" is the top level.
var spellings = map[string]string{
	// chart 1.x
	"config":                                 "",
	"config.merge":                           "extraConfig",
	"config.patch":                           "extraConfig",
	"container":                              "",
	"container.merge":                        "",
	"container.ports":                        "",
	"fullnameOverride":                       "name",
	"jetstream.fileStore.pvc.merge.spec":     "jetstream.fileStore.pvc",
	"namespaceOverride":                      "namespace",
	"natsBox.container":                      "natsBox",
	"natsBox.container.image.resources":      "natsBox.resources",
	"natsBox.deployment":                     "natsBox",
	"natsBox.podTemplate.merge.spec":         "natsBox",
	"podDisruptionBudget.merge.spec":         "podDisruptionBudget",
	"podTemplate.merge.metadata":             "podTemplate",
	"podTemplate.merge.spec":                 "",
	"podTemplate.merge.spec.securityContext": "podSecurityContext",
	"podTemplate.topologySpreadConstraints":  "topologySpreadConstraints",
	"service.merge.metadata":                 "service",
	"service.merge.spec":                     "service",
	"statefulSet.merge.metadata":             "statefulSet",
	"statefulSet.merge.spec.template.spec":   "",

	// chart 0.x; the storage blocks also at the top level, as many posts have them
	"commonLabels":                         "global.labels",
	"exporter":                             "promExporter",
	"exporter.serviceMonitor":              "promExporter.podMonitor",
	"fileStorage":                          "jetstream.fileStore",
	"imagePullSecrets":                     "global.image.pullSecretNames",
	"jetstream.fileStorage":                "jetstream.fileStore",
	"jetstream.fileStore.storageDirectory": "jetstream.fileStore.dir",
	"jetstream.memStorage":                 "jetstream.memoryStore",
	"memStorage":                           "jetstream.memoryStore",
	"nats.image":                           "image",
	"nats.jetstream":                       "jetstream",
	"nats.limits":                          "limits",
	"nats.limits.lameDuckDuration":         "lameDuckDuration",
	"nats.logging":                         "logging",
	"nats.profiling":                       "profiling",
	"nats.resources":                       "resources",
	"nats.serverNamePrefix":                "serverNamePrefix",
	"nats.serverTags":                      "serverTags",
	"nats.serviceAccount":                  "serviceAccount",
	"nats.terminationGracePeriodSeconds":   "terminationGracePeriodSeconds",
	"podAnnotations":                       "podTemplate.annotations",
	"statefulSetAnnotations":               "statefulSet.annotations",

	"auth":                              "authorization",
	"auth.resolver":                     "resolver",
	"merge":                             "extraConfig", // of config, which is the top level
	"pprof":                             "profiling",
	"serviceAccountName":                "serviceAccount.name",
	"extraResources":                    "kustomize.resources",
	"podTemplate.merge.spec.containers": "extraContainers",
	"podTemplate.merge.spec.volumes":    "extraVolumes",
	"resolver.resolverPreload":          "resolverPreload",
	"resolver.merge":                    "resolver",

	// habits
	"containers":                           "extraContainers",
	"initContainers":                       "extraInitContainers",
	"tls":                                  "nats.tls",
	"users":                                "authorization.users",
	"volumeMounts":                         "extraVolumeMounts",
	"volumes":                              "extraVolumes",
	"accessModes":                          "jetstream.fileStore.pvc.accessModes",
	"annotations":                          "podTemplate.annotations",
	"cluster.k8sClusterDomain":             "cluster.routeURLs.k8sClusterDomain",
	"cluster.useFQDN":                      "cluster.routeURLs.useFQDN",
	"cpu":                                  "resources.limits.cpu",
	"jetstream.fileStore.accessModes":      "jetstream.fileStore.pvc.accessModes",
	"jetstream.fileStore.size":             "jetstream.fileStore.pvc.size",
	"jetstream.fileStore.storageClassName": "jetstream.fileStore.pvc.storageClassName",
	"jetstream.memoryStore.size":           "jetstream.memoryStore.maxSize",
	"jetstream.size":                       "jetstream.fileStore.pvc.size",
	"labels":                               "global.labels",
	"memory":                               "resources.limits.memory",
	"metrics":                              "promExporter",
	"persistence":                          "jetstream.fileStore.pvc",
	"podAntiAffinity":                      "affinity.podAntiAffinity",
	"podLabels":                            "podTemplate.labels",
	"podMonitor":                           "promExporter.podMonitor",
	"replicaCount":                         "cluster.replicas",
	"resources.cpu":                        "resources.limits.cpu",
	"resources.memory":                     "resources.limits.memory",
	"serviceType":                          "service.type",
	"size":                                 "jetstream.fileStore.pvc.size",
	"storage":                              "jetstream.fileStore.pvc.size",
	"storageClass":                         "jetstream.fileStore.pvc.storageClassName",
	"tags":                                 "serverTags",
	"storageClassName":                     "jetstream.fileStore.pvc.storageClassName",
}

// noPatch is about what others have and the language has not.
const noPatch = `kustomize: patches: [{path: "my.patch.yaml"}], a patch of your own (docs/guide.md)`

// secretHere is how a key of a Secret is named where nothing else can stand.
const secretHere = `its two parts stand here themselves: {secretName: "nats-auth", key: "alice"}`

// boxUser is how nats-box comes by a user and a password.
const boxUser = `natsBox: env: {NATS_USER: "alice", NATS_PASSWORD: valueFrom: secretKeyRef: {name: "nats-auth", key: "alice"}}`

// absent are the names that people look for in vain, and what to do instead: by the last elements
// of the path, of which the longest counts.
var absent = map[string]string{
	"nats.listen": "leave it out: the servers listen on every address of their pod; a field sets the port",
	"merge":       noPatch, "nameOverride": "the full name is name", "patch": noPatch, "updateStrategy": noPatch,

	"podDisruptionBudget.minAvailable":     "podDisruptionBudget: maxUnavailable: 1, which counts those that may be down",
	"podTemplate.configChecksumAnnotation": "leave it out: the pods roll when an option changes that the server cannot reload",
	"tls.dir":                              "leave it out: natsyard mounts the Secret and writes the paths",
	"contexts.<key>.password":              boxUser,
	"contexts.<key>.user":                  boxUser,
	"env.<key>.secretKeyRef":               `valueFrom: secretKeyRef: {name: "nats-auth", key: "password"}`,
	"env.<key>.value":                      `the text itself, as in NAME: "text"`,
	"patches[].patch":                      `a file of it, as in {path: "my.patch.yaml"}`,
	"secretKeyRef":                         secretHere,
	"valueFrom":                            secretHere,
}

// absence says what to do instead of a field that the language has not; "" where nobody knows.
func absence(path []string, name string) string {
	tail := name
	if owner, ok := Lookup(path...); ok && owner.Path != "" {
		tail = owner.Path + "." + name
	}
	for tail != "" {
		if words := absent[tail]; words != "" {
			return words
		}
		_, tail, _ = strings.Cut(tail, ".")
	}
	return absent[name]
}

// Spelling translates a path of the official Helm chart, 0.x or 1.x, or one of some common
// mistakes into ours: ("config", "jetstream", "memoryStore") is "jetstream.memoryStore". It
// tells whether the path is known. The translation is always a path that Lookup finds; ""
// is the top level, for what the chart wraps around fields that stand there.
func Spelling(path ...string) (string, bool) {
	for n := len(path); n > 0; n-- {
		ours, known := spellings[strings.Join(path[:n], ".")]
		if !known {
			continue
		}
		elements := append(ParsePath(ours), path[n:]...)
		if next, ok := Spelling(elements...); ok {
			return next, true
		}
		if _, ok := Lookup(elements...); ok {
			return formatPath(elements...), true
		}
	}
	return "", false
}
