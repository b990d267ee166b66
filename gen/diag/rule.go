package diag

// Rule is what there is to know of all findings of one name. Each package that has findings gives its own.
type Rule struct {
	Name     string // stable, such as "memory-store-fits-limit"
	Severity Severity
	Why      string // the reason with its source, a sentence without a full stop
	Example
}

// Example is what a rule refuses, and what it lets through that comes near. Each is the fields of an
// intent in CUE; where it takes two environments, each under a comment with its name; where it takes
// other files, each under its path ("-- base/intent.cue --"); where it takes a command, lines that
// begin with "$ ".
type Example struct {
	Trips   string `json:"trips"`
	Message string `json:"message"` // what natsyard says of what trips the rule
	Passes  string `json:"passes"`
}

// ErrorOf is a rule of errors, with an example that says its message itself.
func ErrorOf(name, why, trips, passes string) Rule {
	return Rule{Name: name, Severity: Error, Why: why, Example: Example{Trips: trips, Passes: passes}}
}

// WarningOf is a rule of warnings, with an example that says its message itself.
func WarningOf(name, why, trips, passes string) Rule {
	return Rule{Name: name, Severity: Warning, Why: why, Example: Example{Trips: trips, Passes: passes}}
}
