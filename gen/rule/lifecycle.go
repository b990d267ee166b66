package rule

import (
	"fmt"
	"strings"
	"time"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var lameDuckOrder = rule{
	"lame-duck-order", diag.Error,
	"the server closes its clients over the time that is left after the grace period; it refuses to start otherwise",
	func(in *intent.Intent, r *report) {
		duration, err := time.ParseDuration(in.LameDuckDuration)
		grace, graceErr := time.ParseDuration(in.LameDuckGracePeriod)
		switch {
		case err != nil:
			r.add(finding{path: at("lameDuckDuration"), message: fmt.Sprintf("lame duck duration %s is out of range", in.LameDuckDuration), allowed: "at most 2562047h"})
		case graceErr != nil:
			r.add(finding{path: at("lameDuckGracePeriod"), message: fmt.Sprintf("lame duck grace period %s is out of range", in.LameDuckGracePeriod), allowed: "at most 2562047h"})
		case duration < 30*time.Second:
			r.add(finding{
				path:    at("lameDuckDuration"),
				message: fmt.Sprintf("lame duck duration %s is too short", in.LameDuckDuration),
				allowed: "30s or more",
				mend:    `lameDuckDuration: "30s"`,
			})
		case grace >= duration:
			r.add(finding{
				path:    at("lameDuckGracePeriod"),
				message: fmt.Sprintf("lame duck grace period %s leaves nothing of the duration %s", in.LameDuckGracePeriod, in.LameDuckDuration),
				allowed: "less than lameDuckDuration",
				mend:    `lameDuckGracePeriod: "10s"`,
				see:     []see{{at("lameDuckDuration"), "the duration"}},
			})
		}
	},
}

var lameDuckFitsGrace = rule{
	"lame-duck-fits-grace", diag.Error,
	"Kubernetes kills the server when the period is over, before it has handed over its clients and closed its stores (nats-io/k8s#1177)",
	func(in *intent.Intent, r *report) {
		lameDuck, err := time.ParseDuration(in.LameDuckDuration)
		if err != nil || in.TerminationGracePeriodSeconds == nil {
			return
		}
		if seconds := *in.TerminationGracePeriodSeconds; float64(seconds) <= lameDuck.Seconds() {
			r.add(finding{
				path:    at("terminationGracePeriodSeconds"),
				message: fmt.Sprintf("termination grace period %ds is not longer than the lame duck duration %s", seconds, in.LameDuckDuration),
				mend:    fmt.Sprintf("terminationGracePeriodSeconds: %d", int64(lameDuck/time.Second)+30),
				see:     []see{{at("lameDuckDuration"), "the duration"}},
			})
		}
	},
}

var budgetKeepsQuorum = rule{
	"budget-keeps-quorum", diag.Warning,
	"a drained node may then take the majority, and JetStream stops until it is back",
	func(in *intent.Intent, r *report) {
		b := in.PodDisruptionBudget
		if minority := (in.Cluster.Replicas - 1) / 2; b.Enabled && in.JetStreamEnabled() && in.Clustered() && b.MaxUnavailable > max(1, minority) {
			r.add(finding{
				path:    at("podDisruptionBudget.maxUnavailable"),
				message: fmt.Sprintf("%d of %d servers may be down at once", b.MaxUnavailable, in.Cluster.Replicas),
				allowed: fmt.Sprintf("at most %d", max(1, minority)),
				mend:    "podDisruptionBudget: maxUnavailable: 1",
				needs:   "cluster jetstream",
			})
		}
	},
}

var reloaderSeesConfig = rule{
	"reloader-sees-config", diag.Error,
	"nats.conf is mounted under /etc/nats-config; a reloader without it never reloads",
	func(in *intent.Intent, r *report) {
		if !in.Reloader.Enabled {
			return
		}
		for _, prefix := range in.Reloader.NatsVolumeMountPrefixes {
			if strings.HasPrefix("/etc/nats-config", strings.TrimSuffix(prefix, "/")) {
				return
			}
		}
		r.add(finding{
			path:    at("reloader.natsVolumeMountPrefixes"),
			message: "the reloader does not see nats.conf",
			mend:    `reloader: natsVolumeMountPrefixes: ["/etc/"]`,
		})
	},
}

var budgetAllowsDrain = rule{
	"budget-allows-drain", diag.Warning,
	"kubectl drain, and whoever updates the nodes, wait for ever for a node that has a server on it",
	func(in *intent.Intent, r *report) {
		if b := in.PodDisruptionBudget; b.Enabled && b.MaxUnavailable == 0 {
			r.add(finding{
				path:    at("podDisruptionBudget.maxUnavailable"),
				message: "no server may ever be down, and no node with one be drained",
				allowed: "1 and above",
				mend:    "podDisruptionBudget: maxUnavailable: 1",
			})
		}
	},
}

var probesNeedMonitor = rule{
	"probes-need-monitor", diag.Warning,
	"a server then counts as ready before its JetStream has caught up: an update goes on to the next one, and may take the majority",
	func(in *intent.Intent, r *report) {
		if !in.Monitor.Enabled && in.JetStreamEnabled() && in.Clustered() {
			r.add(finding{
				path:    at("monitor.enabled"),
				message: "without monitoring the probes ask whether the client port is open, and no more",
				mend:    "monitor: enabled: true",
				needs:   "cluster jetstream",
			})
		}
	},
}
