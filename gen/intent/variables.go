package intent

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/schema"
)

// Variable is a variable of the nats container that natsyard writes besides those of the user.
type Variable struct {
	Name string
	// Value is its text, with references $(NAME) to variables before it, unless it comes from
	// elsewhere.
	Value  string
	Secret *schema.SecretKey // a key of a Secret
	Field  string            // a field of the pod
}

// SecretForm is what the text of a Secret must be.
type SecretForm int

// Forms of secrets.
const (
	SecretText SecretForm = iota // any text without a '
	SecretURL                    // part of a URL: letters, digits, '-', '.', '_' and '~'
	SecretSeed                   // the seed of a user's nkey
)

// SecretUse is a place in nats.conf that takes its value from a Secret.
type SecretUse struct {
	Path []string // of the field
	Ref  schema.SecretKey
	Form SecretForm
}

// SecretUses are all such places, in the order of the language. Credentials and certificates
// are files, and not among them.
func (i *Intent) SecretUses() (uses []SecretUse) {
	key := func(ref *schema.SecretKey, form SecretForm, path ...string) {
		if ref != nil {
			uses = append(uses, SecretUse{path, *ref, form})
		}
	}
	password := func(p *schema.Password, path ...string) {
		if p != nil {
			key(p.SecretKey, SecretText, path...)
		}
	}
	users := func(users map[string]schema.User, path ...string) {
		for _, name := range slices.Sorted(maps.Keys(users)) {
			password(users[name].Password, append(path[:len(path):len(path)], "users", name, "password")...)
		}
	}
	simple := func(a *schema.SimpleAuthorization, listener string) {
		if a != nil {
			password(a.Password, listener, "authorization", "password")
			password(a.Token, listener, "authorization", "token")
		}
	}
	if a := i.Cluster.Authorization; a != nil && i.Clustered() {
		key(&a.Password, SecretURL, "cluster", "authorization", "password")
	}
	if i.JetStreamEnabled() {
		key(i.Jetstream.EncryptionKey, SecretText, "jetstream", "encryptionKey")
		key(i.Jetstream.PrevEncryptionKey, SecretText, "jetstream", "prevEncryptionKey")
	}
	if l := i.Leafnodes; i.LeafNodesEnabled() {
		if a := l.Authorization; a != nil && i.LeafNodesListen() {
			password(a.Password, "leafnodes", "authorization", "password")
			for _, name := range slices.Sorted(maps.Keys(a.Users)) {
				p := a.Users[name].Password
				password(&p, "leafnodes", "authorization", "users", name, "password")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(l.Remotes)) {
			remote := l.Remotes[name]
			key(remote.Nkey, SecretSeed, "leafnodes", "remotes", name, "nkey")
			key(remote.Password, SecretURL, "leafnodes", "remotes", name, "password")
			if remote.Proxy != nil {
				key(remote.Proxy.Password, SecretText, "leafnodes", "remotes", name, "proxy", "password")
			}
		}
	}
	if i.GatewayEnabled() && i.Gateway.Authorization != nil {
		password(&i.Gateway.Authorization.Password, "gateway", "authorization", "password")
	}
	if i.WebSocketEnabled() {
		simple(i.Websocket.Authorization, "websocket")
	}
	if i.MQTTEnabled() {
		simple(i.Mqtt.Authorization, "mqtt")
	}
	if a := i.Authorization; a != nil {
		password(a.Password, "authorization", "password")
		password(a.Token, "authorization", "token")
		users(a.Users, "authorization")
	}
	if !i.OperatorMode() { // there accounts are no part of nats.conf
		for _, name := range slices.Sorted(maps.Keys(i.Accounts)) {
			users(i.Accounts[name].Users, "accounts", name)
		}
	}
	return uses
}

// Prefixes of variables: the text of a Secret as it is, the same in quotes for nats.conf, and an
// address with it inside.
const (
	secretPrefix = "SECRET_"
	quotedPrefix = "QUOTED_"
	urlPrefix    = "URL_"
)

// Secrets knows the variables of every Secret that nats.conf takes a value from. It is a value of
// its own, for it takes a walk over the intent to make.
type Secrets struct {
	uses  []SecretUse
	stems map[schema.SecretKey]string // what the variables of a key have in common
}

// Secrets gives the variables of the Secrets that fields of the intent name.
func (i *Intent) Secrets() Secrets {
	s := Secrets{uses: i.SecretUses(), stems: map[schema.SecretKey]string{}}
	keys := map[string]int{} // that come to the same stem
	for _, use := range s.uses {
		if _, known := s.stems[use.Ref]; !known {
			s.stems[use.Ref] = variableStem(use.Ref.SecretName, use.Ref.Key)
			keys[s.stems[use.Ref]]++
		}
	}
	for ref, stem := range s.stems {
		if keys[stem] > 1 { // a hash tells them apart
			s.stems[ref] = stem + fmt.Sprintf("_%X", sha256.Sum256([]byte(ref.SecretName+"/"+ref.Key)))[:9]
		}
	}
	return s
}

// Quoted is the variable by which nats.conf gets a Secret as a string: the server reads the text of
// a variable as configuration, in which 12345 is a number, but '12345' is text.
func (s Secrets) Quoted(ref schema.SecretKey) string { return quotedPrefix + s.stems[ref] }

// raw is the variable that holds the text of a Secret as it is.
func (s Secrets) raw(ref schema.SecretKey) string { return secretPrefix + s.stems[ref] }

// Form is what the text of a Secret must be, for the most demanding of its uses.
func (s Secrets) Form(ref schema.SecretKey) (form SecretForm) {
	for _, use := range s.uses {
		if use.Ref == ref {
			form = max(form, use.Form)
		}
	}
	return form
}

// SecretOf is the field whose Secret a variable holds, in quotes or as part of an address.
func (i *Intent) SecretOf(variable string) ([]string, bool) {
	secrets := i.Secrets()
	for _, use := range secrets.uses {
		if variable == secrets.Quoted(use.Ref) {
			return use.Path, true
		}
	}
	if a := i.Cluster.Authorization; a != nil && slices.Contains(i.RouteVariables(), variable) {
		return []string{"cluster", "authorization", "password"}, true
	}
	if i.LeafNodesEnabled() {
		for name := range i.Leafnodes.Remotes {
			if slices.Contains(i.RemoteVariables(name), variable) {
				return []string{"leafnodes", "remotes", name, "password"}, true
			}
		}
	}
	return nil, false
}

func variableStem(parts ...string) string {
	text := strings.ToUpper(strings.Join(parts, "__"))
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, text)
}

