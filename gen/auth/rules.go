package auth

import "github.com/natsyard/natsyard/gen/diag"

// Names of the rules.
const (
	ruleDefinition = "account-definition"
	ruleSystem     = "system-account-known"
	ruleGiven      = "operator-given"
	ruleResolver   = "resolver-missing"
	ruleInvalid    = "jwt-invalid"
	ruleLost       = "account-jwt-missing"
	ruleMissing    = "account-without-jwt"
	ruleStale      = "auth-stale"
	ruleSentinel   = "sentinel-stale"
)

// Rules gives the rules of this package: what must be true of JWTs, and of accounts that they are made of.
// In their examples eyJ... is a JWT, and A... the public nkey of an account.
func Rules() []diag.Rule {
	return []diag.Rule{
		{
			Name: ruleDefinition, Severity: diag.Error,
			Why: "what an account's JWT cannot say, the servers would never know",
			Example: diag.Example{
				Trips:  `operator: "eyJ..."` + "\nresolver: {}\n" + `accounts: APP: users: app: timesLocation: "Mars/Olympus"`,
				Passes: `operator: "eyJ..."` + "\nresolver: {}\n" + `accounts: APP: users: app: timesLocation: "Europe/Berlin"`,
			},
		},
		{
			Name: ruleSystem, Severity: diag.Error,
			Why: "the servers and the tools that manage them talk over the system account, and it must be one of the accounts, or SYS, which is made",
			Example: diag.Example{
				Trips:   "$ natsyard auth prod\nwith resolver: {}, accounts: APP: {}, and systemAccount: \"ADMIN\"",
				Message: "the system account ADMIN is none of the accounts",
				Passes:  "$ natsyard auth prod\nwith resolver: {}, accounts: {APP: {}, ADMIN: {}}, and systemAccount: \"ADMIN\"",
			},
		},
		{
			Name: ruleGiven, Severity: diag.Error,
			Why: FileName + " gives the operator, the system account and the JWTs of the accounts",
			Example: diag.Example{
				Trips:   "$ natsyard auth prod\nwith operator: \"eyJ...\" in overlays/prod/intent.cue",
				Message: "an operator is given here, and natsyard auth makes one of its own",
				Passes:  "$ natsyard auth prod\nwith resolver: {} alone",
			},
		},
		{
			Name: ruleResolver, Severity: diag.Error,
			Why:     "the servers must know where the JWTs of accounts come from, and do not start otherwise",
			Example: diag.Example{Trips: `operator: "eyJ..."`, Passes: `operator: "eyJ..."` + "\nresolver: {}"},
		},
		{
			Name: ruleInvalid, Severity: diag.Error,
			Why:     "the servers refuse such a JWT, and with it all who hang on it",
			Example: diag.Example{Trips: `operator: "eyJ..."` + "\nresolver: {}\n" + `defaultSentinel: "eyJ0.eyJ0.c2ln"`, Passes: `operator: "eyJ..."` + "\nresolver: {}"},
		},
		{
			Name: ruleLost, Severity: diag.Error,
			Why: "in operator mode the servers know an account by its JWT alone, and a resolver of type memory learns none",
			Example: diag.Example{
				Trips:  `operator: "eyJ..."` + "\n" + `resolver: type: "memory"` + "\nresolverPreload: \"A...\": \"eyJ...\"\naccounts: {APP: {}, BILLING: {}}",
				Passes: `operator: "eyJ..."` + "\n" + `resolver: type: "memory"` + "\nresolverPreload: \"A...\": \"eyJ...\"\naccounts: APP: {}",
			},
		},
		{
			Name: ruleMissing, Severity: diag.Warning,
			Why: "in operator mode the servers know an account by its JWT alone",
			Example: diag.Example{
				Trips:  `operator: "eyJ..."` + "\nresolver: {}\nresolverPreload: \"A...\": \"eyJ...\"\naccounts: {APP: {}, BILLING: {}}",
				Passes: `operator: "eyJ..."` + "\nresolver: {}\nresolverPreload: \"A...\": \"eyJ...\"\naccounts: APP: {}",
			},
		},
		{
			Name: ruleStale, Severity: diag.Warning,
			Why: "the servers go by the JWT, not by the definition",
			Example: diag.Example{
				Trips:  `operator: "eyJ..."` + "\nresolver: {}\nresolverPreload: \"A...\": \"eyJ...\"\naccounts: APP: limits: maxConnections: 10",
				Passes: `operator: "eyJ..."` + "\nresolver: {}\nresolverPreload: \"A...\": \"eyJ...\"\naccounts: APP: {}",
			},
		},
		{
			Name: ruleSentinel, Severity: diag.Warning,
			Why: "the servers give it to clients that bring no JWT, and would refuse them all",
			Example: diag.Example{
				Trips:   "$ natsyard vet prod\nwith defaultSentinel: \"eyJ...\", the JWT of user guest, signed by a key that account APP had before",
				Message: "the JWT of guest is signed by a key that account APP does not have any more",
				Passes:  "$ natsyard vet prod\nwith the JWT that the user's credentials hold now",
			},
		},
	}
}
