package kube

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// ZoneLabel is the label of the pods of a zone's own StatefulSet, by which it finds them.
const ZoneLabel = "natsyard.io/zone"

// statefulSet is the servers of one set.
func statefulSet(in *intent.Intent, set intent.ServerSet, restartHash string) (*appsv1.StatefulSet, error) {
	claims, err := claimTemplates(in)
	if err != nil {
		return nil, err
	}
	// This and the image are all of the configuration that the pod template holds, so that a
	// change that a running server can reload leaves it as it was.
	rolls := map[string]string{RestartHashAnnotation: restartHash}
	servers := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: workloadMeta(in, server, set.Name, in.StatefulSet.Annotations, in.Image),
		Spec: appsv1.StatefulSetSpec{
			Replicas:    new(set.Replicas),
			ServiceName: in.HeadlessName(),
			// Servers start together: none is ready before it finds the others.
			PodManagementPolicy: appsv1.ParallelPodManagement,
			Selector:            labelSelector(in, server),
			Template: corev1.PodTemplateSpec{
				ObjectMeta: podMeta(in, server, in.PodTemplate.Labels, merge(in.PodTemplate.Annotations, rolls)),
				Spec:       serverPod(in, set),
			},
			VolumeClaimTemplates: claims,
		},
	}
	if set.Zone != "" {
		// Without a label of its own each StatefulSet would adopt the pods of the others. Services,
		// the budget and the policy do not have it: they are for the servers of all zones.
		for _, labels := range []map[string]string{servers.Labels, servers.Spec.Selector.MatchLabels, servers.Spec.Template.Labels} {
			labels[ZoneLabel] = set.Zone
		}
	}
	if len(claims) > 0 {
		// What Kubernetes does by default, said aloud: no scaling and no deletion takes the data.
		servers.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
			WhenDeleted: appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
			WhenScaled:  appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		}
	}
	return servers, nil
}

// serverPod is the pod of one server: the server, the sidecars that are on, and the user's.
func serverPod(in *intent.Intent, set intent.ServerSet) corev1.PodSpec {
	mounts := serverMounts(in)
	containers := []corev1.Container{natsContainer(in, set, mounts)}
	if in.Reloader.Enabled {
		containers = append(containers, reloaderContainer(in, mounts))
	}
	if in.PromExporter.Enabled {
		containers = append(containers, promExporterContainer(in))
	}
	pod := podSpec(in, slices.Concat(containers, extraContainers(in, containers, in.ExtraContainers)), serverVolumes(in))
	pod.InitContainers = extraContainers(in, containers, in.ExtraInitContainers)
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
	if set.Zone != "" {
		pod.NodeSelector = merge(in.NodeSelector, map[string]string{in.Zones.TopologyKey: set.Zone})
	}
	return pod
}
