package kube_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

// ports writes the ports of a Service as name port>target[@nodePort] protocol.
func ports(service corev1.Service) []string {
	var texts []string
	for _, p := range service.Spec.Ports {
		text := fmt.Sprintf("%s %d>%s", p.Name, p.Port, p.TargetPort.String())
		if p.NodePort != 0 {
			text += fmt.Sprintf("@%d", p.NodePort)
		}
		texts = append(texts, text+" "+*p.AppProtocol)
	}
	return texts
}

func TestServicePorts(t *testing.T) {
	t.Parallel()
	const all = `service: ports: {cluster: enabled: true, monitor: enabled: true, profiling: enabled: true}`
	for name, c := range map[string]struct {
		fields           string
		client, headless []string
	}{
		"default": {``,
			[]string{"nats 4222>nats tcp"},
			[]string{"nats 4222>nats tcp", "monitor 8222>monitor http"}},
		"all": {`{cluster: replicas: 3, profiling: {}, ` + all + `}`,
			[]string{"nats 4222>nats tcp", "cluster 6222>cluster tcp", "monitor 8222>monitor http", "profiling 65432>profiling http"},
			[]string{"nats 4222>nats tcp", "cluster 6222>cluster tcp", "monitor 8222>monitor http", "profiling 65432>profiling http"}},
		"a port needs its listener": {`{monitor: enabled: false, profiling: enabled: false, ` + all + `}`,
			[]string{"nats 4222>nats tcp"},
			[]string{"nats 4222>nats tcp"}},
		"listener's port": {`nats: port: 4333`,
			[]string{"nats 4333>nats tcp"},
			[]string{"nats 4333>nats tcp", "monitor 8222>monitor http"}},
		"own ports": {`{nats: port: 4333, service: {type: "NodePort", ports: nats: {port: 4222, nodePort: 30000}}}`,
			[]string{"nats 4222>nats@30000 tcp"},
			[]string{"nats 4333>nats tcp", "monitor 8222>monitor http"}},
		"protocols": {`{leafnodes: {}, websocket: {}, mqtt: {}, gateway: {}, cluster: replicas: 3, profiling: {}}`,
			[]string{"nats 4222>nats tcp", "leafnodes 7422>leafnodes tcp", "websocket 8080>websocket http", "mqtt 1883>mqtt tcp"},
			[]string{"nats 4222>nats tcp", "leafnodes 7422>leafnodes tcp", "websocket 8080>websocket http", "mqtt 1883>mqtt tcp",
				"cluster 6222>cluster tcp", "gateway 7222>gateway tcp", "monitor 8222>monitor http", "profiling 65432>profiling http"}},
		"protocols with TLS": {`{let t = {tls: secretName: "s"}, nats: t, leafnodes: t, websocket: t, mqtt: t, gateway: t, cluster: t, cluster: replicas: 3, monitor: tls: enabled: true}`,
			[]string{"nats 4222>nats tls", "leafnodes 7422>leafnodes tls", "websocket 8080>websocket https", "mqtt 1883>mqtt tls"},
			[]string{"nats 4222>nats tls", "leafnodes 7422>leafnodes tls", "websocket 8080>websocket https", "mqtt 1883>mqtt tls",
				"cluster 6222>cluster tls", "gateway 7222>gateway tls", "monitor 8222>monitor https"}},
		"client port hidden": {`service: ports: {nats: enabled: false, monitor: enabled: true}`,
			[]string{"monitor 8222>monitor http"},
			[]string{"nats 4222>nats tcp", "monitor 8222>monitor http"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := objects(t, parse(t, c.fields))
			require.Equal(t, c.client, ports(find[corev1.Service](t, set, "Service", "nats")))
			headless := find[corev1.Service](t, set, "Service", "nats-headless")
			require.Equal(t, c.headless, ports(headless))
			require.Equal(t, corev1.ClusterIPNone, headless.Spec.ClusterIP)
			require.True(t, headless.Spec.PublishNotReadyAddresses)
		})
	}
}

func TestServiceTypeIsSaidOnlyWhereItIsNotTheDefault(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]corev1.ServiceType{
		``:                              "",
		`service: type: "ClusterIP"`:    "",
		`service: type: "NodePort"`:     "NodePort",
		`service: type: "LoadBalancer"`: "LoadBalancer",
	} {
		service := find[corev1.Service](t, objects(t, parse(t, fields)), "Service", "nats")
		require.Equal(t, want, service.Spec.Type)
	}
}

// What is said of the traffic stands in the Service, and nothing else does.
func TestServiceTraffic(t *testing.T) {
	t.Parallel()
	const traffic = `{
		type: "LoadBalancer", loadBalancerClass: "example.com/nlb", loadBalancerSourceRanges: ["203.0.113.0/24"]
		externalTrafficPolicy: "Local", internalTrafficPolicy: "Local", trafficDistribution: "PreferClose", ipFamilyPolicy: "PreferDualStack"
		ports: nats: {}
	}`
	want := corev1.ServiceSpec{
		Type:                     "LoadBalancer",
		LoadBalancerClass:        new("example.com/nlb"),
		LoadBalancerSourceRanges: []string{"203.0.113.0/24"},
		ExternalTrafficPolicy:    "Local",
		InternalTrafficPolicy:    new(corev1.ServiceInternalTrafficPolicyLocal),
		TrafficDistribution:      new("PreferClose"),
		IPFamilyPolicy:           new(corev1.IPFamilyPolicyPreferDualStack),
	}
	all := objects(t, parse(t, `{service: `+traffic+`, extraServices: edge: `+traffic+`}`))
	for _, name := range []string{"nats", "nats-edge"} {
		got := find[corev1.Service](t, all, "Service", name).Spec
		want.Ports, want.Selector = got.Ports, got.Selector
		require.Equal(t, want, got)
	}
	plain := find[corev1.Service](t, objects(t, parse(t, ``)), "Service", "nats").Spec
	require.Equal(t, corev1.ServiceSpec{Ports: plain.Ports, Selector: plain.Selector}, plain)
}

func TestExtraServicesShowListenersThatAreOn(t *testing.T) {
	t.Parallel()
	all := objects(t, parse(t, `{
		websocket: port: 8443
		extraServices: {
			"public-ws": ports: {websocket: {port: 443, nodePort: 30443}, mqtt: {}, nats: {}}
			inner: {name: "within", type: "ClusterIP", annotations: a: "b", ports: monitor: {}}
		}
	}`))
	public := find[corev1.Service](t, all, "Service", "nats-public-ws")
	require.Equal(t, []string{"nats 4222>nats tcp", "websocket 443>websocket@30443 http"}, ports(public))
	require.Equal(t, corev1.ServiceTypeLoadBalancer, public.Spec.Type)
	inner := find[corev1.Service](t, all, "Service", "within")
	require.Equal(t, []string{"monitor 8222>monitor http"}, ports(inner))
	require.Empty(t, inner.Spec.Type)
	require.Equal(t, map[string]string{"a": "b"}, inner.Annotations)
	client := find[corev1.Service](t, all, "Service", "nats")
	require.Equal(t, client.Spec.Selector, public.Spec.Selector)
}
