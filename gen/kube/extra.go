package kube

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// What the user adds to the servers' pods comes after natsyard's own, by name. Of two of one
// name Kubernetes takes neither, so natsyard's own stays and the other does not come.

// withExtraVolumes adds the user's volumes. Claims bring volumes of their own names.
func withExtraVolumes(ours []corev1.Volume, claims []string, users map[string]schema.VolumeSource) []corev1.Volume {
	taken := map[string]bool{}
	for _, v := range ours {
		taken[v.Name] = true
	}
	for _, name := range claims {
		taken[name] = true
	}
	for _, name := range sorted(users) {
		if !taken[name] {
			ours = append(ours, corev1.Volume{Name: name, VolumeSource: users[name]})
		}
	}
	return ours
}

// withExtraMounts adds the user's mounts of the nats container.
func withExtraMounts(ours []corev1.VolumeMount, users map[string]schema.ExtraMount) []corev1.VolumeMount {
	taken := map[string]bool{}
	for _, m := range ours {
		taken[m.MountPath] = true
	}
	for _, path := range sorted(users) {
		given := users[path]
		if !taken[path] {
			ours = append(ours, corev1.VolumeMount{
				Name:      given.Name,
				MountPath: path,
				SubPath:   given.SubPath,
				ReadOnly:  given.ReadOnly != nil && *given.ReadOnly,
			})
		}
	}
	return ours
}

// extraContainers are the user's. One without a security context has that of all: without any
// it would not pass the restricted Pod Security Standard. Those that run before the server
// share its containers' names.
func extraContainers(in *intent.Intent, ours []corev1.Container, users map[string]schema.Container) (extra []corev1.Container) {
	for _, name := range sorted(users) {
		given := users[name]
		if slices.ContainsFunc(ours, func(c corev1.Container) bool { return c.Name == name }) {
			continue
		}
		given.Name = name
		if given.SecurityContext == nil {
			given.SecurityContext = new(in.SecurityContext)
		}
		extra = append(extra, given)
	}
	return extra
}

// sorted are the keys of a map in their order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
