package schema

import (
	"bytes"
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// EnvVar is the value of an environment variable: either a text or a source in Kubernetes.
type EnvVar struct {
	Value     string
	ValueFrom *corev1.EnvVarSource
}

// UnmarshalJSON takes a string or an object with the one key `valueFrom`.
func (e *EnvVar) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte(`"`)) {
		return json.Unmarshal(data, &e.Value)
	}
	var from struct {
		ValueFrom *corev1.EnvVarSource `json:"valueFrom"`
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return err
	}
	e.ValueFrom = from.ValueFrom
	return nil
}

// MarshalJSON gives what UnmarshalJSON takes.
func (e EnvVar) MarshalJSON() ([]byte, error) {
	if e.ValueFrom == nil {
		return json.Marshal(e.Value)
	}
	return json.Marshal(map[string]any{"valueFrom": e.ValueFrom})
}

// Kubernetes' own types, under the names by which the language uses them.
type (
	Affinity             = corev1.Affinity
	NetworkPolicyPeer    = networkingv1.NetworkPolicyPeer
	PodSecurityContext   = corev1.PodSecurityContext
	ResourceRequirements = corev1.ResourceRequirements
	SecurityContext      = corev1.SecurityContext
	PullPolicy           = corev1.PullPolicy
	Toleration           = corev1.Toleration
)

// Texts whose form the language has already checked.
type (
	Duration           = string            // a Go duration, such as "30s"
	PrometheusDuration = string            // a Prometheus duration, such as "1m30s"
	Labels             = map[string]string // labels or annotations
	LabelValue         = string            // the value of a Kubernetes label
	Name               = string            // the name of an object of natsyard's own
	Namespace          = string            // the name of a namespace
	ObjectName         = string            // the name of an object that is there already
	Registry           = string            // where an image comes from
	Size               = string            // a whole number of bytes, such as "10Gi"
)
