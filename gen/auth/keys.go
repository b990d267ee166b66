package auth

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// Keys are the seeds of an operator, of its accounts and their users, and the JWTs that these
// users have.
type Keys struct {
	seeds map[string]nkeys.KeyPair   // by their name in the Secret
	users map[string]*jwt.UserClaims // by public nkey
	jwts  map[string]string          // of users, by public nkey
	// Users whose key is rotated, by the old public nkey.
	rotated map[string]seedName
}

// KeysError says all that is wrong with keys. It never holds a part of a seed.
type KeysError struct{ Problems []string }

func (e *KeysError) Error() string {
	const most = 100
	shown, more := e.Problems, ""
	if n := len(shown) - most; n > 0 {
		shown, more = shown[:most], fmt.Sprintf("\n  and %d more", n)
	}
	return "these are not the keys:\n  " + strings.Join(shown, "\n  ") + more
}

// maxDocuments bounds the documents of a stream: natsyard auth prints one for each user, of whom 10,000
// are many.
const maxDocuments = 50_000

// ReadKeys reads what natsyard auth has printed: a YAML stream of Secrets, with data or stringData,
// in lists or not, as kubectl get and sops give them back. What is wrong is a *KeysError.
func ReadKeys(text []byte) (*Keys, error) {
	r := keyReader{keys: &Keys{seeds: map[string]nkeys.KeyPair{}, users: map[string]*jwt.UserClaims{}, jwts: map[string]string{}}, owner: map[string]string{}}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for n := 1; ; n++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		where := fmt.Sprintf("document %d", n)
		if err == nil && n > maxDocuments {
			err = fmt.Errorf("there are more than %d", maxDocuments)
		}
		if err != nil {
			r.problem("%s: %s", where, err)
			break
		}
		if hasAlias(document) {
			r.problem("%s repeats parts of itself with * and &, which keys never do", where)
			continue
		}
		object, err := yaml.YAMLToJSONStrict(document)
		if err != nil {
			r.problem("%s is not YAML: %s", where, strings.TrimPrefix(err.Error(), "yaml: "))
			continue
		}
		if string(object) != "null" {
			r.object(where, object, 0)
		}
	}
	if len(r.keys.seeds) == 0 && len(r.problems) == 0 {
		r.problem("there is no seed in them: they are the Secrets that natsyard auth has printed")
	}
	if len(r.problems) > 0 {
		return nil, &KeysError{r.problems}
	}
	return r.keys, nil
}

type keyReader struct {
	keys     *Keys
	owner    map[string]string // name of a seed, by its public nkey
	problems []string
}

// anySeed is what must not get into a message.
var anySeed = regexp.MustCompile(`[SP][A-Z2-7]{20,}`)

func (r *keyReader) problem(format string, args ...any) {
	text := strings.Join(strings.Fields(anySeed.ReplaceAllString(fmt.Sprintf(format, args...), "(a seed)")), " ")
	r.problems = append(r.problems, text)
}

// maxNesting bounds lists in lists.
const maxNesting = 4

func (r *keyReader) object(where string, text []byte, depth int) {
	var o struct {
		Kind       string                `json:"kind"`
		Metadata   struct{ Name string } `json:"metadata"`
		Data       map[string]string     `json:"data"`
		StringData map[string]string     `json:"stringData"`
		Items      []json.RawMessage     `json:"items"`
		Sops       json.RawMessage       `json:"sops"`
	}
	if err := json.Unmarshal(text, &o); err != nil {
		r.problem("%s is not a Secret: %s", where, mistyped(err))
		return
	}
	switch {
	case o.Sops != nil:
		r.problem("%s is encrypted by sops: sops -d FILE | natsyard auth ENV --keys -", where)
	case o.Kind == "SealedSecret":
		r.problem("%s is a SealedSecret, which only its cluster can open: kubectl get secret gives its content", where)
	case (o.Kind == "List" || o.Kind == "SecretList") && depth < maxNesting:
		for n, item := range o.Items {
			r.object(fmt.Sprintf("%s, item %d", where, n+1), item, depth+1)
		}
	case o.Kind != "Secret":
		r.problem("%s is %s, not a Secret", where, article(o.Kind))
	default:
		if o.Metadata.Name != "" {
			where = "Secret " + o.Metadata.Name
		}
		r.secret(where, o.Data, o.StringData)
	}
}

