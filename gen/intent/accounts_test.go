package intent

import (
	"encoding/base64"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/schema"
)

func accountToken(t testing.TB, name string) (key, token string) {
	t.Helper()
	operator, err := nkeys.CreateOperator()
	require.NoError(t, err)
	account, err := nkeys.CreateAccount()
	require.NoError(t, err)
	key, err = account.PublicKey()
	require.NoError(t, err)
	claims := jwt.NewAccountClaims(key)
	claims.Name = name
	token, err = claims.Encode(operator)
	require.NoError(t, err)
	return key, token
}

func TestAccountKeys(t *testing.T) {
	t.Parallel()
	app, appToken := accountToken(t, "APP")
	geo, geoToken := accountToken(t, "GEO")
	other, otherToken := accountToken(t, "GEO")
	nameless, namelessToken := accountToken(t, "")
	stranger, _ := accountToken(t, "")
	in := &Intent{Intent: schema.Intent{
		Accounts: map[string]schema.Account{"ELSEWHERE": {Nkey: stranger}, "SLIP": {Nkey: "A" + stranger[1:len(stranger)-1] + "!"}, "PLAIN": {}},
		ResolverPreload: map[string]schema.JWT{
			app: appToken, geo: geoToken, other: otherToken, nameless: namelessToken,
			stranger: appToken, // of another account
			"x":      "nonsense", "y": "", "z": "eyJ.eyJ.",
		},
	}}
	keys := in.AccountKeys()
	require.ElementsMatch(t, []string{geo, other}, keys["GEO"])
	delete(keys, "GEO")
	require.Equal(t, map[string][]string{"APP": {app}, "ELSEWHERE": {stranger}}, keys)
	require.Empty(t, (&Intent{}).AccountKeys())
}

// FuzzAccountKeys: whatever stands where a JWT should, nothing breaks.
func FuzzAccountKeys(f *testing.F) {
	encode := base64.RawURLEncoding.EncodeToString
	for _, body := range []string{`{}`, `null`, `[]`, `{"nats":null}`, `{"nats":{"type":"account","version":2}}`, `{"nats":{"type":"account"},"sub":1}`} {
		f.Add("A", encode([]byte(`{"typ":"JWT","alg":"ed25519-nkey"}`))+"."+encode([]byte(body))+"."+encode(make([]byte, 64)))
	}
	key, token := accountToken(f, "APP")
	f.Add(key, token)
	f.Fuzz(func(t *testing.T, key, token string) {
		in := &Intent{Intent: schema.Intent{ResolverPreload: map[string]schema.JWT{key: token}}}
		for _, keys := range in.AccountKeys() {
			require.Equal(t, []string{key}, keys)
		}
	})
}
