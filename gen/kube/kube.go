// Package kube makes the Kubernetes objects of one environment.
//
// One file an object kind. Names, selectors, port names, claim templates and mount paths
// are the official Helm chart's, so that a running release is adopted in place; where the
// rest differs from the chart, a comment gives the reason. Objects hold what a careful
// person would have written: no status, none of the API server's own defaults, and no
// namespace, which is the overlay's to set.
package kube

import (
	"github.com/natsyard/natsyard/gen/intent"
)

// Objects gives every object of the environment, in the order in which it is applied:
// what pods need, the servers, what guards and watches them, and last nats-box.
//
// conf is the text of nats.conf. restartHash stands for the part of it that a running
// server cannot reload: the pods roll when it changes, and only then. The intent is not
// changed and shares nothing with the objects.
//
// The error is never the user's: an intent that is valid under the language gives none.
func Objects(in *intent.Intent, conf []byte, restartHash string) ([]Object, error) {
	var typed []any
	if in.ServiceAccount.Enabled {
		typed = append(typed, serviceAccount(in))
	}
	typed = append(typed, configMap(in, conf))
	if in.NatsBox.Enabled {
		contexts, err := boxContexts(in)
		if err != nil {
			return nil, err
		}
		typed = append(typed, contexts)
	}
	for _, c := range certificates(in) {
		typed = append(typed, c)
	}
	if in.Service.Enabled {
		typed = append(typed, service(in))
	}
	typed = append(typed, headlessService(in))
	for _, s := range extraServices(in) {
		typed = append(typed, s)
	}
	for _, set := range in.ServerSets() {
		servers, err := statefulSet(in, set, restartHash)
		if err != nil {
			return nil, err
		}
		typed = append(typed, servers)
	}

	// Unlike the chart's: for a single server a budget would block every drain of its node.
	if in.PodDisruptionBudget.Enabled && in.Cluster.Replicas >= 2 {
		typed = append(typed, podDisruptionBudget(in))
	}
	if in.NetworkPolicy.Enabled {
		typed = append(typed, networkPolicy(in))
	}
	if w := in.Websocket; in.WebSocketEnabled() {
		if w.Ingress != nil && w.Ingress.Enabled {
			typed = append(typed, ingress(in))
		}
		if w.HttpRoute != nil && w.HttpRoute.Enabled {
			typed = append(typed, websocketRoute(in))
		}
	}
	if in.PromExporter.Enabled && in.PromExporter.PodMonitor.Enabled {
		typed = append(typed, podMonitor(in))
	}
	if in.NatsBox.Enabled {
		typed = append(typed, boxDeployment(in))
	}
	return objects(typed)
}
