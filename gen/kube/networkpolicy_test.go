package kube_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
)

// opened writes the rules of a policy as port: peers.
func opened(policy networkingv1.NetworkPolicy) []string {
	var rules []string
	for _, rule := range policy.Spec.Ingress {
		var peers []string
		for _, peer := range rule.From {
			switch {
			case peer.IPBlock != nil:
				peers = append(peers, peer.IPBlock.CIDR)
			case peer.NamespaceSelector != nil:
				peers = append(peers, fmt.Sprint("namespaces ", peer.NamespaceSelector.MatchLabels))
			default:
				peers = append(peers, peer.PodSelector.MatchLabels["app.kubernetes.io/component"])
			}
		}
		if rule.From == nil {
			peers = []string{"everyone"}
		}
		rules = append(rules, rule.Ports[0].Port.String()+": "+strings.Join(peers, ", "))
	}
	return rules
}

func TestNetworkPolicyOpensEachPortToThoseWhoNeedIt(t *testing.T) {
	t.Parallel()
	const peer = `[{ipBlock: cidr: "10.0.0.0/8"}]`
	for name, c := range map[string]struct {
		fields string
		want   []string
	}{
		"default":        {``, []string{"4222: everyone", "8222: nats-box"}},
		"cluster":        {`cluster: replicas: 3`, []string{"4222: everyone", "6222: nats", "8222: nats-box"}},
		"without box":    {`{natsBox: enabled: false, profiling: {}}`, []string{"4222: everyone"}},
		"all listeners":  {`{profiling: {}, promExporter: enabled: true}`, []string{"4222: everyone", "8222: nats-box", "65432: nats-box", "7777: namespaces map[]"}},
		"no monitor":     {`monitor: enabled: false`, []string{"4222: everyone"}},
		"own ports":      {`{nats: port: 1, monitor: port: 2, promExporter: {enabled: true, port: 3}}`, []string{"1: everyone", "2: nats-box", "3: namespaces map[]"}},
		"client peers":   {`networkPolicy: ingress: nats: ` + peer, []string{"4222: nats-box, 10.0.0.0/8", "8222: nats-box"}},
		"no client":      {`{natsBox: enabled: false, networkPolicy: ingress: nats: []}`, nil},
		"route peers":    {`{cluster: replicas: 3, networkPolicy: ingress: cluster: ` + peer + `}`, []string{"4222: everyone", "6222: nats, 10.0.0.0/8", "8222: nats-box"}},
		"monitor peers":  {`{natsBox: enabled: false, networkPolicy: ingress: monitor: ` + peer + `}`, []string{"4222: everyone", "8222: 10.0.0.0/8"}},
		"pprof peers":    {`{profiling: {}, networkPolicy: ingress: profiling: ` + peer + `}`, []string{"4222: everyone", "8222: nats-box", "65432: nats-box, 10.0.0.0/8"}},
		"metrics peers":  {`{promExporter: enabled: true, networkPolicy: ingress: promExporter: ` + peer + `}`, []string{"4222: everyone", "8222: nats-box", "7777: 10.0.0.0/8"}},
		"metrics closed": {`{promExporter: enabled: true, networkPolicy: ingress: promExporter: []}`, []string{"4222: everyone", "8222: nats-box"}},
		"protocols": {`{leafnodes: {}, websocket: {}, mqtt: {}, gateway: {}}`,
			[]string{"4222: everyone", "7422: everyone", "8080: everyone", "1883: everyone", "7222: everyone", "8222: nats-box"}},
		"protocols' peers": {`{leafnodes: {}, websocket: {}, mqtt: {}, gateway: {}, networkPolicy: ingress: {leafnodes: ` + peer + `, websocket: ` + peer + `, mqtt: ` + peer + `, gateway: ` + peer + `}}`,
			[]string{"4222: everyone", "7422: 10.0.0.0/8", "8080: 10.0.0.0/8", "1883: 10.0.0.0/8", "7222: 10.0.0.0/8", "8222: nats-box"}},
		"protocols closed": {`{leafnodes: {}, websocket: {}, mqtt: {}, gateway: {}, networkPolicy: ingress: {leafnodes: [], websocket: [], mqtt: [], gateway: []}}`,
			[]string{"4222: everyone", "8222: nats-box"}},
		"protocols off": {`{leafnodes: remotes: hub: urls: ["tls://hub:1"], networkPolicy: ingress: {leafnodes: ` + peer + `, mqtt: ` + peer + `}}`, []string{"4222: everyone", "8222: nats-box"}},
		"exporter off":  {`networkPolicy: ingress: promExporter: ` + peer, []string{"4222: everyone", "8222: nats-box"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy := find[networkingv1.NetworkPolicy](t, objects(t, parse(t, c.fields)), "NetworkPolicy", "nats")
			require.Equal(t, c.want, opened(policy))
			require.Equal(t, []networkingv1.PolicyType{"Ingress"}, policy.Spec.PolicyTypes)
			require.Equal(t, "nats", policy.Spec.PodSelector.MatchLabels["app.kubernetes.io/component"])
		})
	}
}