func article(kind string) string {
	if kind == "" {
		return "something without a kind"
	}
	return "a " + kind
}

// mistyped is why JSON is not what was to be decoded from it.
func mistyped(err error) string {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case !ok:
		return strings.TrimPrefix(err.Error(), "json: ")
	case wrong.Field == "":
		return "it is " + article(wrong.Value)
	}
	return wrong.Field + " is " + article(wrong.Value)
}

// hasAlias tells whether a document has aliases, which may stand for any amount of text. What is no
// YAML has none.
func hasAlias(document []byte) bool {
	if !bytes.ContainsRune(document, '*') {
		return false
	}
	var node kyaml.Node
	return kyaml.Unmarshal(document, &node) == nil && aliased(&node)
}

func aliased(n *kyaml.Node) bool {
	return n.Kind == kyaml.AliasNode || slices.ContainsFunc(n.Content, aliased)
}

func (r *keyReader) secret(where string, data, plain map[string]string) {
	values := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		value, err := base64.StdEncoding.DecodeString(data[name])
		if err != nil {
			r.problem("%s: %s is not base64", where, name)
			continue
		}
		values[name] = value
	}
	for name, value := range plain {
		values[name] = []byte(value) // as Kubernetes has it, over data
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case strings.HasSuffix(name, seedSuffix):
			r.seed(where, name, bytes.TrimSpace(values[name]))
		case name == CredsKey || name == JWTKey:
			r.creds(where, name, values[name])
		}
	}
}

func (r *keyReader) seed(where, name string, seed []byte) {
	s, ok := parseSeedName(name)
	if !ok {
		r.problem("%s: %s is no name of a seed: such are operator.nk, account.APP.nk, account.APP.signing.nk and user.APP.alice.nk", where, name)
		return
	}
	kind, _, err := nkeys.DecodeSeed(seed)
	if err != nil {
		r.problem("%s: %s is not a seed", where, name)
		return
	}
	if kind != s.kind {
		r.problem("%s: %s is the seed of a key of %s, not of %s", where, name, kind, s.kind)
		return
	}
	pair, err := nkeys.FromSeed(seed)
	if err != nil {
		r.problem("%s: %s is not a seed", where, name)
		return
	}
	public, err := pair.PublicKey()
	if err != nil {
		r.problem("%s: %s is not a seed", where, name)
		return
	}
	if _, twice := r.keys.seeds[name]; twice && r.owner[public] != name {
		r.problem("%s: %s is given twice, with different seeds", where, name)
		return
	}
	if other, taken := r.owner[public]; taken && other != name {
		r.problem("%s: %s is the same seed as %s", where, name, other)
		return
	}
	r.keys.seeds[name], r.owner[public] = pair, name
}

func (r *keyReader) creds(where, name string, text []byte) {
	token, err := jwt.ParseDecoratedJWT(text)
	if err != nil {
		r.problem("%s: %s is not a credentials file", where, name)
		return
	}
	claims, err := jwt.DecodeUserClaims(strings.TrimSpace(token))
	if err != nil {
		r.problem("%s: %s holds no valid JWT of a user", where, name)
		return
	}
	if old, ok := r.keys.users[claims.Subject]; ok && old.IssuedAt >= claims.IssuedAt {
		return // the newest holds
	}
	r.keys.users[claims.Subject], r.keys.jwts[claims.Subject] = claims, strings.TrimSpace(token)
}
