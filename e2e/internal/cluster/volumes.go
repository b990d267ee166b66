package cluster

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Provisioners of the storage class: this one, and Kubernetes' name for none.
const (
	provisioner   = "natsyard.io/e2e"
	noProvisioner = "kubernetes.io/no-provisioner"
)

// selectedNode is how the scheduler says on which node a claim's pod will be.
const selectedNode = "volume.kubernetes.io/selected-node"

// provision gives each claim whose pod has a node a volume. It has a path that nobody makes, for nodes that run nothing: Kubernetes' own provisioner
// makes folders, and leaves them.
func (c *Cluster) provision(ctx context.Context) {
	for ; ; time.Sleep(200 * time.Millisecond) {
		claims, err := c.Client.CoreV1().PersistentVolumeClaims("").List(ctx, metav1.ListOptions{})
		if err != nil {
			continue
		}
		for _, claim := range claims.Items {
			if claim.Spec.VolumeName != "" || claim.Annotations[selectedNode] == "" || claim.Spec.StorageClassName == nil || *claim.Spec.StorageClassName != StorageClass {
				continue
			}
			// One that is there already is the claim's own.
			_, _ = c.Client.CoreV1().PersistentVolumes().Create(ctx, &corev1.PersistentVolume{
				ObjectMeta: metav1.ObjectMeta{Name: "pvc-" + string(claim.UID)},
				Spec: corev1.PersistentVolumeSpec{
					Capacity: claim.Spec.Resources.Requests, AccessModes: claim.Spec.AccessModes, StorageClassName: StorageClass,
					PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
					ClaimRef:                      &corev1.ObjectReference{Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
					PersistentVolumeSource:        corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/nowhere"}},
				},
			}, metav1.CreateOptions{})
		}
	}
}
