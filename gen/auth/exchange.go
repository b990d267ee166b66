package auth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/jwt/v2"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/schema"
)

// grant is an import that the exporting account must allow with a token.
type grant struct {
	to       *jwt.Import
	exporter *account
}

var responseTypes = map[string]jwt.ResponseType{
	"singleton": jwt.ResponseTypeSingleton,
	"stream":    jwt.ResponseTypeStream,
	"chunked":   jwt.ResponseTypeChunked,
}

// exported is the kind and the subject of an export.
func exported(e schema.Export) (jwt.ExportType, string, string) {
	switch {
	case e.Stream != "" && e.Service == "":
		return jwt.Stream, "stream", e.Stream
	case e.Service != "" && e.Stream == "":
		return jwt.Service, "service", e.Service
	}
	return jwt.Unknown, "", ""
}

// imported is the kind and the source of an import.
func imported(i schema.Import) (jwt.ExportType, string, *schema.ImportSource) {
	switch {
	case i.Stream != nil && i.Service == nil:
		return jwt.Stream, "stream", i.Stream
	case i.Service != nil && i.Stream == nil:
		return jwt.Service, "service", i.Service
	}
	return jwt.Unknown, "", nil
}

func (r *realm) exports(a *account, c *jwt.AccountClaims) {
	start := len(r.found)
	for n, e := range a.def.Exports {
		path, before := a.path("exports", strconv.Itoa(n)), len(r.found)
		kind, word, subject := exported(e)
		if kind == jwt.Unknown {
			r.wrong(path, `one of stream and service`, "an export is of a stream or of a service")
			continue
		}
		r.subject(below(path, word), subject, true)
		out := &jwt.Export{
			Name: subject, Subject: jwt.Subject(subject), Type: kind,
			TokenReq:     e.Accounts != nil,
			ResponseType: responseTypes[e.ResponseType],
			AllowTrace:   e.AllowTrace != nil && *e.AllowTrace,
		}
		for i, name := range e.Accounts {
			if r.byName[name] == nil {
				r.unknown(below(path, "accounts", strconv.Itoa(i)), name)
			}
		}
		if e.AccountTokenPosition != nil && r.position(subject, *e.AccountTokenPosition, below(path, "accountTokenPosition")) {
			out.AccountTokenPosition = uint(*e.AccountTokenPosition)
		}
		if e.ResponseThreshold != "" {
			out.ResponseThreshold = r.duration(e.ResponseThreshold, below(path, "responseThreshold"))
		}
		if l := e.Latency; l != nil {
			out.Latency = &jwt.ServiceLatency{Sampling: sampling(l.Sampling), Results: jwt.Subject(l.Subject)}
			r.subject(below(path, "latency", "subject"), l.Subject, false)
		}
		if len(r.found) == before { // what is found already, the library would find again
			r.judge(path, out.Validate)
		}
		c.Exports.Add(out)
	}
	if len(r.found) == start {
		r.judge(a.path("exports"), c.Exports.Validate)
	}
}

// position tells whether the token at a position is one that every account fills in for itself.
func (r *realm) position(subject string, position int64, at []string) bool {
	tokens := strings.Split(subject, ".")
	switch {
	case position > int64(len(tokens)):
		r.wrong(at, "the position of a *, from 1", "%s has no token %d", subject, position)
	case tokens[position-1] != "*":
		r.wrong(at, "the position of a *, from 1", "token %d of %s is %s, where the account that asks must stand", position, subject, tokens[position-1])
	default:
		return true
	}
	return false
}

// sampling is a share in percent; the library has 0 for those whose headers ask for it.
func sampling(of any) jwt.SamplingRate {
	switch n := of.(type) {
	case float64:
		return jwt.SamplingRate(n)
	case int64:
		return jwt.SamplingRate(n)
	}
	return jwt.Headers
}

func (r *realm) unknown(path []string, name string) {
	var all []string
	for _, a := range r.accounts {
		all = append(all, a.name)
	}
	mend := "accounts: " + cueLabel(name) + ": {}"
	if near := language.Closest(name, all); near != "" {
		mend = fmt.Sprintf("%q", near)
	}
	r.add(diag.Diagnostic{
		Rule: ruleDefinition, Message: fmt.Sprintf("there is no account %s", name), Mend: mend,
		Allowed: strings.Join(all, ", "),
	}, path...)
}

