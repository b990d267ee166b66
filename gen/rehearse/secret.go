package rehearse

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// Secret is a key of a Secret in the namespace of an environment.
type Secret struct {
	Environment string
	schema.SecretKey
}

// secrets are the texts of Secrets, and what takes the place of hashes and public keys whose other
// half only the user has.
type secrets struct {
	lock   sync.Mutex
	given  map[Secret]string
	texts  map[Secret]string
	hashes map[string]string        // environment/hash: the password
	seeds  map[string]nkeys.KeyPair // environment/public key: whose place the pair takes
	known  map[string]bool          // public keys whose seeds were given
}

func newSecrets(p Plan) *secrets {
	s := &secrets{
		given: p.Secrets, texts: map[Secret]string{}, hashes: map[string]string{},
		seeds: map[string]nkeys.KeyPair{}, known: map[string]bool{},
	}
	for key, text := range p.Secrets {
		s.texts[key] = text
		if pair, err := nkeys.FromSeed([]byte(text)); err == nil {
			if public, err := pair.PublicKey(); err == nil {
				s.known[public] = true
			}
		}
	}
	return s
}

// random is a text that every form of a Secret takes but a seed. It begins with a letter: the
// server reads the text of a variable as configuration.
func random() string { return "r" + strings.ToLower(rand.Text()) }

// text of a Secret.
func (s *secrets) text(env string, key schema.SecretKey) string {
	s.lock.Lock()
	defer s.lock.Unlock()
	secret := Secret{env, key}
	if _, ok := s.texts[secret]; !ok {
		s.texts[secret] = random()
	}
	return s.texts[secret]
}

// set gives a Secret its text, unless it was given from outside.
func (s *secrets) set(env string, key schema.SecretKey, text string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if _, ok := s.given[Secret{env, key}]; !ok {
		s.texts[Secret{env, key}] = text
	}
}

// password that a Password stands for; one of ours in the place of a hash.
func (s *secrets) password(env string, p *schema.Password) string {
	switch {
	case p == nil:
		return ""
	case p.SecretKey != nil:
		return s.text(env, *p.SecretKey)
	}
	return s.unhashed(env, p.Bcrypt)
}

func (s *secrets) unhashed(env, hash string) string {
	s.lock.Lock()
	defer s.lock.Unlock()
	key := env + "/" + hash
	if s.hashes[key] == "" {
		s.hashes[key] = random()
	}
	return s.hashes[key]
}

// pair is the key pair of a user: ours in the place of one that only the user has.
func (s *secrets) pair(env, public string) (nkeys.KeyPair, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	key := env + "/" + public
	if s.seeds[key] == nil {
		pair, err := nkeys.CreateUser()
		if err != nil {
			return nil, fmt.Errorf("make a key of a user: %w", err)
		}
		s.seeds[key] = pair
	}
	return s.seeds[key], nil
}

