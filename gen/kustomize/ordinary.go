package kustomize

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ordinaryKinds are those in which kustomize sets the namespace of the metadata and changes
// nothing else. (It also rewrites the subjects of role bindings, webhooks, and more.)
var ordinaryKinds = []id{
	{apiVersion: "v1", kind: "ConfigMap"},
	{apiVersion: "v1", kind: "Service"},
	{apiVersion: "v1", kind: "ServiceAccount"},
	{apiVersion: "apps/v1", kind: "Deployment"},
	{apiVersion: "apps/v1", kind: "StatefulSet"},
	{apiVersion: "cert-manager.io/v1", kind: "Certificate"},
	{apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute"},
	{apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor"},
	{apiVersion: "networking.k8s.io/v1", kind: "Ingress"},
	{apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy"},
	{apiVersion: "policy/v1", kind: "PodDisruptionBudget"},
}

// extraordinary tells whether kustomize may do more to an object than this package knows.
// It reads and writes the YAML of a patched object several times on its way, which not
// everything that JSON can hold survives.
func extraordinary(o Object) bool {
	if !slices.Contains(ordinaryKinds, id{apiVersion: o.GetAPIVersion(), kind: o.GetKind()}) {
		return true
	}
	metadata, _ := o.Object["metadata"].(map[string]any)
	for _, field := range []string{"labels", "annotations"} {
		if value, ok := metadata[field]; ok && !ordinaryLabels(value) {
			return true
		}
	}
	return !ordinaryValue(o.Object)
}

// ordinaryLabels are labels or annotations that kustomize does not use itself, and whose
// keys it writes as strings: it does not quote them.
func ordinaryLabels(v any) bool {
	labels, ok := v.(map[string]any)
	for key := range labels {
		if key == "" || !isLetter(key[0]) || mistakable(key) ||
			strings.Contains(key, "config.k8s.io/") || strings.Contains(key, "config.kubernetes.io/") {
			return false
		}
	}
	return ok && len(labels) > 0
}

func ordinaryValue(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if key == "<<" || !ordinaryText(key) || !ordinaryValue(value) { // << merges, quoted or not
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !ordinaryValue(e) })
	case string:
		return ordinaryText(v)
	case int64:
		return ordinaryNumber(float64(v))
	case float64:
		return ordinaryNumber(v)
	case bool:
		return true
	}
	return false
}

// ordinaryNumber is whole, and exact as a float64: a JSON patch turns all numbers of the
// object into that.
func ordinaryNumber(f float64) bool { return f == math.Trunc(f) && math.Abs(f) < 1<<53 }

// ordinaryText is printable. A leading tab, taken for indentation, would spoil a block.
func ordinaryText(s string) bool {
	return !strings.HasPrefix(s, "\t") && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && (r == utf8.RuneError || !unicode.IsPrint(r))
	})
}
