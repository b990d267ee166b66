package rule

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var negativeNumber = rule{
	"negative-number", diag.Error,
	"nats-server's loader takes it, and its parts make of it what they will: no limit, nothing at all, or the default",
	func(in *intent.Intent, r *report) {
		for _, of := range []struct {
			field string
			value any
		}{
			{"cluster", in.Cluster}, {"jetstream", in.Jetstream}, {"limits", in.Limits}, {"accounts", in.Accounts},
			{"authorization", in.Authorization}, {"extraConfig", in.ExtraConfig},
		} {
			data, err := json.Marshal(of.value)
			if err != nil {
				continue // what JSON has no form for is another's finding
			}
			var fields any
			if json.Unmarshal(data, &fields) == nil {
				r.negativeNumbers(at(of.field), fields)
			}
		}
	},
}

// negativeNumbers looks at every number in the JSON form of a field. -1 has a meaning, mostly no limit.
func (r *report) negativeNumbers(path []string, field any) {
	switch f := field.(type) {
	case map[string]any:
		for _, name := range keys(f) {
			r.negativeNumbers(below(path, name), f[name])
		}
	case []any:
		for i, item := range f {
			r.negativeNumbers(below(path, strconv.Itoa(i)), item)
		}
	case float64:
		if f < -1 {
			r.add(finding{
				path:    path,
				message: fmt.Sprintf("%s is %v", dotted(path), f),
				allowed: "-1 and above; -1 mostly is no limit",
				mend:    "-1, or leave it out",
			})
		}
	}
}
