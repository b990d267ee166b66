package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

var streamOrService = rule{
	"stream-or-service", diag.Error,
	"an account gives messages (a stream) or answers requests (a service); each has options of its own",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accounts) {
			for n, e := range in.Accounts[name].Exports {
				checkKind(r, []string{"accounts", name, "exports", fmt.Sprint(n)}, e.Stream != "", e.Service != "", nil, map[string]bool{
					"responseType": e.ResponseType != "", "responseThreshold": e.ResponseThreshold != "",
					"latency": e.Latency != nil, "allowTrace": e.AllowTrace != nil,
				})
			}
			for n, i := range in.Accounts[name].Imports {
				path := []string{"accounts", name, "imports", fmt.Sprint(n)}
				checkKind(r, path, i.Stream != nil, i.Service != nil,
					map[string]bool{"prefix": i.Prefix != "", "allowTrace": i.AllowTrace != nil}, map[string]bool{"share": i.Share != nil})
				if i.Prefix != "" && i.To != "" {
					r.add(finding{path: below(path, "prefix"), message: "prefix and to both say under which subject the stream appears",
						mend: "leave one of them out", see: []see{{below(path, "to"), "the other"}}})
				}
			}
		}
	},
}

// checkKind reports an export or import that is of no kind, or has options of the other kind.
func checkKind(r *report, path []string, stream, service bool, ofStreams, ofServices map[string]bool) {
	what := strings.TrimSuffix(path[2], "s")
	if stream == service {
		message := fmt.Sprintf("the %s has neither stream nor service", what)
		if stream {
			message = fmt.Sprintf("the %s has a stream and a service", what)
		}
		r.add(finding{path: path, message: message, allowed: "one of stream and service", mend: "an element of the list for each"})
		return
	}
	wrong, kind, other := ofServices, "stream", "service"
	if service {
		wrong, kind, other = ofStreams, "service", "stream"
	}
	for _, option := range keys(wrong) {
		if wrong[option] {
			r.add(finding{
				path:    below(path, option),
				message: fmt.Sprintf("%s belongs to a %s, and this %s is of a %s", option, other, what, kind),
				mend:    "leave it out",
			})
		}
	}
}

var subjectForm = rule{
	"subject-form", diag.Error,
	"the server takes the subject, and no message ever has it",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accounts) {
			for n, e := range in.Accounts[name].Exports {
				path := []string{"accounts", name, "exports", fmt.Sprint(n)}
				r.subject(string(e.Stream), below(path, "stream"))
				r.subject(string(e.Service), below(path, "service"))
			}
		}
	},
}

// subject reports a subject of which '>' is not the last token.
func (r *report) subject(subject string, path []string) {
	if subject == "" || server.IsValidSubject(subject) {
		return
	}
	tokens := strings.Split(subject, ".")
	for n := range tokens[:len(tokens)-1] {
		if tokens[n] == ">" {
			tokens[n] = "*"
		}
	}
	r.add(finding{
		path:    path,
		message: fmt.Sprintf("%s has a '>' that is not its last token", subject),
		allowed: "tokens joined by dots, of which '*' is any one and '>', as the last, all that follow",
		mend:    strconv.Quote(strings.Join(tokens, ".")),
	})
}

var importExported = rule{
	"import-exported", diag.Error,
	"an account gets of another only what that one exports, and to it",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accounts) {
			for n, i := range in.Accounts[name].Imports {
				kind, source := "stream", i.Stream
				if i.Service != nil {
					kind, source = "service", i.Service
				}
				if source == nil || i.Stream != nil && i.Service != nil {
					continue
				}
				other, given := in.Accounts[source.Account]
				if !given || source.Account == systemAccount(in) || exports(other, kind, source.Subject, name, in.Accounts[name].Nkey) {
					continue // the system account has exports of its own
				}
				r.add(finding{
					path:    []string{"accounts", name, "imports", fmt.Sprint(n), kind, "subject"},
					message: fmt.Sprintf("account %s does not export the %s %s to %s", source.Account, kind, source.Subject, name),
					allowed: exported(other, kind),
					mend:    fmt.Sprintf("accounts: %s: exports: [{%s: %q}]", cueLabel(source.Account), kind, source.Subject),
					needs:   "systemAccount",
				})
			}
		}
	},
}