// agree gives those Secrets the same text that hold one password in two places: of the gateways of
// a super-cluster, and of a leaf remote and its hub.
func (s *secrets) agree(p Plan, n *names) error {
	var gateways []Secret
	for _, c := range p.Clusters {
		in := c.Intent
		for _, use := range in.SecretUses() {
			if use.Form == intent.SecretSeed {
				pair, err := nkeys.CreateUser()
				if err != nil {
					return fmt.Errorf("make a key of a leaf node: %w", err)
				}
				seed, err := pair.Seed()
				if err != nil {
					return fmt.Errorf("make a key of a leaf node: %w", err)
				}
				s.set(in.Environment, use.Ref, string(seed))
			}
		}
		if in.GatewayEnabled() && in.Gateway.Authorization != nil && in.Gateway.Authorization.Password.SecretKey != nil {
			gateways = append(gateways, Secret{in.Environment, *in.Gateway.Authorization.Password.SecretKey})
		}
	}
	for _, g := range gateways {
		s.set(g.Environment, g.SecretKey, s.text(gateways[0].Environment, gateways[0].SecretKey))
	}
	for c, cluster := range p.Clusters {
		if !cluster.Intent.LeafNodesEnabled() {
			continue
		}
		for _, name := range sorted(cluster.Intent.Leafnodes.Remotes) {
			remote := cluster.Intent.Leafnodes.Remotes[name]
			for _, address := range remote.Urls {
				if hub, _, ok := target(n, c, address); ok {
					if err := s.agreeLeaf(cluster.Intent, remote, p.Clusters[hub].Intent); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// agreeLeaf gives a remote the password or the seed that its hub knows.
func (s *secrets) agreeLeaf(edge *intent.Intent, remote schema.LeafRemote, hub *intent.Intent) error {
	if remote.User != "" && remote.Password != nil {
		if p := leafPassword(hub, remote.User); p != nil {
			s.set(edge.Environment, *remote.Password, s.password(hub.Environment, p))
		}
	}
	if public := leafKey(hub); remote.Nkey != nil && public != "" && !s.known[public] {
		pair, err := s.pair(hub.Environment, public)
		if err != nil {
			return err
		}
		seed, err := pair.Seed()
		if err != nil {
			return fmt.Errorf("make a key of a leaf node: %w", err)
		}
		s.set(edge.Environment, *remote.Nkey, string(seed))
	}
	return nil
}

// leafPassword is the password by which a hub knows a leaf node; nil where it does not.
func leafPassword(hub *intent.Intent, user string) *schema.Password {
	if a := hub.Leafnodes; a != nil && a.Authorization != nil {
		if a.Authorization.User == user {
			return a.Authorization.Password
		}
		if u, ok := a.Authorization.Users[user]; ok {
			return &u.Password
		}
	}
	if a := hub.Authorization; a != nil {
		if a.User == user {
			return a.Password
		}
		if u, ok := a.Users[user]; ok {
			return u.Password
		}
	}
	for _, account := range sorted(hub.Accounts) {
		if u, ok := hub.Accounts[account].Users[user]; ok {
			return u.Password
		}
	}
	return nil
}

// leafKey is the one public key by which a hub knows leaf nodes; "" where there is none, or several.
func leafKey(hub *intent.Intent) string {
	if a := hub.Leafnodes; a != nil && a.Authorization != nil && a.Authorization.Nkey != "" {
		return a.Authorization.Nkey
	}
	found := ""
	for _, account := range hub.Accounts {
		for _, u := range account.Users {
			if u.Nkey != "" && found != "" {
				return ""
			}
			found += u.Nkey
		}
	}
	return found
}

// Secret is the text of a Secret of an environment.
func (r *Rehearsal) Secret(environment string, key schema.SecretKey) (string, bool) {
	r.secrets.lock.Lock()
	defer r.secrets.lock.Unlock()
	text, ok := r.secrets.texts[Secret{environment, key}]
	return text, ok
}

// Login lets a client in as a user of an account: by the password of its Secret, or by the password
// or nkey that takes the place of a hash or a public key. Account "" is the authorization block, whose one
// user has a name, and whose token has none. In operator mode users have credentials of their own, which are
// not the rehearsal's.
func (r *Rehearsal) Login(environment, account, user string) (nats.Option, error) {
	c, err := r.cluster(environment)
	if err != nil {
		return nil, err
	}
	in := c.Intent
	users := in.Accounts[account].Users
	if a := in.Authorization; account == "" && a != nil {
		switch {
		case user == "" && a.Token != nil:
			return nats.Token(r.secrets.password(environment, a.Token)), nil
		case user != "" && user == a.User:
			return nats.UserInfo(user, r.secrets.password(environment, a.Password)), nil
		}
		users = a.Users
	}
	u, ok := users[user]
	switch {
	case !ok:
		return nil, fmt.Errorf("environment %s has no user %q in account %q", environment, user, account)
	case u.Nkey == "":
		return nats.UserInfo(user, r.secrets.password(environment, u.Password)), nil
	case r.secrets.known[u.Nkey]:
		return nil, fmt.Errorf("user %s of account %s has the seed that was given as a Secret", user, account)
	}
	pair, err := r.secrets.pair(environment, u.Nkey)
	if err != nil {
		return nil, err
	}
	public, err := pair.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("key of user %s: %w", user, err)
	}
	return nats.Nkey(public, pair.Sign), nil
}
