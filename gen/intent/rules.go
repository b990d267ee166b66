package intent

import (
	"slices"

	"github.com/natsyard/natsyard/gen/diag"
)

// Rules gives the rules of this package: what CUE and the language are for.
func Rules() []diag.Rule { return slices.Concat(fileRules, unreadRules, valueRules) }

const prod = `-- overlays/prod/intent.cue --
package prod

import "example.com/messaging/base"

`

// fileRules are about files as a whole.
var fileRules = []diag.Rule{
	diag.ErrorOf("file-missing", "without the module and the base there is no intent that an environment could build on",
		"-- overlays/prod/README.md --\nproduction",
		prod+"intent: base.intent"),
	diag.ErrorOf("file-empty", "an empty file is mostly one that was not saved; CUE would pass over it",
		"-- overlays/prod/intent.cue --\n", prod+"intent: base.intent"),
	{
		Name: "file-encoding", Severity: diag.Error, Why: "CUE reads UTF-8 and nothing else",
		Example: diag.Example{
			Trips:   "$ natsyard vet prod\nwith overlays/prod/intent.cue saved as Latin-1, and an umlaut in it",
			Message: "this file is not UTF-8 text",
			Passes:  "$ natsyard vet prod\nwith the file saved as UTF-8",
		},
	},
	{
		Name: "file-unreadable", Severity: diag.Error, Why: "what cannot be read cannot be proven",
		Example: diag.Example{
			Trips:   "$ chmod 000 overlays/prod/intent.cue\n$ natsyard vet prod",
			Message: "cannot be read: permission denied",
			Passes:  "$ chmod 644 overlays/prod/intent.cue\n$ natsyard vet prod",
		},
	},
	diag.ErrorOf("module-missing", "files import the base by the name of the module",
		"-- cue.mod/module.cue --\nlanguage: version: \"v0.13.0\"", "-- cue.mod/module.cue --\nmodule: \"example.com/messaging@v0\"\nlanguage: version: \"v0.13.0\""),
	diag.ErrorOf("module-name", "files import what the module has by its name and their folder, which .. would lead elsewhere",
		"-- cue.mod/module.cue --\nmodule: \"example.com/../messaging@v0\"\nlanguage: version: \"v0.13.0\"", "-- cue.mod/module.cue --\nmodule: \"example.com/messaging@v0\"\nlanguage: version: \"v0.13.0\""),
	diag.ErrorOf("package-missing", "CUE builds the files of a package together, and a file without one is none of them",
		"-- overlays/prod/intent.cue --\nimport \"example.com/messaging/base\"\n\nintent: base.intent", prod+"intent: base.intent"),
	diag.ErrorOf("package-mixed", "CUE builds the files of a package together; those of another would be left out in silence",
		prod+"intent: base.intent\n-- overlays/prod/limits.cue --\npackage limits\n\nintent: limits: maxPayload: \"2Mi\"",
		prod+"intent: base.intent\n-- overlays/prod/limits.cue --\npackage prod\n\nintent: limits: maxPayload: \"2Mi\""),
	diag.ErrorOf("environment-name", "the name becomes part of paths, commands and messages",
		"-- overlays/my prod/intent.cue --\npackage prod\n\nimport \"example.com/messaging/base\"\n\nintent: base.intent", prod+"intent: base.intent"),
	diag.ErrorOf("intent-missing", "the one field that natsyard reads is intent",
		"-- overlays/prod/intent.cue --\npackage prod\n\nreplicas: 3", prod+"intent: base.intent & {cluster: replicas: 3}"),
	diag.ErrorOf("intent-untyped", "a plain struct accepts every typo in silence",
		"-- overlays/prod/intent.cue --\npackage prod\n\nintent: cluster: replicsa: 3", prod+"intent: base.intent & {cluster: replicas: 3}"),
}

// valueRules are about fields and their values.
var valueRules = []diag.Rule{
	diag.ErrorOf("unknown-field", "a field that the language does not have would change nothing, and nobody would know",
		"cluster: replicsa: 3", "cluster: replicas: 3"),
	diag.ErrorOf("key-not-allowed", "the keys of a map are names of something, and have its form",
		`accept: "No Rule": "a reason"`, "accept: {}"),
	diag.ErrorOf("field-missing", "what the language asks for has no default",
		"mappings: \"orders.old\": [{destination: \"orders.new\"}]", "mappings: \"orders.old\": [{destination: \"orders.new\", weight: 100}]"),
	diag.ErrorOf("value-not-allowed", "the language knows what each field takes, from nats-server's source and Kubernetes' API",
		`limits: maxPayload: "1 MB"`, `limits: maxPayload: "1Mi"`),
	diag.ErrorOf("value-missing", "a type alone is no value, and of two defaults CUE takes neither",
		"limits: maxConnections: int", "limits: maxConnections: 1000"),
	diag.ErrorOf("value-contradiction", "in CUE all that is said of a field must hold at once; only a default gives way",
		"cluster: replicas: 3\ncluster: replicas: 5", "cluster: replicas: 5"),
	diag.ErrorOf("value-closed", "a definition of your own lacks what the language adds to the intent",
		prod+"#Ours: cluster: replicas: 3\n\nintent: base.intent & #Ours", prod+"ours: cluster: replicas: 3\n\nintent: base.intent & ours"),
	diag.ErrorOf("reference-unknown", "CUE takes a word without quotes for the name of a field or an import",
		"cluster: name: eu", `cluster: name: "eu"`),
	diag.ErrorOf("syntax", "an intent is CUE: every brace and quote is closed, and texts stand in quotes", `resources: limits: memory: 2GiB`, `resources: limits: memory: "2Gi"`),
	{
		Name: tooDeepRule, Severity: diag.Error, Why: "CUE, and all who read its result, would follow such levels until no memory is left",
		Example: diag.Example{
			Trips: "$ natsyard vet prod\nwith two thousand braces in each other", Message: "this is nested more than 1000 deep",
			Passes: "$ natsyard vet prod\nwith fields of their own for the parts",
		},
	},
	{
		Name: "number-too-long", Severity: diag.Error, Why: "CUE calculates with every digit of a number, for minutes where it has millions",
		Example: diag.Example{
			Trips: "$ natsyard vet prod\nwith a number of five thousand digits", Message: "this number has 5000 digits",
			Passes: "$ natsyard vet prod\nwith a number that the field takes",
		},
	},
	diag.ErrorOf("import-unknown", "natsyard fetches nothing: a package is in the repository, in cue.mod/pkg or in CUE's standard library",
		"-- overlays/prod/intent.cue --\npackage prod\n\nimport \"example.com/shared/base\"\n\nintent: base.intent", prod+"intent: base.intent"),
	diag.ErrorOf("unused", "CUE refuses an import that nothing refers to, and a let is then most likely misspelt where it is meant",
		prod+"import \"strings\"\n\nintent: base.intent", prod+"intent: base.intent"),
	diag.ErrorOf("cue", "CUE cannot evaluate it", "cluster: replicas: 6 / 0", "cluster: replicas: 6 / 2"),
}
