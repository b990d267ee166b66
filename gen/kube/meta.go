package kube

import (
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// Kubernetes' recommended labels.
const (
	labelName      = "app.kubernetes.io/name"
	labelInstance  = "app.kubernetes.io/instance"
	labelComponent = "app.kubernetes.io/component"
	labelVersion   = "app.kubernetes.io/version"
	labelManagedBy = "app.kubernetes.io/managed-by"
)

// RestartHashAnnotation is the annotation of the pod template that rolls the pods.
const RestartHashAnnotation = "natsyard.io/restart-hash"

// component is the value of the label that tells the two kinds of pods apart.
type component string

const (
	server  component = "nats"
	natsBox component = "nats-box"
)

// selector gives the labels that find the pods of a component. They are immutable in a
// StatefulSet and a Deployment, so no label of the user's is ever among them.
func selector(in *intent.Intent, of component) map[string]string {
	return map[string]string{
		labelName:      "nats",
		labelInstance:  in.Instance(),
		labelComponent: string(of),
	}
}

func labelSelector(in *intent.Intent, of component) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: selector(in, of)}
}

// objectMeta gives an object its name and labels. A label of the user's goes over ours,
// never over one that a selector needs.
func objectMeta(in *intent.Intent, of component, name string, annotations map[string]string) metav1.ObjectMeta {
	ours := map[string]string{labelManagedBy: "natsyard"}
	return metav1.ObjectMeta{
		Name:        name,
		Labels:      merge(ours, in.Global.Labels, selector(in, of)),
		Annotations: annotations,
	}
}

// workloadMeta is objectMeta with the version that the workload runs, where the image's
// name tells it. Other objects run nothing; there it would only make an upgrade touch them all.
func workloadMeta(in *intent.Intent, of component, name string, annotations map[string]string, image schema.Image) metav1.ObjectMeta {
	meta := objectMeta(in, of, name, annotations)
	told := image.FullImageName == "" && image.Digest == "" && len(validation.IsValidLabelValue(image.Tag)) == 0
	if _, taken := meta.Labels[labelVersion]; told && !taken {
		meta.Labels[labelVersion] = image.Tag
	}
	return meta
}

// podMeta gives pods the labels that find them and the user's. The chart's own version and
// that of the image are not among them: they would roll the pods when nothing in them changes.
func podMeta(in *intent.Intent, of component, labels, annotations map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Labels:      merge(in.Global.Labels, labels, selector(in, of)),
		Annotations: annotations,
	}
}

// merge copies maps into one; a later map goes over an earlier one.
func merge(layers ...map[string]string) map[string]string {
	merged := map[string]string{}
	for _, layer := range layers {
		maps.Copy(merged, layer)
	}
	return merged
}
