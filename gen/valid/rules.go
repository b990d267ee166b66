package valid

import "github.com/natsyard/natsyard/gen/diag"

// Names of the rules about what not every API server knows: the version that the environment says lacks it,
// some version lacks it and the environment does not say its own, or it is there and off.
const (
	ruleVersion = "kubernetes-version"
	ruleAssumed = "kubernetes-version-assumed"
	ruleGate    = "kubernetes-feature-gate"
)

// ruleWarning is what an API server takes, and warns of or drops.
const ruleWarning = "kubernetes-warning"

// Rules gives the rules of this package: what an API server would have against the objects.
func Rules() []diag.Rule {
	out := []diag.Rule{
		{Name: "kubernetes-kind", Example: files(
			"apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: tool}",
			"apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: tool}\nspec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: tool}}")},
		{Name: "kubernetes-field", Example: files(
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}\ndatas: {a: b}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}\ndata: {a: b}"),
			Why: "kubectl refuses the object; other ways of applying it drop the field in silence"},
		{Name: "kubernetes-type", Example: files(
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}\ndata: {retries: 3}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}\ndata: {retries: \"3\"}")},
		{Name: "kubernetes-value", Example: diag.Example{
			Trips:  `extraContainers: audit: {image: "registry.example.com/audit:1.0", livenessProbe: httpGet: {port: 9000, scheme: "https"}}`,
			Passes: `extraContainers: audit: {image: "registry.example.com/audit:1.0", livenessProbe: httpGet: {port: 9000, scheme: "HTTPS"}}`}},
		{Name: "kubernetes-required", Example: diag.Example{
			Trips:  `affinity: podAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: matchLabels: app: "db"}]`,
			Passes: `affinity: podAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: matchLabels: app: "db", topologyKey: "kubernetes.io/hostname"}]`}},
		{Name: "kubernetes-duplicate", Example: files(
			"apiVersion: v1\nkind: Service\nmetadata: {name: tool}\nspec: {ports: [{name: a, port: 80}, {name: a, port: 81}]}",
			"apiVersion: v1\nkind: Service\nmetadata: {name: tool}\nspec: {ports: [{name: a, port: 80}, {name: b, port: 81}]}")},
		{Name: "kubernetes-reference", Example: files(
			"apiVersion: v1\nkind: Pod\nmetadata: {name: tool}\nspec: {containers: [{name: tool, image: \"tool:1\", volumeMounts: [{name: data, mountPath: /data}]}]}",
			"apiVersion: v1\nkind: Pod\nmetadata: {name: tool}\nspec: {volumes: [{name: data, emptyDir: {}}], containers: [{name: tool, image: \"tool:1\", volumeMounts: [{name: data, mountPath: /data}]}]}")},
		{Name: ruleVersion, Why: "the API server of the environment is older than the field, and drops it in silence or refuses the object", Example: diag.Example{
			Trips:  "kubernetes: version: \"1.30\"\n" + feature,
			Passes: "kubernetes: version: \"1.34\"\n" + feature}},
		{Name: ruleGate, Severity: diag.Warning, Why: "an API server drops the field in silence or refuses the object, unless its feature gate is on", Example: diag.Example{
			Trips:  `tolerations: [{key: "load", operator: "Lt", value: "5"}]`,
			Passes: `tolerations: [{key: "load", operator: "Equal", value: "5"}]`}},
		{Name: ruleAssumed, Severity: diag.Warning, Why: "an API server that is older, or newer, than the field drops it in silence or refuses the object, and the environment does not say its version", Example: diag.Example{
			Trips:  feature,
			Passes: "kubernetes: version: \"1.34\"\n" + feature}},
		{Name: ruleWarning, Severity: diag.Warning, Why: "an API server takes it, but it has no effect or another than it seems; of most of it the API server warns too", Example: diag.Example{
			Trips:  `extraContainers: audit: {image: "registry.example.com/audit:1.0", resources: limits: memory: "100m"}`,
			Passes: `extraContainers: audit: {image: "registry.example.com/audit:1.0", resources: limits: memory: "100Mi"}`}},
		{Name: "pod-security-baseline", Severity: diag.Warning, Why: "a namespace that enforces the level baseline of the Pod Security Standards lets no such pod in", Example: diag.Example{
			Trips:  `extraVolumes: logs: hostPath: path: "/var/log/nats"`,
			Passes: `extraVolumes: logs: emptyDir: {}`}},
		{Name: "pod-security-restricted", Severity: diag.Warning, Why: "a namespace that enforces the level restricted of the Pod Security Standards lets no such pod in", Example: diag.Example{
			Trips:  `podSecurityContext: runAsNonRoot: false`,
			Passes: `podSecurityContext: runAsNonRoot: true`}},
	}
	for n := range out {
		r := &out[n]
		if r.Severity == "" {
			r.Severity = diag.Error
		}
		if r.Why == "" {
			r.Why = refused
		}
	}
	return out
}

// feature is a field that not all known versions of Kubernetes have.
const feature = `service: trafficDistribution: "PreferSameZone"`

// files is an example of an object of the user's own.
func files(trips, passes string) diag.Example {
	const head = "-- overlays/prod/intent.cue --\npackage prod\n\nimport \"example.com/messaging/base\"\n\nintent: base.intent & {kustomize: resources: [\"tool.yaml\"]}\n-- overlays/prod/tool.yaml --\n"
	return diag.Example{Trips: head + trips, Passes: head + passes}
}
