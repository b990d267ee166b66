package kube

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
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

// serverMounts are the volumes of the nats container.
func serverMounts(in *intent.Intent) []corev1.VolumeMount {
	mounts := []corev1.VolumeMount{
		{Name: confVolume, MountPath: confDir},
		{Name: pidVolume, MountPath: pidDir},
	}
	if in.JetStreamEnabled() {
		mounts = append(mounts, corev1.VolumeMount{Name: in.JetStreamClaimName(), MountPath: in.StoreDir()})
	}
	return mounts
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
	return volumes
}

// claimed tells whether the store lives on a volume of its own.
func claimed(in *intent.Intent) bool {
	store := in.FileStore()
	return store != nil && store.Pvc.Enabled
}

// claimTemplates are the volume claims of each server. No label is on them: they cannot
// change, and labels can.
func claimTemplates(in *intent.Intent) ([]corev1.PersistentVolumeClaim, error) {
	if !claimed(in) {
		return nil, nil
	}
	pvc := in.FileStore().Pvc
	size, err := resource.ParseQuantity(pvc.Size)
	if err != nil {
		return nil, fmt.Errorf("parse jetstream.fileStore.pvc.size %q: %w", pvc.Size, err)
	}
	claim := corev1.PersistentVolumeClaim{
		// Kubernetes fills these in where they are missing, and Argo CD then sees drift for ever;
		// it knows the other defaults of a claim.
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Name: in.JetStreamClaimName()},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: pvc.StorageClassName, // "" asks for no class at all
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: size},
			},
		},
	}
	for _, mode := range pvc.AccessModes {
		claim.Spec.AccessModes = append(claim.Spec.AccessModes, corev1.PersistentVolumeAccessMode(mode))
	}
	return []corev1.PersistentVolumeClaim{claim}, nil
}
