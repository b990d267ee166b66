package kube_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
)

// The ways to the websocket lead to a Service that is there and has the port.
func TestWaysToTheWebsocket(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields, service string
		port            int64
	}{
		"client Service":  {``, "nats", 8080},
		"Service's port":  {`service: {name: "bus", ports: websocket: port: 443}`, "bus", 443},
		"listener's port": {`websocket: port: 9000`, "nats", 9000},
		"port hidden":     {`{websocket: port: 9000, service: ports: websocket: {enabled: false, port: 443}}`, "nats-headless", 9000},
		"no Service":      {`service: enabled: false`, "nats-headless", 8080},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := objects(t, parse(t, `{websocket: {ingress: hosts: ["a.example.com"], httpRoute: parentRefs: [{name: "g"}]}} & {`+c.fields+`}`))
			ingress := find[networkingv1.Ingress](t, all, "Ingress", "nats-ws")
			backend := ingress.Spec.Rules[0].HTTP.Paths[0].Backend.Service
			require.Equal(t, &networkingv1.IngressServiceBackend{Name: c.service, Port: networkingv1.ServiceBackendPort{Name: "websocket"}}, backend)

			route := find[map[string]any](t, all, "HTTPRoute", "nats-ws")
			require.Equal(t, map[string]any{
				"parentRefs": []any{map[string]any{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "g"}},
				"rules": []any{map[string]any{
					"matches":     []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": "/"}}},
					"backendRefs": []any{map[string]any{"group": "", "kind": "Service", "name": c.service, "port": c.port, "weight": int64(1)}},
				}},
			}, route["spec"])

			shown := false
			for _, object := range all {
				if object.GetKind() != "Service" || object.GetName() != c.service {
					continue
				}
				for _, p := range object.Object["spec"].(map[string]any)["ports"].([]any) {
					port := p.(map[string]any)
					shown = shown || port["name"] == "websocket" && port["port"] == c.port
				}
			}
			require.True(t, shown, "the Service shows the port")
		})
	}
}

func TestIngress(t *testing.T) {
	t.Parallel()
	ingress := find[networkingv1.Ingress](t, objects(t, parse(t, `websocket: ingress: {
		annotations: a: "b", hosts: ["a.example.com", "*.example.org"], path: "/ws", pathType: "Prefix", className: "edge", tlsSecretName: "s"
	}`)), "Ingress", "nats-ws")
	require.Equal(t, map[string]string{"a": "b"}, ingress.Annotations)
	require.Equal(t, new("edge"), ingress.Spec.IngressClassName)
	require.Equal(t, []networkingv1.IngressTLS{{Hosts: []string{"a.example.com", "*.example.org"}, SecretName: "s"}}, ingress.Spec.TLS)
	var rules []string
	for _, rule := range ingress.Spec.Rules {
		rules = append(rules, fmt.Sprint(rule.Host, rule.HTTP.Paths[0].Path, " ", *rule.HTTP.Paths[0].PathType))
	}
	require.Equal(t, []string{"a.example.com/ws Prefix", "*.example.org/ws Prefix"}, rules)

	plain := find[networkingv1.Ingress](t, objects(t, parse(t, `websocket: ingress: hosts: ["a"]`)), "Ingress", "nats-ws").Spec
	require.Nil(t, plain.IngressClassName)
	require.Nil(t, plain.TLS)
	require.Equal(t, networkingv1.PathTypeExact, *plain.Rules[0].HTTP.Paths[0].PathType)
}
