package rule

import (
	"fmt"
	"path"
	"slices"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var resolverOptions = rule{
	"resolver-option-type", diag.Error,
	"a resolver of another type has no such option, and the server ignores it without a word",
	func(in *intent.Intent, r *report) {
		c := in.Resolver
		if c == nil || !c.Enabled {
			return
		}
		_, dir := in.Written("resolver", "dir")
		for _, o := range []struct {
			name  string
			given bool
			types []string
		}{
			{"dir", dir, []string{"full", "cache"}},
			{"allowDelete", isSet(c.AllowDelete), []string{"full"}},
			{"hardDelete", isSet(c.HardDelete), []string{"full"}},
			{"interval", c.Interval != "", []string{"full"}},
			{"ttl", c.Ttl != "", []string{"cache"}},
			{"limit", c.Limit != nil, []string{"full", "cache"}},
			{"timeout", c.Timeout != "", []string{"full", "cache"}},
		} {
			if o.given && !slices.Contains(o.types, c.Type) {
				r.add(finding{
					path:    []string{"resolver", o.name},
					message: fmt.Sprintf("%s has no effect on a resolver of type %s", o.name, c.Type),
					mend:    fmt.Sprintf("leave it out, or resolver: type: %q", o.types[0]),
					see:     []see{{at("resolver.type"), "the type"}},
				})
			}
		}
		if isSet(c.HardDelete) && !isSet(c.AllowDelete) && c.Type == "full" {
			r.add(finding{
				path:    at("resolver.hardDelete"),
				message: "hardDelete without allowDelete deletes nothing",
				mend:    "resolver: allowDelete: true",
			})
		}
	},
}

var resolverDirFree = rule{
	"resolver-dir-free", diag.Error,
	"the volume would cover what is mounted there, the image itself, or the streams",
	func(in *intent.Intent, r *report) {
		if !in.ResolverOnDisk() {
			return
		}
		dir := path.Clean(in.Resolver.Dir)
		f := finding{
			path:    at("resolver.dir"),
			message: fmt.Sprintf("the JWTs cannot be in %s", in.Resolver.Dir),
			allowed: freeDirs,
			mend:    `resolver: dir: "/data/resolver"`,
		}
		if store := path.Clean(in.StoreDir()); !dirTaken(dir) && in.JetStreamEnabled() && (within(store, dir) || within(dir, path.Join(store, "jetstream"))) {
			f.allowed = freeDirs + "; JetStream keeps its streams in " + path.Join(store, "jetstream")
			f.mend = fmt.Sprintf("resolver: dir: %q", path.Join(store, "resolver"))
			f.needs = "jetstream"
			f.see = []see{{at("jetstream.fileStore.dir"), "the store"}}
		} else if !dirTaken(dir) {
			return
		}
		r.add(f)
	},
}
