package rule

import (
	"fmt"
	"slices"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var boxDefaultContext = rule{
	"box-default-context", diag.Error,
	"the nats command line of nats-box would find no server",
	func(in *intent.Intent, r *report) {
		box := in.NatsBox
		if _, ok := box.Contexts[box.DefaultContextName]; box.Enabled && !ok {
			r.add(finding{
				path:    at("natsBox.defaultContextName"),
				message: fmt.Sprintf("nats-box has no context %s", box.DefaultContextName),
				allowed: oneOf(box.Contexts),
				mend:    fmt.Sprintf("natsBox: defaultContextName: %q", slices.Min(keys(box.Contexts))),
			})
		}
	},
}

// boxVariables are the variables by which the nats command line says who it is.
var boxVariables = []string{"NATS_CREDS", "NATS_NKEY", "NATS_TOKEN", "NATS_USER", "NATS_CERT", "NATS_CONTEXT"}

var boxCredentials = rule{
	"box-credentials", diag.Warning,
	"nats-box is a client like others: where it is nobody it is let in nowhere",
	func(in *intent.Intent, r *report) {
		box := in.NatsBox
		context, given := box.Contexts[box.DefaultContextName]
		path := []string{"natsBox", "contexts", box.DefaultContextName}
		// Who writes no contexts may have other ways of being somebody, such as the command line's own.
		if _, written := in.Written(path...); !box.Enabled || !given || !written || context.Url != "" ||
			slices.ContainsFunc(boxVariables, func(name string) bool { _, set := box.Env[name]; return set }) {
			return
		}
		f := finding{
			path:    path,
			allowed: "creds, nkey or tls in the context, or natsBox: env with NATS_USER and NATS_PASSWORD",
			needs:   authFields + " nats",
		}
		switch nobody := context.Creds == nil && context.Nkey == nil; {
		case usesTLS(in.Nats.Tls) && verifies(in.Nats.Tls) && context.Tls == nil:
			f.message = fmt.Sprintf("the context %s of nats-box shows no certificate, which nats.tls requires", box.DefaultContextName)
			f.mend = cueField(below(path, "tls"), `secretName: "nats-box-tls"`)
		case nobody && !mapsCertificates(in) && in.NoAuthUser == "" && clientsAuthenticate(in):
			f.message = fmt.Sprintf("the context %s of nats-box says nothing of who it is, and the servers ask", box.DefaultContextName)
			f.mend = cueField(below(path, "creds"), `secretName: "nats-creds-sys-sys"`)
			if !in.OperatorMode() {
				f.mend = `natsBox: env: {NATS_USER: "admin", NATS_PASSWORD: valueFrom: secretKeyRef: {name: "nats-auth", key: "admin"}}`
			}
		default:
			return
		}
		r.add(f)
	},
}
