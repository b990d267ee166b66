package rule

import (
	"fmt"
	"math/big"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

var systemAccountJetStream = rule{
	"system-account-jetstream", diag.Error,
	"the system account carries JetStream's own traffic and cannot use it; the server finds out only when it starts",
	func(in *intent.Intent, r *report) {
		name := systemAccount(in)
		if a := in.Accounts[name].Jetstream; a != nil && a.Enabled && !in.OperatorMode() {
			r.add(finding{
				path:    []string{"accounts", name, "jetstream"},
				message: fmt.Sprintf("JetStream is on for the system account %s", name),
				mend:    "leave it out; accounts: APP: jetstream: {} for an account of its own",
				needs:   "systemAccount operator",
			})
		}
	},
}

var accountJetStreamOff = rule{
	"account-jetstream-off", diag.Error,
	"what an account stores is on the servers' stores, and they have none",
	func(in *intent.Intent, r *report) {
		if in.JetStreamEnabled() || in.OperatorMode() || reachesOthers(in) {
			return
		}
		for _, name := range keys(in.Accounts) {
			if a := in.Accounts[name].Jetstream; a != nil && a.Enabled {
				r.add(finding{
					path:    []string{"accounts", name, "jetstream"},
					message: fmt.Sprintf("account %s is to have JetStream, which is off on the servers", name),
					mend:    `jetstream: fileStore: pvc: size: "10Gi"`,
					needs:   "jetstream operator " + reachers,
				})
			}
		}
	},
}

var jetStreamForNobody = rule{
	"jetstream-for-nobody", diag.Warning,
	"with accounts, JetStream is on only for those that say so",
	func(in *intent.Intent, r *report) {
		if !in.JetStreamEnabled() || in.OperatorMode() || definesUsers(in) {
			return
		}
		var others []string
		for _, name := range keys(in.Accounts) {
			if j := in.Accounts[name].Jetstream; j != nil && j.Enabled {
				return
			}
			if name != systemAccount(in) {
				others = append(others, name)
			}
		}
		if len(others) > 0 {
			r.add(finding{
				path:    at("jetstream"),
				message: "JetStream is on, and no account may use it",
				mend:    cueField([]string{"accounts", others[0], "jetstream"}, "{}"),
				needs:   "accounts operator systemAccount extraConfig",
			})
		}
	},
}

// reservation is what the accounts reserve of one store.
type reservation struct {
	field, store string      // maxMemory of the memoryStore
	limit        schema.Size // of the store on each server; "" where the server decides
	see          []string    // where that is said
	mend         string      // a store where there is none
}

// room is a store that holds so many bytes on each server: of a claim the whole, of which it takes 80 %.
func (r reservation) room(bytes int64) string {
	gi := func(n int64) string { return fmt.Sprintf("%dGi", max((n+1<<30-1)>>30, 1)) }
	if r.store == "disk" {
		return fmt.Sprintf("jetstream: fileStore: pvc: size: %q", gi(bytes*5/4))
	}
	return fmt.Sprintf("jetstream: memoryStore: maxSize: %q", gi(bytes))
}

func reservations(in *intent.Intent) []reservation {
	return []reservation{
		{"maxMemory", "memory", in.MaxMemoryStore(), at("jetstream.memoryStore.maxSize"), `jetstream: memoryStore: maxSize: "1Gi"`},
		{"maxFile", "disk", in.MaxFileStore(), at("jetstream.fileStore.maxSize"), `jetstream: fileStore: pvc: size: "10Gi"`},
	}
}

// overbooked reports the accounts that reserve more than so many servers have.
func overbooked(in *intent.Intent, r *report, servers int32) {
	if !in.JetStreamEnabled() {
		return
	}
	for _, store := range reservations(in) {
		limit, err := intent.ParseSize(store.limit)
		if err != nil {
			continue
		}
		total, largest, most := new(big.Int), "", int64(-1)
		for _, name := range keys(in.Accounts) {
			a := in.Accounts[name].Jetstream
			if a == nil || !a.Enabled {
				continue
			}
			given := a.MaxMemory
			if store.field == "maxFile" {
				given = a.MaxFile
			}
			size, err := intent.ParseSize(given)
			if given == "" || err != nil {
				continue
			}
			total.Add(total, big.NewInt(size))
			if size > most {
				largest, most = name, size
			}
		}
		room := new(big.Int).Mul(big.NewInt(limit), big.NewInt(int64(servers)))
		if total.Cmp(room) <= 0 {
			continue
		}
		has := intent.FormatSize(limit)
		if servers > 1 {
			has = fmt.Sprintf("%d times %s", servers, has)
		}
		mend := "less for this account, or a larger store"
		if each := new(big.Int).Div(new(big.Int).Add(total, big.NewInt(int64(servers)-1)), big.NewInt(int64(servers))); each.IsInt64() && each.Int64() < 1<<60 {
			mend = store.room(each.Int64()) + ", or less for this account"
		}
		if limit == 0 {
			has, mend = "no store for it", store.mend+", or leave it out"
		}
		sum := "8Ei or more"
		if total.IsInt64() {
			sum = intent.FormatSize(total.Int64())
		}
		r.add(finding{
			path:    []string{"accounts", largest, "jetstream", store.field},
			message: fmt.Sprintf("the accounts reserve %s of %s, and the servers have %s", sum, store.store, has),
			allowed: "as much in all as the servers have",
			mend:    mend,
			needs:   "jetstream resources cluster gateway",
			see:     []see{{store.see, "the store of each server"}},
		})
	}
}

var accountReservationsFit = rule{
	"account-reservations-fit", diag.Error,
	"a server that stands alone refuses to start: insufficient storage (jetstream.go, sufficientResources)",
	func(in *intent.Intent, r *report) {
		if !in.Clustered() && !in.GatewayEnabled() {
			overbooked(in, r, 1)
		}
	},
}

var accountReservationsOverbooked = rule{
	"account-reservations-overbooked", diag.Warning,
	"a cluster does not add them up: an account then has no room although it has not used its own",
	func(in *intent.Intent, r *report) {
		if in.Clustered() || in.GatewayEnabled() {
			overbooked(in, r, in.Cluster.Replicas)
		}
	},
}

// sizes are the sizes that no other rule looks at, by path.
func sizes(in *intent.Intent) map[string]schema.Size {
	out := map[string]schema.Size{}
	add := func(value schema.Size, path ...string) { out[joined(path)] = value }
	add(in.Limits.MaxPayload, "limits", "maxPayload")
	add(in.Limits.MaxPending, "limits", "maxPending")
	add(in.Limits.MaxControlLine, "limits", "maxControlLine")
	if j := in.Jetstream; in.JetStreamEnabled() {
		add(j.MaxOutstandingCatchup, "jetstream", "maxOutstandingCatchup")
		add(j.MaxBufferedSize, "jetstream", "maxBufferedSize")
		add(j.MetaCompactSize, "jetstream", "metaCompactSize")
	}
	if in.ResolverClaimed() {
		add(in.Resolver.Pvc.Size, "resolver", "pvc", "size")
	}
	for name, a := range in.Accounts {
		if l := a.Limits; l != nil {
			add(l.MaxPayload, "accounts", name, "limits", "maxPayload")
		}
		if j := a.Jetstream; j != nil && j.Enabled {
			add(j.MaxMemory, "accounts", name, "jetstream", "maxMemory")
			add(j.MaxFile, "accounts", name, "jetstream", "maxFile")
			add(j.MemoryMaxStreamBytes, "accounts", name, "jetstream", "memoryMaxStreamBytes")
			add(j.StoreMaxStreamBytes, "accounts", name, "jetstream", "storeMaxStreamBytes")
		}
	}
	return out
}

var sizeRange = rule{
	"size-range", diag.Error,
	"the server counts bytes in 63 bits, and Kubernetes makes no volume of 0",
	func(in *intent.Intent, r *report) {
		all := sizes(in)
		for _, path := range keys(all) {
			value := all[path]
			bytes, err := intent.ParseSize(value)
			empty := err == nil && bytes == 0 && split(path)[0] == "resolver"
			if value == "" || err == nil && !empty {
				continue
			}
			r.add(finding{
				path:    split(path),
				message: fmt.Sprintf("%s is no size that can be had", value),
				allowed: "less than 8Ei, and for a volume more than 0",
				mend:    cueField(split(path), `"1Gi"`),
			})
		}
	},
}
