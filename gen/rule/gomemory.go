package rule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// goMemory is the form that the Go runtime takes; it stops a program at any other.
var goMemory = regexp.MustCompile(`^([0-9]+([KMGT]i)?B|[0-9]+|off)$`)

var goMemoryForm = rule{
	"gomemlimit-form", diag.Error,
	"the Go runtime of the server stops at once: malformed GOMEMLIMIT",
	func(in *intent.Intent, r *report) {
		if v, ok := in.Env["GOMEMLIMIT"]; ok && v.ValueFrom == nil && !goMemory.MatchString(v.Value) {
			r.add(finding{
				path:    at("env.GOMEMLIMIT"),
				message: fmt.Sprintf("GOMEMLIMIT cannot be %q", v.Value),
				allowed: `a whole number of bytes with the unit B, KiB, MiB, GiB or TiB, such as "800MiB"`,
				mend:    "leave it out: it is derived from resources.limits.memory",
			})
		}
	},
}

// givenGoMemory is GOMEMLIMIT where the intent says it, in bytes.
func givenGoMemory(in *intent.Intent) (bytes int64, ok bool) {
	v, given := in.Env["GOMEMLIMIT"]
	if !given || v.ValueFrom != nil || v.Value == "off" || !goMemory.MatchString(v.Value) {
		return 0, false
	}
	text, shift := strings.TrimSuffix(v.Value, "B"), 0
	if unit := strings.IndexAny(text, "KMGT"); unit > 0 {
		shift = 10 * (1 + strings.IndexByte("KMGT", text[unit]))
		text = text[:unit]
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n << shift, err == nil && n<<shift>>shift == n
}

var goMemoryFits = rule{
	"gomemlimit-fits", diag.Error,
	"Go collects garbage without rest once the server holds more than GOMEMLIMIT, and the kernel kills it at the memory limit, which must come later",
	func(in *intent.Intent, r *report) {
		given, ok := givenGoMemory(in)
		if !ok {
			return
		}
		if limit, limited := in.MemoryLimit(); limited && given > limit {
			r.add(finding{
				path:    at("env.GOMEMLIMIT"),
				message: fmt.Sprintf("GOMEMLIMIT %s is over the memory limit %s", in.Env["GOMEMLIMIT"].Value, in.Resources.Limits.Memory()),
				allowed: "less than the limit",
				mend:    fmt.Sprintf("leave it out: it is then %d %% of the limit", intent.GoMemLimitShare),
				see:     []see{{at("resources.limits.memory"), "the memory limit"}},
			})
			return
		}
		if size, err := intent.ParseSize(in.MaxMemoryStore()); err == nil && in.MemoryStore() != nil && size > given {
			r.add(finding{
				path:    at("env.GOMEMLIMIT"),
				message: fmt.Sprintf("GOMEMLIMIT %s is less than the memory store %s", in.Env["GOMEMLIMIT"].Value, in.MaxMemoryStore()),
				allowed: "more than the store, which is part of the server's memory",
				mend:    "leave it out: it is derived from resources.limits.memory",
				see:     []see{{at("jetstream.memoryStore.maxSize"), "the store"}},
				needs:   "jetstream resources",
			})
		}
	},
}
