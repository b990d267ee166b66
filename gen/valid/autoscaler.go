package valid

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (j *judgement) autoscaler(o *autoscalingv2.HorizontalPodAutoscaler) {
	s := &o.Spec
	if n := s.MinReplicas; n != nil {
		switch {
		case *n == 0:
			j.late(spec.Child("minReplicas").String(), "0", limits{Gate: "HPAScaleToZero"})
		case *n > s.MaxReplicas && s.MaxReplicas > 0:
			j.bad(spec.Child("minReplicas"), fmt.Sprintf("is %d", *n), fmt.Sprintf("at most maxReplicas, %d", s.MaxReplicas))
		}
	}
	if ref := s.ScaleTargetRef; ref.Kind != "" && groupOf(ref.APIVersion) == "" {
		j.bad(spec.Child("scaleTargetRef", "apiVersion"), "is "+shown(ref.APIVersion), `with its group, such as "apps/v1"`)
	}
	for i := range s.Metrics {
		j.metric(spec.Child("metrics").Index(i), &s.Metrics[i])
	}
}

// sources are the fields of a metric, by its type.
var sources = map[autoscalingv2.MetricSourceType]string{
	autoscalingv2.ResourceMetricSourceType: "resource", autoscalingv2.PodsMetricSourceType: "pods", autoscalingv2.ObjectMetricSourceType: "object",
	autoscalingv2.ExternalMetricSourceType: "external", autoscalingv2.ContainerResourceMetricSourceType: "containerResource",
}

func (j *judgement) metric(at *field.Path, m *autoscalingv2.MetricSpec) {
	of := sources[m.Type]
	if of == "" {
		return // the table says so
	}
	own, others := false, 0
	for _, name := range given(*m) {
		if name == of {
			own = true
			continue
		}
		others++
		j.bad(at.Child(name), fmt.Sprintf("is given with the type %s", m.Type), of)
	}
	if !own {
		j.needs(at.Child(of), others > 0) // is said already
		return
	}
	target := at.Child(of, "target")
	one := func(t *autoscalingv2.MetricTarget, other string, is bool) {
		average := t.AverageValue != nil
		switch {
		case !is && !average:
			j.needs(target.Child(other), false)
		case is && average && m.Type != autoscalingv2.ObjectMetricSourceType:
			j.bad(target.Child("averageValue"), "is given beside "+other, "one of the two")
		}
	}
	switch {
	case m.Resource != nil:
		one(&m.Resource.Target, "averageUtilization", m.Resource.Target.AverageUtilization != nil)
	case m.ContainerResource != nil:
		one(&m.ContainerResource.Target, "averageUtilization", m.ContainerResource.Target.AverageUtilization != nil)
	case m.Pods != nil:
		j.needs(target.Child("averageValue"), m.Pods.Target.AverageValue != nil)
	case m.Object != nil:
		one(&m.Object.Target, "value", m.Object.Target.Value != nil)
	case m.External != nil:
		one(&m.External.Target, "value", m.External.Target.Value != nil)
	}
}
