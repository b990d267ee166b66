package auth

import (
	"cmp"
	"fmt"

	"github.com/nats-io/jwt/v2"

	"github.com/natsyard/natsyard/gen/diag"
)

// sentinel judges the JWT of clients that bring none. The servers take any bearer's when they
// start, and find out whose it is when a client comes.
func (c *checker) sentinel() {
	if c.in.DefaultSentinel == "" {
		return
	}
	const why = "the servers give it to clients that bring no JWT, and would refuse them all"
	user, err := jwt.DecodeUserClaims(c.in.DefaultSentinel)
	if err != nil {
		c.add(diag.Diagnostic{
			Rule: ruleInvalid, Message: fmt.Sprintf("this is not the JWT of a user: %s", err), Why: "the server does not start",
			Mend: "the JWT in the credentials of a user with bearer: true",
		}, "defaultSentinel")
		return
	}
	account := c.tokens[cmp.Or(user.IssuerAccount, user.Issuer)]
	d := diag.Diagnostic{Rule: ruleSentinel, Severity: diag.Warning, Why: why, Mend: "the JWT that the user's credentials hold now"}
	switch {
	case account == nil: // its JWT is somewhere else
		return
	case !account.DidSign(user):
		d.Message = fmt.Sprintf("the JWT of %s is signed by a key that account %s does not have any more", user.Name, account.Name)
	case account.IsClaimRevoked(user):
		d.Message = fmt.Sprintf("account %s has revoked the JWT of %s", account.Name, user.Name)
	case problems(user) != "":
		d.Message = fmt.Sprintf("the JWT of %s is not valid: %s", user.Name, problems(user))
	default:
		return
	}
	c.add(d, "defaultSentinel")
}
