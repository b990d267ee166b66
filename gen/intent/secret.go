package intent

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/natsyard/natsyard/gen/language"
)

// secretFields are the fields that take a Secret or a hash, by their names: what is written there instead
// may be the secret itself.
var secretFields = []string{"password", "token", "nkey", "credentials", "encryptionKey", "prevEncryptionKey"}

var (
	// secretKey is the key of a secret inside of a struct or a list of them.
	secretKey = regexp.MustCompile(`(?i)\b(pass(word|wd)?|token|seed|creds|encryption_key)"?:`)
	// SecretVariable is the name of a variable that holds one.
	SecretVariable = regexp.MustCompile(`(?i)(password|passwd|token|secret|seed|creds)$`)
)

// maySecret tells whether a text at a path may be a secret in the clear, so that no finding repeats it.
func maySecret(path []string, text string) bool {
	return secretInAddress(text) || slices.ContainsFunc(path, func(step string) bool { return slices.Contains(secretFields, step) }) ||
		secretKey.MatchString(text) ||
		slices.Contains(path, "env") && slices.ContainsFunc(path, SecretVariable.MatchString)
}

// userInfo begins an address, after its scheme, as user and password; behind the tag of an image stands a digest.
var userInfo = regexp.MustCompile(`(?:^|//|["'\s])[^\s/"'@:]*:[^\s/"'@]+@(sha)?`)

// secretInAddress tells whether a text holds an address with a password.
func secretInAddress(text string) bool {
	return slices.ContainsFunc(userInfo.FindAllStringSubmatch(text, -1), func(m []string) bool { return m[1] == "" })
}

// named is how a field names a Secret instead of holding one; "" where it takes none.
func (r reporter) named(path []string, f *language.Field) string {
	if f == nil || !child(f, "secretName") {
		return ""
	}
	k := path[len(path)-1]
	if len(path) > 1 && k == "password" {
		k = path[len(path)-2] // the user
	}
	return pasted(path, fmt.Sprintf("{secretName: %q, key: %q}", secretOfUsers, k))
}
