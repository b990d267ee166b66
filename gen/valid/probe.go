package valid

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	content "k8s.io/apimachinery/pkg/util/validation"
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
	for field, n := range map[string]int32{
		"initialDelaySeconds": p.InitialDelaySeconds, "timeoutSeconds": p.TimeoutSeconds, "periodSeconds": p.PeriodSeconds,
		"successThreshold": p.SuccessThreshold, "failureThreshold": p.FailureThreshold,
	} {
		k.natural(at.Child(field), &n)
	}
	if name != "readinessProbe" && p.SuccessThreshold > 1 {
		k.bad(at.Child("successThreshold"), fmt.Sprintf("is %d", p.SuccessThreshold), "1")
	}
	if s := p.TerminationGracePeriodSeconds; s != nil {
		switch at := at.Child("terminationGracePeriodSeconds"); {
		case name == "readinessProbe":
			k.bad(at, "is given for a readiness probe, which ends no container")
		case *s <= 0:
			k.bad(at, fmt.Sprintf("is %d", *s), "1 or more")
		}
	}
	k.one(at, given(p.ProbeHandler))
	k.actions(at, p.Exec, p.HTTPGet, p.TCPSocket)
	if p.GRPC != nil {
		k.port(at.Child("grpc", "port"), p.GRPC.Port)
	}
}

func (k container) handler(at *field.Path, h *corev1.LifecycleHandler) {
	if h == nil {
		return
	}
	k.one(at, given(*h))
	k.actions(at, h.Exec, h.HTTPGet, h.TCPSocket)
	if h.Sleep != nil && h.Sleep.Seconds < 0 {
		k.bad(at.Child("sleep", "seconds"), fmt.Sprintf("is %d", h.Sleep.Seconds), "0 or more")
	}
}

// one wants one way to ask a container.
func (k container) one(at *field.Path, ways []string) {
	if len(ways) != 1 {
		k.bad(at, fmt.Sprintf("has %d handlers", len(ways)), "one of exec, httpGet, tcpSocket and so on")
	}
}

func (k container) actions(at *field.Path, exec *corev1.ExecAction, get *corev1.HTTPGetAction, tcp *corev1.TCPSocketAction) {
	if exec != nil {
		k.needs(at.Child("exec", "command"), len(exec.Command) > 0)
	}
	if get != nil {
		k.portOrName(at.Child("httpGet", "port"), get.Port)
		for i, h := range get.HTTPHeaders {
			k.form(at.Child("httpGet", "httpHeaders").Index(i).Child("name"), h.Name, content.IsHTTPHeaderName(h.Name))
		}
	}
	if tcp != nil {
		k.portOrName(at.Child("tcpSocket", "port"), tcp.Port)
	}
}
