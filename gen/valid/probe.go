package valid

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (k container) probes() {
	k.probe("livenessProbe", k.c.LivenessProbe)
	k.probe("readinessProbe", k.c.ReadinessProbe)
	k.probe("startupProbe", k.c.StartupProbe)
	if l := k.c.Lifecycle; l != nil {
		k.handler(k.at.Child("lifecycle", "postStart"), l.PostStart)
		k.handler(k.at.Child("lifecycle", "preStop"), l.PreStop)
	}
}

func (k container) probe(name string, p *corev1.Probe) {
	if p == nil {
		return
	}
	at := k.at.Child(name)
	if name != "readinessProbe" && p.SuccessThreshold > 1 {
		k.bad(at.Child("successThreshold"), fmt.Sprintf("is %d", p.SuccessThreshold), "1")
	}
	if p.TerminationGracePeriodSeconds != nil && name == "readinessProbe" {
		k.bad(at.Child("terminationGracePeriodSeconds"), "is given for a readiness probe, which ends no container")
	}
	k.one(at, given(p.ProbeHandler))
	k.actions(at, p.HTTPGet, p.TCPSocket)
}

func (k container) handler(at *field.Path, h *corev1.LifecycleHandler) {
	if h == nil {
		return
	}
	k.one(at, given(*h))
	k.actions(at, h.HTTPGet, h.TCPSocket)
	grace := int64(corev1.DefaultTerminationGracePeriodSeconds)
	if g := k.pod.TerminationGracePeriodSeconds; g != nil {
		grace = *g
	}
	if h.Sleep != nil && h.Sleep.Seconds > grace {
		k.bad(at.Child("sleep", "seconds"), fmt.Sprintf("is %d", h.Sleep.Seconds), fmt.Sprintf("at most terminationGracePeriodSeconds, %d", grace))
	}
}

// one wants one way to ask a container.
func (k container) one(at *field.Path, ways []string) {
	if len(ways) != 1 {
		k.bad(at, fmt.Sprintf("has %d handlers", len(ways)), "one of exec, httpGet, tcpSocket and so on")
	}
}

func (k container) actions(at *field.Path, get *corev1.HTTPGetAction, tcp *corev1.TCPSocketAction) {
	if get != nil {
		k.portOrName(at.Child("httpGet", "port"), get.Port)
	}
	if tcp != nil {
		k.portOrName(at.Child("tcpSocket", "port"), tcp.Port)
	}
}
