package auth

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // so that a time zone is judged alike on every machine

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// userClaims are those of a user's JWT. What hangs on keys is the caller's.
func (r *realm) userClaims(u *user) *jwt.UserClaims {
	c := jwt.NewUserClaims("U")
	c.Name = u.name
	if p := u.def.Permissions; p != nil {
		c.Permissions = r.permissions(p, u.path("permissions"))
	}
	for i, network := range u.def.Src {
		if _, err := netip.ParsePrefix(network); err != nil {
			r.wrong(u.path("src", strconv.Itoa(i)), `an address and the length of its prefix, such as "10.0.0.0/8"`, "%q is no network", network)
		}
		c.Src = append(c.Src, strings.ToLower(network))
	}
	for i, t := range u.def.Times {
		span := jwt.TimeRange{Start: t.Start, End: t.End}
		r.judge(u.path("times", strconv.Itoa(i)), span.Validate)
		c.Times = append(c.Times, span)
	}
	if c.Locale = u.def.TimesLocation; c.Locale != "" {
		if _, err := time.LoadLocation(c.Locale); err != nil {
			r.wrong(u.path("timesLocation"), `the name of a time zone, such as "Europe/Berlin"`, "%q is no time zone", c.Locale)
		}
	}
	c.BearerToken = u.def.Bearer != nil && *u.def.Bearer
	c.ProxyRequired = u.def.ProxyRequired != nil && *u.def.ProxyRequired
	c.AllowedConnectionTypes = u.def.AllowedConnectionTypes
	return c
}

func (r *realm) permissions(p *schema.Permissions, path []string) (out jwt.Permissions) {
	publish, subscribe := intent.Granted(p)
	r.subjects(p.Publish, below(path, "publish"), false)
	r.subjects(p.Subscribe, below(path, "subscribe"), true)
	if publish != nil {
		out.Pub = jwt.Permission{Allow: publish.Allow, Deny: publish.Deny}
	}
	if subscribe != nil {
		out.Sub = jwt.Permission{Allow: subscribe.Allow, Deny: subscribe.Deny}
	}
	if a := p.AllowResponses; a != nil {
		out.Resp = &jwt.ResponsePermission{MaxMsgs: int(a.Max), Expires: r.duration(a.Expires, below(path, "allowResponses", "expires"))}
	}
	return out
}

// subjects judges those of a permission that the user wrote.
func (r *realm) subjects(p *schema.SubjectPermission, path []string, queues bool) {
	if p == nil {
		return
	}
	for n, list := range [][]string{p.Allow, p.Deny} {
		for i, s := range list {
			at := below(path, []string{"allow", "deny"}[n], strconv.Itoa(i))
			subject, queue, hasQueue := strings.Cut(s, " ")
			switch {
			case hasQueue && !queues:
				r.wrong(at, "a subject", "%q: only a subscription has a queue group", s)
			case !server.IsValidSubject(subject) || hasQueue && !server.IsValidSubject(queue):
				r.wrong(at, "tokens joined by dots, of which '*' is any one and '>', as the last, all that follow", "%q is no subject", s)
			}
		}
	}
}

// subject judges one subject; wild tells whether it may have wildcards.
func (r *realm) subject(path []string, subject string, wild bool) {
	switch {
	case !server.IsValidSubject(subject):
		r.wrong(path, "tokens joined by dots, of which '*' is any one and '>', as the last, all that follow", "%q is no subject", subject)
	case !wild && !server.IsValidPublishSubject(subject):
		r.wrong(path, "a subject without wildcards", "%q has a wildcard, and messages are published there", subject)
	}
}

func (r *realm) duration(text string, path []string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		r.wrong(path, `a duration, such as "30s"`, "%q is no duration", text)
	}
	return d
}
