package kube_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

func TestExtras(t *testing.T) {
	t.Parallel()
	pod := servers(t, `{
		jetstream: fileStore: {}
		extraVolumes: {z: emptyDir: {}, a: secret: secretName: "s"}
		extraVolumeMounts: {"/z": {name: "z"}, "/etc/a": {name: "a", subPath: "p", readOnly: true}}
		extraContainers: {b: {image: "b", securityContext: runAsUser: 1}, a: {image: "a", command: ["c"]}}
		extraInitContainers: {second: image: "2", first: {image: "1", restartPolicy: "Always"}}
	}`).Spec.Template.Spec
	require.Equal(t, []corev1.Volume{
		{Name: "a", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s"}}},
		{Name: "z", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
	}, pod.Volumes[2:])
	require.Equal(t, []corev1.VolumeMount{
		{Name: "a", MountPath: "/etc/a", SubPath: "p", ReadOnly: true}, {Name: "z", MountPath: "/z"},
	}, pod.Containers[0].VolumeMounts[3:])
	shared := pod.Containers[0].SecurityContext
	require.Equal(t, []corev1.Container{
		{Name: "a", Image: "a", Command: []string{"c"}, SecurityContext: shared},
		{Name: "b", Image: "b", SecurityContext: &corev1.SecurityContext{RunAsUser: new(int64(1))}},
	}, pod.Containers[2:])
	require.Equal(t, []corev1.Container{
		{Name: "first", Image: "1", RestartPolicy: new(corev1.ContainerRestartPolicyAlways), SecurityContext: shared},
		{Name: "second", Image: "2", SecurityContext: shared},
	}, pod.InitContainers)
}

// named are the elements of a pod's lists by list and name.
func named(pod corev1.PodSpec) map[string]any {
	all := map[string]any{}
	for _, v := range pod.Volumes {
		all["volume "+v.Name] = v
	}
	for _, m := range pod.Containers[0].VolumeMounts {
		all["mount "+m.MountPath] = m
	}
	for _, c := range pod.Containers[1:] {
		all["container "+c.Name] = c
	}
	for _, c := range pod.InitContainers {
		all["init container "+c.Name] = c
	}
	return all
}

// Adding one extra adds it, and changes or drops nothing else, whatever its name.
func TestAddingOneExtraNeverDropsAnother(t *testing.T) {
	t.Parallel()
	const base = `{
		jetstream: fileStore: {}, resolver: {}, promExporter: enabled: true, monitor: tls: enabled: true
		nats: tls: {secretName: "s", ca: "ca.crt"}, tlsCA: configMapName: "c", reloader: natsVolumeMountPrefixes: []
	}`
	plain := parse(t, base)
	ours := named(pods(t, plain)["nats"].Spec)
	names := []string{"config", "pid", "nats-js", "nats-resolver", "tls-ca", "nats-tls", "nats-tls-ca", "nats", "reloader", "prom-exporter", "a", "b", "c", "d"}
	paths := []string{"/etc/nats-config", "/var/run/nats", "/data", "/data/resolver", "/etc/nats-certs/nats", "/a", "/b", "/c"}
	// Claims bring volumes of their own names, and all containers of a pod share theirs.
	reserved := []string{
		"volume nats-js", "volume nats-resolver", "container nats",
		"init container nats", "init container reloader", "init container prom-exporter",
	}
	for seed := range 50 {
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		in := &intent.Intent{Intent: plain.Intent}
		in.ExtraVolumes, in.ExtraVolumeMounts = map[string]schema.VolumeSource{}, map[string]schema.ExtraMount{}
		in.ExtraContainers, in.ExtraInitContainers = map[string]schema.Container{}, map[string]schema.Container{}
		before := ours
		for range 12 {
			name, path := names[random.IntN(len(names))], paths[random.IntN(len(paths))]
			image := schema.Container{Image: fmt.Sprint("image-", random.IntN(9))}
			var added string
			switch random.IntN(4) {
			case 0:
				added, in.ExtraVolumes[name] = "volume "+name, schema.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
			case 1:
				added, in.ExtraVolumeMounts[path] = "mount "+path, schema.ExtraMount{Name: name}
			case 2:
				added, in.ExtraContainers[name] = "container "+name, image
			default:
				added, in.ExtraInitContainers[name] = "init container "+name, image
			}
			pod := pods(t, in)["nats"].Spec
			after := named(pod)
			require.Len(t, after, len(pod.Volumes)+len(pod.Containers[0].VolumeMounts)+len(pod.Containers)-1+len(pod.InitContainers), "no name twice")
			for key, was := range before {
				if key != added || ours[key] != nil {
					require.Empty(t, cmp.Diff(was, after[key]), "seed %d: %s", seed, added)
				}
			}
			fresh := slices.Collect(maps.Keys(after))
			fresh = slices.DeleteFunc(fresh, func(key string) bool { return before[key] != nil })
			if before[added] == nil && !slices.Contains(reserved, added) {
				require.Equal(t, []string{added}, fresh, "seed %d", seed)
			} else {
				require.Empty(t, fresh, "seed %d: %s", seed, added)
			}
			before = after
		}
	}
}
