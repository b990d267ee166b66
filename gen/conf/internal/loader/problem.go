package loader

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
	natsoptions "github.com/natsyard/natsyard/gen/options"
)

// Names of the rules.
const (
	RuleConfig  = "nats-config"         // what the loader refuses
	RuleWarning = "nats-config-warning" // what it takes, with a warning
	RuleServer  = "nats-server"         // what the server makes of it all
)

// Problem is what the server has to say against a configuration.
type Problem struct {
	Rule    string
	Node    *tree.Node // what it speaks of, nil where that is not known
	Warning bool

	option string // the node's place in nats-server.conf
	reason string
}

// From is the field of the intent that it comes from; nil where that is not known.
func (p Problem) From() []string {
	if p.Node == nil {
		return nil
	}
	return p.Node.From
}

// Finding says a problem in the user's words. Its place is still to be filled in.
func (p Problem) Finding() diag.Diagnostic {
	d := diag.Diagnostic{
		Rule:     p.Rule,
		Severity: diag.Error,
		Message:  fmt.Sprintf("nats-server refuses %s: %s", p.subject(), p.because()),
	}
	if p.Warning {
		d.Rule, d.Severity = RuleWarning, diag.Warning
		d.Message = fmt.Sprintf("nats-server warns of %s: %s", p.subject(), p.because())
	}
	if unknownField.MatchString(p.reason) {
		d.Message = "nats-server has no option " + p.option
		d.Mend = p.didYouMean()
	}
	if m := badSubject.FindStringSubmatch(p.because()); m != nil {
		d.Allowed = "tokens without spaces between single dots; * in the place of one of them, > in that of all at the end"
		if meant := subjectMeant(m[1]); meant != "" && meant != m[1] {
			d.Mend = fmt.Sprintf("%q", meant)
		}
	}
	if size, ok := p.size(); ok {
		d.Mend = fmt.Sprintf(`"<< %s >>", for the server takes no size in quotes`, size)
	}
	return d
}

func (p Problem) subject() string {
	if p.option == "" {
		return "the configuration"
	}
	return p.option
}

func (p Problem) because() string {
	if !p.isCrash() {
		return plain(p.reason)
	}
	if _, isBlock := p.Node.Block(); isBlock || p.Node == nil {
		return "its loader crashes on it"
	}
	return "it cannot be " + kind(p.Node.Value)
}

// isCrash tells whether the loader found its own fault, not the user's.
func (p Problem) isCrash() bool { return strings.HasPrefix(p.reason, "runtime error:") }

var unknownField = regexp.MustCompile(`unknown field ".*"$`)

// didYouMean looks for the option among those that may stand in the same block.
func (p Problem) didYouMean() string {
	path := strings.Split(p.option, ".")
	last := len(path) - 1
	near := language.Closest(path[last], option.Beside(option.Canonical(path[:last]...)))
	if near == "" {
		return ""
	}
	if o, ok := natsoptions.Find(append(path[:last:last], near)...); ok {
		if fields := language.Setters(o); len(fields) > 0 && !strings.ContainsAny(fields[0].Path, "<[") {
			return fmt.Sprintf("did you mean %s? The field %s sets it", near, fields[0].Path)
		}
	}
	return fmt.Sprintf("did you mean %q?", near)
}

var badSubject = regexp.MustCompile(`^subject "(.*)" is not a valid subject$`)

// subjectMeant is the subject that somebody meant who left a token of it empty, or wrote > before its end.
func subjectMeant(text string) string {
	var tokens []string
	for _, t := range strings.Split(text, ".") {
		if t != "" && !strings.ContainsAny(t, " \t") {
			tokens = append(tokens, t)
		}
	}
	for n, t := range tokens {
		if t == ">" && n < len(tokens)-1 {
			tokens[n] = "*"
		}
	}
	return strings.Join(tokens, ".")
}

// size is the text of a string that would have been the number that the option takes,
// without its quotes.
func (p Problem) size() (string, bool) {
	if p.Node == nil || !conversion.MatchString(p.reason) && !notNumber.MatchString(p.reason) {
		return "", false
	}
	text, ok := p.Node.Value.(string)
	value, err := tree.Raw(text).Literal()
	_, size := value.(tree.Raw)
	return text, ok && size && err == nil
}
