package kube

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// promPodMonitor is the part of the Prometheus Operator's PodMonitor that natsyard writes;
// the operator's own module would bring its whole client along.
type promPodMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec podMonitorSpec `json:"spec"`
}

type podMonitorSpec struct {
	Selector            metav1.LabelSelector `json:"selector"`
	PodMetricsEndpoints []podMetricsEndpoint `json:"podMetricsEndpoints"`
}

type podMetricsEndpoint struct {
	Port          string `json:"port"`
	Interval      string `json:"interval,omitempty"`
	ScrapeTimeout string `json:"scrapeTimeout,omitempty"`
}

// podMonitor tells the Prometheus Operator to read the exporter of every server.
func podMonitor(in *intent.Intent) *promPodMonitor {
	monitor := in.PromExporter.PodMonitor
	meta := objectMeta(in, server, in.PodMonitorName(), monitor.Annotations)
	meta.Labels = merge(meta.Labels, monitor.Labels, selector(in, server))
	return &promPodMonitor{
		TypeMeta:   metav1.TypeMeta{APIVersion: "monitoring.coreos.com/v1", Kind: "PodMonitor"},
		ObjectMeta: meta,
		Spec: podMonitorSpec{
			Selector: *labelSelector(in, server),
			PodMetricsEndpoints: []podMetricsEndpoint{{
				Port:          portPromMetrics,
				Interval:      monitor.Interval,
				ScrapeTimeout: monitor.ScrapeTimeout,
			}},
		},
	}
}
