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
