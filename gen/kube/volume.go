package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// Where the server finds its files.
const (
	confDir = "/etc/nats-config"
	pidDir  = "/var/run/nats"
	pidFile = pidDir + "/nats.pid"
)

const (
	confVolume = "config"
	pidVolume  = "pid"
)

// serverMounts are the volumes of the nats container, in the chart's order.
func serverMounts(in *intent.Intent) []corev1.VolumeMount {
	mounts := []corev1.VolumeMount{
		{Name: confVolume, MountPath: confDir},
		{Name: pidVolume, MountPath: pidDir},
	}
	if in.JetStreamEnabled() {
		mounts = append(mounts, corev1.VolumeMount{Name: in.JetStreamClaimName(), MountPath: in.StoreDir()})
	}
	if in.ResolverOnDisk() {
		mounts = append(mounts, corev1.VolumeMount{Name: in.ResolverClaimName(), MountPath: in.Resolver.Dir})
	}
	if _, ok := sharedCA(in); ok {
		mounts = append(mounts, corev1.VolumeMount{Name: caVolume, MountPath: in.TLSCADir()})
	}
	for _, s := range serverSecrets(in) {
		mounts = append(mounts, s.mount())
	}
	return withExtraMounts(mounts, in.ExtraVolumeMounts)
}

// serverVolumes are the volumes of a server's pod, less those that a claim brings.
func serverVolumes(in *intent.Intent) []corev1.Volume {
	pid := emptyDir(pidVolume)
	pid.EmptyDir.SizeLimit = new(resource.MustParse("1Mi"))
	volumes := []corev1.Volume{configMapVolume(confVolume, in.ConfigMapName()), pid}
	if in.JetStreamEnabled() && !claimed(in) {
		// Streams in memory keep their Raft log on disk, and the image's own is read-only.
		volumes = append(volumes, emptyDir(in.JetStreamClaimName()))
	}
	if in.ResolverOnDisk() && !in.ResolverClaimed() {
		volumes = append(volumes, emptyDir(in.ResolverClaimName()))
	}
	if ca, ok := sharedCA(in); ok {
		volumes = append(volumes, ca)
	}
	for _, s := range serverSecrets(in) {
		volumes = append(volumes, s.source())
	}
	if exporterNeedsCA(in) {
		if ca, _, ok := trustedCA(in); ok && ca.Name != caVolume {
			volumes = append(volumes, ca)
		}
	}
	return withExtraVolumes(volumes, claimNames(in), in.ExtraVolumes)
}

// claimed tells whether the store lives on a volume of its own.
func claimed(in *intent.Intent) bool {
	store := in.FileStore()
	return store != nil && store.Pvc.Enabled
}

// claimNames are the names of the claim templates, which are those of their volumes.
func claimNames(in *intent.Intent) (names []string) {
	if claimed(in) {
		names = append(names, in.JetStreamClaimName())
	}
	if in.ResolverClaimed() {
		names = append(names, in.ResolverClaimName())
	}
	return names
}

// claimTemplates are the volume claims of each server, in the chart's order.
func claimTemplates(in *intent.Intent) (claims []corev1.PersistentVolumeClaim, err error) {
	add := func(name, path string, pvc schema.PVC) {
		size, parseErr := resource.ParseQuantity(pvc.Size)
		if parseErr != nil {
			err = fmt.Errorf("parse %s.size %q: %w", path, pvc.Size, parseErr)
			return
		}
		claims = append(claims, claimTemplate(name, size, pvc))
	}
	if claimed(in) {
		add(in.JetStreamClaimName(), "jetstream.fileStore.pvc", in.FileStore().Pvc)
	}
	if in.ResolverClaimed() {
		add(in.ResolverClaimName(), "resolver.pvc", in.Resolver.Pvc)
	}
	return claims, err
}

// claimTemplate has no label: it cannot change, and labels can.
func claimTemplate(name string, size resource.Quantity, pvc schema.PVC) corev1.PersistentVolumeClaim {
	claim := corev1.PersistentVolumeClaim{
		// Kubernetes fills in kind, mode and phase where they are missing, and takes the list of claims as a whole: Argo CD
		// then sees drift for ever, kubectl a change, and a second manager on the server a conflict.
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: pvc.StorageClassName, // "" asks for no class at all
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: size},
			},
			VolumeMode: new(corev1.PersistentVolumeFilesystem),
		},
		Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending},
	}
	for _, mode := range pvc.AccessModes {
		claim.Spec.AccessModes = append(claim.Spec.AccessModes, corev1.PersistentVolumeAccessMode(mode))
	}
	return claim
}
