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
	var from struct {
		ValueFrom *corev1.EnvVarSource `json:"valueFrom"`
	}
	if err := oneOf(data, &e.Value, &from); err != nil {
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

// Password is a secret that clients give: a bcrypt hash, or a key of a Secret.
type Password struct {
	Bcrypt string
	*SecretKey
}

// UnmarshalJSON takes a string or a SecretKey.
func (p *Password) UnmarshalJSON(data []byte) error {
	return oneOf(data, &p.Bcrypt, &p.SecretKey)
}

// MarshalJSON gives what UnmarshalJSON takes.
func (p Password) MarshalJSON() ([]byte, error) {
	if p.SecretKey == nil {
		return json.Marshal(p.Bcrypt)
	}
	return json.Marshal(p.SecretKey)
}

// Mapping is what a subject becomes: one subject, or several with weights.
type Mapping struct {
	Subject      string
	Destinations []MapDestination
}

// UnmarshalJSON takes a string or a list of destinations.
func (m *Mapping) UnmarshalJSON(data []byte) error {
	return oneOf(data, &m.Subject, &m.Destinations)
}

// MarshalJSON gives what UnmarshalJSON takes.
func (m Mapping) MarshalJSON() ([]byte, error) {
	if m.Destinations == nil {
		return json.Marshal(m.Subject)
	}
	return json.Marshal(m.Destinations)
}

// oneOf decodes a string into text, and anything else into other.
func oneOf(data []byte, text *string, other any) error {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte(`"`)) {
		return json.Unmarshal(data, text)
	}
	return json.Unmarshal(data, other)
}

// CertificateIssuer is who signs a Certificate of cert-manager.
type CertificateIssuer struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Group string `json:"group"`
}

// PrivateKey is the key of a Certificate of cert-manager.
type PrivateKey struct {
	Algorithm string `json:"algorithm"`
	Size      *int32 `json:"size,omitempty"` // bits
}

// TimeRange is a part of the day, as "08:00:00".
type TimeRange struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// MonitorTLS says whether the monitoring pages are served over HTTPS.
type MonitorTLS struct {
	Enabled bool `json:"enabled"`
}

// ExtraPort is a listener that an extra Service shows.
type ExtraPort struct {
	Port     *int32 `json:"port,omitempty"`
	NodePort *int32 `json:"nodePort,omitempty"`
}

// RouteParent is a Gateway of the Gateway API.
type RouteParent struct {
	Name        string `json:"name"`
	Namespace   string `json:"namespace,omitempty"`
	SectionName string `json:"sectionName,omitempty"`
	Port        *int32 `json:"port,omitempty"`
}

// Patch is a patch of the user's own.
type Patch struct {
	Path   string       `json:"path"`
	Target *PatchTarget `json:"target,omitempty"`
}

// PatchTarget is the objects that a patch is for.
type PatchTarget struct {
	Group              string `json:"group,omitempty"`
	Version            string `json:"version,omitempty"`
	Kind               string `json:"kind,omitempty"`
	Name               string `json:"name,omitempty"`
	LabelSelector      string `json:"labelSelector,omitempty"`
	AnnotationSelector string `json:"annotationSelector,omitempty"`
}

// Kubernetes' own types, under the names by which the language uses them.
type (
	Affinity             = corev1.Affinity
	Container            = corev1.Container
	NetworkPolicyPeer    = networkingv1.NetworkPolicyPeer
	PodSecurityContext   = corev1.PodSecurityContext
	ResourceRequirements = corev1.ResourceRequirements
	SecurityContext      = corev1.SecurityContext
	PullPolicy           = corev1.PullPolicy
	Toleration           = corev1.Toleration
	VolumeSource         = corev1.VolumeSource
)

// Texts whose form the language has already checked.
type (
	AccountKey         = string            // the public nkey of an account
	Advertise          = string            // host or host:port
	Compression        = string            // of a connection between servers
	CookieName         = string            // the name of a cookie
	Duration           = string            // a Go duration, such as "30s"
	JWT                = string            // a signed claim
	PrometheusDuration = string            // a Prometheus duration, such as "1m30s"
	Labels             = map[string]string // labels or annotations
	LabelValue         = string            // the value of a Kubernetes label
	Name               = string            // the name of an object of natsyard's own
	Namespace          = string            // the name of a namespace
	ObjectName         = string            // the name of an object that is there already
	Registry           = string            // where an image comes from
	SecretKeyName      = string            // the name of a key in a Secret or ConfigMap
	Size               = string            // a whole number of bytes, such as "10Gi"
	Subject            = string            // a subject of messages
	UserKey            = string            // the public nkey of a user
	WriteTimeout       = string            // what happens past a write deadline
)
