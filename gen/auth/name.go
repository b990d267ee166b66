package auth

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nkeys"

	"github.com/natsyard/natsyard/gen/intent"
)

// Keys of the Secret with all seeds, besides those of accounts and users.
const (
	operatorKey        = "operator.nk"
	operatorSigningKey = "operator-signing.nk"
	seedSuffix         = ".nk"
)

// CredsKey is the key of a user's Secret that holds the credentials file.
const CredsKey = "nats.creds"

// maxName is how long the name of a Secret, and of a key in one, may be in Kubernetes.
const maxName = 253

func accountKey(account string) string { return "account." + escape(account) + seedSuffix }

func accountSigningKey(account string) string {
	return "account." + escape(account) + ".signing" + seedSuffix
}

func userKey(account, user string) string {
	return "user." + escape(account) + "." + escape(user) + seedSuffix
}

// seedName is the name of a seed, read: the kind that it must have, and whose it is.
type seedName struct {
	kind          nkeys.PrefixByte
	account, user string
}

// parseSeedName reads what the functions above write, and nothing else.
func parseSeedName(name string) (seedName, bool) {
	var s seedName
	parts := strings.Split(strings.TrimSuffix(name, seedSuffix), ".")
	switch {
	case name == operatorKey || name == operatorSigningKey:
		s.kind = nkeys.PrefixByteOperator
		return s, true
	case parts[0] == "account" && (len(parts) == 2 || len(parts) == 3 && parts[2] == "signing"):
		s = seedName{kind: nkeys.PrefixByteAccount, account: unescape(parts[1])}
		return s, name == accountKey(s.account) || name == accountSigningKey(s.account)
	case parts[0] == "user" && len(parts) == 3:
		s = seedName{kind: nkeys.PrefixByteUser, account: unescape(parts[1]), user: unescape(parts[2])}
		return s, name == userKey(s.account, s.user)
	}
	return s, false
}

// escape writes a name with letters that a key of a Secret may have, and without a dot. Every "_x"
// of the result begins an escape, so that different names stay different.
func escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		plain := c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !plain || strings.HasPrefix(name[i:], "_x") {
			fmt.Fprintf(&b, "_x%02x", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unescape(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if strings.HasPrefix(name[i:], "_x") && len(name) >= i+4 {
			if c, err := strconv.ParseUint(name[i+2:i+4], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// KeysName is the name of the Secret with all seeds.
func KeysName(in *intent.Intent) string { return in.Name + "-auth-keys" }

var notInSecretName = regexp.MustCompile(`[^-a-z0-9]+`)

// credsNames are the names of the users' Secrets, by the names of their seeds:
// "<name>-creds-<account>-<user>" in lower case. Where a name has letters that Kubernetes does not
// take, is too long, or would be that of another user too, a hash tells it apart.
func credsNames(in *intent.Intent, users []*user) map[string]string {
	count := map[string]int{}
	for _, u := range users {
		_, stem := credsStem(u)
		count[stem]++
	}
	out := map[string]string{}
	for _, u := range users {
		whole, stem := credsStem(u)
		name := in.Name + "-creds-" + stem
		if !whole || count[stem] > 1 || len(name) > maxName {
			sum := sha256.Sum256([]byte(u.key()))
			stem = cmp.Or(strings.Trim(stem[:min(len(stem), 150)], "-"), "user")
			name = in.Name + "-creds-" + stem + "-" + hex.EncodeToString(sum[:5])
		}
		out[u.key()] = name
	}
	return out
}

// credsStem is the part of the name that is the user's, and whether nothing was lost but case.
func credsStem(u *user) (whole bool, stem string) {
	text := strings.ToLower(u.account.name + "-" + u.name)
	stem = strings.Trim(notInSecretName.ReplaceAllString(text, "-"), "-")
	return stem == text, stem
}

// sortedUsers are those of all accounts, by account and name.
func sortedUsers(accounts []*account) (out []*user) {
	for _, a := range accounts {
		out = append(out, a.users...)
	}
	slices.SortFunc(out, func(a, b *user) int {
		return cmp.Or(cmp.Compare(a.account.name, b.account.name), cmp.Compare(a.name, b.name))
	})
	return out
}
