package own

import "github.com/natsyard/natsyard/gen/diag"

// Rules gives the rules of this package: what kustomize files of the user's own must be.
func Rules() []diag.Rule {
	return []diag.Rule{
		diag.ErrorOf("kustomize-path", "what is built is what the repository holds, and no kustomize takes a file from outside of the folder that names it",
			names(`resources: ["../tool.yaml"]`)+"-- overlays/tool.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}", names(`resources: ["tool.yaml"]`)+tool),
		diag.ErrorOf("kustomize-file-missing", "kustomize does not build with a file that is not there",
			names(`resources: ["tools.yaml"]`)+tool, names(`resources: ["tool.yaml"]`)+tool),
		{
			Name: "kustomize-file-unreadable", Severity: diag.Error, Why: "what cannot be read cannot be proven",
			Example: diag.Example{
				Trips:   "$ chmod 000 overlays/prod/tool.yaml\n$ natsyard vet prod",
				Message: "overlays/prod/tool.yaml cannot be read: permission denied",
				Passes:  "$ chmod 644 overlays/prod/tool.yaml\n$ natsyard vet prod",
			},
		},
		diag.ErrorOf("kustomize-file-form", "kustomize does not build with what is no YAML, or no object, patch or kustomization",
			names(`resources: ["tool.yaml"]`)+"-- overlays/prod/tool.yaml --\nkind: [ConfigMap", names(`resources: ["tool.yaml"]`)+tool),
		diag.ErrorOf("kustomize-file-generated", "a render replaces or removes the files that begin with "+marker,
			names(`resources: ["service-nats.yaml"]`)+"-- overlays/prod/service-nats.yaml --\n"+marker+"; DO NOT EDIT.\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}",
			names(`resources: ["tool.yaml"]`)+tool),
		{
			Name: "kustomize-too-much", Severity: diag.Error,
			Why: "a few lines of folders that name each other, or of aliases of aliases, would fill the memory of whoever builds them",
			Example: diag.Example{
				Trips:   "$ natsyard vet prod\nwith kustomize: resources that name more than 500 files",
				Message: "kustomize would read more than 500 files for this",
				Passes:  "$ natsyard vet prod\nwith fewer",
			},
		},
		diag.ErrorOf("kustomize-field", "natsyard runs no programs and fetches nothing, and what kustomize has deprecated warns in every build",
			names(`components: ["tool"]`)+"-- overlays/prod/tool/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonLabels: {team: messaging}",
			names(`components: ["tool"]`)+"-- overlays/prod/tool/kustomization.yaml --\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {team: messaging}}]"),
		diag.ErrorOf("kustomize-object-twice", "kustomize refuses two objects of one kind and name",
			names(`resources: ["tool.yaml"]`)+"-- overlays/prod/tool.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: nats-config}", names(`resources: ["tool.yaml"]`)+tool),
		diag.ErrorOf("kustomize-patch-matches", "kustomize passes over a patch without an object in silence, or refuses to build",
			names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nast"}}]`)+patch,
			names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nats"}}]`)+patch),
		diag.ErrorOf("kustomize-patch-target", "a list of JSON operations does not say which object it is for",
			names(`patches: [{path: "p.yaml"}]`)+patch, names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nats"}}]`)+patch),
		diag.ErrorOf("kustomize-build", "what kustomize cannot build can be applied by nobody",
			names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nats"}}]`)+"-- overlays/prod/p.yaml --\n- {op: remove, path: /spec/nothing}",
			names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nats"}}]`)+patch),
		diag.ErrorOf("kustomize-conf-changed", "nats.conf must stay the one that the server has accepted",
			names(`patches: [{path: "p.yaml", target: {kind: "ConfigMap", name: "nats-config"}}]`)+"-- overlays/prod/p.yaml --\n- {op: replace, path: /data/nats.conf, value: \"port: 4333\"}",
			names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nats"}}]`)+patch),
		diag.ErrorOf("kustomize-replicas-changed", "the routes, the PodDisruptionBudget and all that was proven are of another number of servers",
			names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nats"}}]`)+"-- overlays/prod/p.yaml --\n- {op: replace, path: /spec/replicas, value: 4}",
			names(`patches: [{path: "p.yaml", target: {kind: "StatefulSet", name: "nats"}}]`)+patch),
		{
			Name: "kustomize-secret-in-clear", Severity: diag.Warning, Why: "what is in git stays in its history, and base64 is no encryption",
			Example: diag.Example{
				Trips:  names(`resources: ["tool.yaml"]`) + "-- overlays/prod/tool.yaml --\napiVersion: v1\nkind: Secret\nmetadata: {name: nats-auth}\nstringData: {app: hunter2}",
				Passes: names(`resources: ["tool.yaml"]`) + "-- overlays/prod/tool.yaml --\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: nats-auth}\nspec: {dataFrom: [{extract: {key: nats}}]}",
			},
		},
	}
}

// names is an environment that names files.
func names(entries string) string {
	return "-- overlays/prod/intent.cue --\npackage prod\n\nimport \"example.com/messaging/base\"\n\nintent: base.intent & {kustomize: " + entries + "}\n"
}

const (
	tool  = "-- overlays/prod/tool.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: tool}"
	patch = "-- overlays/prod/p.yaml --\n- {op: add, path: /metadata/annotations, value: {team: messaging}}"
)
