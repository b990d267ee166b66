package kube

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// statefulSet is the servers.
func statefulSet(in *intent.Intent, restartHash string) (*appsv1.StatefulSet, error) {
	claims, err := claimTemplates(in)
	if err != nil {
		return nil, err
	}
	// This and the image are all of the configuration that the pod template holds, so that a
	// change that a running server can reload leaves it as it was.
	rolls := map[string]string{RestartHashAnnotation: restartHash}
	set := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: workloadMeta(in, server, in.StatefulSetName(), in.StatefulSet.Annotations, in.Image),
		Spec: appsv1.StatefulSetSpec{
			Replicas:    new(in.Cluster.Replicas),
			ServiceName: in.HeadlessName(),
			// Servers start together: none is ready before it finds the others.
			PodManagementPolicy: appsv1.ParallelPodManagement,
			Selector:            labelSelector(in, server),
			Template: corev1.PodTemplateSpec{
				ObjectMeta: podMeta(in, server, in.PodTemplate.Labels, merge(in.PodTemplate.Annotations, rolls)),
				Spec:       serverPod(in),
			},
			VolumeClaimTemplates: claims,
		},
	}
	if len(claims) > 0 {
		// What Kubernetes does by default, said aloud: no scaling and no deletion takes the data.
		set.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
			WhenDeleted: appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
			WhenScaled:  appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		}
	}
	return set, nil
}

// serverPod is the pod of one server: the server, and the sidecars that are on.
func serverPod(in *intent.Intent) corev1.PodSpec {
	mounts := serverMounts(in)
	containers := []corev1.Container{natsContainer(in, mounts)}
	if in.Reloader.Enabled {
		containers = append(containers, reloaderContainer(in, mounts))
	}
	if in.PromExporter.Enabled {
		containers = append(containers, promExporterContainer(in))
	}
	pod := podSpec(in, containers, serverVolumes(in))
	pod.ServiceAccountName = in.ServiceAccountName()
	if in.Reloader.Enabled {
		pod.ShareProcessNamespace = new(true) // the reloader signals the server
	}
	pod.TerminationGracePeriodSeconds = new(in.TerminationGracePeriod())
	pod.PriorityClassName = in.PriorityClassName
	pod.Affinity = affinity(in)
	pod.TopologySpreadConstraints = topologySpread(in)
	pod.Tolerations = in.Tolerations
	pod.NodeSelector = in.NodeSelector
	return pod
}
