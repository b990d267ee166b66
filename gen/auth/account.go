package auth

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// usersTag begins the tag of an account's JWT that is a hash of its users: users are in no file, and
// by the tag a change of them is seen all the same.
const usersTag = "natsyard-users:"

// claims are those of an account's JWT. What hangs on keys (the subject, signing keys, tokens of
// imports, revocations) is the caller's; grants are the imports that need a token.
func (r *realm) claims(a *account) (_ *jwt.AccountClaims, grants []grant) {
	c := jwt.NewAccountClaims(a.public)
	c.Name = a.name
	r.limits(a, c)
	r.jetStream(a, c)
	if p := a.def.DefaultPermissions; p != nil {
		c.DefaultPermissions = r.permissions(p, a.path("defaultPermissions"))
	}
	r.exports(a, c)
	grants = r.imports(a, c)
	for _, from := range slices.Sorted(maps.Keys(a.def.Mappings)) {
		if to := r.mapping(a.def.Mappings[from], a.path("mappings", from)); len(to) > 0 {
			c.Mappings[jwt.Subject(from)] = to
		}
	}
	r.judgeEach(a.path("mappings"), c.Mappings)
	if t := a.def.MsgTrace; t != nil {
		r.subject(a.path("msgTrace", "dest"), t.Dest, false)
		c.Trace = &jwt.MsgTrace{Destination: jwt.Subject(t.Dest), Sampling: int(t.Sampling)}
	}
	for _, u := range a.users {
		u.claims = r.userClaims(u)
	}
	c.Authorization = r.external(a)
	c.Tags = jwt.TagList{usersTag + hashUsers(a.users, r.callout(a))}
	return c, grants
}

// hashUsers is the same for the same definitions of users, whatever their keys. Which of them are
// the service of auth callout belongs to it.
func hashUsers(users []*user, callout *schema.AuthCallout) string {
	h := sha256.New()
	for _, u := range users {
		claims := *u.claims
		claims.Subject, claims.Issuer, claims.IssuerAccount = u.def.Nkey, "", ""
		text, _ := json.Marshal(claims) // of plain texts and numbers
		h.Write(text)
	}
	if callout != nil {
		h.Write([]byte(strings.Join(slices.Sorted(slices.Values(callout.AuthUsers)), "\n")))
	}
	return hex.EncodeToString(h.Sum(nil)[:10])
}

func (r *realm) limits(a *account, c *jwt.AccountClaims) {
	l := a.def.Limits
	if l == nil {
		return
	}
	// The server keeps these in 32 bits.
	number := func(to *int64, from *int64, name string) {
		if from == nil {
			return
		}
		if *from > math.MaxInt32 {
			r.wrong(a.path("limits", name), "at most 2147483647", "%s cannot be %d", name, *from)
		}
		*to = *from
	}
	number(&c.Limits.Conn, l.MaxConnections, "maxConnections")
	number(&c.Limits.Subs, l.MaxSubscriptions, "maxSubscriptions")
	number(&c.Limits.LeafNodeConn, l.MaxLeafnodes, "maxLeafnodes")
	if l.MaxPayload != "" {
		n := r.size(l.MaxPayload, a.path("limits", "maxPayload"))
		number(&c.Limits.Payload, &n, "maxPayload")
	}
}

func (r *realm) jetStream(a *account, c *jwt.AccountClaims) {
	j := a.def.Jetstream
	if j == nil || !j.Enabled {
		return
	}
	if a == r.system {
		r.wrong(a.path("jetstream"), "", "the system account cannot have JetStream")
	}
	size := func(s schema.Size, name string, without int64) int64 {
		if s == "" {
			return without
		}
		return r.size(s, a.path("jetstream", name))
	}
	number := func(n *int64, without int64) int64 {
		if n == nil {
			return without
		}
		return *n
	}
	c.Limits.JetStreamLimits = jwt.JetStreamLimits{
		MemoryStorage:        size(j.MaxMemory, "maxMemory", jwt.NoLimit),
		DiskStorage:          size(j.MaxFile, "maxFile", jwt.NoLimit),
		Streams:              number(j.MaxStreams, jwt.NoLimit),
		Consumer:             number(j.MaxConsumers, jwt.NoLimit),
		MaxAckPending:        number(j.MaxAckPending, jwt.NoLimit),
		MemoryMaxStreamBytes: size(j.MemoryMaxStreamBytes, "memoryMaxStreamBytes", 0),
		DiskMaxStreamBytes:   size(j.StoreMaxStreamBytes, "storeMaxStreamBytes", 0),
		MaxBytesRequired:     j.MaxBytesRequired != nil && *j.MaxBytesRequired,
	}
	if !c.Limits.IsJSEnabled() {
		r.wrong(a.path("jetstream"), "", "JetStream without memory and without disk is off in a JWT: jetstream: enabled: false says so")
	}
	c.ClusterTraffic = jwt.ClusterTraffic(j.ClusterTraffic)
}

func (r *realm) size(s schema.Size, path []string) int64 {
	n, err := intent.ParseSize(s)
	if err != nil {
		r.wrong(path, "", "%s", err)
	}
	return n
}

// mapping is what a subject becomes. In a JWT the weight 0 stands for 100, so that a destination
// which never gets a message is left out.
func (r *realm) mapping(m schema.Mapping, path []string) (out []jwt.WeightedMapping) {
	r.subject(path, path[len(path)-1], true)
	if m.Destinations == nil {
		r.transform(path, m.Subject)
		return []jwt.WeightedMapping{{Subject: jwt.Subject(m.Subject), Weight: 100}}
	}
	for _, d := range m.Destinations {
		r.transform(path, d.Destination)
		switch {
		case d.Weight == 0 && d.Cluster != "":
			r.wrong(path, "a weight of 1 to 100", "a JWT cannot say that cluster %s gets nothing", d.Cluster)
		case d.Weight > 0:
			out = append(out, jwt.WeightedMapping{Subject: jwt.Subject(d.Destination), Weight: uint8(min(d.Weight, 100)), Cluster: d.Cluster})
		}
	}
	return out
}

// transform judges what a mapping makes of the subject that ends its path.
func (r *realm) transform(path []string, to string) {
	if from := path[len(path)-1]; server.IsValidSubject(from) {
		if err := server.ValidateMapping(from, to); err != nil {
			r.wrong(path, "", "%s cannot become %s: %s", from, to, err)
		}
	}
}

func (r *realm) judgeEach(path []string, m jwt.Mapping) {
	for _, from := range slices.Sorted(maps.Keys(m)) {
		one := jwt.Mapping{from: m[from]}
		r.judge(below(path, string(from)), one.Validate)
	}
}

// canonical is a claim without what differs each time that it is signed. Equal claims give equal
// texts.
func canonical(claims jwt.Claims) string {
	text, err := json.Marshal(claims)
	var plain map[string]any
	if err != nil || json.Unmarshal(text, &plain) != nil {
		return ""
	}
	for _, name := range []string{"iat", "jti"} {
		delete(plain, name)
	}
	nats, _ := plain["nats"].(map[string]any)
	for _, name := range []string{"type", "version"} {
		delete(nats, name)
	}
	for _, name := range []string{"exports", "imports"} {
		list, _ := nats[name].([]any)
		slices.SortFunc(list, func(a, b any) int { return cmp.Compare(marshal(a), marshal(b)) })
	}
	return marshal(plain)
}

func marshal(v any) string {
	text, _ := json.Marshal(v) // of what came out of JSON
	return strings.TrimSpace(string(text))
}