func (r *realm) imports(a *account, c *jwt.AccountClaims) (grants []grant) {
	start := len(r.found)
	for n, i := range a.def.Imports {
		path, before := a.path("imports", strconv.Itoa(n)), len(r.found)
		kind, word, source := imported(i)
		if kind == jwt.Unknown {
			r.wrong(path, `one of stream and service`, "an import is of a stream or of a service")
			continue
		}
		exporter := r.byName[source.Account]
		if exporter == nil {
			r.unknown(below(path, word, "account"), source.Account)
			continue
		}
		at := below(path, word)
		export := r.matching(a, exporter, kind, source.Subject, at)
		if export == nil {
			continue
		}
		out := &jwt.Import{
			Name: source.Subject, Subject: jwt.Subject(source.Subject), Account: exporter.public, Type: kind,
			Share:      i.Share != nil && *i.Share,
			AllowTrace: i.AllowTrace != nil && *i.AllowTrace,
		}
		local := i.To
		if i.Prefix != "" {
			if i.To != "" || kind == jwt.Service {
				r.wrong(below(path, "prefix"), "prefix or to for a stream, to for a service", "this import cannot have a prefix")
			}
			local = i.Prefix + "." + source.Subject
		}
		if export.AccountTokenPosition != nil {
			own := r.ownToken(a, source.Subject, int(*export.AccountTokenPosition), at)
			if out.Subject = jwt.Subject(own); local == "" && own != source.Subject {
				local = source.Subject
			}
		}
		out.LocalSubject = jwt.RenamingSubject(local)
		if len(r.found) == before {
			r.judge(path, func(results *jwt.ValidationResults) { out.Validate(a.public, results) })
		}
		c.Imports.Add(out)
		if export.Accounts != nil && export.AccountTokenPosition == nil {
			grants = append(grants, grant{out, exporter})
		}
	}
	if len(r.found) == start {
		r.judge(a.path("imports"), func(results *jwt.ValidationResults) { c.Imports.Validate(a.public, results) })
	}
	return grants
}

// matching is the export that an import takes from, or nil with a finding.
func (r *realm) matching(a, exporter *account, kind jwt.ExportType, subject string, at []string) *schema.Export {
	var offered []string
	for n := range exporter.def.Exports {
		e := &exporter.def.Exports[n]
		offers, _, of := exported(*e)
		if offers != kind {
			continue
		}
		if !jwt.Subject(subject).IsContainedIn(jwt.Subject(of)) {
			offered = append(offered, of)
			continue
		}
		if e.Accounts != nil && !slices.Contains(e.Accounts, a.name) {
			r.add(diag.Diagnostic{
				Rule: ruleDefinition, Message: fmt.Sprintf("account %s exports %s to others, not to %s", exporter.name, of, a.name),
				Mend: fmt.Sprintf("%q among accounts of that export", a.name), Related: r.see(exporter.path("exports", strconv.Itoa(n)), "the export"),
			}, at...)
			return nil
		}
		return e
	}
	allowed := ""
	if len(offered) > 0 {
		allowed = "what it exports: " + strings.Join(offered, ", ")
	}
	r.add(diag.Diagnostic{
		Rule: ruleDefinition, Message: fmt.Sprintf("account %s exports no %s that has %s", exporter.name, kind, subject),
		Why: "the server leaves such an import out, in silence", Allowed: allowed,
		Mend: fmt.Sprintf("accounts: %s: exports: [{%s: %q}]", cueLabel(exporter.name), kind, subject),
	}, at...)
	return nil
}

func (r *realm) see(path []string, message string) []diag.Related {
	if span, ok := r.in.Written(path...); ok {
		return []diag.Related{{Span: span, Message: message}}
	}
	return nil
}

// ownToken puts the public nkey of the importing account where an export asks for it: its name
// stands there in an intent, for nobody knows the nkey before it is made.
func (r *realm) ownToken(a *account, subject string, position int, at []string) string {
	tokens := strings.Split(subject, ".")
	if position > len(tokens) {
		return subject // the export is wrong, and is found to be
	}
	switch tokens[position-1] {
	case a.name:
		tokens[position-1] = a.public
	case a.public:
	default:
		r.wrong(at, "", "token %d of %s must be %q, the account that asks, for the export says so", position, subject, a.name)
	}
	return strings.Join(tokens, ".")
}
