package argocd

import "github.com/natsyard/natsyard/gen/diag"

// Rules gives the rules of this package: what an Application may ask of the plugin. Their examples
// are parts of an Application's spec.source.
func Rules() []diag.Rule {
	return []diag.Rule{
		errorOf("environment-unknown", "an Application deploys one environment; which one, natsyard does not guess",
			`plugin: {name: natsyard, parameters: [{name: env, string: prd}]}`, "there is no environment prd",
			`plugin: {name: natsyard, parameters: [{name: env, string: prod}]}`),
		errorOf("parameter-unknown", "a name that is slightly wrong would change nothing, and nobody would know",
			`parameters: [{name: image, map: {nats: "nats:2.15.2"}}]`, "natsyard has no such parameter",
			`parameters: [{name: images, map: {nats: "nats:2.15.2"}}]`),
		errorOf("parameter-twice", "one of the two would be lost",
			`parameters: [{name: env, string: dev}, {name: env, string: prod}]`, "given twice",
			`parameters: [{name: env, string: prod}]`),
		errorOf("parameter-type", "Argo CD hands over what the Application says, of whatever type",
			`parameters: [{name: set, string: "cluster.replicas=5"}]`, "given as string",
			`parameters: [{name: set, map: {cluster.replicas: "5"}}]`),
		errorOf("parameter-field", "only plain fields of the language can be set from outside of the repository",
			`parameters: [{name: set, map: {replicas: "5"}}]`, `replicas: there is no field "replicas"; write it as cluster.replicas`,
			`parameters: [{name: set, map: {cluster.replicas: "5"}}]`),
		errorOf("parameter-image", "an image without a tag or a digest is another one tomorrow",
			`parameters: [{name: images, map: {nats: nats}}]`, `"nats" has neither a tag nor a digest`,
			`parameters: [{name: images, map: {nats: "nats:2.15.2-alpine"}}]`),
		errorOf("file-name", "the parameters of an Application take part in the proof as a file of this name",
			"$ touch overlays/prod/argocd-parameters.cue", "this name is that of the parameters of an Application",
			"$ mv overlays/prod/argocd-parameters.cue overlays/prod/more.cue"),
	}
}

func errorOf(name, why, trips, message, passes string) diag.Rule {
	r := diag.ErrorOf(name, why, trips, passes)
	r.Message = message
	return r
}
