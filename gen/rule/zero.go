package rule

import (
	"fmt"
	"time"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// zero is a field for whose 0 the server takes a value of its own.
type zero struct {
	path  []string
	is    bool
	takes string
	none  string // what says no limit; "" where nothing does
}

func zeros(in *intent.Intent) (out []zero) {
	number := func(given *int64, takes, none string, path ...string) {
		out = append(out, zero{path, given != nil && *given == 0, takes, none})
	}
	duration := func(given schema.Duration, takes string, path ...string) {
		d, err := time.ParseDuration(given)
		out = append(out, zero{path, given != "" && err == nil && d == 0, takes, ""})
	}
	number(in.Limits.MaxConnections, "65536", "-1", "limits", "maxConnections")
	number(in.Limits.MaxClosedClients, "10000", "", "limits", "maxClosedClients")
	duration(in.Limits.PingInterval, "2m", "limits", "pingInterval")
	duration(in.Limits.WriteDeadline, "10s", "limits", "writeDeadline")
	duration(in.LameDuckGracePeriod, "10s", "lameDuckGracePeriod")
	if in.Clustered() {
		number(in.Cluster.PoolSize, "3", "", "cluster", "poolSize")
	}
	if a := in.Authorization; a != nil {
		duration(a.Timeout, "2s", "authorization", "timeout")
	}
	for _, use := range in.TLSUses() {
		duration(use.TLS.Timeout, "2s", below(use.Path, "timeout")...)
	}
	return out
}

var zeroIsDefault = rule{
	"zero-is-default", diag.Warning,
	"to nats-server 0 is nothing given, and it takes its own default (opts.go, setBaselineOptions)",
	func(in *intent.Intent, r *report) {
		for _, z := range zeros(in) {
			if !z.is {
				continue
			}
			f := finding{
				path:    z.path,
				message: fmt.Sprintf("%s is 0, for which the server takes %s", dotted(z.path), z.takes),
				mend:    "leave it out, or the value that is meant",
			}
			if z.none != "" {
				f.allowed = z.none + " is no limit"
			}
			r.add(f)
		}
	},
}

var accountLimitZero = rule{
	"account-limit-zero", diag.Warning,
	"in the limits of an account 0 is none at all: its users are turned away with \"maximum account active connections exceeded\"",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accounts) {
			a := in.Accounts[name]
			if a.Limits == nil || len(a.Users) == 0 {
				continue
			}
			for _, l := range []struct {
				field, what string
				given       *int64
			}{{"maxConnections", "connection", a.Limits.MaxConnections}, {"maxSubscriptions", "subscription", a.Limits.MaxSubscriptions}} {
				if l.given != nil && *l.given == 0 {
					r.add(finding{
						path:    []string{"accounts", name, "limits", l.field},
						message: fmt.Sprintf("account %s has users, and may have no %s", name, l.what),
						allowed: "1 and above; -1 is no limit",
						mend:    "leave it out, which is no limit",
					})
				}
			}
		}
	},
}
