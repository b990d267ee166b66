package krm

import "github.com/natsyard/natsyard/gen/diag"

// Rules gives the rules of this package: what a functionConfig must be, and the items beside it.
func Rules() []diag.Rule {
	return []diag.Rule{{
		Name: "function-config", Severity: diag.Error,
		Why: "an intent stands in spec of a " + Kind + ", or plain fields in data of a ConfigMap; of all else natsyard would not know what it means",
		Example: diag.Example{
			Trips:   "apiVersion: v1\nkind: NATS\nspec: {cluster: {replicas: 3}}",
			Message: "a functionConfig of v1 NATS is none of natsyard's",
			Passes:  "apiVersion: " + APIVersion + "\nkind: NATS\nspec: {cluster: {replicas: 3}}",
		},
	}, {
		Name: "item-taken", Severity: diag.Error,
		Why: "natsyard replaces and removes only what it has made",
		Example: diag.Example{
			Trips:   "items:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: nats-config, namespace: nats}, data: {a: b}}",
			Message: "the ConfigMap nats-config of the namespace nats is an object of the installation, and not natsyard's",
			Passes:  "items:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: nats}, data: {a: b}}",
		},
	}}
}