// RemoteVariables are the variables with the addresses of a leaf remote, in the order of its urls.
func (i *Intent) RemoteVariables(remote string) (names []string) {
	for n := range i.Leafnodes.Remotes[remote].Urls {
		names = append(names, fmt.Sprintf("%sLEAFNODES_%s_%d", urlPrefix, variableStem(remote), n))
	}
	return names
}

// RouteVariables are the variables with the addresses of the servers, in the order of PodNames,
// where routes have a password.
func (i *Intent) RouteVariables() (names []string) {
	for n := range i.PodNames() {
		names = append(names, fmt.Sprintf("%sROUTE_%d", urlPrefix, n))
	}
	return names
}

// Variables of the servers of one set, each after those that it refers to.
func (i *Intent) Variables(set ServerSet) (all []Variable) {
	if i.ZonesEnabled() {
		zone := Variable{Name: "NATS_ZONE", Value: set.Zone}
		if set.Zone == "" {
			zone.Field = "metadata.labels['" + i.Zones.TopologyKey + "']"
		}
		all = append(all, zone, Variable{Name: ZoneTagVariable, Value: "'" + i.Zones.Tag + ":$(NATS_ZONE)'"})
	}
	secrets := i.Secrets()
	var quoted []Variable
	seen := map[schema.SecretKey]bool{}
	for _, use := range secrets.uses {
		if seen[use.Ref] {
			continue
		}
		seen[use.Ref] = true
		raw := secrets.raw(use.Ref)
		all = append(all, Variable{Name: raw, Secret: &use.Ref})
		quoted = append(quoted, Variable{Name: secrets.Quoted(use.Ref), Value: "'$(" + raw + ")'"})
	}
	all = append(all, quoted...)
	if i.LeafNodesEnabled() {
		for _, name := range slices.Sorted(maps.Keys(i.Leafnodes.Remotes)) {
			remote := i.Leafnodes.Remotes[name]
			if remote.User == "" || remote.Password == nil {
				continue
			}
			for n, variable := range i.RemoteVariables(name) {
				all = append(all, Variable{Name: variable, Value: secrets.withPassword(remote.Urls[n], remote.User, *remote.Password)})
			}
		}
	}
	if a := i.Cluster.Authorization; a != nil && i.Clustered() {
		pods := i.PodNames()
		for n, variable := range i.RouteVariables() {
			all = append(all, Variable{Name: variable, Value: secrets.withPassword(i.RouteURL(pods[n]), a.User, a.Password)})
		}
	}
	return all
}

// ZoneTagVariable is the variable with the tag of the server's zone.
const ZoneTagVariable = "NATS_ZONE_TAG"

// withPassword is an address with a user and a reference to a password, in quotes.
func (s Secrets) withPassword(address, user string, password schema.SecretKey) string {
	scheme, host := "nats", address
	if parsed, err := url.Parse(address); err == nil {
		scheme, host = parsed.Scheme, parsed.Host+parsed.EscapedPath()
		if parsed.RawQuery != "" {
			host += "?" + parsed.RawQuery
		}
	}
	host = strings.NewReplacer("'", "%27", "$", "%24").Replace(host) // the ends of the quotes, and Kubernetes' references
	return fmt.Sprintf("'%s://%s:$(%s)@%s'", scheme, user, s.raw(password), host)
}

// RouteURL is the address of one server for the others.
func (i *Intent) RouteURL(pod string) string {
	scheme := "nats"
	if enabled(i.Cluster.Tls) {
		scheme = "tls"
	}
	return fmt.Sprintf("%s://%s:%d", scheme, i.RouteHost(pod), i.Cluster.Port)
}