var importSubjectFree = rule{
	"import-subject-free", diag.Error,
	"the servers take the last service of a subject, and those before it answer nobody (accounts.go, addServiceImport)",
	func(in *intent.Intent, r *report) {
		for _, name := range keys(in.Accounts) {
			taken := map[string][]string{}
			for n, i := range in.Accounts[name].Imports {
				if i.Service == nil || i.Stream != nil {
					continue
				}
				path := []string{"accounts", name, "imports", fmt.Sprint(n)}
				subject, field := i.Service.Subject, below(path, "service", "subject")
				if i.To != "" {
					subject, field = i.To, below(path, "to")
				}
				if first, twice := taken[subject]; twice {
					r.add(finding{
						path:    field,
						message: fmt.Sprintf("two services appear in %s under the subject %s", name, subject),
						allowed: "a subject of its own for each",
						mend:    fmt.Sprintf("to: %q", strings.ToLower(i.Service.Account)+"."+subject),
						see:     []see{{first, "the other service"}},
					})
				}
				taken[subject] = field
			}
		}
	},
}

// exports tells whether an account gives a subject to another one.
func exports(a schema.Account, kind, subject, to, key string) bool {
	return slices.ContainsFunc(a.Exports, func(e schema.Export) bool {
		given := e.Stream
		if kind == "service" {
			given = e.Service
		}
		if given == "" || !server.SubjectMatchesFilter(subject, given) {
			return false
		}
		return len(e.Accounts) == 0 || slices.Contains(e.Accounts, to) || key != "" && slices.Contains(e.Accounts, key)
	})
}

// exported lists what an account gives.
func exported(a schema.Account, kind string) string {
	var subjects []string
	for _, e := range a.Exports {
		subject := e.Stream
		if kind == "service" {
			subject = e.Service
		}
		if subject == "" {
			continue
		}
		if len(e.Accounts) > 0 {
			subject += " (to " + strings.Join(e.Accounts, " and ") + ")"
		}
		subjects = append(subjects, subject)
	}
	return strings.Join(subjects, ", ")
}

// scaled are destinations whose weights in a cluster come to 100 at most.
func scaled(destinations []schema.MapDestination, cluster string, sum int64) []schema.MapDestination {
	out := slices.Clone(destinations)
	for n := range out {
		if out[n].Cluster == cluster {
			out[n].Weight = out[n].Weight * 100 / sum
		}
	}
	return out
}

var mappingWeights = rule{
	"mapping-weights", diag.Error,
	"the weights are the shares of one whole, for each cluster",
	func(in *intent.Intent, r *report) {
		check := func(mappings map[string]schema.Mapping, path []string) {
			for _, subject := range keys(mappings) {
				sums := map[string]int64{}
				for _, d := range mappings[subject].Destinations {
					sums[d.Cluster] += d.Weight
				}
				for _, cluster := range keys(sums) {
					if sum := sums[cluster]; sum > 100 {
						where := ""
						if cluster != "" {
							where = " in cluster " + cluster
						}
						r.add(finding{
							path:    below(path, subject),
							message: fmt.Sprintf("the weights of %s come to %d%s", subject, sum, where),
							allowed: "at most 100",
							mend:    cueField(below(path, subject), cueValue(scaled(mappings[subject].Destinations, cluster, sum))),
						})
					}
				}
			}
		}
		check(in.Mappings, at("mappings"))
		for _, name := range keys(in.Accounts) {
			check(in.Accounts[name].Mappings, []string{"accounts", name, "mappings"})
		}
	},
}
