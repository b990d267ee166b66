package intent

import "github.com/natsyard/natsyard/gen/diag"

// unreadRules are about what CUE passes over, and what nobody fills in.
var unreadRules = []diag.Rule{
	diag.ErrorOf("field-unread", "natsyard reads the field intent alone; CUE passes over what nothing refers to, so that what it says is not there",
		prod+"intent: base.intent\n\nnats: tls: secretName: \"nats-tls\"", prod+"intent: base.intent & {nats: tls: secretName: \"nats-tls\"}"),
	diag.WarningOf("field-hidden", "what begins with _ or # is for other fields to refer to, and no field of the language",
		"_websocket: {}", "_labels: tier: \"a\"\nglobal: labels: _labels"),
	diag.WarningOf("file-unread", "CUE and natsyard pass over it in silence, and what it says is not there",
		prod+"intent: base.intent\n-- overlays/prod/_limits.cue --\npackage prod\n\nintent: limits: maxPayload: \"2Mi\"",
		prod+"intent: base.intent\n-- overlays/prod/limits.cue --\npackage prod\n\nintent: limits: maxPayload: \"2Mi\""),
	diag.WarningOf("base-unused", "what the base says for all environments, its TLS and its users too, does not hold there",
		"-- base/intent.cue --\npackage base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {nats: tls: secretName: \"nats-tls\"}\n-- overlays/prod/intent.cue --\npackage prod\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {}",
		prod+"intent: base.intent"),
	diag.ErrorOf("template-in-text", "natsyard has no templates: what it proves is what is applied, and what differs stands in the intent of each environment",
		"namespace: \"nats-${ENV}\"", "namespace: \"nats-dev\""),
}
