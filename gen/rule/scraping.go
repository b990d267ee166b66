package rule

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var prometheusPart = regexp.MustCompile(`([0-9]+)(ms|[ywdhms])`)

// prometheusUnits are the units of Prometheus' durations (model.ParseDuration).
var prometheusUnits = map[string]time.Duration{
	"y": 365 * 24 * time.Hour, "w": 7 * 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second, "ms": time.Millisecond,
}

// prometheusDuration reads a duration of Prometheus; 0 for none.
func prometheusDuration(text string) (sum time.Duration) {
	for _, part := range prometheusPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseInt(part[1], 10, 32)
		if err != nil {
			return 0 // longer than any that Prometheus takes
		}
		sum += time.Duration(n) * prometheusUnits[part[2]]
	}
	return sum
}

// usualScrape is the time between two reads of a Prometheus that says nothing else (Prometheus' scrapeInterval
// in the operator's API).
const usualScrape = 30 * time.Second

var scrapeTimeoutFits = rule{
	"scrape-timeout-fits", diag.Error,
	"the Prometheus operator leaves out a PodMonitor whose reads may take longer than the time between them, and only logs it (prometheus-operator#4485)",
	func(in *intent.Intent, r *report) {
		m := in.PromExporter.PodMonitor
		if !in.PromExporter.Enabled || !m.Enabled || m.Interval == "" || prometheusDuration(m.ScrapeTimeout) <= prometheusDuration(m.Interval) {
			return
		}
		r.add(finding{
			path:    at("promExporter.podMonitor.scrapeTimeout"),
			message: fmt.Sprintf("scrapeTimeout %s is longer than the interval %s", m.ScrapeTimeout, m.Interval),
			allowed: "at most " + m.Interval,
			mend:    fmt.Sprintf("promExporter: podMonitor: scrapeTimeout: %q", m.Interval),
			see:     []see{{at("promExporter.podMonitor.interval"), "the interval"}},
		})
	},
}

var scrapeTimeoutAssumed = rule{
	"scrape-timeout-assumed", diag.Warning,
	"without an interval here that of the Prometheus counts, 30s unless it says another; the operator leaves out a PodMonitor whose reads may take longer, and only logs it (prometheus-operator#4485)",
	func(in *intent.Intent, r *report) {
		m := in.PromExporter.PodMonitor
		if !in.PromExporter.Enabled || !m.Enabled || m.Interval != "" || prometheusDuration(m.ScrapeTimeout) <= usualScrape {
			return
		}
		r.add(finding{
			path:    at("promExporter.podMonitor.scrapeTimeout"),
			message: fmt.Sprintf("scrapeTimeout %s without an interval", m.ScrapeTimeout),
			allowed: "an interval that is no shorter",
			mend:    fmt.Sprintf("promExporter: podMonitor: interval: %q", m.ScrapeTimeout),
		})
	},
}
