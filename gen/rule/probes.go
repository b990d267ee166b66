package rule

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// pages are what nats-server serves on its monitoring port (server.go, startMonitoring).
var pages = []string{
	server.RootPath, server.VarzPath, server.ConnzPath, server.RoutezPath, server.GatewayzPath, server.LeafzPath, server.SubszPath, "/subscriptionsz",
	server.StackszPath, server.AccountzPath, server.AccountStatzPath, server.JszPath, server.HealthzPath, server.IPQueuesPath, server.RaftzPath, server.ExpvarzPath,
}

// healthSwitches are the questions that /healthz takes as true or false.
var healthSwitches = []string{"js-enabled", "js-enabled-only", "js-server-only", "js-meta-only", "details"}

// probes are those of the server, by the field.
func probes(in *intent.Intent) map[string]schema.Probe {
	return map[string]schema.Probe{"startupProbe": in.StartupProbe, "readinessProbe": in.ReadinessProbe, "livenessProbe": in.LivenessProbe}
}

var probePath = rule{
	"probe-path", diag.Error,
	"nats-server answers such a request with an error, so that no pod ever counts as started, ready or alive (monitor.go, HandleRoot and decodeBool)",
	func(in *intent.Intent, r *report) {
		if !in.Monitor.Enabled {
			return // then they open the client port
		}
		all := probes(in)
		for _, name := range keys(all) {
			path, query, _ := strings.Cut(all[name].Path, "?")
			f := finding{path: []string{name, "path"}, needs: "monitor"}
			usual := map[string]string{"startupProbe": "/healthz", "readinessProbe": "/healthz?js-server-only=true", "livenessProbe": "/healthz?js-enabled-only=true"}[name]
			if base := in.Monitor.HttpBasePath; base != "" && strings.HasPrefix(path, base+"/") {
				f.message = fmt.Sprintf("%s has monitor.httpBasePath in it, which comes before it anyway: %s%s", all[name].Path, base, path)
				f.mend = cueField(f.path, cueText(strings.TrimPrefix(all[name].Path, base)))
				f.see = []see{{at("monitor.httpBasePath"), "the path before that of every page"}}
				r.add(f)
				continue
			}
			if !slices.Contains(pages, path) || path == server.RootPath && in.Monitor.HttpBasePath != "" {
				f.message = fmt.Sprintf("nats-server has no page %s", path)
				f.allowed = strings.Join(pages[1:], ", ")
				f.mend = cueField(f.path, cueText(usual))
				r.add(f)
				continue
			}
			asked, err := url.ParseQuery(query)
			if path != server.HealthzPath || err != nil {
				continue
			}
			for _, question := range healthSwitches {
				if _, err := strconv.ParseBool(asked.Get(question)); asked.Get(question) != "" && err != nil {
					f.message = fmt.Sprintf("%s is true or false, and not %s", question, asked.Get(question))
					f.mend = cueField(f.path, cueText(usual))
					r.add(f)
				}
			}
		}
	},
}

var livenessRestarts = rule{
	"liveness-restarts", diag.Warning,
	"a server that catches up with its streams, or waits for a leader, is not healthy by that measure; Kubernetes kills it, and it begins again (nats-io/k8s asks js-enabled-only for that reason)",
	func(in *intent.Intent, r *report) {
		path, query, _ := strings.Cut(in.LivenessProbe.Path, "?")
		if !in.Monitor.Enabled || !in.JetStreamEnabled() || path != server.HealthzPath {
			return
		}
		asked, err := url.ParseQuery(query)
		if err != nil || slices.ContainsFunc(healthSwitches[:3], func(q string) bool { on, _ := strconv.ParseBool(asked.Get(q)); return on }) {
			return
		}
		r.add(finding{
			path:    at("livenessProbe.path"),
			message: fmt.Sprintf("%s fails while JetStream catches up, and a server that fails it is killed", in.LivenessProbe.Path),
			allowed: "/healthz?js-enabled-only=true or /healthz?js-server-only=true",
			mend:    `livenessProbe: path: "/healthz?js-enabled-only=true"`,
			needs:   "monitor jetstream",
		})
	},
}

// leastStartup is the time below which a startup probe is short for a server that reads its streams, in seconds.
const leastStartup = 60

var startupTime = rule{
	"startup-time", diag.Warning,
	"a server that starts reads its streams from the disk and catches up with the others; when the time is over Kubernetes kills it, and it begins again",
	func(in *intent.Intent, r *report) {
		p := in.StartupProbe
		time := int64(p.InitialDelaySeconds) + int64(p.PeriodSeconds)*int64(p.FailureThreshold)
		if in.FileStore() == nil || !in.Monitor.Enabled || time >= leastStartup {
			return
		}
		field := "failureThreshold"
		if _, written := in.Written("startupProbe", field); !written {
			field = "periodSeconds"
		}
		r.add(finding{
			path:    []string{"startupProbe", field},
			message: fmt.Sprintf("a server has %d seconds to start", time),
			allowed: fmt.Sprintf("%d seconds or more: initialDelaySeconds and failureThreshold times periodSeconds; by default 910", leastStartup),
			mend:    "leave it out",
			needs:   "jetstream monitor",
		})
	},
}
